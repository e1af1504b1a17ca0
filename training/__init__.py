"""How the four encoders in `resources/models` were made; the program imports nothing from here."""
