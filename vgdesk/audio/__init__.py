"""Sound in and out; the only place that knows the sound card."""
