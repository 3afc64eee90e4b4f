"""What language models are told: one file a task. `bot.prompts` says what these files look like, and loads them."""
