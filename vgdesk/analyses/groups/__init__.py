"""How well labels of words form groups in a layer."""
