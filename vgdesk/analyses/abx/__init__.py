"""Discrimination of words and groups by triples: A, B and X."""
