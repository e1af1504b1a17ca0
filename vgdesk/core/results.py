"""Results of analyses, each with its method and its chance level."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vgdesk.core.arrays import FloatArray, HoldsArrays, expect_shape
from vgdesk.core.model import EncoderId, WordId
from vgdesk.core.viewing import Order


@dataclass(frozen=True, slots=True)
class Trace:
    """How a result was computed.

    Attributes
    ----------
    estimator
        A description, for example "debiased linear CKA".
    n
        Number of rows used.
    encoders
        The encoders used, in order.
    chance
        How the chance level was computed; empty if there is none.
    seed
        Random seed; None if no random numbers were used.
    interval
        A description of the interval around each score; empty if there is none.
    warning
        A sentence that says why the result should not be trusted; otherwise empty.
    """

    estimator: str
    n: int
    encoders: tuple[EncoderId, ...]
    chance: str = ""
    seed: int | None = None
    warning: str = ""
    interval: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class LayerSimilarity(HoldsArrays):
    """Similarity of the layers of two encoders over the same words.

    Attributes
    ----------
    values, chance_mean, chance_sd
        Shape [rows, columns]. Chance is the distribution of the same values under permutation of
        the words of one encoder; its spread is one standard deviation.
    low, high
        Shape [rows, columns]: ends of the 95 % interval around each value.
    q_values
        Shape [rows, columns]: one-sided p values corrected for the false discovery rate over all
        pairs; above .05 a value is not higher than chance.
    left_out
        Shape [words or groups left out, rows, columns]: the values without each, the same words for
        all encoders; None if the interval is not a jackknife.
    """

    measure: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    values: FloatArray
    low: FloatArray
    high: FloatArray
    chance_mean: FloatArray
    chance_sd: FloatArray
    q_values: FloatArray
    trace: Trace
    left_out: FloatArray | None = None

    def check(self) -> None:
        for name in ("values", "low", "high", "chance_mean", "chance_sd", "q_values"):
            expect_shape(
                self.measure,
                name,
                getattr(self, name),
                rows=len(self.rows),
                columns=len(self.columns),
            )


@dataclass(frozen=True, slots=True, eq=False)
class WordSimilarity(HoldsArrays):
    """Similarity of each pair of rows in one layer.

    Attributes
    ----------
    layer
        Name of the layer.
    rows, words
        Row ids, and the word of each.
    values
        Shape [rows, rows]; the diagonal is meaningless and not shown.
    order
        Shape [rows]: an order with similar rows side by side (leaf order of a dendrogram).
    limits
        The values of the darkest and the brightest colour.
    is_distance
        True if a small number means alike.
    part_of
        Number of rows of which these are a part; 0 if these are all.
    """

    measure: str
    layer: str
    rows: tuple[str, ...]
    words: tuple[WordId, ...]
    values: FloatArray
    order: tuple[int, ...]
    limits: tuple[float, float]
    is_distance: bool
    trace: Trace
    part_of: int = 0

    def check(self) -> None:
        n = len(self.rows)
        expect_shape(self.measure, "values", self.values, rows=n, columns=n)
        if sorted(self.order) != list(range(n)):
            raise ValueError(f"{self.measure}: order must name each of {n} rows once")


@dataclass(frozen=True, slots=True, eq=False)
class WordOverview(HoldsArrays):
    """Similarity of blocks of neighbouring rows in one layer, for lists too long to show pairs.

    Attributes
    ----------
    layer
        Name of the layer.
    rows, words
        Row ids, and the word of each, in display order.
    starts
        Shape [blocks + 1]: where each block starts, then where the last one ends.
    values
        Shape [blocks, blocks]: mean over all pairs of different rows, one from each block; for
        distances the root mean square.
    limits
        The values of the darkest and the brightest colour.
    is_distance
        True if a small number means alike.
    group_means
        The same mean over pairs within groups and between groups; None without groups.
    order
        The order of the rows.
    """

    measure: str
    layer: str
    rows: tuple[str, ...]
    words: tuple[WordId, ...]
    starts: NDArray[np.intp]
    values: FloatArray
    limits: tuple[float, float]
    is_distance: bool
    group_means: tuple[float, float] | None
    order: Order
    trace: Trace

    def check(self) -> None:
        n = len(self.starts) - 1
        expect_shape(self.measure, "values", self.values, blocks=n, others=n)
        if not len(self.rows) == len(self.words) == self.starts[-1]:
            raise ValueError(f"{self.measure}: the blocks must hold {len(self.rows)} rows")


@dataclass(frozen=True, slots=True, eq=False)
class WordMap(HoldsArrays):
    """A point in the plane for every row.

    Attributes
    ----------
    points
        Shape [rows, 2].
    is_fitted
        Shape [rows], True for rows that the axes were fitted to; the others were placed afterwards
        and moved no other point.
    axes
        Title of each axis, with the share of variance that it shows.
    """

    method: str
    layer: str
    rows: tuple[str, ...]
    words: tuple[WordId, ...]
    points: FloatArray
    is_fitted: tuple[bool, ...]
    axes: tuple[str, str]
    trace: Trace

    def check(self) -> None:
        expect_shape(self.method, "points", self.points, rows=len(self.rows), axes=2)
        if len(self.is_fitted) != len(self.rows):
            raise ValueError(f"{self.method}: is_fitted must have one entry a row")


@dataclass(frozen=True, slots=True, eq=False)
class LayerCurve(HoldsArrays):
    """A score at every layer of one encoder, with its interval and chance level.

    Attributes
    ----------
    values
        Shape [layers].
    low, high
        Shape [layers]: ends of the interval around each value.
    chance_low, chance_mean, chance_high
        Shape [layers]: one band for the whole curve, which 5 % of all curves leave by chance.
    q_values
        Shape [layers]: p values corrected for all layers of this curve, two-sided; at most .05
        exactly where the value is outside the band.
    limits
        The lowest and the highest possible value of the score.
    series
        The name of this curve, where a measure returns several; otherwise empty.
    shuffles
        The number of shuffles behind the band; 0 if chance is known exactly.
    left_out
        Shape [words or groups left out, layers]: the scores without each, the same words for all
        encoders; None if the interval is not a jackknife.
    chance_sd
        Shape [layers]: standard deviation of chance; None if unknown.
    """

    measure: str
    encoder: EncoderId
    layers: tuple[str, ...]
    values: FloatArray
    low: FloatArray
    high: FloatArray
    chance_low: FloatArray
    chance_mean: FloatArray
    chance_high: FloatArray
    q_values: FloatArray
    limits: tuple[float, float]
    trace: Trace
    series: str = ""
    shuffles: int = 0
    left_out: FloatArray | None = None
    chance_sd: FloatArray | None = None

    def q_errors(self) -> FloatArray:
        """Return the standard error of each q by chance of the shuffles; 0 without shuffles."""
        q = np.asarray(self.q_values, np.float64)
        return np.sqrt(q * (1 - q) / (self.shuffles + 1)) if self.shuffles else np.zeros_like(q)

    def check(self) -> None:
        bounds = ("low", "high", "chance_low", "chance_mean", "chance_high", "q_values")
        for name in ("values", *bounds):
            expect_shape(self.measure, name, getattr(self, name), layers=len(self.layers))


@dataclass(frozen=True, slots=True, eq=False)
class LayerDifference(HoldsArrays):
    """How much a score of one encoder is above that of another, over the same words, by layer.

    Attributes
    ----------
    layers
        The paired layers, with one name for each encoder of the trace.
    depth
        How layers were paired: "block" or "depth" (relative depth).
    values
        Shape [pairs]: the second encoder minus the first; of four, that difference minus the same
        of the last two. For a similarity of two encoders, the first pair of encoders minus the
        second.
    low, high
        Shape [pairs]: ends of the paired 95 % interval of each difference.
    standard_errors
        Shape [pairs].
    p_values, corrected_p
        Shape [pairs]: two-sided p of each difference, and the same corrected for all pairs.
    band
        Shape [pairs]: how far from 0 a difference with a corrected p of .05 is.
    effects
        Shape [pairs]: differences in standard deviations of the chance of one score; NaN if
        chance is unknown.
    smallest_effect, equivalence_p
        The smallest difference that matters, and, of shape [pairs], p that the true difference is
        as large, corrected for all pairs; 0 and ones if none was given.
    limits
        The lowest and the highest possible difference.
    series
        The name of the curves, where a measure returns several; otherwise empty.
    """

    measure: str
    layers: tuple[tuple[str, ...], ...]
    depth: str
    values: FloatArray
    low: FloatArray
    high: FloatArray
    standard_errors: FloatArray
    p_values: FloatArray
    corrected_p: FloatArray
    band: FloatArray
    effects: FloatArray
    smallest_effect: float
    equivalence_p: FloatArray
    limits: tuple[float, float]
    trace: Trace
    series: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """The name of each pair: that of the layer if all are the same, as "3", else "3/2"."""
        return tuple("/".join(dict.fromkeys(own)) for own in self.layers)

    def check(self) -> None:
        tests = ("standard_errors", "p_values", "corrected_p", "band", "effects", "equivalence_p")
        for name in ("values", "low", "high", *tests):
            expect_shape(self.measure, name, getattr(self, name), pairs=len(self.layers))
