"""How much better one encoder is than another: paired differences of scores over the same words.

The scores of both encoders depend on the same words, so their errors largely cancel in the
difference: what counts is the jackknife of the difference, not whether two intervals overlap. It
counts twice what pairs of words contribute together to the variance. Of a difference of two good
encoders that may be most, so with few words errors are up to 1.4 times too large: safe, but a
difference is found less often (docs/calibration.md).

References
----------
Efron and Stein (1981), The jackknife estimate of variance.
Hothorn, Bretz and Westfall (2008), Simultaneous inference in general parametric models (the largest
|t| of correlated differences).
Schuirmann (1987), A comparison of the two one-sided tests procedure (equivalence).
Holm (1979), A simple sequentially rejective multiple test procedure.
Bonett and Price (2012), Adjusted Wald confidence interval for a difference of binomial proportions
based on paired data.
"""

from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from vgdesk.analyses.inference.jackknife import (
    INTERVAL_BY_GROUPS,
    INTERVAL_OF_SHARES,
    standard_errors,
    student_quantile,
)
from vgdesk.analyses.inference.layer_pairs import Pairs, paired_layers
from vgdesk.analyses.inference.pearson_three import ROUNDING
from vgdesk.core.arrays import Doubles, FloatArray, Mask
from vgdesk.core.counting import first_few
from vgdesk.core.errors import VgdeskError
from vgdesk.core.results import LayerCurve, LayerDifference, LayerSimilarity, Trace

# The error of a corrected p of .05 is .002.
DRAWS = 9_999
LEVEL = 0.05
BLOCK, DEPTH = "block", "depth"
INTERVAL = "95 % of the paired difference, by a jackknife that leaves out one word at a time"
BY_GROUPS = "95 % of the paired difference, by a jackknife that leaves out groups of words"


@dataclass(frozen=True, slots=True, eq=False)
class Scores:
    """Scores by layer, or what is left when some are subtracted from others.

    Attributes
    ----------
    layers
        For each score, the name of the layer of each encoder.
    values, chance_variance
        Shape [scores]; the second is the mean over the encoders, NaN if unknown.
    left_out
        Shape [words or groups left out, scores].
    shares
        How many scores were added or subtracted if each is a share of the words; 0 for others.
    """

    measure: str
    layers: tuple[tuple[str, ...], ...]
    values: Doubles
    chance_variance: Doubles
    left_out: Doubles
    limits: tuple[float, float]
    trace: Trace
    series: str = ""
    shares: int = 0

    @classmethod
    def of_curve(cls, curve: LayerCurve, title: str) -> Self:
        """Take the scores of a curve; `title` is that of the measure.

        Raises
        ------
        VgdeskError
            If the curve has no scores without each word.
        """
        left_out = _expect_left_out(curve.left_out, title)
        spread = np.nan if curve.chance_sd is None else curve.chance_sd
        is_share = curve.trace.interval == INTERVAL_OF_SHARES or curve.series.startswith("R@")
        return cls(
            curve.measure,
            tuple((layer,) for layer in curve.layers),
            np.asarray(curve.values, np.float64),
            np.broadcast_to(np.square(spread), np.shape(curve.values)),
            left_out,
            curve.limits,
            curve.trace,
            curve.series,
            int(is_share),
        )

    @classmethod
    def of_similarity(cls, found: LayerSimilarity, title: str, *, depth: str) -> Self:
        """Take the similarity of layers of the same block or relative depth.

        Raises
        ------
        VgdeskError
            If there are no similarities without each word.
        """
        left_out = _expect_left_out(found.left_out, title)
        pairs = _paired(len(found.rows), len(found.columns), depth)
        rows, columns = np.array(pairs).T
        return cls(
            found.measure,
            tuple((found.rows[i], found.columns[j]) for i, j in pairs),
            np.asarray(found.values, np.float64)[rows, columns],
            np.square(np.asarray(found.chance_sd, np.float64)[rows, columns]),
            left_out[:, rows, columns],
            (-1.0, 1.0),
            found.trace,
        )

    def minus(self, other: Self, *, depth: str) -> Self:
        """Subtract scores of the same measure over the same words, layers paired by depth.

        The encoders of B minus A are A and B; those of a difference of differences, or of
        similarities, stay as they are: A, B, C and D.

        Raises
        ------
        VgdeskError
            If the scores are not of the same words.
        """
        if (self.trace.n, self.left_out.shape[0]) != (other.trace.n, other.left_out.shape[0]):
            raise VgdeskError(
                "The encoders were scored on different words, so their scores cannot be paired.",
                "Compare encoders that have vectors for the same words.",
            )
        one, two = np.array(_paired(len(self.values), len(other.values), depth)).T
        low, high = self.limits[0] - other.limits[1], self.limits[1] - other.limits[0]
        warnings = dict.fromkeys(filter(None, (self.trace.warning, other.trace.warning)))
        sides = [self, other] if len(self.trace.encoders) > 1 else [other, self]
        places = [one, two] if sides[0] is self else [two, one]
        return replace(
            self,
            layers=tuple(
                (*sides[0].layers[i], *sides[1].layers[j]) for i, j in zip(*places, strict=True)
            ),
            values=self.values[one] - other.values[two],
            chance_variance=(self.chance_variance[one] + other.chance_variance[two]) / 2,
            left_out=self.left_out[:, one] - other.left_out[:, two],
            limits=(low, high),
            trace=replace(
                self.trace,
                encoders=(*sides[0].trace.encoders, *sides[1].trace.encoders),
                warning=" ".join(warnings),
            ),
            shares=self.shares + other.shares,
        )

    @property
    def words(self) -> int:
        """The number of words or groups left out, from which the degrees of freedom follow."""
        return len(self.left_out)

    def errors(self) -> Doubles:
        """Return standard errors.

        A share has one of 0 if all words agree, however few they are; so each counts as if two
        more words disagreed, one for either side (Bonett and Price, 2012).
        """
        errors = standard_errors(self.left_out)
        if not self.shares:
            return errors
        n, most = self.words, (self.limits[1] - self.limits[0]) / self.shares
        of_shares: Doubles = np.sqrt((n - 1) * n * errors**2 + self.shares * most**2) / (n + 2)
        return of_shares


def difference(
    scores: Scores, *, depth: str, smallest_effect: float = 0.0, seed: int = 0
) -> LayerDifference:
    """Test a difference at all layers.

    Parameters
    ----------
    scores
        What `Scores.minus` returned.
    smallest_effect
        The smallest difference that matters; 0 if unknown, then there is no test of equivalence.
    seed
        Draws the largest |t| by chance.
    """
    errors, words = scores.errors(), scores.words
    has_width = errors > ROUNDING
    t = t_values(scores.values, errors)
    p = two_sided(t, words)
    reach = student_quantile(words) * errors
    low, high = (
        np.clip(end, *scores.limits) for end in (scores.values - reach, scores.values + reach)
    )
    equivalence = np.ones_like(p)
    if smallest_effect > 0:
        p_as_large = equivalence_p(scores.values, errors, smallest_effect, words)
        equivalence = holm(np.where(has_width, p_as_large, 1.0))
    corrected, least = largest_t(t, p, scores.left_out, words, seed)
    is_by_groups = scores.trace.interval == INTERVAL_BY_GROUPS
    return LayerDifference(
        scores.measure,
        scores.layers,
        depth,
        scores.values,
        low,
        high,
        errors,
        p,
        corrected,
        least * errors,
        _in_chance_units(scores),
        smallest_effect,
        equivalence,
        scores.limits,
        replace(
            scores.trace,
            chance="",
            seed=seed,
            interval=BY_GROUPS if is_by_groups else INTERVAL,
            warning=f"{scores.trace.warning} {_no_width(scores, has_width)}".strip(),
        ),
        scores.series,
    )


def t_values(values: Doubles, errors: Doubles) -> Doubles:
    """Return values in standard errors; 0 where a difference and its error are both 0."""
    small = np.abs(values) < ROUNDING
    exact = np.where(small, 0.0, np.copysign(np.inf, values))
    t: Doubles = np.divide(values, errors, out=exact, where=(errors > ROUNDING))
    return t


def two_sided(t: Doubles, words: int) -> Doubles:
    """Return the two-sided p of t with one degree of freedom less than words."""
    from scipy.special import stdtr

    p: Doubles = 2 * stdtr(max(words - 1, 1), -np.abs(t))
    return p


def equivalence_p(values: Doubles, errors: Doubles, smallest: float, words: int) -> Doubles:
    """Return the larger p of two one-sided tests that a difference is as large as `smallest`."""
    from scipy.special import stdtr

    p: Doubles = stdtr(max(words - 1, 1), t_values(np.abs(values) - smallest, errors))
    return p


def largest_t(
    t: Doubles, p: Doubles, left_out: Doubles, words: int, seed: int
) -> tuple[Doubles, float]:
    """Correct p for all layers by the distribution of the largest |t| without any difference.

    Layers resemble their neighbours, which Holm's correction would not use. The correlation of the
    differences is that of the scores without each word; normal multipliers of these, divided by one
    common chi, have it and the tails of Student's t. No p is above that of Bonferroni, which is
    exact where the draws are too few.

    Returns
    -------
    tuple
        The corrected p, and how large |t| must be for a corrected p of .05.
    """
    from scipy.special import stdtrit

    moves = left_out - left_out.mean(axis=0)
    lengths = np.sqrt(np.sum(moves**2, axis=0))
    used = lengths > ROUNDING
    count, freedom = max(int(used.sum()), 1), max(words - 1, 1)
    bonferroni = float(stdtrit(freedom, 1 - LEVEL / (2 * count)))
    if not used.any():
        return p, bonferroni
    rng = np.random.default_rng([seed, len(t)])
    drawn = rng.standard_normal((DRAWS, len(moves))) @ (moves[:, used] / lengths[used])
    chi = np.sqrt(rng.chisquare(freedom, DRAWS) / freedom)
    largest = np.sort(np.abs(drawn).max(axis=1) / chi)
    beyond = DRAWS - np.searchsorted(largest, np.abs(t))
    counted = (1 + beyond) / (1 + DRAWS)
    corrected: Doubles = np.clip(np.minimum(counted, count * p), p, 1.0)
    return corrected, min(bonferroni, float(largest[-int(LEVEL * (DRAWS + 1))]))


def holm(p: Doubles) -> Doubles:
    """Correct p values for their number, whatever their correlation (Holm, 1979)."""
    order = np.argsort(p)
    factors = np.arange(len(p), 0, -1)
    corrected = np.empty_like(p)
    corrected[order] = np.maximum.accumulate(p[order] * factors).clip(max=1.0)
    return corrected


def _no_width(scores: Scores, has_width: Mask) -> str:
    if has_width.all() or len(set(scores.trace.encoders)) == 1:
        return ""
    names = ["/".join(dict.fromkeys(own)) for own in scores.layers]
    where = first_few([names[i] for i in np.flatnonzero(~has_width)])
    return (
        f"No single word changes the difference at layer {where}: its interval has no width and "
        "is not to be trusted."
    )


def _in_chance_units(scores: Scores) -> Doubles:
    units = np.sqrt(scores.chance_variance)
    effects = np.full(len(units), np.nan)
    np.divide(scores.values, units, out=effects, where=units > ROUNDING)
    return effects


def _paired(one: int, other: int, depth: str) -> Pairs:
    return paired_layers(one, other, is_relative=depth == DEPTH)


def _expect_left_out(left_out: FloatArray | None, title: str) -> Doubles:
    if left_out is None or len(left_out) < 2:
        raise VgdeskError(
            f"“{title}” does not tell how much each word contributes, so a difference of two "
            "encoders would have no interval and no p.",
            "Choose another measure.",
        )
    return np.asarray(left_out, np.float64)
