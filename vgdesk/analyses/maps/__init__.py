"""Places of words in a plane."""
