"""Building blocks that know no workspace."""
