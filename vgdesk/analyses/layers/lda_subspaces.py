from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from vgdesk.analyses.base import LayerAnalysis
from vgdesk.analyses.citations import STUDY
from vgdesk.analyses.groups.label_scores import FEW_SHUFFLES, Labelled, labelled_rows
from vgdesk.analyses.inference.band import Band
from vgdesk.analyses.inference.chance import layer_similarity, permuted_labels
from vgdesk.analyses.inference.jackknife import INTERVAL_BY_GROUPS, correlation_interval, left_in
from vgdesk.analyses.layers.cka import debiased_cka
from vgdesk.analyses.numerics.discriminants import published_points
from vgdesk.core.arrays import Codes, Doubles
from vgdesk.core.facts import Facts
from vgdesk.core.results import LayerSimilarity
from vgdesk.core.stack import LayerStack

MIN_WORDS = 4


def compare_subspaces(a: LayerStack, b: LayerStack, facts: Facts, seed: int = 0) -> LayerSimilarity:
    """Debiased CKA between words projected on their discriminants, for all pairs of layers.

    Discriminants are fitted to the same words, as published. Both encoders use the same labels,
    which makes their discriminants similar whatever the encoders; so for chance both are refitted
    to the same shuffles of the labels.

    Parameters
    ----------
    a, b
        Stacks with the same rows in the same order; rows of words without a label are left out.
    """
    one, other = (labelled_rows(stack, facts, name="LDA", needed=MIN_WORDS) for stack in (a, b))
    rng = np.random.default_rng(seed)
    labellings, among = permuted_labels(one.stack.words, one.codes, rng, FEW_SHUFFLES)
    subspaces = zip(
        _subspaces(one.stack, labellings), _subspaces(other.stack, labellings), strict=True
    )
    left_out = _left_out(one, other, rng)
    found = np.stack([debiased_cka(first, second).values for first, second in subspaces])
    # Accurate to six digits: the rest would make equal layers differ from chance.
    found = found.round(6)
    shuffled = found[1:].reshape(FEW_SHUFFLES, -1)
    unusual = Band.of_shuffles(found[0].ravel(), shuffled, (-1.0, 1.0))
    chance = f"mean and spread over {FEW_SHUFFLES} shuffles of the labels among {among}, the same "
    trace = one.trace(
        "debiased linear CKA along discriminants",
        f"{chance}for both encoders",
        seed,
        INTERVAL_BY_GROUPS,
    )
    return layer_similarity(
        "lda-subspace-cka",
        (a, b),
        found[0],
        interval=correlation_interval(left_out, found[0]),
        mean=found[1:].mean(axis=0),
        spread=found[1:].std(axis=0, ddof=1),
        q=unusual.p.reshape(found[0].shape),
        trace=replace(trace, encoders=(a.encoder, b.encoder)),
    )


def _left_out(one: Labelled, other: Labelled, rng: np.random.Generator) -> Doubles:
    """Return the values without each group of words, [groups of words, layers, layers]."""
    found = []
    for rows in left_in(one.stack.words, rng):
        codes = np.unique(one.codes[rows], return_inverse=True)[1][None]
        if len(rows) < MIN_WORDS or codes.max() == 0:
            continue
        a, b = (next(_subspaces(side.stack.only(rows), codes)) for side in (one, other))
        found.append(debiased_cka(a, b).values)
    # Of too few words the interval is the whole range.
    shape = (len(one.stack.layers), len(other.stack.layers))
    return np.array(found) if len(found) > 1 else np.stack([np.full(shape, v) for v in (-1.0, 1.0)])


def _subspaces(stack: LayerStack, labellings: Codes) -> Iterator[LayerStack]:
    """Yield, for each labelling, the rows projected on the discriminants of every layer."""
    layers, rows, _ = stack.values.shape
    for found in zip(*(published_points(layer, labellings) for layer in stack.values), strict=True):
        values = np.zeros((layers, rows, int(labellings.max())))
        for layer, points in zip(values, found, strict=True):
            layer[:, : points.shape[1]] = points
        yield replace(stack, values=values)


LDA_SUBSPACE_CKA = LayerAnalysis(
    id="lda-subspace-cka",
    title="CKA of LDA subspaces",
    explains="How similarly two layers arrange words in the few directions that separate the "
    "labels best.",
    reading="1 means the same arrangement; the labels alone make any two layers similar, so "
    "compare with chance and not with 0.",
    avoid="Not as evidence of shared knowledge where it is near chance: the same labels "
    "determine the directions in both layers.",
    formula="debiased CKA of X U and Y V, U and V the in-sample discriminants of the labels",
    source=STUDY,
    min_words=MIN_WORDS,
    compute=compare_subspaces,
    uses_facts=True,
)
