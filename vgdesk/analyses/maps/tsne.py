from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Self

import numpy as np
from numpy.typing import NDArray

from vgdesk.analyses.base import MapAnalysis, need_words
from vgdesk.analyses.maps.map_fitting import (
    Doubles,
    Flags,
    map_trace,
    rows_to_fit,
    steady_signs,
    two_columns,
    what_is_fitted,
)
from vgdesk.analyses.numerics.principal_components import Components
from vgdesk.analyses.row_changes import IncrementalCache
from vgdesk.core.arrays import FloatArray
from vgdesk.core.facts import NOTHING_KNOWN, Facts
from vgdesk.core.results import WordMap
from vgdesk.core.stack import LayerStack

if TYPE_CHECKING:
    from openTSNE import TSNEEmbedding

MIN_WORDS = 1
# Fewer have no neighbourhoods, and t-SNE would put them in pairs.
FEWEST_PLACES = 12
# Neighbours are looked for among so many principal components.
COMPONENTS = 50
# About so many neighbours does each row try to keep near.
PERPLEXITY = 30
# Spread of the places at the start. From smaller ones many steps pass before anything moves.
START = 1e-2
# Groups form while attraction is exaggerated, then they spread. Twice as many steps, or three times
# the exaggeration, hardly change who is near.
EARLY, LATE = 25, 50
EXAGGERATION = 4
# The approximation by a grid is faster from here on. It has at least so many cells a side; a map
# wider than that has more.
GRID_WORDS = 1000
CELLS = 20
# A row that is not fitted begins between so many others, tries to keep so many near and settles in
# so many steps. From the middle of more neighbours it does not find its way to a group.
BETWEEN = 3
PERPLEXITY_OF_NEW = 5
SETTLING = 100
# Rows that are no further apart share a place; the spread of all is 1.
ROUNDING = 1e-6


def map_by_neighbours(
    stack: LayerStack,
    layer: int,
    fitted: frozenset[str] | None,
    _facts: Facts = NOTHING_KNOWN,
    _seed: int = 0,
) -> WordMap:
    """Place rows so that those which are near in the layer are near on the map.

    t-SNE, started from the first two principal components; neither that nor the order of the rows
    leaves anything to random numbers. Equal rows share a place, and fewer than `FEWEST_PLACES` stay
    where they started. Rows that are not fitted find their places among the others, which stay.
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
    """Put new rows between their nearest others, where they start to settle from.

    None if nothing is new, or nothing is kept that it could come to.
    """
    is_fitted = rows_to_fit(stack, fitted)
    thing, keys = what_is_fitted(stack, layer, is_fitted)
    picture = _kept.find_same(thing, keys) if keys and not is_fitted.all() else None
    return None if picture is None else _map(stack, layer, is_fitted, picture, 0)


def _map(
    stack: LayerStack, layer: int, is_fitted: Flags, picture: "Picture", steps: int
) -> WordMap:
    points = np.empty((len(stack.rows), 2))
    points[is_fitted] = picture.places
    if not is_fitted.all():
        points[~is_fitted] = picture.placed(stack.values[layer][~is_fitted], steps)
    trace = map_trace("t-distributed stochastic neighbour embedding", stack, is_fitted)
    if len(picture.places) < FEWEST_PLACES:
        few = f"Too few words to trust: below {FEWEST_PLACES} these are principal components."
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
    """A map of rows to which others can come.

    Attributes
    ----------
    places
        Shape [rows, 2].
    components
        Of the different rows among them, in the order of `embedding`.
    spread
        In units of this the components are the points of t-SNE: small numbers would be rounded away
        inside.
    embedding
        By openTSNE; None if the rows are too few, and lie along their components.
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
        """Return the places of other rows after so many steps; 0 is where they start."""
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
    """Return the rows that differ, and which of them each row is.

    In an order of their own: rounding must not see in which order words were recorded. It is that
    of their bytes; to compare their values, as numpy.unique does, takes five times as long.
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
    # The middle of the frame is 0, as it will be once others come to it.
    embedding -= (embedding.max(axis=0) + embedding.min(axis=0)) / 2
    embedding *= steady_signs(np.array(embedding))
    return embedding


_kept: IncrementalCache[Picture] = IncrementalCache(4)

TSNE = MapAnalysis(
    id="tsne",
    title="t-SNE",
    explains="The flat view of a layer that keeps near words near.",
    reading="Words in one cloud are alike; how far clouds are apart, and how large they are, says "
    "nothing.",
    avoid="Not to measure distances or to judge whether there are groups: it also makes clouds "
    "of noise.",
    formula="min KL(P | Q), P Gaussian neighbours in the first 50 principal components "
    "(perplexity 30), Q Student-t neighbours on the map",
    source="van der Maaten and Hinton (2008), Visualizing data using t-SNE; Policar, Strazar and "
    "Zupan (2024), openTSNE",
    min_words=MIN_WORDS,
    compute=map_by_neighbours,
    draft=draft_by_neighbours,
)
