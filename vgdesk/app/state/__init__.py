"""The state of an open project: store, events, view state, settings."""
