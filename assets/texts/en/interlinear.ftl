# The interlinear view.

interlinear-empty = No text here yet. Segment a recording or import a text.
