# Dialogs.

dialog-cancel = Cancel
dialog-close = Close

dialog-new-project = New project
dialog-settings = Settings
dialog-shortcuts = Keyboard shortcuts
dialog-help = Help
dialog-about = About Fieldgloss
dialog-report = What became of { $file }

new-project-name = Name
new-project-name-hint = What you call the project
new-project-language = Language documented, ISO 639-3 code
new-project-language-hint = apy, or qaa where there is none
new-project-language-name = Its name
new-project-language-name-hint = Apalai
new-project-glosses = Language of glosses and translations
new-project-folder = In the folder
new-project-browse = Browse…
new-project-makes = Makes { $folder }
new-project-make = Make project
new-project-no-name = The project needs a name. It also becomes the name of its folder.
new-project-no-language = Say which language is documented: its ISO 639-3 code of three letters, or qaa to qtz for one without a code.
new-project-no-glosses = Say which language the glosses are in, for example en, pt or es.
new-project-bad-language = “{ $code }” is not a language code. Use ISO 639-3 (three small letters), or qaa to qtz for one without a code.
new-project-no-folder = There is no folder { $folder }. Choose one that is there.
new-project-taken = { $folder } is there already. Choose another name, or open that project.

settings-author = Your name
settings-author-hint = As it should stand in the history
settings-author-why = Written beside every change you make, so that a team can tell who did what. It stays in the project.
settings-theme = Colours
settings-theme-system = As the system has it
settings-theme-light = Light
settings-theme-dark = Dark
settings-size = Size
settings-keys = Keys
settings-done = Done

shortcuts-filter = Find a command
shortcuts-how = Choose a command and press its new key. Escape leaves it as it is.
shortcuts-everywhere = Everywhere
shortcuts-press = Press a key…
shortcuts-none = no key
shortcuts-reset = Usual key
shortcuts-usual = All usual keys
shortcuts-conflict = { $key } now does both “{ $command }” and “{ $other }”; the one higher in the list wins. Give one of them another key.

help-start = Getting started
help-transcribe = Transcribe
help-gloss = Gloss
help-suggestions = Suggestions
help-lexicon = Lexicon
help-people = Faces and bodies
help-training = Train a model
help-publish = Publish
help-formats = Formats
help-round-trips = Proof of formats
help-keys = Keys
help-command-line = Command line
help-models = Models of your own
help-net-facexformer = FaceXFormer
help-net-swinface = SwinFace
help-net-htnet = HTNet
help-net-mixste = MixSTE
help-net-hot = HoT-MixSTE
help-net-cct = CCT
help-net-wav2small = Wav2Small
help-trouble = When something goes wrong

about-version = Version { $version }, works without a network
about-what = From a recording to Linked Data
about-what-more = Transcribe, gloss, review what faces and bodies do, keep a lexicon, and publish all of it, in one project folder.
about-offline = Nothing leaves this computer
about-offline-more = Fieldgloss opens no connection, has no account and sends no statistics. Recordings, texts and everything found in them stay in the project folder until you export or copy it.
about-models = What the models are
about-models-more = Eight small networks that find faces, follow landmarks and estimate poses and resemblances of expressions, run on this computer by a program of their own. What they find is a proposal with its confidence; it becomes an annotation only when a person accepts it. Each comes with a card that names its source, licence and limits: “fieldgloss models list”.
about-licence = Licence
about-licence-more = Fieldgloss is free software under the MIT licence or the Apache License 2.0, as you choose. Models and samples carry the licences named on their cards and in their folders.
about-fonts = Type
about-fonts-more = Inter, Andika and Charis SIL under the SIL Open Font License; DejaVu Sans under its own free licence.

report-nothing = There was nothing to carry over.
report-lossy = { $count } left out; the lines below say what and why. Everything else came over.
report-mapped = Nothing was left out. Some things were turned into what stands nearest.
report-whole = Everything was kept as it was.
report-fate-kept = kept
report-fate-mapped = mapped
report-fate-left-out = left out
report-warnings = Odd in the file
report-copy = Copy

dialog-columns = Columns of { $file }
columns-how = Say over each column what it is. Columns that are left stay with their record as they are.
columns-as-last-time = As last time with these columns.
columns-rows = Each row is
columns-sheets = Sheet
columns-sheet-comes = Import this sheet
columns-sheet-left-out = { $name } (left out)
columns-left-out = This sheet is left out.
columns-rows-entries = a word of the dictionary
columns-rows-sentences = a sentence
columns-rows-annotations = an annotation
columns-header = The first row holds names
columns-import = Import
columns-guess = Guess again
columns-guess-why = Forget what was chosen and guess from names and contents
columns-field-of = What { $column } is
columns-language-of = Language of { $column }
columns-gives-entries =
    { $entries-count ->
        [one] 1 entry
       *[other] { $entries } entries
    }, { $senses-count ->
        [one] 1 sense
       *[other] { $senses } senses
    }.
columns-gives-sentences =
    { $sentences-count ->
        [one] 1 sentence
       *[other] { $sentences } sentences
    }, { $words-count ->
        [one] 1 word
       *[other] { $words } words
    }.
columns-gives-annotations =
    { $annotations-count ->
        [one] 1 annotation
       *[other] { $annotations } annotations
    } on { $tiers-count ->
        [one] 1 tier
       *[other] { $tiers } tiers
    }.
columns-kept = { $count ->
    [one] One column stays as it is.
   *[other] { $count } columns stay as they are.
}
columns-counted = From the first { $rows } rows:
columns-missing-entries = Say which column is the headword.
columns-missing-sentences = Say which column is the sentence, or its words.
columns-missing-annotations = Say which column is the annotation’s value.
columns-field-keep = As it is
columns-field-headword = Headword
columns-field-citation = Citation form
columns-field-variant = Variant
columns-field-pronunciation = Pronunciation
columns-field-homograph = Homograph number
columns-field-kind = Morph type
columns-field-category = Part of speech
columns-field-gloss = Gloss
columns-field-definition = Definition
columns-field-domains = Semantic domains
columns-field-scientific-name = Scientific name
columns-field-example = Example
columns-field-example-translation = Translation of example
columns-field-example-source = Source of example
columns-field-etymology = Etymology
columns-field-text = Sentence
columns-field-words = Words with breaks
columns-field-glosses = Glosses of words
columns-field-translation = Free translation
columns-field-literal-translation = Literal translation
columns-field-value = Value
columns-field-session = Session
columns-field-tier = Tier
columns-field-speaker = Participant
columns-field-start = Start, seconds
columns-field-end = End, seconds
columns-field-start-ms = Start, milliseconds
columns-field-end-ms = End, milliseconds
columns-field-note = Note

dialog-add-model = Add { $file }
add-model-looking = The file is being copied and looked at in a process of its own, with limits on memory and time ({ $seconds } s so far). Nothing in it is run as a program before its names were read.
add-model-failed = It was not added.
add-model-broke = The look at the file broke off.
add-model-network = These are the weights of { $network }: { $parameters } numbers, every one in its place. It ran twice with the same answer. { $task }.
add-model-script = A TorchScript program that does what its card promises; it ran twice with the same answer. { $task }.
add-model-trained = It was trained in Fieldgloss on { $on }. That comes with it: it can go along faces, hands or voices like a model trained here.
add-model-licence = Under which terms it may be used
add-model-licence-hint = MIT, CC-BY-4.0, or in words: for research only
add-model-labels = What its { $count } classes are called, in order, with commas between
add-model-labels-hint = calm, lively
add-model-name = What to call it here
add-model-source = Where it comes from
add-model-source-hint = Who published it, and where
add-model-personal = Also keep what it says about age and sex
add-model-merge = Merge similar tokens: quicker, and less exact
add-model-add = Add
add-model-done = “{ $name }” is among your models: choose it where you choose what to look or listen with.

dialog-ask-model = Ask a model about a tier
ask-model-how = The model is asked about every annotation on the tiers of this name, in all sessions: about its text, its sound or the picture in its middle. What it is sure of stands on a tier of its own beside it, named after the model; Undo takes that back.
ask-model-none = None of your models answers for annotations. Add one that takes text, sound or whole pictures and gives labels or text.
ask-model-no-tier = No session has a tier yet.
ask-model-which = Model
ask-model-tier = Tier
ask-model-ask = Ask
ask-model-job = { $name } on { $tier }
ask-model-done = Asked about { $asked } annotations; { $written } proposals stand on “{ $tier }”.

dialog-train = Train a model
train-about = A model learns to tell the labels of a tier apart. It is tested on people that it has not learned from, and you are told how often it is right. Help has a page about it.
train-tier = Labels of the tier
train-no-tier = There is no tier yet
train-what = What it looks at or listens to
train-face = Faces
train-hand = Hands, the one held higher
train-sound = A second of sound
train-name = Name of the model
train-name-hint = small letters, digits, hyphens
train-go = Train
train-stop = Stop
train-hide = Go on in the background
train-made = The model is in { $folder }.
train-curve = Learning curve
train-curve-none = No pass is done yet.
train-curve-said = Pass { $pass }: loss { $learning } on what it learns from (grey), { $others } on what it does not.
train-confusion = What was taken for what
train-is-said = is ↓ said →
train-job = Training “{ $name }”
