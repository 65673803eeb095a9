# The list of sessions.

sessions-empty = No sessions yet. A session is one event: its recordings, people, date and place.
sessions-none-selected = Select a session first.
sessions-new-name = Session { $number }
sessions-title = Title
sessions-title-hint = What the session is about
sessions-name = Short name
sessions-name-hint = As on the tape
sessions-date = Date
sessions-date-hint = As known: 2024-07-11
sessions-date-odd = Write the date as exactly as it is known: 2024, 2024-07 or 2024-07-11.
sessions-place = Place
sessions-place-hint = Where it was recorded
sessions-genre = Genre
sessions-genre-hint = narrative, dialogue, procedural…
sessions-description = Description
sessions-description-hint = What happens, in a sentence or two
sessions-length = Length
sessions-recordings = Recordings
sessions-annotations = Annotations
sessions-glossed = Glossed
sessions-proposals = Proposals
sessions-open-interlinear = Open interlinear
sessions-delete-ask = Delete “{ $name }” with its tiers, texts and proposals? Recordings stay on the disk, and Undo brings the rest back.
sessions-delete-yes = Delete session
sessions-delete-no = Keep it
sessions-deleted = The session was deleted. Undo brings it back.
sessions-no-recordings = No recording yet. A text without one is fine too.
sessions-missing = Not found at { $place }. Annotations are all here; find the file again to hear it.
sessions-relink = Relink…
sessions-offset = Starts at
sessions-offset-hint = When this recording starts within the session, as 0:01.500. Minus if it starts earlier.
sessions-offset-looked = Models have looked at this recording, and what they found is timed already. Undo their run first, then move the recording.
sessions-relinking = Looking for it…
sessions-looking = Looking for { $file }
sessions-found = Found again: { $file }
sessions-not-found = No file with the same content is in that folder.
sessions-nothing-missing = No recording of this session is missing.
sessions-adding = Adding { $file }
sessions-added = { $file } was added.
sessions-channels = { $count ->
    [one] 1 channel
   *[other] { $count } channels
}
sessions-participants = Who took part
sessions-participant-add = Add someone
sessions-participant-hint = Code or name, then Enter
sessions-participant-remove = Take { $name } off this session
sessions-consent = Consent
sessions-consent-unasked = Not asked yet
sessions-consent-given = Given
sessions-consent-refused = Refused
sessions-consent-unasked-more = Nobody has asked. Ask before anything is published.
sessions-consent-given-more = The people recorded agreed. Write down how, and on what conditions.
sessions-consent-refused-more = They did not agree. Set the access to closed, so that no export carries it.
sessions-consent-manner = How and when it was given
sessions-consent-manner-hint = Written, or recorded at 0:12
sessions-consent-conditions = Conditions
sessions-consent-conditions-hint = In the person’s own words
sessions-access = Access
sessions-palette = session
sessions-status = { $count ->
    [one] 1 session
   *[other] { $count } sessions
}
access-open = Open
access-registered = Registered
access-team = Team
access-closed = Closed
access-open-more = Anyone may see and hear it.
access-registered-more = People with an account at the archive may see and hear it.
access-team-more = Only the project’s own team may see and hear it.
access-closed-more = Nobody but whoever holds the recording. It is left out of every export that is published.
