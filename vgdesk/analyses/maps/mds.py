import numpy as np

from vgdesk.analyses.base import MapAnalysis, need_words
from vgdesk.analyses.maps.map_fitting import (
    axis_titles,
    map_trace,
    over_root,
    rows_to_fit,
    top_two,
    with_steady_signs,
)
from vgdesk.analyses.words.word_pairs import unit_rows
from vgdesk.core.arrays import Doubles, FloatArray, Mask
from vgdesk.core.facts import NOTHING_KNOWN, Facts
from vgdesk.core.results import WordMap
from vgdesk.core.stack import LayerStack

MIN_WORDS = 1
# With more rows the axes are fitted to this many, evenly spread over the list.
LANDMARKS = 2000
# Closer directions are the same direction.
SAME = 1e-12


def map_by_distance(
    stack: LayerStack,
    layer: int,
    fitted: frozenset[str] | None,
    _facts: Facts = NOTHING_KNOWN,
    _seed: int = 0,
) -> WordMap:
    """Place rows so that distances on the map approximate their cosine distances.

    Classical (Torgerson) scaling of 1 - cosine. Rows that are not fitted, and in long lists all
    but `LANDMARKS`, are placed by their distances to the fitted ones.

    References
    ----------
    Gower (1968), Adding a point to vector diagrams in multivariate analysis.
    """
    need_words(MIN_WORDS, len(stack.rows))
    is_fitted = _landmarks(rows_to_fit(stack, fitted))
    squares = _cosine_distances(stack.values[layer], is_fitted) ** 2
    # Gower's formula places fitted rows where scaling puts them, so it serves for all.
    products = (squares[is_fitted].mean(axis=0) - squares) / 2
    scatter = products[is_fitted] - products[is_fitted].mean(axis=1, keepdims=True)
    values, vectors = top_two(scatter)
    return WordMap(
        "mds",
        stack.layers[layer],
        stack.rows,
        stack.words,
        with_steady_signs(products @ over_root(vectors, values), is_fitted),
        tuple(is_fitted.tolist()),
        # Cosine distances need not be Euclidean: negative eigenvalues are ignored.
        axis_titles("MDS", values, float(np.linalg.eigvalsh(scatter).clip(0).sum())),
        map_trace("classical scaling of the cosine distance", stack, is_fitted),
    )


def _landmarks(is_fitted: Mask) -> Mask:
    places = np.flatnonzero(is_fitted)
    if len(places) <= LANDMARKS:
        return is_fitted
    chosen = np.zeros_like(is_fitted)
    chosen[places[np.linspace(0, len(places) - 1, LANDMARKS).astype(int)]] = True
    return chosen


def _cosine_distances(values: FloatArray, is_fitted: Mask) -> Doubles:
    """Return the distance of every row to every fitted row, shape [rows, fitted]."""
    units = unit_rows(values)
    distances = 1.0 - np.clip(units @ units[is_fitted].T, -1.0, 1.0)
    distances[distances < SAME] = 0.0
    # A row without a direction is at distance 0 from itself, too.
    distances[np.flatnonzero(is_fitted), np.arange(is_fitted.sum())] = 0.0
    return distances


MDS = MapAnalysis(
    id="mds",
    title="MDS",
    explains="The two-dimensional view of a layer that best preserves cosine distances.",
    reading="Near points have a high cosine, as far as two dimensions can show it.",
    avoid="Not where both axes show a small share: near points may then be far apart.",
    formula="the two leading eigenvectors of -HDH/2, D the squared distances, H = I - 11'/n",
    source="Torgerson (1952), Multidimensional scaling: I. Theory and method",
    min_words=MIN_WORDS,
    compute=map_by_distance,
)
