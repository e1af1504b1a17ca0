"""How far a word, a take or a caption finds its partner."""
