from math import ceil


def label_step(cell: float, extent: float) -> int:
    """Return 1 if every label fits, 2 if every second one does, and so on."""
    return max(1, ceil((extent + 1) / max(cell, 1e-6)))
