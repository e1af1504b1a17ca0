"""Analysis A: how similarly speech and text encoders arrange the same words, layer by layer."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import product

import numpy as np

from vgdesk.analyses import ANALYSES
from vgdesk.analyses.groups.leave_one_group_out import (
    LEFT_OUT,
    biased_cka_without_groups,
    half_width,
)
from vgdesk.analyses.inference.chance import layer_curve
from vgdesk.analyses.inference.jackknife import Interval
from vgdesk.analyses.inference.layer_pairs import Pairs
from vgdesk.analyses.layers.spoken_written_cka import shuffled_debiased_cka, spoken_written_cka
from vgdesk.app.commands.study.depth import depths_of, paired
from vgdesk.app.commands.study.panels import Edition, Line, Panel, panel_of
from vgdesk.app.commands.study.published import ALIGNMENT, WORD_VECTORS
from vgdesk.app.commands.study.study_stacks import SPEECH, Request, StudyStacks
from vgdesk.core.arrays import Doubles, FloatArray
from vgdesk.core.errors import VgdeskError
from vgdesk.core.facts import Facts
from vgdesk.core.model import WordId
from vgdesk.core.results import LayerCurve, LayerSimilarity, Trace
from vgdesk.core.stack import LayerStack, matched

LIMITS = (-1.0, 1.0)
Pair = tuple[LayerStack, LayerStack]


class Alignment:
    """Analysis A for one request."""

    def __init__(self, request: Request, facts: Facts, stacks: StudyStacks) -> None:
        self._request = request
        self._facts = facts
        self._stacks = stacks

    def panels(self, edition: Edition) -> Iterator[Panel]:
        """Compare speech and text; models of unequal depth by block and by relative depth."""
        is_published = edition is Edition.PUBLISHED
        matching = self._over_sayings if is_published else self._over_words
        compare = self._published if is_published else self._corrected
        pairs, reasons = self._pairs(matching)
        for depth in depths_of([(len(a.layers), len(b.layers)) for a, b in pairs.values()]):
            lines, faults = [], list(reasons)
            for name, (a, b) in pairs.items():
                places = paired(depth, len(a.layers), len(b.layers))
                one, other = (_layers(side, places, which) for which, side in enumerate((a, b)))
                try:
                    lines.append(Line(name, compare(one, other), other.layers))
                except VgdeskError as error:
                    faults.append(str(error))
            drawn = (*ALIGNMENT, *(WORD_VECTORS if self._request.has_vectors else ()))
            title = ANALYSES["cka-biased" if is_published else "cka"].title
            yield panel_of("A", edition, title, lines, faults, drawn, depth=depth)

    def _pairs(self, matching: Callable[[str, str], Pair]) -> tuple[dict[str, Pair], list[str]]:
        found, reasons = {}, []
        for speech, text in product(SPEECH, self._request.text_names):
            try:
                found[f"{speech} – {text}"] = matching(speech, text)
            except VgdeskError as error:
                reasons.append(str(error))
        return found, reasons

    def _over_sayings(self, speech: str, text: str) -> Pair:
        """Return spoken rows, one for each word by each speaker, and the words that they are of."""
        edition = Edition.PUBLISHED
        heard, read = self._stacks.sayings(speech, edition), self._stacks.words(text, edition)
        shared = set(heard.words) & set(read.words)
        return _of_words(heard, shared), _of_words(read, shared)

    def _over_words(self, speech: str, text: str) -> Pair:
        edition = Edition.CORRECTED
        return matched(self._stacks.words(speech, edition), self._stacks.words(text, edition))

    def _published(self, speech: LayerStack, text: LayerStack) -> LayerCurve:
        """Biased CKA with written words repeated, and an interval, which the study has not."""
        seed = self._request.seed
        values, shuffled = spoken_written_cka(speech, text, seed)
        place = {word: i for i, word in enumerate(text.words)}
        repeated = text.values[:, [place[word] for word in speech.words]]
        reach, interval = self._interval(speech, repeated)
        trace = Trace(
            "biased linear CKA over words by speaker",
            len(speech.rows),
            (speech.encoder, text.encoder),
            f"{len(shuffled)} shuffles of the words, each with all its speakers",
            seed,
            interval=interval,
        )
        ends = Interval(values - reach, values + reach)
        return layer_curve(
            "cka-biased", speech, values, interval=ends, chance=shuffled, limits=LIMITS, trace=trace
        )

    def _interval(self, speech: LayerStack, text: FloatArray) -> tuple[Doubles, str]:
        labels = self._facts.labels()
        groups = sorted({labels[word] for word in speech.words if word in labels})
        if len(groups) < 3:
            return np.zeros(len(speech.layers)), ""
        codes = np.array([groups.index(labels[w]) if w in labels else -1 for w in speech.words])
        layers = zip(speech.values, text, strict=True)
        repeats = np.array([biased_cka_without_groups(x, y, codes) for x, y in layers]).T
        return half_width(repeats), f"{LEFT_OUT.format(len(groups))}, around all words"

    def _corrected(self, speech: LayerStack, text: LayerStack) -> LayerCurve:
        """Debiased CKA over words, with an interval over words."""
        seed = self._request.seed
        found: LayerSimilarity = ANALYSES["cka"].compute(speech, text, self._facts, seed)
        names = ("values", "low", "high")
        values, low, high = (np.diagonal(getattr(found, name)) for name in names)
        shuffled = shuffled_debiased_cka(speech, text, seed)
        chance = f"{len(shuffled)} shuffles of the words"
        trace = replace(found.trace, chance=chance, seed=seed)
        return layer_curve(
            "cka",
            speech,
            values,
            interval=Interval(low, high),
            chance=shuffled,
            limits=LIMITS,
            trace=trace,
        )


def _of_words(stack: LayerStack, words: set[WordId]) -> LayerStack:
    return stack.only([i for i, word in enumerate(stack.words) if word in words])


def _layers(stack: LayerStack, pairs: Pairs, side: int) -> LayerStack:
    """Return the layers of one side of the pairs, repeated as often as they are paired."""
    places = [pair[side] for pair in pairs]
    layers = tuple(stack.layers[place] for place in places)
    return replace(stack, layers=layers, values=stack.values[places])
