from collections.abc import Mapping, Sequence
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

Doubles = NDArray[np.float64]


def edit_distances(
    sequences: Sequence[Sequence[str]],
    costs: Mapping[tuple[str, str], float] | None = None,
) -> Doubles:
    """Return what it takes to edit each sequence into each other, as a share of the longer one.

    Parameters
    ----------
    sequences
        The tokens of each: phones, letters.
    costs
        What it costs to put one token in place of another, for both orders of each pair; from 0
        (nothing) to 1 (as much as a token more or less). Without costs it is always 1.

    Returns
    -------
    array
        Shape [sequences, sequences], from 0 (the same) to 1. Two empty sequences are the same.

    References
    ----------
    Levenshtein (1966), Binary codes capable of correcting deletions, insertions and reversals.
    """
    from vgdesk.analyses.alignment_paths import edit_costs

    numbers = {token: i for i, token in enumerate(dict.fromkeys(t for s in sequences for t in s))}
    table = 1.0 - np.eye(len(numbers))
    for (one, other), cost in (costs or {}).items():
        if one in numbers and other in numbers:
            table[numbers[one], numbers[other]] = cost
    lengths = [len(sequence) for sequence in sequences]
    tokens = np.array([numbers[token] for sequence in sequences for token in sequence], np.intp)
    found: Doubles = edit_costs(tokens, np.array([0, *accumulate(lengths)]), table)
    return found / np.maximum(np.maximum.outer(lengths, lengths), 1)
