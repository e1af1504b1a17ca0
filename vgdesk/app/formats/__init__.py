"""Readers of files of other programs, and small text files replaced in one step."""
