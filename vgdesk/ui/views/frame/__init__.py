"""The frame around each view."""
