"""Chat platforms: each turns neutral messages into posts of its own."""
