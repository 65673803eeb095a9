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

# Questions in SPARQL.

search-tab-words = Words
search-tab-query = Query
query-field = Query in SPARQL
query-hint = SELECT ?word WHERE { "{" } ?word a ligt:Word { "}" }
query-about = A question to the project’s Linked Data, as an export would say it. Prefixes are known: ligt, ontolex, rdfs, dct, frac, skos, oa.
query-examples = Examples
query-example-sentences = Every utterance with its translations
query-example-glosses = Every gloss and how often it is used
query-example-words-of-morphs = Each word with its morphs
query-example-utterances-with-gloss = Utterances with a plural
query-example-attestations = Where each entry is attested
query-example-links = Senses linked to the world outside
query-example-time = When each utterance was said
query-running = Answering…
query-job = Answering a query
query-yes = Yes
query-no = No
query-rows = { $count ->
    [0] Nothing fits.
    [one] 1 row
   *[other] { $count } rows
}
query-more = The first { $count } rows; there are more.
query-copied = Copied
query-open = Go to { $label }
