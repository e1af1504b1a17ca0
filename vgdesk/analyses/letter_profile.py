"""Which letters make a word lie nearer to round or to sharp things."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from vgdesk.analyses.letter_classes import VOWELS
from vgdesk.analyses.sound_symbolism import classes_of, shape_scores
from vgdesk.core.arrays import FloatArray, HoldsArrays, expect_shape
from vgdesk.core.facts import Facts
from vgdesk.core.stack import LayerStack


@dataclass(frozen=True, slots=True, eq=False)
class LetterProfile(HoldsArrays):
    """Mean scores of words by their first consonant and by their first vowel.

    Attributes
    ----------
    consonants, vowels
        The letters, the roundest first.
    of_consonants, of_vowels
        Shapes [consonants] and [vowels]: mean cosine to round minus mean cosine to sharp shapes.
    words_of_consonants, words_of_vowels
        How many words each mean is of.
    """

    layer: str
    consonants: tuple[str, ...]
    of_consonants: FloatArray
    words_of_consonants: tuple[int, ...]
    vowels: tuple[str, ...]
    of_vowels: FloatArray
    words_of_vowels: tuple[int, ...]

    def check(self) -> None:
        expect_shape("profile", "of_consonants", self.of_consonants, letters=len(self.consonants))
        expect_shape("profile", "of_vowels", self.of_vowels, letters=len(self.vowels))


def letter_profile(stack: LayerStack, layer: int, facts: Facts) -> LetterProfile:
    """Average the scores of sound symbolism over words with the same first consonant or vowel.

    Parameters
    ----------
    stack, facts
        As for sound symbolism; a word without a consonant or without a vowel is left out there.
    layer
        Place of the layer.
    """
    words, shapes = classes_of(stack.words, facts)
    scores = shape_scores(stack.values[layer], words, shapes)
    texts = facts.texts()
    consonants: dict[str, list[float]] = defaultdict(list)
    vowels: dict[str, list[float]] = defaultdict(list)
    for row, score in zip(words.rows, scores.tolist(), strict=True):
        letters = [letter for letter in texts[stack.words[row]].casefold() if letter.isalpha()]
        for first, found in (
            (next((c for c in letters if c not in VOWELS), ""), consonants),
            (next((c for c in letters if c in VOWELS), ""), vowels),
        ):
            found[first].append(score)
    return LetterProfile(stack.layers[layer], *_means(consonants), *_means(vowels))


def _means(
    found: Mapping[str, list[float]],
) -> tuple[tuple[str, ...], FloatArray, tuple[int, ...]]:
    means = {letter: float(np.mean(scores)) for letter, scores in found.items() if letter}
    letters = tuple(sorted(means, key=lambda letter: (-means[letter], letter)))
    return (
        letters,
        np.array([means[letter] for letter in letters]),
        tuple(len(found[letter]) for letter in letters),
    )
