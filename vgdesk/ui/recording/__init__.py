"""Recording: panel, microphone, prompts, the window for speakers."""
