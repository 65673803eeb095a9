# People and faces.

people-empty = Nobody has been looked for in this video yet. The models run on this computer; what they find is a suggestion until someone accepts it.
people-empty-sound = Nobody has listened to this recording yet. The models run on this computer; what they hear is a suggestion until someone accepts it.
people-no-video = This session has no recording to look at or listen to. Add one to see who is in it.
people-nobody-yet = Nobody was seen so far.
people-look-again = Look again…
people-looking = Looking for faces and bodies
people-stop = Stop; what was found stays
people-pause = Rest
people-go-on = Go on
people-resting = Resting
people-resting-battery = Resting until the computer is plugged in
people-stopped-at = Stopped at { $at }
people-stopped-listening = Looked to the end; listening stopped at { $at }
people-nothing-stopped = No look at this session was broken off.
people-looked-sparse = Looked at { $fps } frames a second only: a quick look.
people-looked-dense = Looked closely for { $time } where something happens ({ $fps } frames a second), at the rest with { $sparse }.
people-looked-nothing = Nothing happened that asked for a closer look.
people-heard = { $voices ->
    [one] One voice
   *[other] { $voices } voices
} heard, { $tags ->
    [one] one tag
   *[other] { $tags } tags
} proposed.
people-sound-only = This recording has no picture.
people-job-listen = Listening to { $name }
people-job = Looking for faces and bodies in { $name }
people-done = { $frames } frames looked at: { $faces ->
    [one] one face
   *[other] { $faces } faces
} and { $bodies ->
    [one] one body
   *[other] { $bodies } bodies
} followed, { $tags ->
    [one] one tag
   *[other] { $tags } tags
} proposed.
people-ended-early = The recording ended early: read to { $read } of { $of } that the file says it has.
people-busy = A look is already under way. Stop it first, or wait.
people-no-models = The models are not there; looked at { $places }. Reinstall Fieldgloss.
people-nothing-selected = No proposal is selected.

people-review = Review
people-reviewed = Reviewed { $done } of { $all }
people-tracks = { $tracks ->
    [one] 1 track
   *[other] { $tracks } tracks
} · { $time }
people-face = Face { $number }
people-body = Body { $number }
people-voice = Speaker { $number }
people-who = who is this?
people-who-tooltip = Double-click, or press N, to say who this is
people-consent-unasked = consent: not asked
people-consent-refused = consent: refused
people-consent-open = consent: public
people-consent-registered = consent: registered users
people-consent-team = consent: team
people-consent-closed = consent: closed

command-play-proposal = Play
    .tooltip = Play the proposal from its start, or stop
command-queue-uncertain = Uncertain first
    .tooltip = Open proposals, those near one half first
command-queue-disagree = Models disagree
    .tooltip = Open proposals on which the two networks differ
command-queue-time = By time
    .tooltip = All proposals as the recording goes, decided ones too
command-queue-not-assessable = Partly not assessable
    .tooltip = Open proposals with frames that could not be judged
command-queue-disputed = Reviewers disagree
    .tooltip = Open proposals of which reviewers said different things
command-everyone = Everyone
    .tooltip = Go through everybody’s proposals again

people-picture = Video at { $time }
people-picture-coming = The picture is on its way…
people-strip-cell = Picture at { $time }, score { $score }
people-curves = Curves from { $start } to { $end }
people-lane-mouth = mouth
people-lane-brows = brows
people-lane-yaw = head turn
people-lane-nod = head nod
people-lane-gaze = gaze
people-lane-lids = eyelids
people-lane-tilt = head tilt
people-lane-hand-left = left hand
people-lane-hand-right = right hand
people-lane-lean = lean
people-lane-pitch = pitch (Hz)
people-lane-speech = speech
people-lane-speaking = speaking
people-lane-wrist = wrist speed
people-filter = smoothed: { $filter }
people-spoke = { $speaking ->
    [one] One stretch of speaking
   *[other] { $speaking } stretches of speaking
} and { $bound ->
    [one] one voice
   *[other] { $bound } voices
} of somebody proposed.
people-neutral-set = The face at { $time } is this person’s neutral one: { $made } proposals of expressions made against it.
people-calibrated = { $model } said { $before } % on average; of { $decided } decisions { $right } % were right. It says { $after } % now.
people-calibration-forgotten = The networks are taken at their word again: { $made } open proposals made anew.
people-neutral-forgotten = The neutral face is forgotten: { $made } proposals of expressions made without it.
command-who-speaks = Propose who is speaking
    .tooltip = Join voices heard with mouths seen moving; needs a look and a listen
    .words = speaker diarisation diarization
command-mark-neutral = Mark as neutral face
    .tooltip = Expressions of this person are proposed against the face shown now; again to forget it
command-calibrate = Calibrate expressions from reviews
    .tooltip = Fit how sure each network may be on what was accepted and rejected
    .words = temperature probability confidence
command-forget-calibration = Forget calibration of expressions
    .tooltip = Take the networks at their word again

people-place = Proposal { $at } of { $of }
people-decided = Decided
people-not-in-queue = Not in this queue
people-no-proposals = Nothing is proposed here. Choose another queue or another person, or look again with more frames a second.
people-proposals-coming = Proposals come as soon as somebody has been followed through a part of the video.
people-bar = bar: { $net }
people-none = none
people-said = At this moment
people-made = How this was made
people-made-rate = { $fps } fps
people-made-thresholds = threshold { $on } / { $off }, min { $min } ms
people-made-model = { $name } { $version } · { $sum }
people-made-rule = Suggestions never become tags by themselves.
people-label-chip = { $who } · { $what } { $score }
people-title-expression = Resembling { $class }

people-frontal = frontal
people-turned = turned { $degrees }°
people-sharp = sharp
people-blurred = blurred
people-dark = dark
people-pixels = { $pixels } px
people-frames = { $frames ->
    [one] 1 frame
   *[other] { $frames } frames
}

people-doubt-one_model_only = one network only
people-doubt-models_disagree = networks disagree
people-doubt-partly_not_assessable = partly not assessable
people-doubt-head_turned = head turned
people-doubt-speaking = may be speaking
people-doubt-mesh_misfit = mesh fits badly
people-doubt-mesh_unsure = mesh unsure
people-doubt-short_track = short track
people-doubt-moves_both_ways = moves both ways
people-doubt-wrist_hardly_seen = wrist hardly seen
people-doubt-blurred = blurred
people-doubt-dark = dark
people-doubt-covered = eyes or mouth covered
people-doubt-cut_off = cut off by the edge
people-doubt-small_face = small face
people-doubt-too_short_for_a_voice = too short to tell the voice
people-doubt-voices_alike = voices much alike
people-doubt-short_turn = short turn
people-doubt-few_frames = few frames
people-doubt-place_of_rest_unsure = place of rest unsure
people-doubt-end_not_seen = end not seen
people-doubt-another_mouth_moves = another mouth moves too
people-doubt-several_voices = several voices
people-doubt-mostly_out_of_sight = mostly out of sight

people-fact-confidence = confidence
people-fact-mean = mean
people-fact-peak = peak
people-fact-frames = frames
people-fact-missing = frames without a value
people-fact-swings = swings
people-fact-hz = swings a second
people-fact-degrees = degrees
people-fact-depth = how far shut
people-fact-usual = usually
people-fact-visibility = wrist visible

people-decision-accepted = Accepted
people-decision-rejected = Rejected
people-decision-changed = Changed to “{ $value }”
people-decision-unsure = Not assessable
people-decision-by = { $by } · Undo { $key }
people-decision-who = by { $who }, { $when }

people-note = Note
people-note-do = Keep the note
people-note-of = { $who }: { $note }

people-relabel = Label
people-relabel-do = Accept under this label
people-retime = From and to
people-retime-do = Accept at this time
people-retime-bad = Write two times, such as 0:31.240, the later one last.
people-start = Start
people-end = End

people-name-title = Who is { $called }?
people-add-title = Add a person
people-name-field = Name or code
people-name-hint = Name or code, as on the tiers
people-add-new = Add
people-add-named = Add “{ $name }”
people-name-nobody = Nobody’s

people-analyse-title = Look for faces and bodies, listen for speech
people-analyse-about = Runs on this computer; nothing leaves it. What is found is a suggestion until someone accepts it. { $personal ->
    [0] Age and sex are not estimated.
   *[other] Age and sex are estimated: a model chosen below was added so.
}
people-analyse-models = Models
people-analyse-speech = Speech
people-analyse-fps = Frames a second
people-analyse-time = About { $time }, going by the last look in this project.
people-analyse-guess = About { $time } on an ordinary laptop.
people-analyse-bad-fps = Frames a second: more than 0, at most 60.
people-analyse-sparse = First one frame a second, then closely where something happens
people-analyse-mains = Rest while the computer runs on its battery
people-analyse-time-sparse = From { $least }, if nothing happens, to about { $time }.
people-analyse-do = Look
people-analyse-listen = Listen

people-status-models = { $models ->
    [one] 1 model
   *[other] { $models } models
}
people-status-pace = { $millis } ms
people-status-a-frame = /frame here
people-status-stopped = stopped early
people-status-none = Age and sex are not estimated
people-status-personal = Age or sex are estimated by a model that was added

blind-undo = The next step is what another reviewer said. In blind review it is not yours to take back or do again; end the blind review first.
people-blind-on = Blind review: what others say is hidden until all are done.
people-blind-now-on = Blind review is on, in every session of this project. What you say is kept under your name, { $name }, and decides nothing yet.
people-blind-now-off = Blind review is off. What you accept becomes a tag again.
people-coverage = { $name }: { $done } of { $all }
people-settled = { $count ->
    [one] One proposal decided as both reviewers said.
   *[other] { $count } proposals decided as both reviewers said.
}

agreement-title = Agreement
agreement-close = Back to the proposal
agreement-nobody = Nobody reviewed anything here yet. Agreement needs two reviewers: each puts their name into Settings and reviews, blind if they like.
agreement-alone = Only { $name } reviewed here so far. Agreement needs a second reviewer, under another name in Settings.
agreement-waiting = Hidden until both are done: { $first } said something of { $first-done } proposals of { $all }, { $second } of { $second-done }.
agreement-not-you = Hidden until you are done too: you said something of { $done } proposals of { $all }. Who only compares ends the blind review first.
agreement-choose = Reviewers
agreement-counts = { $first } left { $first-tags } tags, { $second } { $second-tags }; both spoke on { $both } of { $all } proposals.
agreement-decisions = Decisions on the same proposals
agreement-tags = Tags in time
agreement-raw = said the same
agreement-kappa = Cohen’s κ
agreement-alpha = Krippendorff’s α
agreement-linked = linked
agreement-kappa-all = κ, tags without a partner counted
agreement-kappa-linked = κ, linked tags only
agreement-alpha-linked = α, links and what has none
agreement-alpha-time = α, moment by moment
agreement-u2004 = ᵤα of 2004, same units
agreement-u2016 = ᵤα of 2016, same time
agreement-staccato = degree of organisation
agreement-labels = Label by label
agreement-label = label
agreement-both = both
agreement-matrix = Who called it how
agreement-matrix-about = Rows: { $first }; columns: { $second }. Press a number to see its clips; the first one plays.
agreement-nothing = nothing
agreement-cell = { $first }: { $row }, { $second }: { $column }, { $count ->
    [one] 1 clip
   *[other] { $count } clips
}
agreement-clips = Clips
agreement-clip = { $span }, { $first } / { $second }
agreement-no-clips = Nothing in this cell.
agreement-settle = Settle { $count } that both agree on
agreement-why-nobody-tagged = nobody left a tag
agreement-why-only-one-tagged = only one of the two left a tag
agreement-why-nothing-linked = no tag of one overlaps enough with a tag of the other
agreement-why-one-label-only = there is only one label, so chance alone would agree on everything
agreement-why-label-unused = no linked pair carries this label
agreement-why-nothing-paired = no proposal was judged by two people
agreement-why-overlapping = tags of one person overlap each other; look at one label at a time
agreement-why-no-time = the stretch of time has no length
agreement-why-no-chance = random tags always come out the same way, so there is no chance to compare with

rule-title = Make intervals
rule-close = Back to the proposals
rule-recipe = Recipe
rule-recipe-name = Name of the recipe
rule-rules = Rules
rule-add = Add a rule
rule-remove = Remove this rule
rule-label = Label
rule-channel = Curve
rule-direction = Counts while the curve is
rule-above = above
rule-below = below
rule-on = Starts at
rule-off = Ends at
rule-min = At least
rule-merge = Close gaps up to
rule-smooth = Smooth over
rule-preview = { $count ->
    [0] Nothing on { $track } would be proposed.
    [one] One tag on { $track } would be proposed.
   *[other] { $count } tags on { $track } would be proposed.
}
rule-preview-nothing-yet = Nothing is written until you run it.
rule-no-curve = Nobody here has this curve.
rule-preview-span = Preview { $start } to { $end }
rule-saved = Recipe “{ $name }” is kept in the project.
rule-ran = “{ $name }”: { $made ->
    [one] one tag
   *[other] { $made } tags
} proposed in { $sessions ->
    [one] one session
   *[other] { $sessions } sessions
}; { $replaced } open ones from before gave way.
rule-running = Running “{ $name }”
rule-stop = Stop; nothing is changed
rule-stopped = The recipe was stopped. Nothing was changed.
rule-busy = A recipe is running already. Stop it first, or wait.
rule-new = New recipe
rule-kept = Recipes of this project
rule-first = My recipe

cards-title = Person cards
cards-close = Back to the proposal
cards-nobody = Nobody was seen or heard in this project yet.
cards-everybody = Everybody
cards-place = Question { $at } of { $of }
cards-question = Same person as { $name }?
cards-same = Same person
cards-different = Two people
cards-no-question = There is no question to answer.
cards-why = { $what } { $likeness }.
cards-why-face = Their faces are alike by
cards-why-voice = Their voices are alike by
cards-why-next = Next: { $name }, { $likeness }.
cards-no-pictures = Faces are hidden now, and of who did not agree to be seen no picture is shown. To answer by what you see, show faces meanwhile.
cards-show-pictures = Show faces
cards-why-place = Came back to the same place in the picture; no clear view of the face says more.
cards-doubt = Look twice: somebody else is nearly as likely.
cards-pictures = { $count ->
    [one] one picture
   *[other] { $count } pictures
}
cards-stretches = { $count ->
    [one] one stretch of speech
   *[other] { $count } stretches of speech
}
cards-no-print = no print
cards-name = Name…
cards-merge = Same as { $name }
cards-refused = { $count ->
    [one] One print of theirs is
   *[other] { $count } prints of theirs are
} deleted for good, from the backups too.
cards-access = Who may see what is of them
cards-apart = Not them
cards-apart-tooltip = This track does not show the person it was given to
cards-delete = Delete
cards-delete-tooltip = Delete the track with its proposals; what was accepted stays
cards-prints = Prints
cards-prints-kept = { $count ->
    [0] No prints of faces or voices are kept.
    [one] One print of a face or voice is kept in this project. It is personal: no export holds it.
   *[other] { $count } prints of faces and voices are kept in this project. They are personal: no export holds them.
}
cards-prints-off = Runs to come keep none.
cards-prints-how = Looking or listening again takes prints, by which somebody is known again in another recording.
cards-keep = Keep prints from now on
cards-keep-none = Keep none from now on
cards-forget-ask = Delete all prints for good, from the project’s backups too? Undo does not bring them back, and runs that were broken off can no longer be gone on with.
cards-forget-yes = Delete for good
cards-forget-no = Keep them
cards-forgotten = { $count } prints are gone for good, from { $copies } backups too.
cards-forgotten-runs = { $count ->
    [one] One run that was broken off can no longer be gone on with: it held prints too. What it found stays.
   *[other] { $count } runs that were broken off can no longer be gone on with: they held prints too. What they found stays.
}
cards-forget-left = { $path } could not be cleaned and may hold prints still.

people-analyse-again = { $done ->
    [0] Looked at before: nothing was reviewed yet
   *[other] Looked at before: { $done } of { $all } proposals were reviewed and stay
    }{ $named ->
    [0] {""}
   *[other] , and names that were given stay
    }. The rest gives way to what this look finds.
people-made-look = from the look of { $when }
looks-title = Show another look
looks-about = The look you choose comes first until a newer one is done. What was reviewed or named stays in any case.
looks-whole = whole recording
looks-from = from { $from }
looks-stretch = { $from } to { $to }
looks-proposals = { $all ->
    [one] 1 proposal
   *[other] { $all } proposals
    }, { $done } reviewed
looks-one = This session was looked at once at most: there is no other look to show.
looks-earlier = The look of { $when } is shown before newer ones.
