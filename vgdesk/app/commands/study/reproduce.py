"""The study's analyses A to C on any words and encoders, as published and corrected."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from vgdesk.analyses import ANALYSES
from vgdesk.analyses.base import CurveAnalysis
from vgdesk.app.commands.study.alignment import Alignment
from vgdesk.app.commands.study.depth import depths_of, paired
from vgdesk.app.commands.study.panels import Depth, Edition, Line, Panel, panel_of
from vgdesk.app.commands.study.published import CLUSTERS, PAIRS, Published
from vgdesk.app.commands.study.study_stacks import SPEECH, TEXT, Request, StudyStacks
from vgdesk.app.exchange.word_lists import open_words
from vgdesk.app.words.word_facts import facts_of
from vgdesk.core.errors import VgdeskError
from vgdesk.core.stack import matched
from vgdesk.core.viewing import Rows

FEWEST_LAYERS = 3  # for a meaningful correlation


@dataclass(frozen=True, slots=True)
class Correlation:
    """Pearson's correlation over the layers of two models.

    Attributes
    ----------
    name
        "speech" or "text".
    n
        Number of pairs of layers; the layers of a model build on each other, so these are not
        independent, and r has neither p nor interval.
    """

    name: str
    depth: Depth
    r: float
    n: int


class Study:
    """The vectors shared by all analyses; panels are computed on demand."""

    def __init__(self, request: Request) -> None:
        self._request = request
        self._facts = facts_of(open_words(request.words), request.label)
        self._stacks = StudyStacks(request, self._facts)

    def panels(self) -> Iterator[Panel]:
        """Compute the panels in the order of the study's figures."""
        alignment = Alignment(self._request, self._facts, self._stacks)
        for edition in Edition:
            yield from alignment.panels(edition)
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
            names = (*SPEECH, *self._request.text_names)
            yield self._scored("C", measure, edition, names, published)

    def subspaces(self) -> tuple[Correlation, ...]:
        """Correlate subspace similarity with silhouette gain over layers.

        Returns
        -------
        tuple
            For "speech" and for "text", where words and layers suffice; models of unequal depth
            have one by block and one by relative depth.
        """
        found: list[Correlation] = []
        for name, cells in (("speech", SPEECH), ("text", TEXT)):
            try:
                found += self._subspaces(name, *cells)
            except VgdeskError:
                continue  # the panels report what is missing
        return tuple(found)

    def _subspaces(self, name: str, plain: str, grounded: str) -> Iterator[Correlation]:
        seed = self._request.seed
        pair = matched(*(self._stacks.words(one, Edition.PUBLISHED) for one in (plain, grounded)))
        alike = ANALYSES["lda-subspace-cka"].compute(*pair, self._facts, seed)
        score = ANALYSES["silhouette-lda-in-sample"].compute
        (before,), (after,) = (score(stack, self._facts, seed) for stack in pair)
        sizes = len(pair[0].layers), len(pair[1].layers)
        for depth in depths_of([sizes]):
            places = np.array(paired(depth, *sizes)).T
            gain = after.values[places[1]] - before.values[places[0]]
            similar = alike.values[tuple(places)]
            # Undefined where either is the same at every layer.
            if min(sizes) >= FEWEST_LAYERS and np.ptp(gain) > 0 and np.ptp(similar) > 0:
                r = float(np.corrcoef(similar, gain)[0, 1])
                yield Correlation(name, depth, r, len(gain))

    def _scored(
        self,
        analysis: str,
        measure_id: str,
        edition: Edition,
        names: Sequence[str],
        published: tuple[Published, ...],
    ) -> Panel:
        """Score every layer of some encoders."""
        measure = ANALYSES[measure_id]
        assert isinstance(measure, CurveAnalysis)
        rows = self._stacks.words if measure.rows is Rows.WORDS else self._stacks.takes
        lines: list[Line] = []
        reasons: list[str] = []
        for name in names:
            try:
                curves = measure.compute(rows(name, edition), self._facts, self._request.seed)
            except VgdeskError as error:
                reasons.append(str(error))
                continue
            lines += [Line(", ".join(filter(None, (name, one.series))), one) for one in curves]
        return panel_of(analysis, edition, measure.title, lines, reasons, published)
