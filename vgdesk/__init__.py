"""Record words and see how encoders of speech and text represent them."""

__version__ = "0.1.0"
