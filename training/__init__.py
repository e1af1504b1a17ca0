"""Training of the four encoders in `resources/models`; not imported by the program."""
