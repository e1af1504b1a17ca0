"""The docks around the centre, one file each."""
