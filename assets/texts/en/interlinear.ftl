# The interlinear view.

interlinear-empty = No text here yet. Segment a recording or import a text.
interlinear-suggestions = { $count ->
    [one] 1 suggestion on this page
   *[other] { $count } suggestions on this page
}
interlinear-show-morphs = Morphs
interlinear-show-glosses = Glosses
interlinear-show-categories = Categories
interlinear-show-free = Free translation
interlinear-show = Lines
    .tooltip = Show or hide this line under the words
interlinear-word = { $form }, { $standing ->
    [approved] approved
    [suggested] suggested
   *[unknown] unknown
}: { $gloss }
interlinear-play = Play line { $line }
interlinear-split = Make words of it
interlinear-no-text = Nothing written yet
interlinear-free = Free translation of the line
interlinear-free-hint = Free translation…
interlinear-breaks = Morphs of { $word }
interlinear-gloss-of = Gloss of { $morph }
interlinear-category-of = Category of { $word }
interlinear-word-gloss-of = Gloss of the whole word { $word }
interlinear-gloss-hint = gloss
interlinear-category-hint = category
interlinear-word-gloss-hint = whole word
interlinear-choose-word = Choose a word to see how it may be analysed.
interlinear-approved = approved
interlinear-suggested = suggested
interlinear-suggested-sure = suggested { $sure }
interlinear-unknown = unknown
interlinear-analyses = Analyses
interlinear-analysis = Analysis { $forms }: { $glosses }
interlinear-from-lexicon = In the lexicon
interlinear-why-word = The glosser saw this word { $times }×
interlinear-why-morphs = Morphs seen before, the rarest { $times }×
interlinear-why-alike = Like { $word }
interlinear-why-translation = “{ $word }” stands in the translation
interlinear-why-alike-some = Like a word that looks alike
interlinear-why-translation-some = Read from the translation
interlinear-why-entries =
    { $count ->
        [one] Entry { $entries }
       *[other] Entries { $entries }
    }
interlinear-why-affixes = Affixes of the lexicon around an unknown stem
interlinear-why-guess = A guess
interlinear-sure = { $sure } sure
interlinear-step = { $next } and { $previous } step through the analyses
interlinear-learning = Suggestions
interlinear-learning-first = Learning from the approved words…
interlinear-learning-nothing = Nothing is approved yet. The first words you approve start the learning.
interlinear-learning-words = { $count ->
    [one] Learned from 1 approved word
   *[other] Learned from { $count } approved words
}
interlinear-keys-saved = { $count ->
    [one] 1 key saved since the project was opened
   *[other] { $count } keys saved since the project was opened
}
interlinear-still-learning = Still learning from the approved words; try again in a moment.
interlinear-learning-job = Learning from approved words
interlinear-seen = Seen { $times }× in { $texts ->
    [one] 1 text
   *[other] { $texts } texts
}
interlinear-approve-all = Approve all { $count }
interlinear-take-back = Take back
interlinear-break = Break…
interlinear-edit-gloss = Gloss…
interlinear-entry = Entry
interlinear-no-entry = No entry is tied to this word.
interlinear-open-entry = Open ›
interlinear-lines = { $count ->
    [one] 1 line
   *[other] { $count } lines
}
interlinear-approved-part = approved
interlinear-nothing-open = Every word of this text is approved.
interlinear-has-entries = Every morph of this word has its entry.
interlinear-made-entry = New entry { $headword }
interlinear-approved-all = { $count ->
    [one] Approved 1 word
   *[other] Approved { $count } words
}
interlinear-no-sound = This line has no times in a recording.

# Entering IPA.
ipa-palette = IPA
ipa-keys = IPA keys
    .tooltip = Type sounds by keys: n then > gives ŋ, e then < gives ɛ, ? then = gives ʔ
ipa-typed = Typed { $keys } while IPA keys are on
ipa-help = With IPA keys on (ʃ beside a field) the keys under a symbol type it; the last key again takes it back.
ipa-class-vowels = Vowels
ipa-class-consonants = Consonants
ipa-class-implosives-clicks = Implosives and clicks
ipa-class-marks = Length, stress, marks
ipa-class-tones = Tones
