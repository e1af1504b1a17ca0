"""User interface; the only package that uses Qt."""
