"""Similarity of two stacks, layer by layer."""
