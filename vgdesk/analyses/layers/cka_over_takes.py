"""Chance of biased CKA where one stack has a row for each take, and the other one for each word.

The study repeats the vector of a written word for each of its takes. Takes of a word are no
independent evidence, so written words are dealt out, each to all takes of another word.
"""

from collections.abc import Iterable

import numpy as np

from vgdesk.analyses.base import need_same_rows
from vgdesk.analyses.inference.chance import SHUFFLES
from vgdesk.analyses.inference.units import first_rows, numbered
from vgdesk.analyses.numerics.principal_components import centred
from vgdesk.core.arrays import Codes, Doubles, FloatArray
from vgdesk.core.stack import LayerStack

CHANCE = f"{SHUFFLES} shuffles of the words, each with all its takes"


def shuffled_alignment(takes: LayerStack, repeated: LayerStack, seed: int) -> Doubles:
    """Return biased CKA at each layer with shuffled words.

    Parameters
    ----------
    takes, repeated
        The same rows in the same order; in the second all rows of a word are the same.

    Returns
    -------
    array
        Shape [SHUFFLES, layers that both have].
    """
    need_same_rows(takes, repeated)
    words = numbered(takes.words)
    first, rng = first_rows(words), np.random.default_rng(seed)
    orders = rng.permuted(np.tile(np.arange(len(first)), (SHUFFLES, 1)), axis=1)
    layers = zip(takes.values, repeated.values[:, first], strict=False)
    return np.stack([dealt_cka(x, y, words, orders) for x, y in layers], axis=1)


def dealt_cka(x: FloatArray, y: FloatArray, words: Codes, orders: Iterable[Codes]) -> Doubles:
    """Return biased linear CKA of takes and the words that are dealt out to them.

    Parameters
    ----------
    x, y
        Shapes [takes, dim] and [words, dim]; `dim` may differ.
    words
        Shape [takes]: the number of the word of each take, from 0.
    orders
        For each deal the row of `y` for each word, shape [words].

    Returns
    -------
    array
        Shape [deals]; 0 where all takes, or all words that are dealt, are the same.
    """
    takes = np.bincount(words).astype(np.float64)
    vectors = centred(x)
    size = np.linalg.norm(vectors.T @ vectors)
    sums = np.stack([np.bincount(words, column) for column in vectors.T], axis=1)
    # All takes of a word have the same partner: sums over takes are sums over words.
    own, other = sums @ sums.T, centred(y) @ centred(y).T
    found = []
    for order in orders:
        dealt = other[np.ix_(order, order)]
        spread = takes[:, None] * dealt
        spread -= np.outer(takes / takes.sum(), takes @ dealt)
        sizes = size * np.sqrt(max(float(np.sum(spread * spread.T)), 0.0))
        found.append(float(np.vdot(own, dealt)) / sizes if sizes > 0 else 0.0)
    return np.array(found)
