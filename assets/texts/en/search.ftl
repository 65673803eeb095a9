# The search.

search-empty = Type a word, a gloss or a translation.
