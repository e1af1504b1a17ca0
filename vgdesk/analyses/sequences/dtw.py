"""Distances between words frame by frame, regardless of speech rate: dynamic time warping."""

from collections.abc import Sequence
from enum import Enum
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from vgdesk.analyses.words.word_pairs import unit_rows
from vgdesk.core.arrays import FloatArray

# Frames of either side compared at once; their angles fit into the cache.
FRAMES = 1024


class FrameDistance(Enum):
    """The distance between two frames."""

    ANGLE = "angle"  # divided by pi
    EUCLIDEAN = "euclidean"


def dtw_distances(
    frames: Sequence[FloatArray], distance: FrameDistance = FrameDistance.ANGLE
) -> FloatArray:
    """Dynamic time warping between all words.

    A distance is the mean frame distance along the path with the smallest sum. Both ends are
    fixed; a step advances one word or both.

    Parameters
    ----------
    frames
        One array [frames, dim] per word; `dim` is the same for all, and no word is empty.

    Returns
    -------
    array
        Shape [words, words], float32. Angles are from 0 to 1: a frame of zeros is at 1 from all
        others, and angles below .0003 are lost to rounding.

    References
    ----------
    Sakoe and Chiba (1978), Dynamic programming algorithm optimization for spoken word recognition.
    """
    from vgdesk.analyses.numerics.alignment_paths import add_warped_distances

    if any(len(word) == 0 for word in frames):
        raise ValueError("frames: every word must have at least one frame")
    is_angle = distance is FrameDistance.ANGLE
    ready = (
        [unit_rows(word).astype(np.float32) for word in frames] if is_angle else _centred(frames)
    )
    between = _angles if is_angle else _lengths
    found = np.zeros((len(ready), len(ready)), np.float32)
    blocks = [(words, *_stacked(ready[words])) for words in _blocks(ready)]
    for i, (rows, row_frames, row_starts) in enumerate(blocks):
        for columns, column_frames, column_starts in blocks[i:]:
            add_warped_distances(
                between(row_frames, column_frames),
                row_starts,
                column_starts,
                found[rows, columns],
                rows == columns,
            )
    return np.triu(found) + np.triu(found).T


def _angles(rows: FloatArray, columns: FloatArray) -> FloatArray:
    from vgdesk.analyses.numerics.alignment_paths import to_angles

    angles: FloatArray = rows @ columns.T
    to_angles(angles)
    angles[~rows.any(axis=1)] = 1.0
    angles[:, ~columns.any(axis=1)] = 1.0
    return angles


def _centred(words: Sequence[FloatArray]) -> list[FloatArray]:
    """Centre all frames, or float32 would lose their differences."""
    every = np.concatenate(words).astype(np.float64)
    middle = every.mean(axis=0)
    return [(word - middle).astype(np.float32) for word in words]


def _lengths(rows: FloatArray, columns: FloatArray) -> FloatArray:
    squares: FloatArray = rows @ columns.T
    squares *= -2
    squares += np.einsum("ij,ij->i", rows, rows)[:, None]
    squares += np.einsum("ij,ij->i", columns, columns)
    return np.sqrt(np.maximum(squares, 0, out=squares), out=squares)


def _stacked(words: Sequence[FloatArray]) -> tuple[FloatArray, NDArray[np.intp]]:
    starts = np.array([0, *accumulate(len(word) for word in words)])
    return np.concatenate(words), starts


def _blocks(words: Sequence[FloatArray]) -> list[slice]:
    """Split the words into blocks of about `FRAMES` frames."""
    cuts, size = [0], 0
    for i, word in enumerate(words):
        if size and size + len(word) > FRAMES:
            cuts.append(i)
            size = 0
        size += len(word)
    return [slice(a, b) for a, b in zip(cuts, [*cuts[1:], len(words)], strict=True)]
