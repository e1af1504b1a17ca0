"""Which letters make a word nearer to round or to sharp things."""

from collections import defaultdict

import numpy as np

from vgdesk.analyses.inference.band import Band
from vgdesk.analyses.inference.chance import (
    RESAMPLES,
    SHUFFLES,
)
from vgdesk.analyses.lexicon.letter_classes import VOWELS
from vgdesk.analyses.lexicon.sound_symbolism import (
    ROUND,
    SHARP,
    classes_of,
    cosines_between,
    few_of_a_sort,
)
from vgdesk.core.arrays import Codes, Doubles
from vgdesk.core.details import LetterProfile
from vgdesk.core.facts import Facts
from vgdesk.core.model import WordId
from vgdesk.core.results import Trace
from vgdesk.core.stack import LayerStack

ESTIMATOR = "mean cosine to round minus mean cosine to sharp shapes"
INTERVAL = f"95 % of {RESAMPLES} bootstrap samples of the words of a letter and of the shapes"


def letter_profile(stack: LayerStack, layer: int, facts: Facts, seed: int = 0) -> LetterProfile:
    """Average the scores of sound symbolism over words with the same first consonant or vowel.

    Parameters
    ----------
    stack, facts
        As for sound symbolism; a word without a consonant or without a vowel is left out there.
    layer
        Index of the layer.
    seed
        For the shuffles of the chance band and the bootstrap samples of the interval.
    """
    sorts = words, shapes = classes_of(stack.words, facts)
    table = cosines_between(stack.values[layer], words, shapes)
    scores = table @ shapes.contrast
    own = [stack.words[row] for row in words.rows]
    members = _members(own, facts)
    means = {key: float(scores[places].mean()) for key, places in members.items()}
    order = sorted(members, key=lambda key: (key[0], -means[key], key[1]))
    rng = np.random.default_rng(seed)
    # As for sound symbolism: words of a letter are alike, so the shapes are shuffled instead.
    dealt = shapes.dealt(rng) @ table.T
    shuffled = np.stack([dealt[:, members[key]].mean(axis=1) for key in order], axis=1)
    drawn = shapes.drawn_contrasts(rng) @ table.T
    resampled = np.stack([_resampled(drawn[:, members[key]], rng) for key in order], axis=1)
    values = np.array([means[key] for key in order])
    low, high = np.percentile(resampled, [2.5, 97.5], axis=0)
    band = Band.of_shuffles(values, shuffled, (-2.0, 2.0))
    return LetterProfile(
        stack.layers[layer],
        tuple(letter for _, letter in order),
        tuple(is_vowel for is_vowel, _ in order),
        tuple(tuple(own[place] for place in members[key]) for key in order),
        values,
        low,
        high,
        band.low,
        band.mean,
        band.high,
        band.p,
        Trace(
            f"{ESTIMATOR}, of words by their first consonant and by their first vowel",
            len(words.rows) + len(shapes.rows),
            (stack.encoder,),
            f"{SHUFFLES} shuffles of round and sharp among the shapes",
            seed,
            few_of_a_sort(sorts),
            INTERVAL,
        ),
    )


def names_shapes(facts: Facts) -> bool:
    """Return whether both a round and a sharp shape are named."""
    return {ROUND, SHARP} <= {known.shape for known in facts.words}


def _members(words: list[WordId], facts: Facts) -> dict[tuple[bool, str], Codes]:
    """List the places of the words of each letter; a key says whether it is the first vowel."""
    texts = facts.texts()
    found: dict[tuple[bool, str], list[int]] = defaultdict(list)
    for place, word in enumerate(words):
        letters = [letter for letter in texts[word].casefold() if letter.isalpha()]
        for is_vowel in (False, True):
            first = next((c for c in letters if (c in VOWELS) is is_vowel), "")
            if first:
                found[is_vowel, first].append(place)
    return {key: np.array(places, np.intp) for key, places in found.items()}


def _resampled(scores: Doubles, rng: np.random.Generator) -> Doubles:
    """Average the scores [samples, words] over words resampled in each sample."""
    count = scores.shape[1]
    drawn = rng.integers(0, count, scores.shape)
    means: Doubles = np.take_along_axis(scores, drawn, axis=1).mean(axis=1)
    return means
