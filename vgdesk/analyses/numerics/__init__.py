"""Products, projections and compiled loops that measures share; nothing here knows words."""
