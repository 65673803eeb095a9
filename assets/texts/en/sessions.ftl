# The list of sessions.

sessions-empty = No sessions yet. A session is one event: its recordings, people, date and place.
