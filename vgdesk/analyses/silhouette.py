from collections import Counter
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vgdesk.analyses.base import CurveAnalysis
from vgdesk.analyses.chance import (
    INTERVAL,
    SHUFFLES,
    drawn_words,
    layer_curve,
    resampled_mean,
    shuffled_codes,
)
from vgdesk.analyses.euclidean import distance_blocks
from vgdesk.core.arrays import FloatArray
from vgdesk.core.errors import TooFewWordsError, VgdeskError
from vgdesk.core.facts import Facts
from vgdesk.core.model import WordId
from vgdesk.core.results import LayerCurve, Trace
from vgdesk.core.stack import LayerStack

Codes = NDArray[np.intp]

MIN_WORDS = 3
# With fewer words the chance band is so wide that hardly anything leaves it.
TRUSTED_WORDS = 20
# A word in a smaller group has at most one neighbour to be near to.
TRUSTED_GROUP = 3


def score_groups(stack: LayerStack, facts: Facts, seed: int) -> tuple[LayerCurve, ...]:
    """Mean silhouette of the labels at every layer, by Euclidean distance.

    For each row (b - a) / max(a, b), with a its mean distance to the other rows of its group and b
    that to the nearest other group; 0 for a row that is a group of its own.

    Parameters
    ----------
    facts
        The group of each word is its label; rows of words without one are left out.
    seed
        For the shuffled labels of the chance band and the resampled words of the interval.

    Returns
    -------
    LayerCurve
        From -1 (nearer to another group) to 1 (groups far apart and tight). Chance is mostly below
        0. A layer that is the same for every word scores 0. Its interval draws words anew while
        the others stay where they are.

    References
    ----------
    Rousseeuw (1987), Silhouettes: a graphical aid to the interpretation of cluster analysis.
    """
    labels = facts.labels()
    labelled = [i for i, word in enumerate(stack.words) if word in labels]
    used = stack.only(labelled)
    groups = {word: labels[word] for word in used.words}
    _refuse(groups, rows=len(labelled), all_rows=len(stack.rows))
    rng = np.random.default_rng(seed)
    codes = np.unique([groups[word] for word in used.words], return_inverse=True)[1]
    dealt, dealt_among = shuffled_codes(used.words, codes, rng)
    counts = drawn_words(used.words, rng)
    scores, rows = zip(*(_silhouettes(layer, dealt) for layer in used.values), strict=True)
    curve = layer_curve(
        "silhouette",
        stack,
        np.array([layer[0] for layer in scores]),
        resampled=resampled_mean(np.stack(rows), counts),
        shuffled=np.stack([layer[1:] for layer in scores], axis=1),
        limits=(-1.0, 1.0),
        trace=Trace(
            "mean Euclidean silhouette",
            len(labelled),
            (stack.encoder,),
            f"{SHUFFLES} shuffles of the labels among {dealt_among}",
            seed,
            _warning(groups),
            INTERVAL,
        ),
    )
    return (curve,)


def _refuse(groups: Mapping[WordId, str], *, rows: int, all_rows: int) -> None:
    names = set(groups.values())
    if rows < MIN_WORDS:
        raise TooFewWordsError(
            f"A silhouette needs at least {MIN_WORDS} labelled words, but of {all_rows} only "
            f"{rows} have a label here.",
            "Label more words, or choose another label column.",
        )
    if len(names) < 2:
        raise VgdeskError(
            f"All words with a label are in one group, '{names.pop()}'.",
            "Label words of at least one more group, or choose another label column.",
        )
    if len(names) == rows:
        raise VgdeskError(
            "Every word is a group of its own, so no word has a neighbour to be near to.",
            "Choose a label column in which words share a label.",
        )


def _silhouettes(layer: FloatArray, codes: Codes) -> tuple[FloatArray, FloatArray]:
    """Mean silhouette of each labelling of the rows of a layer, and that of each row by the first.

    Parameters
    ----------
    codes
        Shape [labellings, rows]. Distances stay the same under all labellings.
    """
    from scipy.sparse import csr_array

    labellings, rows = codes.shape
    groups = int(codes.max()) + 1
    member = (codes + groups * np.arange(labellings)[:, None]).ravel()
    entries = (np.ones(codes.size, np.float32), (member, np.tile(np.arange(rows), labellings)))
    membership = csr_array(entries, shape=(labellings * groups, rows))
    counts = np.bincount(member, minlength=labellings * groups).reshape(labellings, groups, 1)
    total = np.zeros(labellings)
    of_rows: list[FloatArray] = []
    for block, distances in distance_blocks(layer):
        sums = (membership @ distances.astype(np.float32)).reshape(labellings, groups, -1)
        found = _row_scores(sums, counts, codes[:, None, block])
        total += found.sum(axis=1, dtype=np.float64)
        of_rows.append(found[0])
    return total / rows, np.concatenate(of_rows)


def _row_scores(sums: FloatArray, counts: NDArray[Any], own: Codes) -> FloatArray:
    """Silhouette of each row from its summed distances to each group.

    Parameters
    ----------
    sums, counts, own
        Shapes [labellings, groups, rows], [labellings, groups, 1] and [labellings, 1, rows].
    """
    others = np.take_along_axis(counts, own, axis=1) - 1
    inside = np.take_along_axis(sums, own, axis=1) / np.maximum(others, 1)
    means = sums / counts.astype(sums.dtype)
    np.put_along_axis(means, own, np.inf, axis=1)
    outside = means.min(axis=1, keepdims=True)
    larger = np.maximum(inside, outside)
    scores: FloatArray = np.zeros_like(larger)
    np.divide(outside - inside, larger, out=scores, where=(others > 0) & (larger > 0))
    return scores[:, 0]


def _warning(groups: Mapping[WordId, str]) -> str:
    if len(groups) < TRUSTED_WORDS:
        return f"Too few words to trust: only {len(groups)} with a label."
    small = [name for name, size in Counter(groups.values()).items() if size < TRUSTED_GROUP]
    return f"Groups too small to trust: {', '.join(sorted(small))}." if small else ""


SILHOUETTE = CurveAnalysis(
    id="silhouette",
    title="Silhouette",
    explains="Whether words of one group lie nearer to each other than to the nearest other group.",
    reading="1 is tight groups far apart, 0 none, below 0 nearer to another group; chance is "
    "mostly below 0.",
    avoid="Not across models of different width or spread without the chance band beside it.",
    formula="mean over words of (b - a) / max(a, b), a the mean distance within, b to the "
    "nearest other group",
    source="Rousseeuw (1987), Silhouettes: a graphical aid to the interpretation of cluster "
    "analysis",
    min_words=MIN_WORDS,
    compute=score_groups,
)
