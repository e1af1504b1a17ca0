"""ABX on frames: takes are aligned in time instead of being one vector each.

Sequences have no mean, so the distances between the takes of two sayings are averaged instead.

It has no view, because frames are not kept while the window is open: `vgdesk abx` shows it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

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
from vgdesk.analyses.inference.chance import SHUFFLES
from vgdesk.analyses.inference.jackknife import INTERVAL
from vgdesk.analyses.inference.units import fingerprint, first_rows, numbered
from vgdesk.analyses.sequences.dtw import FrameDistance, dtw_distances
from vgdesk.core.arrays import Codes, FloatArray
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
    speakers
        Who said each take, where known: takes of a word by one speaker are one unit.
    """

    on: Column
    by: Column | None = None
    across: Column | None = None
    speakers: Column | None = None

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
    """The columns of the takes or sayings used, as numbers; each of shape [rows].

    Attributes
    ----------
    unit
        The saying of each take: takes that agree in word, speaker and all columns of the task.
    """

    words: Codes
    on: Codes
    by: Codes
    across: Codes | None
    unit: Codes

    @classmethod
    def of(cls, frames: FrameStack, task: Task, rows: Sequence[int]) -> Self:
        def codes(column: Column | None) -> Codes:
            entries = [column.entries[row] if column else "" for row in rows]
            return np.unique(entries, return_inverse=True)[1]

        words = np.unique([frames.words[row] for row in rows], return_inverse=True)[1]
        on, by, speakers = (codes(column) for column in (task.on, task.by, task.speakers))
        across = None if task.across is None else codes(task.across)
        columns = [words, speakers, on, by] + ([] if across is None else [across])
        return cls(words, on, by, across, numbered(zip(*columns, strict=True)))

    def sayings(self) -> Self:
        """Keep one row for each saying."""
        rows = first_rows(self.unit)
        across = None if self.across is None else self.across[rows]
        return replace(
            self,
            words=self.words[rows],
            on=self.on[rows],
            by=self.by[rows],
            across=across,
            unit=self.unit[rows],
        )

    @property
    def is_repeated(self) -> bool:
        """Whether rows are single takes, of which some are of one saying."""
        return len(np.unique(self.unit)) < len(self.unit)

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

        All rows of a word stay together, unless the label is not a property of words: then rows
        that agree in the other columns are shuffled.
        """
        if not _decides(self.words, self.on) or _is_same(self.on, self.words):
            strata = self.strata()
            among = "takes" if self.is_repeated else "words by speaker"
            among += " that agree in the other columns" * bool(strata.any())
            if self.is_repeated:
                among += ": tests whether takes of a word by a speaker are alike"
            else:
                among += ", with all their takes"
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
    same. The distance of two sayings is the mean over their takes, equal takes counted once. Single
    takes are compared only if A and X would always be the same saying, such as the same word by
    one speaker: that measures whether its takes are alike.

    Parameters
    ----------
    task
        Its columns have an entry for each take of `frames`; takes with an empty one are left out.
    seed
        For the shuffled labels of the chance band.

    Returns
    -------
    LayerCurve
        From 0 (no errors) to 1; chance is .5.

    Raises
    ------
    VgdeskError
        If there is no triple for the task.
    """
    rows = _distinct(frames, task)
    takes = _Asked.of(frames, task, rows)
    asked = takes.sayings()
    trials = asked.trials(asked.on) if rows else None
    is_between_sayings = trials is not None and bool(trials.rounds)
    if not is_between_sayings:
        asked = takes
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
        len(asked.on),
        (frames.encoder,),
        chance.words,
        seed,
        asked.warning(),
        INTERVAL,
    )
    layers = range(len(used.layers))
    warped = (dtw_distances(used.takes(i), distance) for i in layers)
    units = takes.unit if is_between_sayings else np.arange(len(rows))
    nearness = (MatrixNearness.of_distances(_between(one, units)) for one in warped)
    left_out, pooled = asked.left_out(trials), used.pooled().only(first_rows(units))
    return error_curve(MEASURE, pooled, trials, chance, left_out, trace, nearness)


def _distinct(frames: FrameStack, task: Task) -> list[int]:
    """Return the rows with an entry in every column; equal takes of a saying once."""
    rows = task.known()
    unit = _Asked.of(frames, task, rows).unit if rows else np.empty(0, np.intp)
    sizes = np.bincount(unit)[unit] if rows else unit

    def print_of(row: int) -> bytes:
        return fingerprint(frames.values[:, frames.starts[row] : frames.starts[row + 1]])

    takes = (
        (code, print_of(row) if size > 1 else b"")
        for row, code, size in zip(rows, unit.tolist(), sizes.tolist(), strict=True)
    )
    return [rows[place] for place in first_rows(numbered(takes))]


def _between(distances: FloatArray, units: Codes) -> FloatArray:
    """Average distances of takes, [takes, takes], over the takes of two units, [units, units]."""
    sizes = np.bincount(units)
    if len(sizes) == len(units):
        return distances
    shares = (units == np.arange(len(sizes))[:, None]) / sizes[:, None]
    means: FloatArray = shares @ distances.astype(np.float64) @ shares.T
    return means


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
