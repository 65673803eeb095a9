# A file that the project has some of already.

dialog-merge = Import { $file }
merge-what = The project has some of this file already. What is new comes in, nothing is taken away, and nothing is written until you import.
merge-kind = Records
merge-new = New
merge-changed = Changed
merge-same = The same
merge-missing = Only in the project
merge-conflicts = Conflicts
merge-kind-languages = Languages
merge-kind-people = People
merge-kind-sessions = Sessions
merge-kind-recordings = Recordings
merge-kind-vocabularies = Vocabularies
merge-kind-tiers = Tiers
merge-kind-annotations = Annotations
merge-kind-entries = Entries
merge-kind-forms = Other forms
merge-kind-senses = Senses
merge-kind-examples = Examples
merge-kind-relations = Relations
merge-kind-words = Words
merge-kind-morphs = Morphs
merge-kind-links = Links
merge-kind-runs = Model runs
merge-kind-tracks = Tracks
merge-kind-tags = Tags

merge-differences = { $count ->
    [one] One difference
   *[other] { $count } differences
}
merge-how = Arrows choose. Conflicts keep the project’s until you take the file’s.
merge-project = Project
merge-file = File
merge-empty = nothing
merge-keep-all = Keep all
merge-take-all = Take all
merge-keep = Keep
merge-take = Take
merge-import = Import
merge-conflict = conflict
merge-newer = newer in the file
merge-fills = empty here
merge-ahead = changed here
merge-deleted = deleted here
merge-row = { $what }, { $field }: project { $project }, file { $file }, { $choice }
merge-kept = kept
merge-taken = taken

merge-field-value = text
merge-field-deleted = the whole record
merge-field-time = times
merge-field-analysis = morphs
merge-field-form = form
merge-field-citation = citation form
merge-field-gloss = gloss
merge-field-definition = definition
merge-field-category = category
merge-field-kind = kind
merge-field-status = state
merge-field-name = name
merge-field-title = title
merge-field-notes = notes
merge-field-text = text
merge-field-translation = translation
merge-field-domains = domains
merge-field-participants = participants
merge-field-entries = values
merge-field-role = role
merge-field-language = language
merge-field-access = access
merge-field-lexeme = entry
merge-field-sense = sense

import-nothing-new = { $file }: everything in it is in the project already. Nothing was changed.
job-merge = Bringing in { $file }
