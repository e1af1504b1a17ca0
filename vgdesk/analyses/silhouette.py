from collections import Counter
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vgdesk.analyses.base import CurveAnalysis
from vgdesk.analyses.euclidean import distance_blocks
from vgdesk.core.arrays import FloatArray
from vgdesk.core.errors import TooFewWordsError, VgdeskError
from vgdesk.core.model import WordId
from vgdesk.core.results import LayerCurve, Trace
from vgdesk.core.stack import LayerStack

Codes = NDArray[np.intp]

MIN_WORDS = 3
SHUFFLES = 200
# With fewer words the chance band is so wide that hardly anything leaves it.
TRUSTED_WORDS = 20
# A word in a smaller group has at most one neighbour to be near to.
TRUSTED_GROUP = 3


def score_groups(stack: LayerStack, labels: Mapping[WordId, str], seed: int) -> LayerCurve:
    """Mean silhouette of the labels at every layer, by Euclidean distance.

    For each row (b - a) / max(a, b), with a its mean distance to the other rows of its group and b
    that to the nearest other group; 0 for a row that is a group of its own.

    Parameters
    ----------
    labels
        The group of each word; rows of other words are left out.
    seed
        For the shuffled labels of the chance band.

    Returns
    -------
    LayerCurve
        From -1 (nearer to another group) to 1 (groups far apart and tight). Chance is mostly below
        0. A layer that is the same for every word scores 0.

    References
    ----------
    Rousseeuw (1987), Silhouettes: a graphical aid to the interpretation of cluster analysis.
    """
    labelled = [i for i, word in enumerate(stack.words) if labels.get(word)]
    used = stack.only(labelled)
    groups = {word: labels[word] for word in used.words}
    _refuse(groups, rows=len(labelled), all_rows=len(stack.rows))
    dealt, dealt_among = _dealt(used.words, groups, np.random.default_rng(seed))
    scores = np.stack([_silhouettes(layer, dealt) for layer in used.values])
    low, high = np.percentile(scores[:, 1:], [2.5, 97.5], axis=1)
    return LayerCurve(
        "silhouette",
        stack.encoder,
        stack.layers,
        scores[:, 0],
        low,
        scores[:, 1:].mean(axis=1),
        high,
        (-1.0, 1.0),
        Trace(
            "mean Euclidean silhouette",
            len(labelled),
            (stack.encoder,),
            f"{SHUFFLES} shuffles of the labels among {dealt_among}",
            seed,
            _warning(groups),
        ),
    )


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


def _dealt(
    words: tuple[WordId, ...], groups: Mapping[WordId, str], rng: np.random.Generator
) -> tuple[Codes, str]:
    """Return the group of every row, first as it is and then shuffled, and what was shuffled.

    Labels belong to words: takes of a word keep a common label, or chance would look too narrow.
    Where each word is a group of its own, that would change nothing, and takes are shuffled.
    """
    _, code_of_row = np.unique([groups[word] for word in words], return_inverse=True)
    _, first, word_of_row = np.unique(words, return_index=True, return_inverse=True)
    is_by_word = len(set(groups.values())) < len(groups)
    codes, place = (code_of_row[first], word_of_row) if is_by_word else (code_of_row, slice(None))
    shuffled = rng.permuted(np.tile(codes, (SHUFFLES, 1)), axis=1)[:, place]
    return np.vstack([code_of_row, shuffled]), "words" if is_by_word else "takes"


def _silhouettes(layer: FloatArray, codes: Codes) -> FloatArray:
    """Mean silhouette of each labelling of the rows of a layer.

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
    for block, distances in distance_blocks(layer):
        sums = (membership @ distances.astype(np.float32)).reshape(labellings, groups, -1)
        total += _row_scores(sums, counts, codes[:, None, block]).sum(axis=1, dtype=np.float64)
    mean: FloatArray = total / rows
    return mean


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
    min_words=MIN_WORDS,
    compute=score_groups,
)
