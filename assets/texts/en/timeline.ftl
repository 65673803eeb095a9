# The timeline.

timeline-empty = No recording here yet. Add audio or video to start segmenting.
