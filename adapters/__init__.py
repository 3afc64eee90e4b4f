"""One file an outside system, each with its own settings class; none imports another."""
