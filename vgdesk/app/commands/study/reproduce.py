"""The study's analyses A to C on any words and encoders, as published and corrected."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from itertools import product
from pathlib import Path

import numpy as np

from vgdesk.analyses import ANALYSES
from vgdesk.analyses.base import CurveAnalysis
from vgdesk.analyses.groups.leave_one_group_out import (
    LEFT_OUT,
    biased_cka_without_groups,
    half_width,
)
from vgdesk.analyses.inference.chance import false_discovery_rates, many_limits, many_p_values
from vgdesk.analyses.inference.units import distinct_takes, words_of
from vgdesk.analyses.layers.cka_over_takes import CHANCE, shuffled_alignment
from vgdesk.app.commands.study.published import ALIGNMENT, CLUSTERS, PAIRS, Published
from vgdesk.app.exchange.word_lists import open_words
from vgdesk.app.stacks.stack_builder import Making, make_stack
from vgdesk.app.words.word_facts import facts_of
from vgdesk.core.errors import VgdeskError
from vgdesk.core.model import Cell, Modality
from vgdesk.core.results import LayerCurve, LayerSimilarity
from vgdesk.core.stack import LayerStack, matched
from vgdesk.core.viewing import Rows
from vgdesk.encoders import levelling_files
from vgdesk.encoders.base import EncoderSpec, Pooling

SPEECH = (Cell.SPEECH, Cell.SPEECH_GROUNDED)
TEXT = (Cell.TEXT, Cell.TEXT_GROUNDED)
FEWEST_LAYERS = 3  # for a meaningful correlation


class Edition(Enum):
    """The analysis choices: those of the study, or the corrected ones."""

    PUBLISHED = "as published"
    CORRECTED = "corrected"


@dataclass(frozen=True, slots=True)
class Panel:
    """One plot of the study's figures.

    Attributes
    ----------
    names
        Name of each curve.
    published
        Values of the study for its own words and models.
    missing
        Why some curves are missing, in sentences; empty if complete.
    """

    analysis: str
    edition: Edition
    title: str
    curves: tuple[LayerCurve, ...]
    names: tuple[str, ...]
    published: tuple[Published, ...] = ()
    missing: str = ""


@dataclass(frozen=True, slots=True)
class Request:
    """The input of the analyses.

    Attributes
    ----------
    encoders
        The encoder of each cell of the 2x2.
    words
        Name of a project, a built-in list, or a file.
    label
        The label column whose groups are scored.
    """

    encoders: Mapping[Cell, EncoderSpec]
    words: str
    label: str
    seed: int


class Study:
    """The vectors shared by all analyses; panels are computed on demand."""

    def __init__(self, request: Request) -> None:
        self._request = request
        self._facts = facts_of(open_words(request.words), request.label)
        self._stacks: dict[tuple[Cell, Edition], LayerStack] = {}

    def panels(self) -> Iterator[Panel]:
        """Compute the panels in the order of the study's figures."""
        for edition in Edition:
            yield self._alignment(edition)
        for measure, edition, published in (
            ("pair-types-published", Edition.PUBLISHED, PAIRS),
            ("pair-types", Edition.CORRECTED, ()),
        ):
            yield self._scored("B", measure, edition, SPEECH, published)
        for measure, edition, published in (
            ("silhouette-published", Edition.PUBLISHED, ()),
            ("silhouette", Edition.CORRECTED, ()),
            ("silhouette-pca-published", Edition.PUBLISHED, ()),
            ("silhouette-pca", Edition.CORRECTED, ()),
            ("silhouette-lda-published", Edition.PUBLISHED, CLUSTERS),
            ("silhouette-lda", Edition.CORRECTED, ()),
        ):
            yield self._scored("C", measure, edition, SPEECH + TEXT, published)

    def subspaces(self) -> dict[str, float]:
        """Correlate subspace similarity with silhouette gain over layers.

        Returns
        -------
        dict
            Pearson's r for "speech" and for "text", if the words suffice.
        """
        found = {}
        for name, cells in (("speech", SPEECH), ("text", TEXT)):
            try:
                found[name] = self._subspaces(cells)
            except VgdeskError:
                continue  # the panels report what is missing
        return found

    def _subspaces(self, cells: tuple[Cell, Cell]) -> float:
        seed = self._request.seed
        pair = self._over_words(*(self._stack(cell, Edition.PUBLISHED) for cell in cells))
        alike = ANALYSES["lda-subspace-cka"].compute(*pair, self._facts, seed)
        score = ANALYSES["silhouette-lda-in-sample"].compute
        (before,), (after,) = (score(stack, self._facts, seed) for stack in pair)
        size = min(len(stack.layers) for stack in pair)
        if size < FEWEST_LAYERS:
            raise VgdeskError(f"Too few layers for a correlation: {size}.")
        gain = after.values[:size] - before.values[:size]
        if np.ptp(gain) == 0:
            raise VgdeskError("The gain is the same at every layer, so a correlation is undefined.")
        return float(np.corrcoef(np.diagonal(alike.values)[:size], gain)[0, 1])

    def _alignment(self, edition: Edition) -> Panel:
        """Compare speech and text at each layer: over takes as published, or over words."""
        is_published = edition is Edition.PUBLISHED
        measure = ANALYSES["cka-biased" if is_published else "cka"]
        curves, names, reasons = [], [], []
        for speech, text in product(SPEECH, TEXT):
            try:
                pair = self._stack(speech, edition), self._stack(text, edition)
                pair = self._over_takes(*pair) if is_published else self._over_words(*pair)
                pair = pair[0], _at_each_layer(pair[1], pair[0].layers)
                result = measure.compute(*pair, self._facts, self._request.seed)
            except VgdeskError as error:
                reasons.append(str(error))
                continue
            curve = _diagonal(result, pair[0])
            if is_published:
                curve = self._with_interval(self._with_chance(curve, pair), pair)
            curves.append(curve)
            names.append(f"{speech.title} – {text.title}")
        return _panel("A", edition, measure.title, curves, names, reasons, ALIGNMENT)

    def _over_takes(self, speech: LayerStack, text: LayerStack) -> tuple[LayerStack, LayerStack]:
        """Repeat the vector of a written word for each take of it, as the study does."""
        place = {word: i for i, word in enumerate(text.words)}
        speech = distinct_takes(speech, self._facts)
        takes = speech.only([i for i, word in enumerate(speech.words) if word in place])
        repeated = text.only([place[word] for word in takes.words])
        return takes, replace(repeated, rows=takes.rows)

    def _over_words(self, speech: LayerStack, text: LayerStack) -> tuple[LayerStack, LayerStack]:
        return matched(*(words_of(stack, self._facts) for stack in (speech, text)))

    def _with_chance(self, curve: LayerCurve, pair: tuple[LayerStack, LayerStack]) -> LayerCurve:
        """Deal out words with all their takes, because takes are no independent evidence."""
        shuffled = shuffled_alignment(*pair, self._request.seed)
        low, high = many_limits(shuffled)
        return replace(
            curve,
            chance_low=low,
            chance_mean=shuffled.mean(axis=0),
            chance_high=high,
            q_values=false_discovery_rates(many_p_values(curve.values, shuffled)),
            trace=replace(curve.trace, chance=CHANCE, seed=self._request.seed),
        )

    def _with_interval(self, curve: LayerCurve, pair: tuple[LayerStack, LayerStack]) -> LayerCurve:
        """Add the study's interval to alignment, which was published without one."""
        labels = self._facts.labels()
        groups = sorted({labels[word] for word in pair[0].words if word in labels})
        if len(groups) < 3:
            return curve
        codes = np.array([groups.index(labels[w]) if w in labels else -1 for w in pair[0].words])
        layers = zip(pair[0].values, pair[1].values, strict=False)
        repeats = np.array([biased_cka_without_groups(x, y, codes) for x, y in layers]).T
        reach = half_width(repeats)
        trace = replace(curve.trace, interval=f"{LEFT_OUT.format(len(groups))}, around all words")
        low, high = curve.values - reach, curve.values + reach
        return replace(curve, low=low, high=high, trace=trace)

    def _scored(
        self,
        analysis: str,
        measure_id: str,
        edition: Edition,
        cells: Sequence[Cell],
        published: tuple[Published, ...],
    ) -> Panel:
        """Score every layer of some cells."""
        measure = ANALYSES[measure_id]
        assert isinstance(measure, CurveAnalysis)
        curves: list[LayerCurve] = []
        names, reasons = [], []
        for cell in cells:
            try:
                stack = self._stack(cell, edition)
                rows = words_of(stack, self._facts) if measure.rows is Rows.WORDS else stack
                found = measure.compute(rows, self._facts, self._request.seed)
            except VgdeskError as error:
                reasons.append(str(error))
                continue
            curves += found
            names += [", ".join(filter(None, (cell.title, curve.series))) for curve in found]
        return _panel(analysis, edition, measure.title, curves, names, reasons, published)

    def _stack(self, cell: Cell, edition: Edition) -> LayerStack:
        """Return all rows of a cell. The study uses only the first subword of a written word."""
        key = cell, edition
        if key not in self._stacks:
            is_first = edition is Edition.PUBLISHED and cell.modality is Modality.TEXT
            making = Making(Pooling.FIRST if is_first else Pooling.MEAN)
            words = [Path(self._request.words)]
            spec = self._request.encoders[cell]
            if edition is Edition.PUBLISHED and cell is Cell.SPEECH_GROUNDED:
                spec = levelling_files(spec) or spec
            stack, _is_whole = make_stack(spec, words, making)
            # The study does not plot the input of the first block; word vectors have no blocks.
            first = 1 if len(stack.layers) > 1 else 0
            self._stacks[key] = replace(
                stack, layers=stack.layers[first:], values=stack.values[first:]
            )
        return self._stacks[key]


def _at_each_layer(text: LayerStack, layers: tuple[str, ...]) -> LayerStack:
    """Repeat word vectors, which the study compares with every layer of speech."""
    if len(text.layers) > 1:
        return text
    return replace(text, layers=layers, values=np.repeat(text.values, len(layers), axis=0))


def normalisation(request: Request) -> str:
    """Describe in a sentence when the published edition normalises the sound."""
    spec = request.encoders[Cell.SPEECH_GROUNDED]
    if levelling_files(spec) is None:
        return (
            f"“{spec.title}” does not normalise its sound, so there is no choice of when to do so: "
            "both editions use the same input."
        )
    return (
        f"As published, the sound for “{spec.title}” is normalised over the whole file before "
        "words are extracted, and that for the ungrounded model over each word; corrected, both "
        "are normalised over each word."
    )


def _diagonal(result: LayerSimilarity, stack: LayerStack) -> LayerCurve:
    """Return the diagonal as a curve; a similarity has no interval."""
    size = min(len(result.rows), len(result.columns))
    values, mean, spread, rates = (
        np.diagonal(getattr(result, name))[:size]
        for name in ("values", "chance_mean", "chance_sd", "q_values")
    )
    band = (mean - 2 * spread, mean, mean + 2 * spread)
    return LayerCurve(
        result.measure,
        stack.encoder,
        result.rows[:size],
        values,
        values,
        values,
        *band,
        rates,
        (-1.0, 1.0),
        result.trace,
    )


def _panel(
    analysis: str,
    edition: Edition,
    title: str,
    curves: Sequence[LayerCurve],
    names: Sequence[str],
    reasons: Sequence[str],
    published: tuple[Published, ...],
) -> Panel:
    why = " ".join(dict.fromkeys(reasons))
    drawn = published if edition is Edition.PUBLISHED else ()
    return Panel(analysis, edition, title, tuple(curves), tuple(names), drawn, why)
