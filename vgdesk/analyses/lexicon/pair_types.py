"""Which pairs are similar in a layer: takes of one word, similar sounds, similar meanings.

Takes of one word by one speaker are averaged as unit vectors into a saying. The sayings of a word
are averaged into the word. So every speaker counts once, and every pair of words counts once. Takes
of unknown speakers are part of the word, but of no pair of sayings.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise

import numpy as np

from vgdesk.analyses.base import CurveAnalysis, need_words
from vgdesk.analyses.inference.band import Normal
from vgdesk.analyses.inference.chance import layer_curve
from vgdesk.analyses.inference.jackknife import (
    INTERVAL,
    jackknife_interval,
    scale_of_some,
)
from vgdesk.analyses.inference.units import UNNAMED, distinct_takes, speakers_of
from vgdesk.analyses.lexicon.pair_means import (
    GroupPairs,
    ListedPairs,
    Pairs,
    PairsApart,
    PairSpread,
)
from vgdesk.analyses.lexicon.word_relations import word_relations
from vgdesk.analyses.numerics.leaving_out import counts_left_out
from vgdesk.analyses.words.speaker_groups import group_means, voice_codes, without_voices
from vgdesk.analyses.words.word_pairs import unit_rows
from vgdesk.core.arrays import Codes, Doubles, FloatArray
from vgdesk.core.cancellation import until_cancelled
from vgdesk.core.errors import VgdeskError
from vgdesk.core.facts import Facts
from vgdesk.core.model import WordId
from vgdesk.core.results import LayerCurve, Trace
from vgdesk.core.stack import LayerStack
from vgdesk.core.viewing import Rows

MIN_WORDS = 4
LIMITS = (-2.0, 2.0)
# With fewer words there are too few random pairs for a baseline.
TRUSTED_WORDS = 20
# The mean of fewer pairs says more about these words than about the layer.
TRUSTED_PAIRS = 10


@dataclass(frozen=True, slots=True, eq=False)
class PairType:
    """Pairs of one type.

    Attributes
    ----------
    is_within
        Whether both ends of a pair are the same word.
    """

    title: str
    pairs: Pairs
    is_within: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Level:
    """All types of pairs between sayings, or between words.

    Attributes
    ----------
    items
        "words of a speaker" or "words".
    rows
        The takes used.
    groupings
        Shape [rows], and perhaps [sayings]: the group that each is averaged into.
    word, voice
        Shape [items]: the word of each, and the voice whose mean is subtracted.
    random
        The pairs that all types are compared with.
    """

    items: str
    rows: Codes
    groupings: tuple[Codes, ...]
    word: Codes
    voice: Codes
    random: PairsApart
    types: tuple[PairType, ...]

    def vectors(self, layer: FloatArray) -> Doubles:
        """Average the unit vectors of the takes, [items, dim]."""
        vectors = unit_rows(layer)[self.rows]
        for groups in self.groupings:
            vectors = group_means(vectors, groups)
        return vectors

    def means(self, items: FloatArray, counts: FloatArray) -> Doubles:
        """Score all types at one layer, [types, samples]; NaN in a sample without a pair.

        Parameters
        ----------
        items
            Shape [items, dim].
        counts
            Shape [words, samples]: how often each word occurs.
        """
        often = counts[self.word]
        random = _mean(self.random, items, often)
        means = [
            # A word drawn twice brings the pairs within it twice, not four times.
            _mean(one.pairs, items, np.sqrt(often) if one.is_within else often) - random
            for one in self.types
        ]
        return np.array(means).reshape(len(means), -1)

    def spreads(self, items: Doubles) -> list[float]:
        """Return the standard deviation by chance of the score of each type at one layer."""
        # Takes of one word by several speakers: the voice does not contribute to their chance.
        spread = {
            is_within: PairSpread.of(without_voices(items, self.voice) if is_within else items)
            for is_within in {one.is_within for one in self.types}
        }
        return [
            spread[one.is_within].deviation(one.pairs) * self._contrast(one) for one in self.types
        ]

    def _contrast(self, one: PairType) -> float:
        """Return the factor by which a type differs more from other pairs than from all pairs."""
        others = self.random.count(len(self.word))
        return 1 + one.pairs.count / others if one.pairs in self.random.common else 1.0


def score_pair_types(stack: LayerStack, facts: Facts, _seed: int) -> tuple[LayerCurve, ...]:
    """Mean cosine of pairs of each type at every layer, minus that of random pairs.

    Random pairs are all pairs of different words; for the same word, only those by different
    speakers: with few speakers the similarity of takes by one speaker would mask that of one word.
    Types without pairs are left out, and so are types that include all pairs.

    Parameters
    ----------
    facts
        Speakers, pronunciations, synonyms and labels, where known.

    Returns
    -------
    tuple of LayerCurve
        One per type. 0 is as similar as random pairs; a constant layer scores 0.

    References
    ----------
    Choi et al. (2024), Self-supervised speech representations are more phonetic than semantic.
    """
    need_words(MIN_WORDS, len(stack.rows))
    stack = distinct_takes(stack, facts)
    levels = _levels(stack, facts)
    if not levels:
        raise VgdeskError(
            "No word has takes by two known speakers, and no two words are related.",
            "Name the speakers of the takes, or fill in the columns “phones”, “synonyms” or a "
            "label.",
        )
    words = len(set(stack.words))
    present = counts_left_out(words).T.astype(np.float32)
    return tuple(curve for level in levels for curve in _curves(level, stack, present))


def _levels(stack: LayerStack, facts: Facts) -> list[Level]:
    """Find the pairs of sayings and of words."""
    words, word = np.unique(stack.words, return_inverse=True)
    speakers = speakers_of(stack, facts)
    speaker = np.unique(speakers, return_inverse=True)[1]
    named = np.flatnonzero([one != UNNAMED for one in speakers])
    names = [WordId(name) for name in words.tolist()]
    levels = [_between_words(word, speaker, names, facts)]
    if len(named):
        levels.insert(0, _between_sayings(named, word[named], speaker[named]))
    return [level for level in levels if level.types]


def _sayings(word: Codes, speaker: Codes) -> tuple[Codes, Codes, Codes]:
    """Return the saying of each take, and the word and the speaker of each saying."""
    keys, saying = np.unique(word * (speaker.max() + 1) + speaker, return_inverse=True)
    return saying, *np.divmod(keys, speaker.max() + 1)


def _between_sayings(rows: Codes, word: Codes, speaker: Codes) -> Level:
    saying, word, speaker = _sayings(word, speaker)
    speaker = np.unique(speaker, return_inverse=True)[1]
    same_speaker, same_word = GroupPairs(speaker), _same_word(word)
    types = PairType("same word", same_word, is_within=True), PairType("same speaker", same_speaker)
    # All pairs of a word share one weight, but each of them is excluded from the random pairs.
    random = PairsApart((same_speaker, ListedPairs.equal(same_word.pairs)))
    telling = _telling(types, random, len(word))
    voice = voice_codes(speaker)
    return Level("words of a speaker", rows, (saying,), word, voice, random, telling)


def _between_words(word: Codes, speaker: Codes, words: Sequence[WordId], facts: Facts) -> Level:
    saying, of_saying, _ = _sayings(word, speaker)
    near, synonyms = word_relations(words, facts)
    types = (
        PairType("near-homophone", ListedPairs.equal(near)),
        PairType("synonym", ListedPairs.equal(synonyms)),
        PairType("category", GroupPairs(_categories(words, facts))),
    )
    own, voice = np.arange(len(words)), np.zeros(len(words), np.intp)
    random, rows = PairsApart(()), np.arange(len(word))
    telling = _telling(types, random, len(words))
    return Level("words", rows, (saying, of_saying), own, voice, random, telling)


def _telling(types: tuple[PairType, ...], random: PairsApart, items: int) -> tuple[PairType, ...]:
    """Keep the types with pairs, and with other pairs to compare them with."""
    every = items * (items - 1) // 2
    is_comparable = random.count(items) > 0
    return tuple(one for one in types if is_comparable and 0 < one.pairs.count < every)


def _same_word(word: Codes) -> ListedPairs:
    """Pair the sayings of each word; the pairs of each word have a total weight of 1."""
    pairs, shares = [np.empty((0, 2), np.intp)], [np.empty(0)]
    ends = np.searchsorted(word, np.arange(word.max() + 2))
    for start, end in pairwise(ends.tolist()):
        of_word = np.array(list(combinations(range(start, end), 2)), np.intp).reshape(-1, 2)
        pairs.append(of_word)
        shares.append(np.full(len(of_word), 1 / max(len(of_word), 1)))
    return ListedPairs(np.concatenate(pairs), np.concatenate(shares))


def _categories(words: Sequence[WordId], facts: Facts) -> Codes:
    """Assign a number to every label; a word without one forms its own group."""
    labels = facts.labels()
    keys = [("label", labels[word]) if word in labels else ("word", word) for word in words]
    numbers = {key: number for number, key in enumerate(dict.fromkeys(keys))}
    return np.array([numbers[key] for key in keys], np.intp)


def _mean(pairs: Pairs | PairsApart, items: FloatArray, often: FloatArray) -> Doubles:
    total, size = pairs.sums(items, often)
    return np.divide(total, size, out=np.full_like(total, np.nan), where=size > 0)


def _curves(level: Level, stack: LayerStack, present: FloatArray) -> Iterator[LayerCurve]:
    """Score all types of a level.

    Parameters
    ----------
    present
        Shape [words, samples]: 1 for the words of each sample, of which one word is left out.
    """
    once = np.ones((len(present), 1))
    scores, left_out, spreads = [], [], []
    for layer in until_cancelled(stack.values):
        items = level.vectors(layer)
        scores.append(level.means(items, once)[:, 0])
        left_out.append(level.means(items.astype(present.dtype), present))
        spreads.append(level.spreads(items))
    # In each, the first axis is the type, and the last the layer.
    by_type = np.transpose(scores), np.stack(left_out, axis=2), np.transpose(spreads)
    for one, score, samples, spread in zip(level.types, *by_type, strict=True):
        yield layer_curve(
            "pair-types",
            stack,
            score,
            interval=jackknife_interval(
                samples[~np.isnan(samples).any(axis=1)],
                score,
                limits=LIMITS,
                scale=scale_of_some(samples, len(present)),
            ),
            chance=Normal(np.zeros_like(spread), spread),
            limits=LIMITS,
            trace=_trace(one, level, stack),
            series=one.title,
        )


def _trace(one: PairType, level: Level, stack: LayerStack) -> Trace:
    return Trace(
        f"{one.title}: mean cosine of {one.pairs.count} pairs, minus that of random pairs",
        len(stack.rows),
        (stack.encoder,),
        f"normal curve with the exact standard deviation over all permutations of {level.items}",
        None,
        _warning(one, len(set(stack.words))),
        INTERVAL,
    )


def _warning(one: PairType, words: int) -> str:
    if words < TRUSTED_WORDS:
        return f"Too few words to trust: only {words}."
    if one.pairs.count < TRUSTED_PAIRS:
        return f"Too few pairs to trust: only {one.pairs.count}."
    return ""


PAIR_TYPES = CurveAnalysis(
    id="pair-types",
    title="Pair types",
    explains="Whether the same word by two speakers, words that sound alike and words that mean "
    "the same are more similar than random pairs of words.",
    reading="0 is as similar as random pairs; higher values mean that such pairs are more similar.",
    avoid="Not across models without their chance bands: where all words share a strong common "
    "direction, all differences are small.",
    formula="mean cosine of the pairs of a type - mean cosine of random pairs; unit vectors are "
    "averaged by word and speaker first",
    source="Choi et al. (2024), Self-supervised speech representations are more phonetic than "
    "semantic; Mantel (1967), The detection of disease clustering and a generalized regression "
    "approach (chance)",
    min_words=MIN_WORDS,
    compute=score_pair_types,
    rows=Rows.TAKES,
    uses_labels=False,
    has_series=True,
)
