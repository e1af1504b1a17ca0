"""What phones, spelling, ratings and captions tell about words, and whether a layer agrees."""
