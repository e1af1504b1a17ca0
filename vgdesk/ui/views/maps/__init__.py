"""The cluster map."""
