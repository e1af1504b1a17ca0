from dataclasses import replace
from functools import lru_cache

import numpy as np

from vgdesk.analyses.base import MapAnalysis, need_words
from vgdesk.analyses.planes import (
    Doubles,
    map_trace,
    rows_to_fit,
    with_steady_signs,
)
from vgdesk.analyses.principal_components import principal_components
from vgdesk.core.arrays import FloatArray
from vgdesk.core.facts import NOTHING_KNOWN, Facts
from vgdesk.core.results import WordMap
from vgdesk.core.stack import LayerStack

MIN_WORDS = 1
# Fewer have no neighbourhoods, and t-SNE would put them in pairs.
FEWEST_PLACES = 12
# Neighbours are looked for among so many principal components.
COMPONENTS = 50
# About so many neighbours does each row try to keep near.
PERPLEXITY = 30
# Spread of the places at the start. From smaller ones many steps pass before anything moves.
START = 1e-2
# Groups form while attraction is exaggerated, then they spread; more hardly changes who is near.
EARLY, LATE = 50, 50
EXAGGERATION = 12
# The approximation by a grid is faster from here on. It has at least so many cells a side; a map
# wider than that has more.
GRID_WORDS = 3000
CELLS = 20
# A row that is not fitted goes between so many others.
NEIGHBOURS = 10


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
    where they started. Rows that are not fitted are placed between those fitted ones which are
    nearest in the layer.
    """
    need_words(MIN_WORDS, len(stack.rows))
    is_fitted = rows_to_fit(stack, fitted)
    values = stack.values[layer]
    fit = np.ascontiguousarray(values[is_fitted], np.float32)
    points = np.empty((len(values), 2))
    points[is_fitted] = _fitted_places(fit.tobytes(), fit.shape)
    points[~is_fitted] = _between(values[~is_fitted], fit, points[is_fitted])
    trace = map_trace("t-distributed stochastic neighbour embedding", stack, is_fitted)
    if len(fit) < FEWEST_PLACES:
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


@lru_cache(maxsize=4)
def _fitted_places(values: bytes, shape: tuple[int, int]) -> Doubles:
    """Return the places of float32 rows; kept, since one more word does not change them."""
    rows = np.frombuffer(values, np.float32).reshape(shape)
    # In order of their values: rounding must not see in which order words were recorded.
    different, of_row = np.unique(rows, axis=0, return_inverse=True)
    points = principal_components(different, COMPONENTS)
    start = np.zeros((len(points), 2))
    start[:, : points.shape[1]] = points[:, :2]
    places = start if len(points) < FEWEST_PLACES else _optimised(points, start)
    found: Doubles = with_steady_signs(places[of_row], np.ones(len(rows), np.bool_))
    found.flags.writeable = False
    return found


def _optimised(points: Doubles, start: Doubles) -> Doubles:
    from openTSNE import TSNEEmbedding
    from openTSNE.affinity import PerplexityBasedNN

    n = len(points)
    perplexity = min(PERPLEXITY, (n - 1) / 3)
    # Small numbers would be rounded away inside.
    near = PerplexityBasedNN(points / points.std(), perplexity, method="exact", n_jobs=1)
    places = TSNEEmbedding(
        START * start / start[:, 0].std(),
        near,
        negative_gradient_method="bh" if n < GRID_WORDS else "fft",
        min_num_intervals=CELLS,
        n_jobs=1,
    )
    places.optimize(EARLY, exaggeration=EXAGGERATION, momentum=0.5, inplace=True)
    places.optimize(LATE, momentum=0.8, inplace=True)
    found: Doubles = np.asarray(places, np.float64)
    found -= found.mean(axis=0)
    return found


def _between(rows: FloatArray, others: FloatArray, places: Doubles) -> Doubles:
    """Return the mean place of the nearest others, by inverse squared distance."""
    from scipy.spatial.distance import cdist

    distances = cdist(rows, others)
    count = min(NEIGHBOURS, len(others))
    nearest = np.argpartition(distances, count - 1, axis=1)[:, :count]
    found = np.take_along_axis(distances, nearest, axis=1)
    least = found.min(axis=1, keepdims=True)
    # An equal row has all the weight.
    weights = np.divide(least, found, out=np.ones_like(found), where=found > least) ** 2
    weights /= weights.sum(axis=1, keepdims=True)
    between: Doubles = (weights[..., None] * places[nearest]).sum(axis=1)
    return between


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
)
