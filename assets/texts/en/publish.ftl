# Publish.

publish-empty = Nothing to publish yet.
