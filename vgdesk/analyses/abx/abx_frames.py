"""ABX on frames: takes are aligned in time instead of being one vector each.

It has no view, because frames are not kept while the window is open: `vgdesk abx` shows it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from vgdesk.analyses.abx.abx import (
    TRUSTED_WORDS,
    Chance,
    LeftOut,
    error_curve,
    without_each_row,
    without_each_word,
)
from vgdesk.analyses.abx.abx_triples import MatrixNearness, Trials
from vgdesk.analyses.inference.chance import INTERVAL, SHUFFLES
from vgdesk.analyses.sequences.dtw import FrameDistance, dtw_distances
from vgdesk.core.arrays import Codes
from vgdesk.core.errors import VgdeskError
from vgdesk.core.frames import FrameStack
from vgdesk.core.results import LayerCurve, Trace

MEASURE = "abx-frames"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the list: one entry per take, empty where unknown."""

    name: str
    entries: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Task:
    """The columns in which A, B and X agree or differ.

    Attributes
    ----------
    on
        A and X agree, B differs.
    by
        All three agree.
    across
        A and B agree, X differs.
    """

    on: Column
    by: Column | None = None
    across: Column | None = None

    def known(self) -> list[int]:
        """Return the rows with an entry in every column of the task."""
        columns = [column for column in (self.on, self.by, self.across) if column is not None]
        whole = zip(*(column.entries for column in columns), strict=True)
        return [row for row, entries in enumerate(whole) if all(entries)]

    def title(self) -> str:
        """Return the task in words, such as "on word, by speaker"."""
        parts = (("on", self.on), ("by", self.by), ("across", self.across))
        return ", ".join(f"{word} {column.name}" for word, column in parts if column is not None)


@dataclass(frozen=True, slots=True, eq=False)
class _Asked:
    """The columns of the takes used, as numbers; each of shape [rows]."""

    words: Codes
    on: Codes
    by: Codes
    across: Codes | None

    @classmethod
    def of(cls, frames: FrameStack, task: Task, rows: Sequence[int]) -> "_Asked":
        def codes(column: Column | None) -> Codes:
            entries = [column.entries[row] if column else "" for row in rows]
            return np.unique(entries, return_inverse=True)[1]

        words = np.unique([frames.words[row] for row in rows], return_inverse=True)[1]
        across = None if task.across is None else codes(task.across)
        return cls(words, codes(task.on), codes(task.by), across)

    def trials(self, labels: Codes) -> Trials:
        return Trials.of(labels, self.across, by=self.by)

    def strata(self) -> Codes:
        """Give takes that agree in everything but the label the same number."""
        across = np.zeros_like(self.by) if self.across is None else self.across
        return _together(self.by, across)

    def left_out(self, trials: Trials) -> LeftOut:
        """Return the error rate without each word."""
        as_x, as_b = trials.cells()
        if _is_same(self.on, self.words):  # a word takes all cells along in which it is X or B
            return without_each_word(self.words, as_x + as_b)
        if _is_same(self.by, self.words):  # a word takes its own cells along
            return without_each_word(self.words, as_x, as_b_counts=False)
        return without_each_row(_together(self.strata(), self.on), self.words, trials)

    def dealt(self, rng: np.random.Generator) -> tuple[Codes, str]:
        """Shuffle labels, [SHUFFLES, rows], and name the units that were shuffled.

        Takes of a word stay together, unless the label is not a property of words: then takes that
        agree in the other columns are shuffled.
        """
        if not _decides(self.words, self.on) or _is_same(self.on, self.words):
            strata = self.strata()
            among = "takes that agree in the other columns" if strata.any() else "takes"
            return _shuffled(self.on, strata, rng), among
        first, word_of_row = np.unique(self.words, return_index=True, return_inverse=True)[1:]
        within = self.by[first] if _decides(self.words, self.by) else np.zeros_like(first)
        return _shuffled(self.on[first], within, rng)[:, word_of_row], "words"

    def chance(self, task: Task, rng: np.random.Generator) -> Chance:
        """Return the trials of the chance level."""
        dealt, among = self.dealt(rng)
        trials = [self.trials(labels) for labels in dealt]
        said = f"{SHUFFLES} shuffles of {task.on.name} among {among}"
        return Chance(np.arange(len(self.on)), trials, 1.0, said)

    def warning(self) -> str:
        """Return why the rate should not be trusted, or an empty string."""
        words = len(np.unique(self.words))
        return f"Too few words to trust: only {words}." if words < TRUSTED_WORDS else ""


def discriminate_frames(
    frames: FrameStack,
    task: Task,
    seed: int,
    distance: FrameDistance = FrameDistance.ANGLE,
) -> LayerCurve:
    """ABX error rate of a task at every layer, by dynamic time warping on frames.

    All triples count; cells (a pair of entries of `on`, one of `by`, a pair of `across`) weigh the
    same.

    Parameters
    ----------
    task
        Its columns have an entry for each take of `frames`; takes with an empty one are left out.
    seed
        For the shuffled labels of the chance band and the resampled words of the interval.

    Returns
    -------
    LayerCurve
        From 0 (no errors) to 1; chance is .5.

    Raises
    ------
    VgdeskError
        If there is no triple for the task.
    """
    rows = task.known()
    asked = _Asked.of(frames, task, rows)
    trials = asked.trials(asked.on) if rows else None
    if trials is None or not trials.rounds:
        raise VgdeskError(
            f"No three takes form a triple for ABX {task.title()}.",
            "Choose other columns of the list given with --words, or record more takes.",
        )
    used, rng = frames.only(rows), np.random.default_rng(seed)
    chance = asked.chance(task, rng)
    trace = Trace(
        f"ABX error rate {task.title()}, all triples, dynamic time warping of frames by "
        f"{distance.value}",
        len(rows),
        (frames.encoder,),
        chance.words,
        seed,
        asked.warning(),
        INTERVAL,
    )
    layers = range(len(used.layers))
    warped = (MatrixNearness.of_distances(dtw_distances(used.takes(i), distance)) for i in layers)
    left_out = asked.left_out(trials)
    return error_curve(MEASURE, used.pooled(), trials, chance, left_out, trace, warped)


def _together(a: Codes, b: Codes) -> Codes:
    """Give rows that agree in both the same number."""
    return np.unique(np.stack([a, b]), axis=1, return_inverse=True)[1].ravel()


def _decides(a: Codes, b: Codes) -> bool:
    """Say whether rows that agree in `a` agree in `b` as well."""
    return len(np.unique(_together(a, b))) == len(np.unique(a))


def _is_same(a: Codes, b: Codes) -> bool:
    return _decides(a, b) and _decides(b, a)


def _shuffled(labels: Codes, within: Codes, rng: np.random.Generator) -> Codes:
    dealt = np.tile(labels, (SHUFFLES, 1))
    for group in np.unique(within):
        here = within == group
        dealt[:, here] = rng.permuted(dealt[:, here], axis=1)
    return dealt
