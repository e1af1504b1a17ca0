"""From vectors to results: which result a view needs, and the process that computes it."""
