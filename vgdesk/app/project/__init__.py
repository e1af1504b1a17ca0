"""A project on disk: saving, journal, recovery, deletion, archive."""
