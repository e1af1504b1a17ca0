"""Child processes, background threads and shared memory; nothing here knows words or models."""
