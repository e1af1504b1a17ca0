from dataclasses import replace

import numpy as np

from vgdesk.analyses.base import CurveAnalysis
from vgdesk.analyses.chance import layer_curve, shuffled_codes
from vgdesk.analyses.discriminants import Codes, Doubles, published_points
from vgdesk.analyses.group_distances import silhouettes_of_points
from vgdesk.analyses.labelled import FEW_SHUFFLES, MIN_WORDS, chance_of, labelled_rows
from vgdesk.analyses.silhouette import LIMITS, STUDY
from vgdesk.core.arrays import FloatArray
from vgdesk.core.facts import Facts
from vgdesk.core.results import LayerCurve
from vgdesk.core.stack import LayerStack


def score_as_published(stack: LayerStack, facts: Facts, seed: int) -> tuple[LayerCurve, ...]:
    """Mean of the silhouettes of fitted words over repeats that leave out one group each.

    The interval is that of Student's t over the repeats. For chance, labels are shuffled, and each
    shuffle leaves out one group, in turn. Of two groups none can be left out: then it is the
    silhouette of all words, and the interval has no width.
    """
    labelled = labelled_rows(stack, facts)
    used, rng = labelled.stack, np.random.default_rng(seed)
    dealt, dealt_among = shuffled_codes(used.words, labelled.codes, rng, FEW_SHUFFLES)
    groups = len(labelled.groups)
    left_out = range(groups) if groups > 2 else [groups]
    repeats = [_without(group, used.values, dealt[0]) for group in left_out]
    shuffled = [
        _without(left_out[i % len(left_out)], used.values, codes)
        for i, codes in enumerate(dealt[1:])
    ]
    mean, reach = _t_interval(np.array(repeats))
    curve = layer_curve(
        "silhouette-lda-published",
        used,
        mean,
        resampled=np.array(repeats),
        shuffled=np.array(shuffled),
        limits=LIMITS,
        trace=labelled.trace(
            "mean silhouette of the fitted words along their discriminants, leaving out one group",
            f"{chance_of(FEW_SHUFFLES, dealt_among)}, each without one group",
            seed,
            f"95 % t interval over {len(repeats)} repeats, each without one group",
        ),
    )
    return (replace(curve, low=mean - reach, high=mean + reach),)


def _without(group: int, values: FloatArray, codes: Codes) -> Doubles:
    """Return the mean silhouette at each layer, of all words but those of one group."""
    stays = codes != group
    left = np.unique(codes[stays], return_inverse=True)[1]
    points = (next(published_points(layer[stays], left[None])) for layer in values)
    return np.array([silhouettes_of_points(found, left).mean() for found in points])


def _t_interval(repeats: Doubles) -> tuple[Doubles, Doubles]:
    """Return the mean over repeats, and half the width of its 95 % interval."""
    from scipy.stats import t

    mean, n = repeats.mean(axis=0), len(repeats)
    if n == 1:
        return mean, np.zeros_like(mean)
    return mean, t.ppf(0.975, n - 1) * repeats.std(axis=0, ddof=1) / np.sqrt(n)


SILHOUETTE_LDA_PUBLISHED = CurveAnalysis(
    id="silhouette-lda-published",
    title="Silhouette (LDA, published)",
    explains="The silhouette along discriminants of the same words, averaged over leaving out "
    "each group in turn, as the study has it.",
    reading="1 is tight groups far apart; labels without meaning score high too, so look at the "
    "chance band only.",
    avoid="Not for a claim: its interval takes repeats for independent that share most words, "
    "and is many times too narrow.",
    formula="mean over groups g of the in-sample LDA silhouette without g, +- t(.975, G - 1) sd / "
    "sqrt(G)",
    source=STUDY,
    min_words=MIN_WORDS,
    compute=score_as_published,
)
