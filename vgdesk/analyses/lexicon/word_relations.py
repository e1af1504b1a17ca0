"""Near-homophones and synonyms in a word list."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from vgdesk.analyses.sequences.edit_distance import edit_distance_blocks
from vgdesk.core.facts import Facts
from vgdesk.core.model import WordId

# Pairs of words by their index in the list, in ascending order; shape [pairs, 2].
WordPairs = NDArray[np.intp]

# Maximum distance between the pronunciations of words that sound alike; Choi et al. (2024).
NEAR = 0.4


def word_relations(words: Sequence[WordId], facts: Facts) -> tuple[WordPairs, WordPairs]:
    """Pair the words that sound alike, and those that mean the same.

    Returns
    -------
    tuple
        Near-homophones: 0 < d <= `NEAR`, spelled differently, and not listed as synonyms. d is the
        edit distance between phones, divided by the length of the longer word.
        Synonyms: those listed, except for near-homophones.
    """
    near, listed = _near(words, facts), _listed(words, facts)
    texts = facts.texts()
    is_other = [texts[words[i]].casefold() != texts[words[j]].casefold() for i, j in near.tolist()]
    return _without(near[np.array(is_other, bool)], listed), _without(listed, near)


def _near(words: Sequence[WordId], facts: Facts) -> WordPairs:
    phones = facts.phones()
    places = np.array([i for i, word in enumerate(words) if word in phones], np.intp)
    found = [np.empty((0, 2), np.intp)]
    for block, distances in edit_distance_blocks([phones[words[i]] for i in places]):
        pairs = np.argwhere((distances > 0) & (distances <= NEAR))
        pairs[:, 0] += block.start
        found.append(places[pairs[pairs[:, 0] < pairs[:, 1]]])
    return np.concatenate(found)


def _listed(words: Sequence[WordId], facts: Facts) -> WordPairs:
    place = {word: i for i, word in enumerate(words)}
    here = {
        (min(place[one], place[other]), max(place[one], place[other]))
        for one, other in facts.synonyms
        if one in place and other in place
    }
    return np.array(sorted(here), np.intp).reshape(-1, 2)


def _without(pairs: WordPairs, others: WordPairs) -> WordPairs:
    left_out = set(map(tuple, others.tolist()))
    kept = [pair for pair in pairs.tolist() if tuple(pair) not in left_out]
    return np.array(kept, np.intp).reshape(-1, 2)
