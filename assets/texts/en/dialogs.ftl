# Dialogs.

dialog-cancel = Cancel
dialog-close = Close
