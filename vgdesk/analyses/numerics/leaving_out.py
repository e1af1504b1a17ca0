"""Which rows are left out, one at a time, to see how far a score depends on each."""

import numpy as np

from vgdesk.core.arrays import Doubles

# An error is a width, which a sample of the rows gives well enough: to within a sixteenth.
MOST_ROWS = 128


def sampled_rows(rows: int) -> list[int]:
    """Return at most `MOST_ROWS` rows, evenly spaced in the list."""
    if rows <= MOST_ROWS:
        return list(range(rows))
    some: list[int] = np.linspace(0, rows - 1, MOST_ROWS).round().astype(np.intp).tolist()
    return some


def counts_left_out(rows: int) -> Doubles:
    """Return how often each row counts if one of the sampled rows is left out, [sampled, rows]."""
    leaving = sampled_rows(rows)
    counts = np.ones((len(leaving), rows))
    counts[np.arange(len(leaving)), leaving] = 0.0
    return counts
