# The lexicon.

lexicon-empty = No entries yet. Add one, or import a dictionary.
lexicon-choose = Choose an entry on the left.
lexicon-filter = Filter entries
lexicon-filter-hint = Filter headwords, glosses, categories…
lexicon-nothing-found = No entry holds that.
lexicon-headword = Headword
lexicon-headword-field = Headword of this entry
lexicon-category-field = Category of this entry
lexicon-headword-hint = headword
lexicon-gloss = Gloss
lexicon-gloss-hint = gloss…
lexicon-category = Category
lexicon-category-hint = category…
lexicon-sense-category = Category of the sense
lexicon-in-texts = In texts
lexicon-in-texts-count = In texts · { $count }
lexicon-not-in-texts = Not in a text yet.
lexicon-pronunciation = Pronunciation
lexicon-pronunciation-hint = pronunciation…
lexicon-variants = variants
lexicon-variant = Variant
lexicon-variant-hint = variant…
lexicon-etymology = Etymology
lexicon-etymology-hint = etymology…
lexicon-notes = Note
lexicon-notes-hint = note…
lexicon-definition = Definition
lexicon-definition-hint = definition…
lexicon-scientific = Scientific name
lexicon-scientific-hint = scientific name…
lexicon-domains = Semantic domains
lexicon-domains-hint = domains…
lexicon-of-sense = { $field } { $number }
lexicon-example = Example
lexicon-example-hint = example…
lexicon-translation = Translation of the example
lexicon-translation-hint = translation…
lexicon-delete-example = Delete example
lexicon-delete-sense = Delete sense
lexicon-relations = Relations
lexicon-confirm = Confirm
lexicon-other = Other…
    .tooltip = Another link in its place, or none
lexicon-link-other = Other
lexicon-link-scheme = Where the link leads
lexicon-link-iri = Web address
lexicon-link-iri-hint = https://concepticon.clld.org/parameters/…
lexicon-link-add = Add link
lexicon-link-remove = Not this one
lexicon-link-cancel = Cancel
lexicon-deleted = Deleted { $headword }. Undo brings it back.
lexicon-no-sense = Choose a sense first.
lexicon-no-candidate = No link of this entry waits to be confirmed.
lexicon-entries = { $count ->
    [one] entry
   *[other] entries
}
lexicon-senses = { $count ->
    [one] sense
   *[other] senses
}
lexicon-linked = linked
