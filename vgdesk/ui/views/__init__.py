"""The four views of the centre, one file each."""
