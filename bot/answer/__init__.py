"""A question in a thread -> an answer that cites what it is from."""
