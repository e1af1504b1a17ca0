from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Self

import numpy as np
from numpy.typing import NDArray

from vgdesk.analyses.base import MapAnalysis, need_words
from vgdesk.analyses.maps.map_fitting import (
    map_trace,
    rows_to_fit,
    steady_signs,
    two_columns,
    what_is_fitted,
)
from vgdesk.analyses.numerics.principal_components import Components
from vgdesk.analyses.row_changes import IncrementalCache
from vgdesk.core.arrays import Doubles, FloatArray, Mask
from vgdesk.core.facts import NOTHING_KNOWN, Facts
from vgdesk.core.results import WordMap
from vgdesk.core.stack import LayerStack

if TYPE_CHECKING:
    from openTSNE import TSNEEmbedding

MIN_WORDS = 1
# Fewer points have no neighbourhoods, and t-SNE would group them in pairs.
FEWEST_PLACES = 12
# Neighbours are computed in this many principal components.
COMPONENTS = 50
# About this many neighbours of each row are kept near.
PERPLEXITY = 30
# Initial spread. With a smaller one many steps pass before anything moves.
START = 1e-2
# Groups form while attraction is exaggerated, then they spread. Twice as many steps, or three times
# the exaggeration, hardly change the neighbours.
EARLY, LATE = 25, 50
EXAGGERATION = 4
# Above this number the approximation by a grid is faster. It has at least this many cells per side;
# wider maps have more.
GRID_WORDS = 1000
CELLS = 20
# A row that is not fitted starts between its nearest others, with its own perplexity and number of
# steps. From the middle of more neighbours it would not reach a group.
BETWEEN = 3
PERPLEXITY_OF_NEW = 5
SETTLING = 100
# Rows at most this far apart share a point; the spread of all is 1.
ROUNDING = 1e-6


def map_by_neighbours(
    stack: LayerStack,
    layer: int,
    fitted: frozenset[str] | None,
    _facts: Facts = NOTHING_KNOWN,
    _seed: int = 0,
) -> WordMap:
    """Place rows so that those that are near in the layer are near on the map.

    t-SNE, initialised with the first two principal components: no random numbers, and no influence
    of the order of rows. Equal rows share a point, and fewer than `FEWEST_PLACES` stay where they
    started. Rows that are not fitted settle among the others, which do not move.
    """
    need_words(MIN_WORDS, len(stack.rows))
    is_fitted = rows_to_fit(stack, fitted)
    thing, keys = what_is_fitted(stack, layer, is_fitted)
    picture = _kept.get_or_compute(thing, keys, lambda: Picture.of(stack.values[layer][is_fitted]))
    return _map(stack, layer, is_fitted, picture, SETTLING)


def draft_by_neighbours(
    stack: LayerStack,
    layer: int,
    fitted: frozenset[str] | None,
    _facts: Facts = NOTHING_KNOWN,
    _seed: int = 0,
) -> WordMap | None:
    """Place new rows between their nearest others, from where they start to settle.

    None if there are no new rows, or no cached map to add them to.
    """
    is_fitted = rows_to_fit(stack, fitted)
    thing, keys = what_is_fitted(stack, layer, is_fitted)
    picture = _kept.find_same(thing, keys) if keys and not is_fitted.all() else None
    return None if picture is None else _map(stack, layer, is_fitted, picture, 0)


def _map(stack: LayerStack, layer: int, is_fitted: Mask, picture: "Picture", steps: int) -> WordMap:
    points = np.empty((len(stack.rows), 2))
    points[is_fitted] = picture.places
    if not is_fitted.all():
        points[~is_fitted] = picture.placed(stack.values[layer][~is_fitted], steps)
    trace = map_trace("t-distributed stochastic neighbour embedding", stack, is_fitted)
    if len(picture.places) < FEWEST_PLACES:
        few = (
            f"Too few words for t-SNE: with fewer than {FEWEST_PLACES} the map shows principal "
            "components."
        )
        trace = replace(trace, warning=few)
    return WordMap(
        "tsne",
        stack.layers[layer],
        stack.rows,
        stack.words,
        points,
        tuple(is_fitted.tolist()),
        ("t-SNE 1", "t-SNE 2"),
        trace,
    )


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """A map of rows to which others can be added.

    Attributes
    ----------
    places
        Shape [rows, 2].
    components
        Those of the distinct rows, in the order of `embedding`.
    spread
        The unit by which components are divided for t-SNE, which would lose small numbers to
        rounding.
    embedding
        The one of openTSNE; None if there are too few rows, which then follow their components.
    """

    places: Doubles
    components: Components
    spread: float
    embedding: "TSNEEmbedding | None"

    @classmethod
    def of(cls, rows: FloatArray) -> Self:
        different, of_row = _without_copies(rows)
        components = _steady(Components.of(different, COMPONENTS))
        places = two_columns(components.points)
        if len(different) < FEWEST_PLACES:
            return cls(places[of_row], components, 1.0, None)
        spread = float(components.points.std())
        embedding = _embedded(components.points / spread, places)
        return cls(np.array(embedding)[of_row], components, spread, embedding)

    def placed(self, rows: FloatArray, steps: int) -> Doubles:
        """Return the points of other rows after so many steps; 0 returns their starting points."""
        from scipy.spatial.distance import cdist

        points = self.components.places(rows)
        if self.embedding is None:
            return two_columns(points)
        others, distances = np.asarray(self.embedding), cdist(points, self.components.points)
        nearest = np.argpartition(distances, BETWEEN, axis=1)[:, :BETWEEN]
        places: Doubles = np.median(others[nearest], axis=1)
        if steps:
            perplexity = min(PERPLEXITY_OF_NEW, (len(others) - 1) / 3)
            new = self.embedding.transform(
                points / self.spread, perplexity, initialization=places, n_iter=steps
            )
            places = np.array(new)
        is_same = distances.min(axis=1) <= ROUNDING * self.spread
        places[is_same] = others[distances[is_same].argmin(axis=1)]
        return places


def _without_copies(rows: FloatArray) -> tuple[FloatArray, NDArray[np.intp]]:
    """Return the distinct rows, and the index of each row among them.

    They are sorted, so that rounding does not depend on the order of recording: by their bytes,
    because comparing values, as numpy.unique does, takes five times as long.
    """
    written = [row.tobytes() for row in rows.astype(np.float32) + np.float32(0)]  # -0 becomes 0
    places = {row: place for place, row in enumerate(sorted(set(written)))}
    different = np.frombuffer(b"".join(places), np.float32).reshape(len(places), -1)
    return different, np.array([places[row] for row in written], np.intp)


def _steady(components: Components) -> Components:
    signs = steady_signs(components.points)
    return replace(components, axes=components.axes * signs, points=components.points * signs)


def _embedded(points: Doubles, start: Doubles) -> "TSNEEmbedding":
    from openTSNE import TSNEEmbedding
    from openTSNE.affinity import PerplexityBasedNN

    n = len(points)
    perplexity = min(PERPLEXITY, (n - 1) / 3)
    near = PerplexityBasedNN(points, perplexity, method="exact", n_jobs=1)
    embedding = TSNEEmbedding(
        START * start / start[:, 0].std(),
        near,
        negative_gradient_method="bh" if n < GRID_WORDS else "fft",
        min_num_intervals=CELLS,
        n_jobs=1,
    )
    embedding.optimize(EARLY, exaggeration=EXAGGERATION, momentum=0.5, inplace=True)
    embedding.optimize(LATE, momentum=0.8, inplace=True)
    # Centre the frame at 0, where it stays when other rows are added.
    embedding -= (embedding.max(axis=0) + embedding.min(axis=0)) / 2
    embedding *= steady_signs(np.array(embedding))
    return embedding


_kept: IncrementalCache[Picture] = IncrementalCache(4)

TSNE = MapAnalysis(
    id="tsne",
    title="t-SNE",
    explains="The two-dimensional view of a layer that keeps near words near.",
    reading="Words in one cluster are similar; distances between clusters and their sizes have no "
    "meaning.",
    avoid="Not to measure distances or to judge whether there are groups: t-SNE shows clusters in "
    "noise, too.",
    formula="min KL(P | Q), P Gaussian neighbours in the first 50 principal components "
    "(perplexity 30), Q Student-t neighbours on the map",
    source="van der Maaten and Hinton (2008), Visualizing data using t-SNE; Policar, Strazar and "
    "Zupan (2024), openTSNE",
    min_words=MIN_WORDS,
    compute=map_by_neighbours,
    draft=draft_by_neighbours,
)
