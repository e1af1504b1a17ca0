"""Mean cosines between words and between sayings: plain loops over takes."""

from collections.abc import Iterable, Sequence
from itertools import combinations, product

import numpy as np

from tests.reference.word_pairs import cosine

Saying = tuple[str, str]


class Takes:
    """Takes with the word and the speaker of each; every speaker is known."""

    def __init__(self, values: np.ndarray, words: Sequence[str], speakers: Sequence[str]) -> None:
        self.rows = [[float(value) for value in row] for row in values]
        self.of_saying: dict[Saying, list[int]] = {}
        for i, saying in enumerate(zip(words, speakers, strict=True)):
            self.of_saying.setdefault(saying, []).append(i)

    def sayings(self, word: str) -> list[Saying]:
        return [saying for saying in self.of_saying if saying[0] == word]

    def of_sayings(self, one: Saying, other: Saying) -> float:
        pairs = product(self.of_saying[one], self.of_saying[other])
        return mean(cosine(self.rows[i], self.rows[j]) for i, j in pairs)

    def of_words(self, one: str, other: str) -> float:
        pairs = product(self.sayings(one), self.sayings(other))
        return mean(self.of_sayings(*pair) for pair in pairs)

    def same_word(self) -> float:
        words = dict.fromkeys(word for word, _ in self.of_saying)
        pairs = [list(combinations(self.sayings(word), 2)) for word in words]
        return mean(mean(self.of_sayings(*pair) for pair in own) for own in pairs if own)

    def of_voices(self, *, is_same: bool) -> float:
        return mean(
            self.of_sayings(one, other)
            for one, other in combinations(self.of_saying, 2)
            if one[0] != other[0] and (one[1] == other[1]) is is_same
        )


def mean(values: Iterable[float]) -> float:
    listed = list(values)
    return sum(listed) / len(listed)
