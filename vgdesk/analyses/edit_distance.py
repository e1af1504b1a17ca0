"""How alike pronunciations are: the edits from one to the other, as a share of the longer one."""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

Doubles = NDArray[np.float64]
Codes = NDArray[np.int16]

# So many pairs are compared at once; what they need stays in the cache.
PAIRS = 2**17


def edit_distances(sequences: Sequence[Sequence[str]]) -> Doubles:
    """Levenshtein distance of all pairs of sequences through the length of the longer one.

    Returns
    -------
    array
        Shape [sequences, sequences], from 0 (equal, also if both are empty) to 1 (nothing shared).

    References
    ----------
    Levenshtein (1966), Binary codes capable of correcting deletions, insertions and reversals.
    """
    n = len(sequences)
    blocks = [distances for _, distances in edit_distance_blocks(sequences)]
    return np.vstack(blocks) if blocks else np.zeros((n, n))


def edit_distance_blocks(sequences: Sequence[Sequence[str]]) -> Iterator[tuple[slice, Doubles]]:
    """Yield the distances of the next few sequences to all, shape [block, sequences]."""
    codes, lengths = _coded(sequences)
    rows = max(1, PAIRS // max(len(sequences), 1))
    for start in range(0, len(sequences), rows):
        block = slice(start, start + rows)
        longer = np.maximum(np.maximum(lengths[block, None], lengths), 1)
        yield block, _edits(codes[:, block], lengths[block], codes, lengths) / longer


def _coded(sequences: Sequence[Sequence[str]]) -> tuple[Codes, NDArray[np.intp]]:
    """Give every symbol a number, [longest, sequences]; what is beyond an end is -1."""
    numbers: dict[str, int] = {}
    lengths = np.array([len(sequence) for sequence in sequences], np.intp)
    codes = np.full((lengths.max(initial=0), len(sequences)), -1, np.int16)
    for i, sequence in enumerate(sequences):
        codes[: len(sequence), i] = [numbers.setdefault(s, len(numbers)) for s in sequence]
    return codes, lengths


def _edits(
    codes: Codes, lengths: NDArray[np.intp], others: Codes, other_lengths: NDArray[np.intp]
) -> NDArray[np.int16]:
    """Fill the table of Wagner and Fischer for all pairs at once, a line a symbol.

    `line[t]` is the cost, for every pair, of making the first `t` symbols of the other out of what
    has been read; it is the answer where both ends are reached.
    """
    columns = np.arange(len(other_lengths))
    shape = (len(others) + 1, len(lengths), len(other_lengths))
    line = np.empty(shape, np.int16)
    line[:] = np.arange(len(line), dtype=np.int16)[:, None, None]
    edits = line[other_lengths, :, columns].T.copy()
    for read, symbol in enumerate(codes[: lengths.max(initial=0)], 1):
        diagonal = line[0].copy()
        line[0] = read
        for t, other in enumerate(others, 1):
            kept = diagonal + (symbol[:, None] != other)
            diagonal = line[t].copy()
            np.minimum(diagonal, line[t - 1], out=line[t])
            line[t] += 1
            np.minimum(line[t], kept, out=line[t])
        done = np.flatnonzero(lengths == read)
        edits[done] = line[other_lengths[None, :], done[:, None], columns]
    return edits
