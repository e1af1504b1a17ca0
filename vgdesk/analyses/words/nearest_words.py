"""The nearest other words of one word, or of every word in bounded memory."""

import numpy as np

from vgdesk.analyses.numerics.layer_products import tiles_of
from vgdesk.analyses.words.word_pairs import unit_rows
from vgdesk.core.arrays import FloatArray, Ids
from vgdesk.core.details import Neighbour
from vgdesk.core.model import WordId
from vgdesk.core.stack import LayerStack

# Words compared with as many others at once.
BLOCK = 1024
# Directions that differ by less than this differ by rounding only.
ROUNDING = 1e-7
NONE = -1


def nearest_by_cosine(layer: FloatArray, count: int) -> Ids:
    """Find for each row the `count` other rows with the largest cosine, in no particular order.

    Parameters
    ----------
    layer
        Shape [rows, dim].

    Returns
    -------
    array
        Shape [rows, count], indices of rows; `NONE` for a row of zeros, which has no direction,
        and for all rows if they point in the same direction.
    """
    from vgdesk.analyses.numerics.running_top_k import take_in

    units = unit_rows(layer)
    common = units.mean(axis=0)
    # Cosines near 1 differ in digits beyond float32. The common direction adds the same to all
    # cosines of a row, apart from its product with the other row.
    own = units - common
    if np.linalg.norm(own) <= ROUNDING * np.linalg.norm(units):
        return np.full((len(layer), count), NONE, np.int32)
    shift, own = (own @ common).astype(np.float32), own.astype(np.float32)
    best = np.full((len(own), count), -np.inf, np.float32)
    nearest = np.full(best.shape, NONE, np.int32)
    least = best[:, 0].copy()
    for rows, columns, _ in tiles_of(len(own), BLOCK):
        cosines = own[rows] @ own[columns].T
        take_in(cosines, (rows.start, columns.start), shift, least, best, nearest)
    nearest[~units.any(axis=1)] = NONE
    return nearest


def nearest_to(word: WordId, stack: LayerStack, layer: int, count: int) -> tuple[Neighbour, ...]:
    """Find the `count` rows nearest to a word by cosine, the nearest first; its own are left out.

    A word with several rows is their mean.
    """
    values = stack.values[layer].astype(np.float64)
    own = np.array([other == word for other in stack.words])
    if not own.any():
        return ()
    cosine = unit_rows(values) @ unit_rows(values[own].mean(axis=0, keepdims=True))[0]
    order = [i for i in np.argsort(-cosine, kind="stable") if not own[i]][:count]
    return tuple(Neighbour(stack.rows[i], stack.words[i], float(cosine[i])) for i in order)
