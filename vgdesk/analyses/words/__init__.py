"""Similarity of words within one layer, pair by pair or in blocks."""
