"""One file a family; the only place that knows torch."""
