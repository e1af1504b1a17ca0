"""ABX error rates: how often a word of another group is nearer than one of the same group."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from vgdesk.analyses.abx.abx_triples import (
    AbxErrors,
    MatrixNearness,
    Nearness,
    Trials,
    VectorNearness,
    abx_losses,
)
from vgdesk.analyses.base import CurveAnalysis, need_words
from vgdesk.analyses.inference.chance import (
    SHUFFLES,
    layer_curve,
    permuted_labels,
)
from vgdesk.analyses.inference.jackknife import INTERVAL, jackknife_interval
from vgdesk.analyses.inference.units import (
    UNNAMED,
    distinct_takes,
    known_sayings,
    numbered,
    speakers_of,
)
from vgdesk.core.arrays import Codes, Doubles
from vgdesk.core.cancellation import until_cancelled
from vgdesk.core.errors import TooFewWordsError, VgdeskError
from vgdesk.core.facts import Facts
from vgdesk.core.results import LayerCurve, Trace
from vgdesk.core.stack import LayerStack
from vgdesk.core.viewing import Rows

MIN_WORDS = 3
MIN_TAKES = 4
# With fewer words the chance band is so wide that hardly anything leaves it.
TRUSTED_WORDS = 20
# In a smaller group a single outlier is part of every triple.
TRUSTED_GROUP = 3
# Rows used to estimate chance. With more rows only its spread changes, in a known way.
SHUFFLED_ROWS = 120

# Returns the error rate without each word, or without each row, [left out].
LeftOut = Callable[[AbxErrors], Doubles]


@dataclass(frozen=True, slots=True, eq=False)
class Chance:
    """The trials that estimate the error rate at chance level.

    Attributes
    ----------
    rows
        The rows used.
    trials
        One per shuffle of their labels.
    shrink
        Factor by which the chance distribution is narrower with all rows.
    words
        Description of the procedure.
    """

    rows: Codes
    trials: Sequence[Trials]
    shrink: float
    words: str

    def rates(self, nearness: Nearness) -> Doubles:
        """Return the error rate under each shuffle."""
        some = nearness.ordered(self.rows)
        table = MatrixNearness(some.between(np.arange(len(self.rows)), slice(None)))
        rates = [abx_losses(table, trials).rate for trials in self.trials]
        return 0.5 + self.shrink * (np.array(rates) - 0.5)


def discriminate_labels(stack: LayerStack, facts: Facts, seed: int) -> tuple[LayerCurve, ...]:
    """ABX error rate of the labels at every layer, by the angle between vectors.

    A and X are two words with one label, B is a word with another; the error rate is the share of
    triples in which B is nearer to X than A is. All triples count; label pairs weigh the same.

    Returns
    -------
    LayerCurve
        From 0 (no errors) to 1; chance is .5. A zero vector is far from all others.
    """
    labels = facts.labels()
    used = stack.only([i for i, word in enumerate(stack.words) if word in labels])
    groups = [labels[word] for word in used.words]
    _refuse_labels(groups, all_rows=len(stack.rows))
    rng = np.random.default_rng(seed)
    codes = np.unique(groups, return_inverse=True)[1]
    trials = Trials.of(codes)
    chance = _shuffled_labels(used.words, codes, trials, rng)
    trace = Trace(
        "ABX error rate of labels, all triples, by angle",
        len(groups),
        (stack.encoder,),
        chance.words,
        seed,
        _warning(groups),
        INTERVAL,
    )
    left_out = without_each_row(codes, np.arange(len(codes)), trials)
    return (error_curve("abx", used, trials, chance, left_out, trace),)


def recognise_words(stack: LayerStack, facts: Facts, seed: int) -> tuple[LayerCurve, ...]:
    """ABX error rate of word identity at every layer, across speakers where these are known.

    A and X are the same word, B is another. If any word was said by two known speakers, A and B are
    by one speaker and X is by another; takes of a word by one speaker are averaged, and takes
    without a speaker are left out. Otherwise A, B and X are takes by one speaker, or by unknown
    speakers: that measures whether takes of a word are alike, not whether voices agree on it.

    Parameters
    ----------
    stack
        One row per take.
    seed
        For the shuffled words or takes of the chance band.

    Returns
    -------
    LayerCurve
        As for labels.
    """
    need_words(MIN_TAKES, len(stack.rows))
    used, speakers, is_across = _by_speaker(stack, facts)
    words, codes = np.unique(used.words, return_inverse=True)
    trials = Trials.of(codes, speakers, within=not is_across)
    as_x, as_b = trials.cells()
    if not as_x.any():
        raise VgdeskError(
            "No word has a second take to compare with takes of other words by the same speaker.",
            "Record words twice, ideally all of them by the same two speakers.",
        )
    rng = np.random.default_rng(seed)
    chance = _shuffled_takes(codes, speakers, trials, rng)
    repeated = len(np.unique(codes[as_x > 0]))
    trace = Trace(
        f"ABX error rate of words {'across speakers' if is_across else 'by the same speaker'}, all "
        "triples, by angle",
        len(used.rows),
        (stack.encoder,),
        chance.words,
        seed,
        f"Too few words to trust: only {repeated} of {len(words)} have a second take that counts."
        if repeated < TRUSTED_WORDS
        else "",
        INTERVAL,
    )
    left_out = without_each_word(codes, as_x + as_b)
    return (error_curve("abx-words", used, trials, chance, left_out, trace),)


def without_each_row(groups: Codes, words: Codes, trials: Trials) -> LeftOut:
    """Return the error rate without each word, [words], where words in groups are told apart.

    In a group of n rows, n (n - 1) pairs are A and X, and n rows are B: without one of them its
    triples are gone, and those that stay weigh more. Of a group of two no pair stays, and the cells
    in which it is A and X are gone. Rows of one word are left out one by one, and their effects
    added up.

    Parameters
    ----------
    groups, words
        Shape [rows], each from 0: rows of one group are interchangeable.
    """
    size = np.bincount(groups)[groups]
    pairs_stay = np.where(size > 2, size / np.maximum(size - 2, 1), 0.0)
    singles_stay = size / np.maximum(size - 1, 1)
    as_x, as_b = trials.cells()
    gone = np.where(size > 2, 0.0, np.bincount(groups, as_x)[groups])
    gone += np.where(size > 1, 0.0, as_b)

    def left_out(losses: AbxErrors) -> Doubles:
        pairs = np.bincount(groups, losses.as_x)[groups]
        singles = np.bincount(groups, losses.as_b)[groups]
        errors = np.asarray(losses.rate * losses.cells - pairs - singles, np.float64)
        errors += (pairs - losses.as_x - losses.as_a) * pairs_stay
        errors += (singles - losses.as_b) * singles_stay
        cells = losses.cells - gone
        rates = np.full(errors.shape, 0.5)
        np.divide(errors, cells, out=rates, where=cells > 0.5)
        moves = np.zeros(int(words.max()) + 1)
        np.add.at(moves, words, rates - losses.rate)
        return losses.rate + moves

    return left_out


def without_each_word(words: Codes, cells: Doubles, *, as_b_counts: bool = True) -> LeftOut:
    """Return the error rate without each word, [words], where A and X are takes of one word.

    Parameters
    ----------
    words
        The word of each row, [rows], from 0.
    cells
        Shape [rows]: the share of each row in the cells of its word.
    as_b_counts
        Whether the cells in which a row is B are those of its word as well.
    """
    of_word = np.bincount(words, cells)

    def left_out(losses: AbxErrors) -> Doubles:
        own = losses.as_x + losses.as_b * as_b_counts
        errors = losses.rate * losses.cells - np.bincount(words, own)
        left = losses.cells - of_word
        found: Doubles = np.divide(errors, left, out=np.full_like(left, 0.5), where=left > 0.5)
        return found

    return left_out


def error_curve(
    measure: str,
    stack: LayerStack,
    trials: Trials,
    chance: Chance,
    left_out: LeftOut,
    trace: Trace,
    nearnesses: Iterable[Nearness] | None = None,
) -> LayerCurve:
    """Run the trials at every layer, together with those of chance.

    Rows are compared by the angle between vectors unless `nearnesses` are given for the layers.
    """
    rates, without, shuffled = [], [], []
    for nearness in until_cancelled(nearnesses or map(VectorNearness.of, stack.values)):
        losses = abx_losses(nearness, trials)
        rates.append(losses.rate)
        without.append(left_out(losses))
        shuffled.append(chance.rates(nearness))
    return layer_curve(
        measure,
        stack,
        np.array(rates),
        interval=jackknife_interval(np.stack(without, axis=1), np.array(rates), limits=(0.0, 1.0)),
        chance=np.stack(shuffled, axis=1),
        limits=(0.0, 1.0),
        trace=trace,
    )


def _shuffled_labels(
    words: tuple[Any, ...], codes: Codes, trials: Trials, rng: np.random.Generator
) -> Chance:
    rows, some, how = np.arange(len(codes)), codes, ""
    if len(codes) > SHUFFLED_ROWS:
        rows = rng.permutation(len(codes))[:SHUFFLED_ROWS]
        groups = min(int(codes.max()) + 1, SHUFFLED_ROWS // 4)
        some = np.arange(SHUFFLED_ROWS) % groups
        how = f" {SHUFFLED_ROWS} of the"
    dealt, among = permuted_labels(tuple(words[row] for row in rows), some, rng)
    return Chance(
        rows,
        [Trials.of(labels) for labels in dealt[1:]],
        trials.spread() / Trials.of(some).spread(),
        f"{SHUFFLES} shuffles of the labels among{how} {among}",
    )


def _shuffled_takes(
    codes: Codes, speakers: Codes, trials: Trials, rng: np.random.Generator
) -> Chance:
    """Shuffle the rows of each speaker among the words.

    Across speakers a row is a word with all its takes. Within a speaker no word could be dealt out
    with all its takes, or A and X would always stay the same word: single takes are dealt.
    """
    rows = _some_takes(codes, speakers, trials, rng)
    own, within = speakers[rows], not trials.is_across
    dealt = np.tile(codes[rows], (SHUFFLES, 1))
    for speaker in np.unique(own):
        here = own == speaker
        dealt[:, here] = rng.permuted(dealt[:, here], axis=1)
    how = f" {len(rows)} of the" if len(rows) < len(codes) else ""
    units = (
        "words of each speaker, with all their takes"
        if trials.is_across
        else "takes of each speaker: tests whether takes of a word are alike"
    )
    return Chance(
        rows,
        [Trials.of(labels, own, within=within) for labels in dealt],
        trials.spread() / Trials.of(codes[rows], own, within=within).spread(),
        f"{SHUFFLES} shuffles of{how} {units}",
    )


def _some_takes(codes: Codes, speakers: Codes, trials: Trials, rng: np.random.Generator) -> Codes:
    """Choose words with all their rows, those that can be recognised first."""
    everything = np.arange(len(codes))
    if len(codes) <= SHUFFLED_ROWS:
        return everything
    cells = np.bincount(codes, trials.cells()[0])
    place = rng.permutation(len(cells)) + len(cells) * (cells == 0)
    some: Codes = np.argsort(place[codes], kind="stable")[:SHUFFLED_ROWS]
    within = not trials.is_across
    return some if Trials.of(codes[some], speakers[some], within=within).rounds else everything


def _by_speaker(stack: LayerStack, facts: Facts) -> tuple[LayerStack, Codes, bool]:
    """Return the rows to compare, their speakers, and whether these can be crossed.

    The sayings of known speakers if any word was said by two, else single takes.
    """
    said = set(zip(stack.words, speakers_of(stack, facts), strict=True))
    voices = Counter(word for word, speaker in said if speaker != UNNAMED)
    if max(voices.values(), default=0) > 1:
        return *known_sayings(stack, facts), True
    used = distinct_takes(stack, facts)
    return used, numbered(speakers_of(used, facts)), False


def _refuse_labels(groups: Sequence[str], *, all_rows: int) -> None:
    if len(groups) < MIN_WORDS:
        raise TooFewWordsError(
            f"ABX needs at least {MIN_WORDS} labelled words, but only {len(groups)} of {all_rows} "
            "have a label.",
            "Label more words, or choose another label column.",
        )
    sizes = Counter(groups)
    if len(sizes) == 1:
        raise VgdeskError(
            f"All labelled words have the label “{groups[0]}”, so there is nothing to compare.",
            "Label words of at least one more group, or choose another label column.",
        )
    if max(sizes.values()) == 1:
        raise VgdeskError(
            "No two words share a label, so no triples can be formed.",
            "Choose a label column in which words share a label.",
        )


def _warning(groups: Sequence[str]) -> str:
    if len(groups) < TRUSTED_WORDS:
        return f"Too few words to trust: only {len(groups)} with a label."
    small = sorted(name for name, size in Counter(groups).items() if size < TRUSTED_GROUP)
    return f"Groups too small to trust: {', '.join(small)}." if small else ""


FORMULA = "mean over pairs of groups of P(d(X, B) < d(X, A)) + P(d(X, B) = d(X, A)) / 2, d = angle"
SOURCE = (
    "Schatz et al. (2013), Evaluating speech features with the minimal-pair ABX task; "
    "Poli et al. (2025), fastabx: a library for efficient computation of ABX discriminability"
)

ABX = CurveAnalysis(
    id="abx",
    title="ABX error of labels",
    explains="How often a word X is nearer to a word of another group than to one of the same "
    "group.",
    reading="0 means never, .5 is chance: lower is better.",
    avoid="Not for labels that correlate with word length or speaker: these alone separate groups.",
    formula=FORMULA,
    source=SOURCE,
    min_words=MIN_WORDS,
    compute=discriminate_labels,
    is_error=True,
)
ABX_WORDS = CurveAnalysis(
    id="abx-words",
    title="ABX error of words",
    explains="How often a word by one speaker is nearer to another word than to the same word by a "
    "second speaker; where no two speakers are known, the same of two takes.",
    reading="0 means that words are always recognised, .5 is chance: lower is better.",
    avoid="With takes of one speaker the task is easy: voice and room are the same.",
    formula=FORMULA + "; across speakers, takes of a word by a speaker are averaged first",
    source=SOURCE,
    min_words=MIN_TAKES,
    compute=recognise_words,
    rows=Rows.TAKES,
    uses_labels=False,
    is_error=True,
)
