"""Alignment of speech and text, with and without pictures; similarity of words in one encoder.

References
----------
Song et al. (2012), Feature selection via dependence maximization, eq. 5 (debiased).
"""

from collections.abc import Mapping
from itertools import combinations
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from training.corpus import synsets
from training.evaluation.answers import Answer, Floats
from training.evaluation.listed import Listed, listed, role_groups, sayings, unit
from training.evaluation.parts import FEWEST_ITEMS, Parts, answer_of, answers_of
from training.evaluation.vectors import Examined, examined
from training.plan import Plan
from training.words import Role
from training.work import Work
from vgdesk.analyses.sequences.edit_distance import edit_distances
from vgdesk.core.model import Modality

PAIRINGS = (
    ("plain", "plain"), ("grounded", "plain"), ("plain", "grounded"), ("grounded", "grounded"),
    ("shuffled", "shuffled"), ("untrained", "untrained"),
)  # fmt: skip
NEAR = 0.4
SAME_WORD = "same word"
Pairs = Mapping[str, NDArray[np.int64]]


def examine(work: Work, plan: Plan, data: Path) -> list[Answer]:
    """Evaluate all encoders; the data folder is not used."""
    found = []
    for seed in plan.seeds:
        for speech, text in PAIRINGS:
            spoken = listed(work, plan, Examined(Modality.SPEECH, speech, seed))
            written = listed(work, plan, Examined(Modality.TEXT, text, seed))
            stage = f"{speech}, {text}"
            found += [
                answer_of(parts, "speech, text", stage, seed)
                for parts in alignment_parts(spoken, written)
            ]
    pairs = pairs_of_kinds(work, plan)
    for modality in Modality:
        for encoder in examined(plan, modality):
            found += answers_of(likeness_parts(listed(work, plan, encoder), pairs), encoder)
    return found


def alignment_parts(spoken: Listed, written: Listed) -> list[Parts]:
    """Return the debiased CKA of the same layer of both, over concepts."""
    concepts = [i for i, word in enumerate(spoken.words) if word.role is not Role.PLAIN]
    items = np.array(concepts, np.int64)[:, None]
    found = []
    for group, of in role_groups(spoken.words, items).items():
        if of.sum() >= FEWEST_ITEMS:
            layers = zip(spoken.values, written.values, strict=True)
            rows = items[of, 0]
            values = np.stack([aligned(one[rows], other[rows]) for one, other in layers])
            found.append(Parts("alignment", "debiased CKA", group, values, items[of]))
    return found


def aligned(a: Floats, b: Floats) -> Floats:
    """Decompose debiased linear CKA into contributions of words, accurate to first order.

    Parameters
    ----------
    a, b
        Shapes [words, dim]; `dim` may differ.
    """
    k, l_ = without_diagonal(a), without_diagonal(b)
    between, own_a, own_b = ((x * y).sum(axis=1) for x, y in ((k, l_), (k, k), (l_, l_)))
    size = np.sqrt(own_a.sum() * own_b.sum())
    cka = between.sum() / size
    share = own_a / own_a.sum() + own_b / own_b.sum()
    parts: Floats = cka + len(a) * (2 * between / size - cka * share)
    return parts


def without_diagonal(values: Floats) -> Floats:
    """Return the U-centred inner products of all words."""
    n = len(values)
    centred = values - values.mean(axis=0)
    products: Floats = centred @ centred.T
    np.fill_diagonal(products, 0.0)
    rows = products.sum(axis=1)
    products -= (rows[:, None] + rows) / (n - 2) - rows.sum() / ((n - 1) * (n - 2))
    np.fill_diagonal(products, 0.0)
    return products


def pairs_of_kinds(work: Work, plan: Plan) -> Pairs:
    """Return indices of words: each word said twice, near-homophones and synonyms."""
    said = sayings(work, plan)
    twice = np.array([i for i, word in enumerate(said) if len(said[word]) > 1 and word.phones])
    words = [list(said)[i] for i in twice]
    distances = edit_distances([word.phones for word in words])
    place = {word.text: i for i, word in enumerate(words)}
    share = np.zeros(distances.shape, bool)
    for kind in ("noun", "verb", "adj", "adv"):
        for synset in synsets(work, kind).values():
            here = sorted({place[lemma] for lemma in synset.lemmas if lemma in place})
            for i, j in combinations(here, 2):
                share[i, j] = True
    is_before = np.triu(np.ones_like(share), 1)
    near = is_before & (distances > 0) & (distances <= NEAR) & ~share
    return {
        SAME_WORD: twice[:, None],
        "near-homophone": twice[np.argwhere(near)],
        "synonym": twice[np.argwhere(share & (distances > NEAR))],
    }


def likeness_parts(vectors: Listed, pairs: Pairs) -> list[Parts]:
    """Return the cosine of pairs across two voices, minus that of all pairs of different words."""
    known = pairs[SAME_WORD][:, 0]
    one, other = unit(vectors.one[:, known]), unit(vectors.other[:, known])
    same = np.einsum("lwd,lwd->lw", one, other).sum(axis=1)
    sums = np.einsum("ld,ld->l", one.sum(axis=1), other.sum(axis=1))
    unlike = (sums - same) / (len(known) * (len(known) - 1))
    found = []
    for kind, items in pairs.items():
        if kind == SAME_WORD and vectors.one is vectors.other:
            continue  # a written word is always the same
        left, right = np.searchsorted(known, items[:, 0]), np.searchsorted(known, items[:, -1])
        cosines = np.einsum("lpd,lpd->lp", one[:, left], other[:, right])
        cosines += np.einsum("lpd,lpd->lp", one[:, right], other[:, left])
        values = cosines / 2 - unlike[:, None]
        for group, of in role_groups(vectors.words, items).items():
            if of.sum() >= FEWEST_ITEMS:
                found.append(Parts(kind, "normalised cosine", group, values[:, of], items[of]))
    return found
