# The search.

search-field = Search texts and lexicon
search-hint = A word, a gloss, a name…
search-empty = Type a word, a piece of one, a gloss or a name. Everything that was typed in this project is searched.
search-none = Nothing holds “{ $query }”. A piece of a word of three letters or more is enough.
search-texts = Texts
search-words = Words
search-entries = Entries
search-sessions = Sessions
search-people = People
search-more = There are more; type more to see them.
search-status = { $count } found
search-palette-entry = entry · { $gloss }
