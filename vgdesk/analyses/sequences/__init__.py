"""Distances between sequences of frames and of phones."""
