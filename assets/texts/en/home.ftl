# The start page.

home-morning = Good morning.
home-afternoon = Good afternoon.
home-evening = Good evening.
home-night = Hello.
home-invitation = Pick up where you stopped, or start with a recording.
home-invitation-empty = Start with a recording, or bring in what you have.
home-glossed = { $percent } % glossed
home-not-here = Not found on this computer
home-project = Open { $name }
home-project-menu = More for { $name }
home-forget = Take off this list
home-new = New project…
home-open = Open…
home-import = Import from ELAN, FLEx, Praat, Toolbox…
home-know = Three things to know
home-know-saved = Everything is saved as you type
home-know-saved-more = There is no Save button. Undo goes back as far as you like, also tomorrow.
home-know-offline = Nothing leaves this computer
home-know-offline-more = No account, no network. Copy the project folder to a stick and it is shared.
home-know-palette = { $keys } does anything
home-know-palette-more = Type what you want: “split”, “export”, “dark”.
home-verify = verify

home-sessions = { $count ->
    [one] 1 session
   *[other] { $count } sessions
}
home-entries = { $count ->
    [one] 1 entry
   *[other] { $number } entries
}
day-today = today
day-yesterday = yesterday
home-backup = { $count ->
    [one] Newest backup { $when }
   *[other] Newest backup { $when } · { $count } copies
}
