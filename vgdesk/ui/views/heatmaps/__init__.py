"""Heatmaps of layers, words and labels."""
