"""How alike words sound, by their phones."""

from collections.abc import Sequence

import numpy as np

from training.evaluation.answers import Floats

Phones = tuple[str, ...]


def phone_distances(words: Sequence[Phones]) -> Floats:
    """Return how many phones must be edited between all words, as a share of the longer one.

    Returns
    -------
    array
        Shape [words, words]: Levenshtein distance through the number of phones.
    """
    lengths = np.array([len(word) for word in words])
    numbers = {phone: i for i, phone in enumerate(sorted({p for word in words for p in word}))}
    codes = np.full((len(words), lengths.max()), -1, np.int16)
    for i, word in enumerate(words):
        codes[i, : len(word)] = [numbers[phone] for phone in word]
    steps = np.arange(lengths.max() + 1, dtype=np.int16)
    found = np.zeros((len(words), len(words)))
    for i, length in enumerate(lengths):
        others = slice(i, None)
        row = np.tile(steps, (len(words) - i, 1))
        for code in codes[i, :length]:
            kept = row[:, :-1] + (codes[others] != code)
            row = np.hstack([row[:, :1], np.minimum(row[:, 1:], kept - 1)]) + 1
            # What is cheaper by inserting phones from the left on.
            row = np.minimum.accumulate(row - steps, axis=1) + steps
        edits = np.take_along_axis(row, lengths[others, None], axis=1)[:, 0]
        found[i, others] = found[others, i] = edits / np.maximum(lengths[others], length)
    return found
