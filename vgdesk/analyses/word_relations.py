"""Which words of a list sound alike and which mean the same."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from vgdesk.analyses.edit_distance import edit_distance_blocks
from vgdesk.core.facts import Facts
from vgdesk.core.model import WordId

# Pairs of words by their place in the list, the first place before the second; shape [pairs, 2].
WordPairs = NDArray[np.intp]

# Words whose pronunciations are no farther apart sound alike; Choi et al. (2024).
NEAR = 0.4


def near_homophones(words: Sequence[WordId], facts: Facts) -> WordPairs:
    """Pair words that sound alike: 0 < d <= `NEAR`, another spelling, and no listed synonyms.

    d is the edit distance between the phones through the number of the longer ones.
    """
    near = _near(words, facts)
    texts = facts.texts()
    is_other = [texts[words[i]].casefold() != texts[words[j]].casefold() for i, j in near.tolist()]
    return _without(near[np.array(is_other, bool)], _listed(words, facts))


def synonyms(words: Sequence[WordId], facts: Facts) -> WordPairs:
    """Pair words that the list calls synonyms, but for those that sound alike."""
    return _without(_listed(words, facts), _near(words, facts))


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
