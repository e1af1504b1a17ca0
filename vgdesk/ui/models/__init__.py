"""Encoders: the 2x2 and its cards."""
