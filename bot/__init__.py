"""The core of digestbot: it knows no chat platform, no code host and no model vendor."""
