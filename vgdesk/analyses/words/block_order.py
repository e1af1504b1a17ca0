import numpy as np

from vgdesk.analyses.base import WordAnalysis
from vgdesk.analyses.words.block_sums import CHUNK
from vgdesk.core.arrays import Codes, FloatArray
from vgdesk.core.stack import LayerStack

# A dendrogram of all rows would need all pairs; one of this many is fast.
LANDMARKS = 512


def order_by_similarity(measure: WordAnalysis, stack: LayerStack, layer: int) -> Codes:
    """Order rows by similarity where there are too many for a dendrogram of all.

    Landmarks, taken from the list at equal steps, are ordered by their own dendrogram; every other
    row joins its most similar landmark. Rows of one landmark stay in list order.
    """
    n = len(stack.rows)
    chosen = np.arange(min(LANDMARKS, n)) * n // min(LANDMARKS, n)
    leaves = measure.compute(stack.only(chosen.tolist()), layer).order
    landmarks = stack.values[layer][chosen[list(leaves)]]
    nearest = _nearest(measure, stack.values[layer], landmarks)
    return np.argsort(nearest, kind="stable")


def _nearest(measure: WordAnalysis, rows: FloatArray, landmarks: FloatArray) -> Codes:
    """Return the index of the most similar landmark of every row."""
    origin = landmarks.mean(axis=0, dtype=np.float64) if measure.is_distance else 0.0
    marks = measure.vectors(landmarks - origin).astype(np.float32)
    # The nearer of two has the larger product, after subtracting half its own squared length.
    handicap = (marks**2).sum(axis=1) / 2 if measure.is_distance else 0.0
    nearest = np.empty(len(rows), np.intp)
    for start in range(0, len(rows), CHUNK):
        chunk = slice(start, start + CHUNK)
        vectors = measure.vectors(rows[chunk] - origin).astype(np.float32)
        nearest[chunk] = (vectors @ marks.T - handicap).argmax(axis=1)
    return nearest
