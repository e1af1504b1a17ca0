"""Words in and out: sounds, annotations, tables, lists, long recordings."""
