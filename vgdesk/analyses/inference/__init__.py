"""What a score is worth: units, chance levels, intervals, corrections."""
