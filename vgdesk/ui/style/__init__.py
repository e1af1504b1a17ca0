"""Colours, fonts and the drawing of texts."""
