import numpy as np
import pytest

from training.partners import CLEAR_MARGIN, mined_partners, mutual_nearest


def test_clips_of_the_same_word_find_each_other_across_voices() -> None:
    chance = np.random.default_rng(0)
    words = chance.normal(size=(12, 30))
    voices = {"a": 3.0, "b": -5.0, "c": 0.0}  # each voice shifts all that it says
    vectors, spoken, who = [], [], []
    for voice, shift in voices.items():
        for word in chance.permutation(12):
            vectors.append(words[word] + shift + chance.normal(0, 0.2, 30))
            spoken.append(word)
            who.append(voice)
    partners = mined_partners(np.array(vectors, np.float32), who)
    for clip, found in enumerate(partners):
        assert {spoken[other] for other in found} == {spoken[clip]}
        assert {who[other] for other in found} == set(voices) - {who[clip]}


def test_few_partners_are_found_in_noise() -> None:
    # Chance alone gives a clear winner now and then, and a mutual one hardly ever.
    vectors = np.random.default_rng(1).normal(size=(200, 500)).astype(np.float32)
    partners = mined_partners(vectors, ["a"] * 100 + ["b"] * 100)
    assert sum(map(len, partners)) <= 4


def test_partnership_is_mutual() -> None:
    chance = np.random.default_rng(2)
    vectors = chance.normal(size=(60, 8)).astype(np.float32)
    partners = mined_partners(vectors, [str(i % 3) for i in range(60)])
    assert any(map(len, partners))
    for clip, found in enumerate(partners):
        assert all(clip in partners[other] for other in found)


def test_mutual_nearest_is_what_plain_loops_find() -> None:
    likeness = np.random.default_rng(3).random((15, 11)).astype(np.float32)
    rows, columns = mutual_nearest(likeness)
    expected = []
    for row in range(15):
        for column in range(11):
            rivals = [likeness[row, c] for c in range(11) if c != column]
            rivals += [likeness[r, column] for r in range(15) if r != row]
            if likeness[row, column] - max(rivals) > CLEAR_MARGIN:
                expected.append((row, column))
    assert list(zip(rows, columns, strict=True)) == expected


@pytest.mark.parametrize("shape", [(1, 5), (5, 1), (1, 1)])
def test_one_clip_alone_is_never_clear(shape: tuple[int, int]) -> None:
    rows, _ = mutual_nearest(np.ones(shape, np.float32))
    assert len(rows) == 0
