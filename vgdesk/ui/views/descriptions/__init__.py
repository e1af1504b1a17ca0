"""Results in words and tables; no widgets."""
