"""Biased CKA between words as they are spoken, one row a speaker, and as they are written.

A written word has one vector, which is repeated for each speaker of the word. Chance deals out the
written words, each with all its speakers: rows of one word are not independent, and shuffling them
one by one makes chance far too narrow.
"""

import numpy as np

from vgdesk.analyses.base import need_words
from vgdesk.analyses.numerics.principal_components import centred
from vgdesk.core.arrays import Codes, Doubles, FloatArray
from vgdesk.core.stack import LayerStack

MIN_WORDS = 4
SHUFFLES = 999
# Each shuffle of n words takes n x n products; long lists get fewer, down to these.
FEWEST_SHUFFLES = 199
MOST_PRODUCTS = 400_000_000


def spoken_written_cka(speech: LayerStack, text: LayerStack, seed: int) -> tuple[Doubles, Doubles]:
    """Compare each layer with its partner, and again with the written words shuffled.

    Parameters
    ----------
    speech
        One row per word and speaker; every word is in `text`.
    text
        One row per word; its layers are the partners of those of `speech`, one by one.

    Returns
    -------
    tuple
        Biased linear CKA over the rows of `speech`, shape [layers], and that of the shuffles,
        shape [shuffles, layers]; 0 where all rows of a layer are the same. Up to 632 words are
        shuffled 999 times, 1,417 and more 199 times.

    References
    ----------
    Kornblith et al. (2019), Similarity of neural network representations revisited, eq. 6.
    """
    place = {word: i for i, word in enumerate(text.words)}
    written = np.array([place[word] for word in speech.words])
    used, word_of_row = np.unique(written, return_inverse=True)
    need_words(MIN_WORDS, len(used))
    orders = _orders(len(used), np.random.default_rng(seed))
    layers = zip(speech.values, text.values[:, used], strict=True)
    found = [_compared(heard, read, word_of_row, orders) for heard, read in layers]
    values = np.stack(found, axis=1)
    return values[0], values[1:]


def _orders(words: int, rng: np.random.Generator) -> Codes:
    """Return the order of the list, then shuffled ones, [1 + shuffles, words]."""
    shuffles = min(SHUFFLES, max(FEWEST_SHUFFLES, MOST_PRODUCTS // words**2))
    return np.vstack([np.arange(words), *(rng.permutation(words) for _ in range(shuffles))])


def _compared(speech: FloatArray, text: FloatArray, words: Codes, orders: Codes) -> Doubles:
    """Return CKA for each order of the written words; `words` is the word of each spoken row."""
    heard, read = centred(speech), centred(text)
    # The rows of a word meet the same vector, so only their sum matters: X'Y = S'T.
    sums = np.zeros((len(text), heard.shape[1]))
    np.add.at(sums, words, heard)
    spoken, written = sums @ sums.T, read @ read.T
    products = np.array([np.vdot(spoken, written[np.ix_(order, order)]) for order in orders])
    sizes = np.linalg.norm(_smaller_product(heard)) * _sizes(written, np.bincount(words), orders)
    found: Doubles = np.divide(products, sizes, out=np.zeros(len(orders)), where=sizes > 0)
    return found


def _smaller_product(rows: Doubles) -> Doubles:
    product: Doubles = rows.T @ rows if rows.shape[0] > rows.shape[1] else rows @ rows.T
    return product


def _sizes(written: Doubles, repeats: Codes, orders: Codes) -> Doubles:
    """Return the size of the centred products of the written rows for each order.

    With words repeated m times, N rows and L = Y Y', the squared size of HLH is
    m'(L*L)m - 2/N sum m (Lm)^2 + (m'Lm)^2 / N^2.
    """
    # The vector of word `order[i]` is repeated as often as word i is spoken.
    weights = np.empty(orders.shape)
    np.put_along_axis(weights, orders, np.broadcast_to(repeats, orders.shape).astype(float), axis=1)
    n = repeats.sum()
    leaning = weights @ written
    squares = np.einsum("si,si->s", weights @ (written * written), weights)
    squares -= 2 / n * np.einsum("si,si->s", weights, leaning * leaning)
    squares += (np.einsum("si,si->s", weights, leaning) / n) ** 2
    sizes: Doubles = np.sqrt(np.maximum(squares, 0.0))
    return sizes
