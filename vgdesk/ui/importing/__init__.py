"""Import of words, and segmentation of long recordings."""
