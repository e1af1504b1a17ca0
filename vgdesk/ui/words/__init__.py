"""The list of words."""
