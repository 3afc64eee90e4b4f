"""Where landed changes come from."""
