"""What stands in place of a secret; it looks like none, so that nothing is masked twice."""

MASK = "[masked]"
