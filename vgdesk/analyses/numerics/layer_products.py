"""Inner products between the word x word matrices of layers, fast and accurate to 1e-6.

With X the centred words x dim matrix of a layer, K = X X' gives the similarity of each pair of
words. Two layers are compared by the sum over all entries of K times L. It can be computed through
the words (n x n, once per layer) or through the features (dim x dim, once per pair of layers).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from vgdesk.analyses.base import need_same_rows
from vgdesk.core.arrays import Doubles, FloatArray
from vgdesk.core.stack import LayerStack

# Up to this number float64 is cheap, and needed: with few words most of a sum is its diagonal, and
# without that float32 does not leave six digits.
PRECISE_WORDS = 128
# Edge of the part of K held for all layers at once; that of 13 layers fits into a cache.
TILE = 512
# Length of sums in float32; these are then added in float64.
RUN = 16384
# A layer that varies by less than this share of its size varies by rounding only.
ROUNDING = 1e-7
# A layer with less than this share off the diagonal has no similar words.
NOTHING = 1e-5


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """The shift and scale that centre a layer and give it unit size.

    Attributes
    ----------
    shifts
        Vectors to subtract one after the other: the mean, and its rounding error.
    size
        The divisor; 0 if all words are the same.
    """

    shifts: tuple[FloatArray, ...]
    size: float

    def centred(self, rows: FloatArray) -> FloatArray:
        """Return a copy of rows [rows, dim] relative to the mean of the layer."""
        moved: FloatArray = rows.astype(self.shifts[0].dtype)
        for shift in self.shifts:
            moved -= shift
        return moved


@dataclass(frozen=True, slots=True, eq=False)
class LayerProducts:
    """Sums over K times L for the layers of two encoders, each K scaled to a trace of 1.

    Attributes
    ----------
    words
        Number of rows.
    between
        Shape [layers of a, layers of b].
    own_a, own_b
        Shape [layers]: each layer with itself; 0 where all words are the same.
    diagonal_a, diagonal_b
        Shape [layers, words]: the diagonal of each K.
    """

    words: int
    between: Doubles
    own_a: Doubles
    own_b: Doubles
    diagonal_a: Doubles
    diagonal_b: Doubles

    def sizes(self) -> Doubles:
        """Return the upper bound of each entry of `between`."""
        sizes: Doubles = np.sqrt(np.outer(self.own_a, self.own_b))
        return sizes

    def without_diagonal(self) -> Self:
        """Return the sums for U-centred matrices: no diagonal, and still all rows sum to 0."""
        a, b = self.diagonal_a, self.diagonal_b
        own_a = self._without_diagonal(self.own_a, np.sum(a * a, axis=1), a.sum(axis=1) ** 2)
        own_b = self._without_diagonal(self.own_b, np.sum(b * b, axis=1), b.sum(axis=1) ** 2)
        traces = np.outer(a.sum(axis=1), b.sum(axis=1))
        return replace(
            self,
            between=self._without_diagonal(self.between, a @ b.T, traces),
            own_a=np.where(own_a > NOTHING * self.own_a, own_a, 0.0),
            own_b=np.where(own_b > NOTHING * self.own_b, own_b, 0.0),
            diagonal_a=np.zeros_like(a),
            diagonal_b=np.zeros_like(b),
        )

    def _without_diagonal(self, sums: Doubles, diagonals: Doubles, traces: Doubles) -> Doubles:
        n = self.words
        return sums - diagonals * (n / (n - 2)) + traces / ((n - 1) * (n - 2))


def layer_products(a: LayerStack, b: LayerStack) -> LayerProducts:
    """Multiply every layer of `a` with every layer of `b`.

    Memory in addition to the stacks: one copy, and at most `TILE` x `TILE` numbers per layer.
    """
    need_same_rows(a, b)
    units_a = unit_layers(a.values)
    return multiplied(units_a, units_a if b is a else unit_layers(b.values))


def multiplied(units_a: list[FloatArray], units_b: list[FloatArray]) -> LayerProducts:
    """Do `layer_products` for layers that are already centred and of unit size."""
    words = len(units_a[0])
    width_a, width_b = (len(units) * units[0].shape[1] for units in (units_a, units_b))
    # Beyond this length, going through the features takes fewer multiplications.
    is_long = words * (width_a + width_b) > 2 * width_a * width_b
    multiply = _through_features if is_long else _through_words
    diagonal_a = _diagonals(units_a)
    diagonal_b = diagonal_a if units_b is units_a else _diagonals(units_b)
    return LayerProducts(words, *multiply(units_a, units_b), diagonal_a, diagonal_b)


def unit_layers(values: FloatArray) -> list[FloatArray]:
    """Centre a copy of each layer and scale it to a sum of squares of 1; zeros if constant.

    Parameters
    ----------
    values
        Shape [layers, words, dim].
    """
    return framed_layers(values)[0]


def framed_layers(values: FloatArray) -> tuple[list[FloatArray], tuple[Frame, ...]]:
    """Return `unit_layers`, and the shift and scale of each."""
    dtype = np.float64 if values.shape[1] <= PRECISE_WORDS else np.float32
    framed = [_framed(layer.astype(dtype)) for layer in values]
    return [unit for unit, _ in framed], tuple(frame for _, frame in framed)


def _framed(layer: FloatArray) -> tuple[FloatArray, Frame]:
    """Centre a layer and scale it to a sum of squares of 1, in place."""
    size, shifts = _norm(layer), []
    # The second pass removes the rounding error of a large common offset.
    for _ in range(2):
        shifts.append(layer.mean(axis=0, dtype=np.float64).astype(layer.dtype))
        layer -= shifts[-1]
    spread = _norm(layer)
    if spread <= ROUNDING * size:
        return np.zeros_like(layer), Frame(tuple(shifts), 0.0)
    layer /= spread
    return layer, Frame(tuple(shifts), spread)


def _norm(layer: FloatArray) -> float:
    return float(np.sqrt(np.einsum("ij,ij->i", layer, layer).sum(dtype=np.float64)))


def _diagonals(units: Sequence[FloatArray]) -> Doubles:
    return np.stack([np.einsum("ij,ij->i", unit, unit) for unit in units]).astype(np.float64)


def _through_words(
    units_a: list[FloatArray], units_b: list[FloatArray]
) -> tuple[Doubles, Doubles, Doubles]:
    units = units_a if units_b is units_a else units_a + units_b
    products = np.zeros((len(units), len(units)))
    for rows, columns, weight in tiles_of(len(units[0])):
        products += weight * _tile_products(units, rows, columns)
    own = np.diag(products)
    a, b = len(units_a), len(units_b)
    return products[:a, -b:], own[:a], own[-b:]


def tiles_of(words: int, edge: int = TILE) -> Iterator[tuple[slice, slice, int]]:
    """Yield rows, columns and weight of each tile of K on or above its diagonal.

    K is symmetric: tiles above the diagonal count twice.
    """
    blocks = [slice(start, start + edge) for start in range(0, words, edge)]
    for i, rows in enumerate(blocks):
        for columns in blocks[i:]:
            yield rows, columns, 1 if columns is rows else 2


def _tile_products(units: list[FloatArray], rows: slice, columns: slice) -> Doubles:
    shape = (len(units[0][rows]), len(units[0][columns]))
    tiles = np.empty((len(units), *shape), units[0].dtype)
    for unit, tile in zip(units, tiles, strict=True):
        np.matmul(unit[rows], unit[columns].T, out=tile)
    return sums_of_products(tiles)


def sums_of_products(tiles: FloatArray) -> Doubles:
    """Multiply the tiles [layers, rows, columns] with each other: [layers, layers].

    Short sums use the type of the tiles, the rest float64.
    """
    flat = tiles.reshape(len(tiles), -1)
    total = np.zeros((len(flat), len(flat)))
    for start in range(0, flat.shape[1], RUN):
        run = flat[:, start : start + RUN]
        total += run @ run.T
    return total


def _through_features(
    units_a: list[FloatArray], units_b: list[FloatArray]
) -> tuple[Doubles, Doubles, Doubles]:
    between = np.zeros((len(units_a), len(units_b)))
    is_same = units_b is units_a
    for i, one in enumerate(units_a):
        for j, other in enumerate(units_b):
            if is_same and j < i:
                between[i, j] = between[j, i]
            else:
                between[i, j] = _squares(one.T @ other)
    own_a = np.array([_squares(unit.T @ unit) for unit in units_a])
    own_b = own_a if is_same else np.array([_squares(unit.T @ unit) for unit in units_b])
    return between, own_a, own_b


def _squares(values: FloatArray) -> float:
    return float(np.einsum("ij,ij->i", values, values).sum(dtype=np.float64))
