"""A Digest, turned into what people read. Pure: no I/O, no clock, no settings."""
