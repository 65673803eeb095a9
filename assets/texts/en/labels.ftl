labels-job = Learning labels
dialog-labels = Learn labels
labels-what = Labels that people gave are learned and proposed where there are none: parts of speech of words, or the labels of a tier. Nothing is written until you agree.
labels-looking = Looking what can be learned…
labels-learning = Learning, and trying it on parts held back…
labels-categories = Parts of speech of approved words
labels-tier = Tier { $name }
labels-counts = { $labels ->
    [one] One label
   *[other] { $labels } labels
}, { $different } different, { $sessions ->
    [one] in 1 session
   *[other] in { $sessions } sessions
}
labels-too-little = too little to learn from
labels-none = There is nothing to learn from yet. Approve words that have a part of speech, or label annotations on a tier of your own.
labels-learn = Learn
labels-back = Learn something else
labels-right = Right in { $right } of 100 that it had not seen (somewhere from { $low } to { $high }; { $items } were asked about).
labels-unknown = Too little to hold any of it back: how well it goes is not known.
labels-commonest = Saying “{ $label }” every time would be right in { $right }.
labels-remembering = Remembering what each word had most often would be right in { $right }.
labels-no-better = That is no better than guessing. Do not use it yet; label more first.
labels-few = With so few labels this can change much. About 200 in several texts make it steady.
labels-rare = Seldom given, so hardly learned: { $labels }.
labels-held = { $texts ->
    [one] One text only: a new text may go less well.
   *[other] Asked about parts of { $texts } texts.
}
labels-label = label
labels-given = given
labels-found = found
labels-said-right = right when said
labels-taken-for = taken for
labels-proposals = { $count ->
    [0] Nothing is without a label.
    [one] 1 proposal, the surest first
   *[other] { $count } proposals, the surest first
}
labels-row = { $text }: { $label }, { $sure } sure, { $state }
labels-state-open = open
labels-state-accepted = accepted
labels-state-skipped = left alone
labels-accept = Accept
labels-accept-surer = Accept it and all surer
labels-other = Other label
labels-skip = Leave
labels-accepted = { $count ->
    [one] 1 label written
   *[other] { $count } labels written
}
