"""Whether words that sound round are near round things, and sharp ones near sharp things."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from vgdesk.analyses.base import CurveAnalysis, need_words
from vgdesk.analyses.inference.chance import (
    RESAMPLES,
    SHUFFLES,
    layer_curve,
    percentile_interval,
)
from vgdesk.analyses.lexicon.letter_classes import sound_class
from vgdesk.analyses.words.word_pairs import unit_rows
from vgdesk.core.arrays import Codes, Doubles, FloatArray, Mask
from vgdesk.core.errors import TooFewWordsError
from vgdesk.core.facts import Facts, WordFacts
from vgdesk.core.model import WordId
from vgdesk.core.results import LayerCurve, Trace
from vgdesk.core.stack import LayerStack

ROUND, SHARP = "round", "sharp"
SAYS_SOUND = "sounds "
# Items of each class, among words and among shapes.
FEWEST = 2
MIN_WORDS = 4 * FEWEST
# With fewer words or shapes the chance band is so wide that hardly anything leaves it.
TRUSTED_WORDS = 20
# Scores that agree to so many digits are tied, or rounding would order equal ones.
DIGITS = 13
INTERVAL = f"95 % of {RESAMPLES} bootstrap samples of words and shapes"


@dataclass(frozen=True, slots=True, eq=False)
class TwoClasses:
    """Rows of a stack that are round or sharp.

    Attributes
    ----------
    name
        "words" or "shapes".
    rows
        Shape [items]: their indices in the stack, the round ones first.
    rounds
        Number of round items.
    """

    name: str
    rows: Codes
    rounds: int

    @classmethod
    def of(cls, name: str, words: Sequence[WordId], classes: Mapping[WordId, str]) -> Self:
        """Find the words that have a class, "round" or "sharp"."""
        both = [[i for i, w in enumerate(words) if classes.get(w) == c] for c in (ROUND, SHARP)]
        return cls(name, np.array(both[0] + both[1], np.intp), len(both[0]))

    @property
    def sharps(self) -> int:
        return len(self.rows) - self.rounds

    @property
    def contrast(self) -> Doubles:
        """Weights, [items], for the mean of the round minus the mean of the sharp items."""
        return np.repeat([1 / self.rounds, -1 / self.sharps], [self.rounds, self.sharps])

    def dealt(self, rng: np.random.Generator) -> Doubles:
        """Shuffle the classes: contrasts, [shuffles, items]."""
        return rng.permuted(np.tile(self.contrast, (SHUFFLES, 1)), axis=1)

    def drawn(self, rng: np.random.Generator) -> Codes:
        """Resample the items of each class, [samples, items], the round ones first."""
        first = rng.integers(0, self.rounds, (RESAMPLES, self.rounds))
        then = rng.integers(self.rounds, len(self.rows), (RESAMPLES, self.sharps))
        return np.hstack([first, then])

    def drawn_contrasts(self, rng: np.random.Generator) -> Doubles:
        """Resample the items of each class: contrasts, [samples, items]."""
        first, then = (
            rng.multinomial(count, np.full(count, 1 / count), RESAMPLES) / count
            for count in (self.rounds, self.sharps)
        )
        return np.hstack([first, -then])


def score_sounds(stack: LayerStack, facts: Facts, seed: int) -> tuple[LayerCurve, ...]:
    """How well nearness to round and sharp things separates round from sharp words, by layer.

    The score of a word is its mean cosine to the round minus that to the sharp shapes; the score
    of a shape is its mean cosine to the round minus that to the sharp words. Takes of a word are
    averaged first, because they are not independent evidence.

    Parameters
    ----------
    facts
        Words that name a shape are marked as such; others are scored if their marked sound or
        their letters give them a class. The rest is left out.
    seed
        For the shuffles of the chance band and the resampled words of the interval.

    Returns
    -------
    tuple
        Four curves: area under the ROC curve (0 to 1, chance .5) and Kendall's tau-b (chance 0) of
        the words, and the same of the shapes.
    """
    need_words(MIN_WORDS, len(stack.rows))
    words, shapes = classes_of(stack.words, facts)
    tables = [cosines_between(layer, words, shapes) for layer in stack.values]
    # Words of a class share letters, so any two sets of things may separate them one way or the
    # other. Shuffling words would turn that into a discovery, so the shapes are shuffled.
    dealt = np.vstack([shapes.contrast, shapes.dealt(np.random.default_rng(seed))])
    of_words = [round_areas(dealt @ table.T, words.contrast > 0) for table in tables]
    of_shapes = [round_areas(words.contrast @ table, dealt > 0) for table in tables]
    turned = [table.T for table in tables]
    return (
        *_curves(stack, tables, (words, shapes), np.stack(of_words, axis=1), seed),
        *_curves(stack, turned, (shapes, words), np.stack(of_shapes, axis=1), seed),
    )


def classes_of(words: Sequence[WordId], facts: Facts) -> tuple[TwoClasses, TwoClasses]:
    """Find the words to score and those that name shapes, at least two of each class.

    Raises
    ------
    TooFewWordsError
        If there are fewer.
    """
    shapes = TwoClasses.of("shapes", words, {known.word: known.shape for known in facts.words})
    scored = TwoClasses.of("words", words, {known.word: _sound(known) for known in facts.words})
    counts = [scored.rounds, scored.sharps, shapes.rounds, shapes.sharps]
    if min(counts) < FEWEST:
        raise TooFewWordsError(
            f"At least {FEWEST} round and {FEWEST} sharp words and as many names of shapes are "
            f"needed, but there are {counts[0]} and {counts[1]} words, {counts[2]} and {counts[3]} "
            "names of shapes.",
            "Add the word list “kiki-bouba”, or enter round or sharp in the column “shape” for "
            "names of shapes.",
        )
    return scored, shapes


def _sound(known: WordFacts) -> str:
    if known.shape in (ROUND, SHARP):
        return ""
    return known.shape.removeprefix(SAYS_SOUND) or sound_class(known.text)


def cosines_between(layer: FloatArray, words: TwoClasses, shapes: TwoClasses) -> Doubles:
    """Return the cosine of each word and each shape of a layer [rows, dim]: [words, shapes]."""
    table: Doubles = unit_rows(layer[words.rows]) @ unit_rows(layer[shapes.rows]).T
    return table


def round_areas(scores: Doubles, is_round: Mask) -> Doubles:
    """Return how often a round item scores higher than a sharp one; ties count half.

    This is the area under the ROC curve.

    Parameters
    ----------
    scores, is_round
        Shapes [..., items], broadcast together.

    Returns
    -------
    array
        Shape [...].
    """
    from scipy.stats import rankdata

    rounds = is_round.sum(axis=-1)
    sharps = is_round.shape[-1] - rounds
    ranks = (rankdata(scores.round(DIGITS), axis=-1) * is_round).sum(axis=-1)
    areas: Doubles = (ranks - rounds * (rounds + 1) / 2) / (rounds * sharps)
    return areas


def tau_factor(scores: Doubles, items: TwoClasses) -> float:
    """Return the factor from 2 area - 1 to Kendall's tau-b; 0 if all scores are the same.

    Without ties this is the maximum of tau-b, because items of one class are tied.
    """
    _, ties = np.unique(scores.round(DIGITS), return_counts=True)
    pairs = math.comb(len(scores), 2) - sum(math.comb(tied, 2) for tied in ties.tolist())
    return math.sqrt(items.rounds * items.sharps / pairs) if pairs else 0.0


def _curves(
    stack: LayerStack,
    tables: Sequence[Doubles],
    sorts: tuple[TwoClasses, TwoClasses],
    areas: Doubles,
    seed: int,
) -> tuple[LayerCurve, LayerCurve]:
    """Make the curves of the first set of items, scored by their cosines to the second.

    Parameters
    ----------
    tables
        Cosines of each layer, shape [items, others].
    areas
        Shape [1 + shuffles, layers]; the first is not shuffled.
    """
    items, others = sorts
    factors = np.array([tau_factor(table @ others.contrast, items) for table in tables])
    ceiling = tau_factor(np.arange(len(items.rows), dtype=np.float64), items)
    resampled = _resampled(tables, items, others, np.random.default_rng(seed))
    of = f"of {items.rounds} round and {items.sharps} sharp {items.name} by cosine to "
    of += f"{others.rounds} round minus {others.sharps} sharp {others.name}"
    trace = Trace(
        f"Area under the ROC curve {of}",
        len(items.rows) + len(others.rows),
        (stack.encoder,),
        f"{SHUFFLES} shuffles of round and sharp among the shapes",
        seed,
        few_of_a_sort(sorts),
        INTERVAL,
    )
    tau = f"Kendall's tau-b (at most {ceiling:.2f} where no scores are tied) {of}"
    behind = "" if items.name == "words" else f" of {items.name}"
    return (
        layer_curve(
            "sound-symbolism",
            stack,
            areas[0],
            interval=percentile_interval(resampled),
            chance=areas[1:],
            limits=(0.0, 1.0),
            trace=trace,
            series=f"AUC{behind}",
        ),
        layer_curve(
            "sound-symbolism",
            stack,
            factors * (2 * areas[0] - 1),
            interval=percentile_interval(factors * (2 * resampled - 1)),
            chance=factors * (2 * areas[1:] - 1),
            limits=(-1.0, 1.0),
            trace=replace(trace, estimator=tau),
            series=f"tau-b{behind}",
        ),
    )


def _resampled(
    tables: Sequence[Doubles], items: TwoClasses, others: TwoClasses, rng: np.random.Generator
) -> Doubles:
    """Score resampled items by resampled others, [samples, layers]."""
    drawn, contrasts = items.drawn(rng), others.drawn_contrasts(rng)
    scores = [np.take_along_axis(contrasts @ table.T, drawn, axis=1) for table in tables]
    return np.stack([round_areas(score, items.contrast > 0) for score in scores], axis=1)


def few_of_a_sort(sorts: tuple[TwoClasses, TwoClasses]) -> str:
    """Return a warning about few words or shapes, or an empty string."""
    few = min(sorts, key=lambda sort: len(sort.rows))
    count = len(few.rows)
    return f"Too few words to trust: only {count} {few.name}." if count < TRUSTED_WORDS else ""


SOUND_SYMBOLISM = CurveAnalysis(
    id="sound-symbolism",
    title="Sound symbolism",
    explains="Whether words that sound round (bouba) are nearer to names of round things, and "
    "sharp ones (kiki) nearer to names of sharp things.",
    reading="An AUC of 1 means always, .5 is chance, 0 the opposite; tau-b is 2 AUC - 1 times the "
    "maximum that two classes allow.",
    avoid="Not where words and names of shapes share letters or sounds, as kiki and spiky do: "
    "compare with encoders that have no meaning, such as Spelling.",
    formula="AUC and tau-b of mean cosine to round - mean cosine to sharp, of words by shapes and "
    "of shapes by words",
    source="Alper and Averbuch-Elor (2023), Kiki or bouba? Sound symbolism in vision-and-language "
    "models; Köhler (1929), Gestalt psychology",
    min_words=MIN_WORDS,
    compute=score_sounds,
    uses_labels=False,
    has_series=True,
)
