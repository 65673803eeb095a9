# The frame: bars, rail, palette, toasts.

app-name = Fieldgloss
place-home = Home
place-sessions = Sessions
place-timeline = Timeline
place-interlinear = Interlinear
place-lexicon = Lexicon
place-people = People
place-search = Search
place-publish = Publish

rail = Places
menu = Menu
share = Share…
undo-what = Undo { $what }
redo-what = Redo { $what }

status-ready = Ready
status-saved = Saved
status-saving = Saving…
status-read-only = Read only
status-offline = offline
job-left = { $time } left
job-cancel = Stop
status-version = { $version } · offline

palette-title = Commands
palette-field = What do you want to do?
palette-hint = Do anything…
palette-recent = Recent
palette-none = Nothing is called that here.
palette-keys-move = to choose
palette-keys-do = to do it
palette-keys-close = to close

toast-close = Close
toasts = Messages

key-space = Space
key-enter = ⏎
key-escape = Esc
key-tab = Tab
key-backspace = Backspace
key-delete = Del
key-up = ↑
key-down = ↓
key-left = ←
key-right = →
key-home = Home
key-end = End
key-page-up = Page Up
key-page-down = Page Down
key-insert = Ins
key-ctrl = Ctrl
key-alt = Alt
key-shift = Shift
key-command = ⌘
key-option = ⌥

settings-bad-file = Some settings could not be read and are back at their defaults. The old file was kept as { $file }.
settings-bad-value = The setting “{ $name }” could not be read and is back at its default.
settings-bad-key = The key “{ $key }” for “{ $command }” is not one this computer has; the usual key is back.
settings-unknown-command = There is no command “{ $command }” to give a key to.
settings-not-saved = Settings could not be saved in { $file }: { $reason }. They hold until the window closes.

nothing-to-undo = There is nothing to undo.
nothing-to-redo = There is nothing to redo.

project-recovered = The last run did not end in order. The project was checked; everything that was saved is here.
project-migrated = This project came from an earlier version and was brought up to date. A backup of how it was is kept.
job-import = Reading { $file }
import-done = { $file } is in the project.
import-needs-project = Files are brought into a project. Make one first, or open one, then import again.
backup-made = A backup was made.
backup-good = The newest backup is good: { $file }
backup-none = There is no good backup yet. Make one now.
