"""The landed changes of a window, turned into a Digest."""
