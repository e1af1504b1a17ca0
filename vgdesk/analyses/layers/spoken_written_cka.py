"""CKA between words as they are spoken and as they are written, and the same by chance.

For biased CKA each speaker of a word is a row. A written word has one vector, which is repeated
for each of them. Chance deals out the written words, each with all its speakers: rows of one word
are not independent, and shuffling them one by one makes chance far too narrow.
"""

import numpy as np

from vgdesk.analyses.base import need_same_rows, need_words
from vgdesk.analyses.numerics.principal_components import centred
from vgdesk.core.arrays import Codes, Doubles, FloatArray
from vgdesk.core.stack import LayerStack

MIN_WORDS = 4
# A smaller share of the products with diagonal is rounding.
NOTHING = 1e-6
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


def shuffled_debiased_cka(speech: LayerStack, text: LayerStack, seed: int) -> Doubles:
    """Compare each layer with its partner by debiased CKA, with the words of one side shuffled.

    Parameters
    ----------
    speech, text
        One row per word, in the same order; as many layers.

    Returns
    -------
    array
        Shape [shuffles, layers], with as many shuffles as in `spoken_written_cka`.

    References
    ----------
    Song et al. (2012), Feature selection via dependence maximization, eq. 5.
    """
    need_same_rows(speech, text)
    need_words(MIN_WORDS, len(text.rows))
    orders = _orders(len(text.rows), np.random.default_rng(seed))[1:]
    layers = zip(speech.values, text.values, strict=True)
    sides = [(_u_centred(heard), _u_centred(read)) for heard, read in layers]
    return np.stack([_products(*side, orders) for side in sides], axis=1)


def _u_centred(rows: FloatArray) -> Doubles:
    """Return the products of all words without diagonal, U-centred, in units of their size."""
    n, values = len(rows), centred(rows)
    products = values @ values.T
    whole = np.linalg.norm(products)
    np.fill_diagonal(products, 0.0)
    sums = products.sum(axis=1)
    products -= np.add.outer(sums, sums) / (n - 2) - sums.sum() / ((n - 1) * (n - 2))
    np.fill_diagonal(products, 0.0)
    size = np.linalg.norm(products)
    units: Doubles = products / size if size > NOTHING * whole else np.zeros_like(products)
    return units


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
    products = _products(spoken, written, orders)
    sizes = np.linalg.norm(_smaller_product(heard)) * _sizes(written, np.bincount(words), orders)
    found: Doubles = np.divide(products, sizes, out=np.zeros(len(orders)), where=sizes > 0)
    return found


def _products(one: Doubles, other: Doubles, orders: Codes) -> Doubles:
    """Return the inner product of two matrices for each order of the words of the other."""
    return np.array([np.vdot(one, other[np.ix_(order, order)]) for order in orders])


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
