import numpy as np

from vgdesk.analyses.base import ChangeAnalysis, need_same_rows, need_words
from vgdesk.analyses.words.nearest_words import NONE, nearest_by_cosine
from vgdesk.core.arrays import Ids
from vgdesk.core.details import NeighbourChanges
from vgdesk.core.facts import NOTHING_KNOWN, Facts
from vgdesk.core.model import WordId
from vgdesk.core.results import Trace
from vgdesk.core.stack import LayerStack

MIN_WORDS = 4
NEIGHBOURS = 5
# With fewer words hardly any neighbour can be new: half of the other words are neighbours.
TRUSTED_WORDS = 2 * NEIGHBOURS + 1


def neighbour_changes(
    a: LayerStack,
    a_layer: int,
    b: LayerStack,
    b_layer: int,
    _facts: Facts = NOTHING_KNOWN,
    _seed: int = 0,
) -> NeighbourChanges:
    """Find the words whose nearest words change most from a layer of `a` to a layer of `b`.

    Returns
    -------
    NeighbourChanges
        The most changed words first; ties stay in the order of the list.
    """
    n = len(a.rows)
    need_words(MIN_WORDS, n)
    need_same_rows(a, b)
    k = min(NEIGHBOURS, (n - 1) // 2)
    before, after = _near(a, a_layer, k), _near(b, b_layer, k)
    kept = np.array([len(set(one) & set(other)) for one, other in zip(before, after, strict=True)])
    order = np.argsort(kept, kind="stable")
    warning = ""
    if n < TRUSTED_WORDS:
        warning = f"Too few words to trust: chance alone keeps {k} of {n - 1} neighbours."
    return NeighbourChanges(
        "neighbour-changes",
        f"{b.layers[b_layer]} minus {a.layers[a_layer]}",
        tuple(a.words[i] for i in order),
        tuple(before[i] for i in order),
        tuple(after[i] for i in order),
        kept[order] / k,
        k / (n - 1),
        Trace(
            f"share of the {k} nearest words by cosine that stay the same",
            n,
            (a.encoder, b.encoder),
            "the share that random words would keep, k / (n - 1)",
            warning=warning,
        ),
    )


def _near(stack: LayerStack, layer: int, count: int) -> list[tuple[WordId, ...]]:
    """Return the nearest words of each row, the nearest first."""
    values = stack.values[layer]
    found: list[tuple[WordId, ...]] = []
    for row, ids in enumerate(nearest_by_cosine(values, count)):
        real = ids[ids != NONE]
        found.append(tuple(stack.words[i] for i in real[_by_cosine(values, row, real)]))
    return found


def _by_cosine(values: np.ndarray, row: int, others: Ids) -> np.ndarray:
    rows = values[others].astype(np.float64)
    cosines = rows @ values[row].astype(np.float64) / np.linalg.norm(rows, axis=1).clip(1e-30)
    order: np.ndarray = np.argsort(-cosines, kind="stable")
    return order


NEIGHBOUR_CHANGES = ChangeAnalysis(
    id="neighbour-changes",
    title="Changed neighbours",
    explains="Which words have different nearest words in B than in A.",
    reading="0 % means that all nearest words are new, 100 % that all are the same; some stay by "
    "chance.",
    avoid="Not as a score of a model: it lists the extremes, some of which are due to chance.",
    formula=f"|N_a & N_b| / k, N the k = {NEIGHBOURS} nearest words by cosine (half of the others "
    "if these are fewer)",
    source="Boggust et al. (2022), Embedding Comparator",
    min_words=MIN_WORDS,
    compute=neighbour_changes,
)
