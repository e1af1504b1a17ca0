"""How good the encoders are: one module for each question, all asked layer by layer."""
