# People and faces.

people-empty = Nobody has been looked for in this video yet.
