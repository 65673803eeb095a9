# The lexicon.

lexicon-empty = No entries yet. Add one, or import a dictionary.
