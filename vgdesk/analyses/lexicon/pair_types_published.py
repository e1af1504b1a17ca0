"""Pair types sampled as in the study, for comparison with `pair_types`."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray

from vgdesk.analyses.base import CurveAnalysis, need_words
from vgdesk.analyses.inference.chance import layer_curve, percentile_interval
from vgdesk.analyses.inference.units import UNNAMED, distinct_takes, speakers_of
from vgdesk.analyses.lexicon.pair_types import MIN_WORDS, TRUSTED_WORDS
from vgdesk.analyses.lexicon.word_relations import word_relations
from vgdesk.analyses.words.word_pairs import unit_rows
from vgdesk.core.arrays import Codes, Doubles, FloatArray
from vgdesk.core.errors import VgdeskError
from vgdesk.core.facts import Facts
from vgdesk.core.model import WordId
from vgdesk.core.results import LayerCurve, Trace
from vgdesk.core.stack import LayerStack
from vgdesk.core.viewing import Rows

# Rows of two takes each, shape [pairs, 2].
Pairs = NDArray[np.intp]

SAMPLES = 5
MOST_TAKES = 10_000
SHUFFLES = 20
RANDOM, SAME_WORD, SAME_SPEAKER = "random", "same word", "same speaker"
NEAR, SYNONYM = "near-homophone", "synonym"
TYPES = (RANDOM, SAME_WORD, SAME_SPEAKER, NEAR, SYNONYM)


@dataclass(frozen=True, slots=True, eq=False)
class Takes:
    """Words and speakers of takes, as numbers.

    Attributes
    ----------
    word, speaker
        Shape [takes]; an unknown speaker is -1.
    near, synonyms
        Shape [pairs, 2]: related words.
    """

    word: Codes
    speaker: Codes
    near: Pairs
    synonyms: Pairs

    @classmethod
    def of(cls, stack: LayerStack, facts: Facts) -> Self:
        names, word = np.unique(stack.words, return_inverse=True)
        speakers = np.array(speakers_of(stack, facts))
        speaker = np.unique(speakers, return_inverse=True)[1]
        related = word_relations([WordId(name) for name in names.tolist()], facts)
        return cls(word, np.where(speakers == UNNAMED, -1, speaker), *related)

    def sample(self, rng: np.random.Generator, types: Sequence[str]) -> Mapping[str, Pairs]:
        """Draw takes and pair them."""
        rows = rng.permutation(len(self.word))[:MOST_TAKES]
        by_word = _grouped(rows, self.word)
        by_speaker = _grouped(rows[self.speaker[rows] >= 0], self.speaker)
        pairs: Mapping[str, Callable[[], Pairs]] = {
            RANDOM: lambda: _against_itself(rows, rng),
            SAME_WORD: lambda: _within(by_word, rng),
            SAME_SPEAKER: lambda: _within(by_speaker, rng),
            NEAR: lambda: _across(self.near, by_word),
            SYNONYM: lambda: _across(self.synonyms, by_word),
        }
        return {name: pairs[name]() for name in types}

    def dealt_means(
        self, name: str, layers: Sequence[FloatArray], rng: np.random.Generator
    ) -> Doubles:
        """Return the mean cosine of a type after one deal, averaged like the score, [layers]."""
        dealt = self.deal(name, rng)
        has_all_pairs = name in (NEAR, SYNONYM) and len(self.word) <= MOST_TAKES
        means: list[Doubles] = []
        while len(means) < (1 if has_all_pairs else SAMPLES):
            pairs = dealt.sample(rng, [name])[name]
            if len(pairs):  # takes of a word may all have been paired with themselves
                means.append(_means(layers, dealt.word, pairs))
        mean: Doubles = np.mean(means, axis=0)
        return mean

    def deal(self, name: str, rng: np.random.Generator) -> Self:
        """Deal out what a type of pairs is about, with all takes.

        The same word: the words of each speaker; the same speaker: the speakers of each word;
        related words: the words. Where each word was said by one speaker only, this leaves all
        pairs as they were: then takes are dealt by speaker, or the speakers of all words.
        """
        if name == SAME_WORD and self.is_crossed:
            return replace(self, word=_dealt(self.word, self.speaker, rng))
        if name == SAME_WORD:
            return replace(self, word=_shuffled(self.word, self.speaker, rng))
        if name == SAME_SPEAKER:
            return replace(self, speaker=self._dealt_speakers(rng))
        return replace(self, word=_dealt(self.word, np.zeros_like(self.word), rng))

    def dealt(self, name: str) -> str:
        """Describe what `deal` deals out for a type of pairs."""
        if name == SAME_WORD and not self.is_crossed:
            return "the takes of each speaker: tests whether takes of a word are alike"
        of_speakers = "speakers of each word" if self.is_crossed else "speakers of the words"
        units = {SAME_WORD: "words of each speaker", SAME_SPEAKER: of_speakers}
        return f"the {units.get(name, 'words')}, with all their takes"

    @property
    def is_crossed(self) -> bool:
        """Whether any word was said by two speakers."""
        sayings = np.unique(np.stack([self.word, self.speaker]), axis=1).shape[1]
        return bool(sayings > len(np.unique(self.word)))

    def _dealt_speakers(self, rng: np.random.Generator) -> Codes:
        known = np.flatnonzero(self.speaker >= 0)
        word, speaker, dealt = self.word[known], self.speaker[known], self.speaker.copy()
        if self.is_crossed:
            dealt[known] = _dealt(speaker, word, rng)
        else:
            first, place = np.unique(word, return_index=True, return_inverse=True)[1:]
            dealt[known] = rng.permutation(speaker[first])[place]
        return dealt


def score_as_published(stack: LayerStack, facts: Facts, seed: int) -> tuple[LayerCurve, ...]:
    """Mean cosine of sampled pairs of takes of each type, minus that of random ones.

    Five samples of up to 10,000 takes; pairs come from shuffling takes of a word, of a speaker, and
    all takes against themselves; near-homophones and synonyms contribute all their pairs.
    Cosines are averaged by pair of words first. The interval is Student's over the samples.

    Parameters
    ----------
    seed
        For the samples, the pairs and the shuffles of the chance band.

    References
    ----------
    Choi et al. (2024), Self-supervised speech representations are more phonetic than semantic.
    """
    need_words(MIN_WORDS, len(stack.rows))
    stack = distinct_takes(stack, facts)
    takes = Takes.of(stack, facts)
    samples = [takes.sample(np.random.default_rng([seed, i]), TYPES) for i in range(SAMPLES)]
    types = [name for name in samples[0] if all(len(sample[name]) for sample in samples)]
    if RANDOM not in types or len(types) < 2:
        raise VgdeskError(
            "No word has two takes, and no two words are related.",
            "Record words twice, name the speakers, or fill in “phones” or “synonyms”.",
        )
    layers = [unit_rows(layer) for layer in stack.values]
    means = np.array(
        [[_means(layers, takes.word, sample[name]) for name in types] for sample in samples]
    )
    random = means[:, [types.index(RANDOM)]]
    types.remove(RANDOM)
    rng, coarse = np.random.default_rng([seed, SAMPLES]), [one.astype(np.float32) for one in layers]
    # Random pairs are the same whatever is dealt out.
    shuffled = np.array(
        [[takes.dealt_means(name, coarse, rng) for name in types] for _ in range(SHUFFLES)]
    ) - random.mean(axis=0)
    scores = means[:, 1:] - random
    dealt = [takes.dealt(name) for name in types]
    return tuple(_curves(stack, dict(zip(types, dealt, strict=True)), scores, shuffled, seed))


def _dealt(codes: Codes, within: Codes, rng: np.random.Generator) -> Codes:
    """Permute which codes there are among those of each group; rows of a code stay together."""
    dealt = codes.copy()
    for group in np.unique(within):
        here = within == group
        own, place = np.unique(codes[here], return_inverse=True)
        dealt[here] = rng.permutation(own)[place]
    return dealt


def _shuffled(codes: Codes, within: Codes, rng: np.random.Generator) -> Codes:
    """Permute the codes of the rows of each group."""
    dealt = codes.copy()
    for group in np.unique(within):
        here = within == group
        dealt[here] = rng.permutation(codes[here])
    return dealt


def _grouped(rows: Codes, codes: Codes) -> dict[int, Codes]:
    """List the given rows by their code, in their order."""
    order = rows[np.argsort(codes[rows], kind="stable")]
    found, starts = np.unique(codes[order], return_index=True)
    return dict(zip(found.tolist(), np.split(order, starts[1:]), strict=True)) if len(rows) else {}


def _against_itself(rows: Codes, rng: np.random.Generator) -> Pairs:
    pairs = np.stack([rows, rng.permutation(rows)], axis=1)
    found: Pairs = pairs[pairs[:, 0] != pairs[:, 1]]
    return found


def _within(groups: Mapping[int, Codes], rng: np.random.Generator) -> Pairs:
    return np.concatenate([_against_itself(rows, rng) for rows in groups.values()] or [_NONE])


def _across(pairs: Pairs, by_word: Mapping[int, Codes]) -> Pairs:
    found = [_NONE]
    for one, other in pairs.tolist():
        if one in by_word and other in by_word:
            grid = np.meshgrid(by_word[one], by_word[other], indexing="ij")
            found.append(np.stack([part.ravel() for part in grid], axis=1))
    return np.concatenate(found)


def _means(layers: Sequence[FloatArray], words: Codes, pairs: Pairs) -> Doubles:
    """Average cosines over pairs of takes, by pair of words first, [layers].

    Parameters
    ----------
    layers
        Unit vectors, [rows, dim] each.
    """
    one, other = pairs.T
    ends = np.sort(words[pairs], axis=1) @ [int(words.max()) + 1, 1]
    of_words = np.unique(ends, return_inverse=True)[1]
    sizes = np.bincount(of_words)
    cosines = (np.einsum("ij,ij->i", units[one], units[other]) for units in layers)
    return np.array([(np.bincount(of_words, some) / sizes).mean() for some in cosines])


def _curves(
    stack: LayerStack, dealt: Mapping[str, str], scores: Doubles, shuffled: Doubles, seed: int
) -> Iterator[LayerCurve]:
    """Combine each type with its interval and chance band; both are [samples, types, layers].

    `dealt` describes what was dealt out for each type.
    """
    from scipy.stats import t

    reach = t.ppf(0.975, SAMPLES - 1) * scores.std(axis=0, ddof=1) / np.sqrt(SAMPLES)
    words = len(set(stack.words))
    trace = Trace(
        "mean cosine of sampled pairs of takes, minus that of random pairs, as published",
        len(stack.rows),
        (stack.encoder,),
        "",
        seed,
        f"Too few words to trust: only {words}." if words < TRUSTED_WORDS else "",
        f"95 % t interval over {SAMPLES} samples of the takes",
    )
    for place, (name, units) in enumerate(dealt.items()):
        chance = f"{SHUFFLES} shuffles of {units}; extended by Student's t"
        curve = layer_curve(
            "pair-types-published",
            stack,
            scores[:, place].mean(axis=0),
            interval=percentile_interval(scores[:, place]),
            chance=shuffled[:, place],
            limits=(-2.0, 2.0),
            trace=replace(trace, chance=chance),
            series=name,
        )
        yield replace(curve, low=curve.values - reach[place], high=curve.values + reach[place])


_NONE: Pairs = np.empty((0, 2), np.intp)
PAIR_TYPES_PUBLISHED = CurveAnalysis(
    id="pair-types-published",
    title="Pair types (published)",
    explains="Pair types from random samples of takes, as in the published study.",
    reading="0 is as similar as random pairs; higher values mean that such pairs are more similar.",
    avoid="Not for claims: takes of a word by one speaker are pairs of the same word as well, and "
    "its interval is over samples of the same takes and says nothing about other words.",
    formula="mean over pairs of words of mean cosine of their sampled takes - the same of random "
    "takes; +- t(.975, 4) sd / sqrt(5)",
    source="Choi et al. (2024), Self-supervised speech representations are more phonetic than "
    "semantic; Sauter, Zuidema and de Heer Kloots (2025), The curious case of visual grounding",
    min_words=MIN_WORDS,
    compute=score_as_published,
    rows=Rows.TAKES,
    uses_labels=False,
    has_series=True,
)
