from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate

import numpy as np

from vgdesk.core.arrays import Doubles

# Cost of substituting one token for another, for both orders of each pair.
Costs = Mapping[tuple[str, str], float]

# Distances held at once.
HELD = 2**22


def edit_distances(sequences: Sequence[Sequence[str]], costs: Costs | None = None) -> Doubles:
    """Return the edit distance of all pairs of sequences, divided by the longer length.

    Parameters
    ----------
    sequences
        The tokens of each: phones, letters.
    costs
        From 0 to 1 (the cost of an insertion or deletion). Without costs, always 1.

    Returns
    -------
    array
        Shape [sequences, sequences], from 0 (equal) to 1. Two empty sequences are equal.

    References
    ----------
    Levenshtein (1966), Binary codes capable of correcting deletions, insertions and reversals.
    """
    blocks = [distances for _, distances in edit_distance_blocks(sequences, costs)]
    return np.vstack(blocks) if blocks else np.zeros((0, 0))


def edit_distance_blocks(
    sequences: Sequence[Sequence[str]], costs: Costs | None = None
) -> Iterator[tuple[slice, Doubles]]:
    """Yield the distances of blocks of sequences to all, shape [block, sequences]."""
    from vgdesk.analyses.numerics.alignment_paths import edit_costs

    numbers = {token: i for i, token in enumerate(dict.fromkeys(t for s in sequences for t in s))}
    table = 1.0 - np.eye(len(numbers))
    for (one, other), cost in (costs or {}).items():
        if one in numbers and other in numbers:
            table[numbers[one], numbers[other]] = cost
    lengths = np.array([len(sequence) for sequence in sequences], np.intp)
    tokens = np.array([numbers[token] for sequence in sequences for token in sequence], np.intp)
    starts = np.array([0, *accumulate(lengths.tolist())], np.intp)
    rows = max(1, HELD // max(len(sequences), 1))
    for start in range(0, len(sequences), rows):
        block = slice(start, min(start + rows, len(sequences)))
        found = edit_costs(tokens, starts, table, block.start, block.stop)
        yield block, found / np.maximum(np.maximum.outer(lengths[block], lengths), 1)
