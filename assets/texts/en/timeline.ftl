# The timeline.

timeline-empty = No recording here yet. Add audio or video to start segmenting.
timeline-add-recording = Add a recording…
timeline-missing = The recording { $file } is not where it was. Nothing else is lost.
timeline-relink = Relink…
timeline-untimed = This text has no times yet.
timeline-to-interlinear = Open in interlinear

timeline-split-top = Height of video and sentence
timeline-split-left = Width of the video

timeline-picture = Video
timeline-sound-only = Sound only
timeline-play = Play
timeline-pause = Pause
timeline-speed = { $percent } %
timeline-speed-reset = Back to the speed as recorded

timeline-utterance = Utterance { $number }
timeline-progress = { $number } of { $count } · { $percent } %
timeline-progress-tooltip = Place on the tier, and how many have a text
timeline-transcription = Transcription
timeline-transcription-hint = Write what you hear…
timeline-translation = Free translation
timeline-translation-hint = Add a free translation…
timeline-note = Note
timeline-note-hint = Add a note…
timeline-loop = Loop
timeline-nothing-selected = Choose an annotation, or press S and D while listening to make one.
timeline-nothing-yet = The sentence you work on will stand here.
timeline-no-tiers = This session has no tiers yet. Add one to start segmenting.

timeline-overview = The whole recording
timeline-ruler = Time
timeline-waveform = Waveform
timeline-spectrogram = Spectrogram
timeline-spectrogram-range = 0–5 kHz
timeline-spectrogram-far = Zoom in to see the spectrogram
timeline-pitch-header = pitch { $hertz } Hz
timeline-peaks-making = Reading the sound… { $percent } %
timeline-no-sound = This recording has no sound
timeline-lane = Annotations of { $tier }
timeline-tier-name = Tier { $tier }
timeline-annotation-name = { $tier } at { $start }: { $text }
timeline-edge-start = Start of { $text }
timeline-edge-end = End of { $text }
timeline-proposed = proposed
timeline-proposal-name = { $who } at { $start }: { $text }
timeline-proposals-face = { $who } · face
timeline-proposals-body = { $who } · body
timeline-proposals-voice = { $who } · voice
timeline-proposals-own = { $model } · { $who }

timeline-status-selection = Selection
timeline-status-pitch = Pitch
timeline-status-segment = Segment begun at { $time }, press D to end it
timeline-job-peaks = Reading the sound of { $file }
timeline-mark-first = Press S where the segment starts, then D where it ends.
timeline-no-tier-to-segment = Add a tier with times of its own to segment on.
timeline-nothing-here = Nothing is selected. Choose an annotation first.
timeline-nothing-to-play = There is no recording to play.
timeline-last-annotation = That was the last annotation of this tier.

timeline-tier-title = Add a tier
timeline-tier-role = What it is for
timeline-tier-label = Name
timeline-tier-parent = Under
timeline-tier-no-parent = No other tier
timeline-tier-constraint = How it hangs under that tier
timeline-tier-language = Language
timeline-tier-no-language = Not said
timeline-tier-add = Add tier
timeline-tier-cancel = Cancel
timeline-tier-needs-name = Give the tier a name.
timeline-tier-name-taken = There is a tier of that name already.
timeline-tier-needs-parent = Choose the tier it hangs under.
timeline-tier-needs-constraint = Choose how it hangs under the other tier.
timeline-role-transcription = Transcription
timeline-role-translation = Free translation
timeline-role-literal = Literal translation
timeline-role-note = Note
timeline-role-tags = Tags
timeline-role-other = Other
timeline-constraint-none = On its own, aligned to time
timeline-constraint-time-subdivision = Time subdivision: parts without gaps
timeline-constraint-included-in = Included in: parts with gaps
timeline-constraint-symbolic-subdivision = Symbolic subdivision: an ordered list
timeline-constraint-symbolic-association = Symbolic association: one for each

command-start-here = Start here
    .tooltip = The selected annotation starts at the playhead
command-end-here = End here
    .tooltip = The selected annotation ends at the playhead
