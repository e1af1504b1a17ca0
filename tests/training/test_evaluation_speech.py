import itertools
import json
from pathlib import Path

import numpy as np
import pytest
import soundfile
from safetensors.numpy import save_file
from scipy.stats import spearmanr

from training import pictures
from training.evaluation import form, identity, recordings, retrieval
from training.evaluation.answers import bootstrapped
from training.evaluation.scoring import average
from training.evaluation.vectors import Examined
from training.plan import SMOKE
from training.words import TRAINING_STYLES, UNSEEN_STYLE
from training.work import Work
from vgdesk.core.model import Modality

SPECTRUM = Examined(Modality.SPEECH, "baseline", 0)


def cosine(a, b):
    return float(a @ b / np.linalg.norm(a) / np.linalg.norm(b))


@pytest.fixture
def chance():
    return np.random.default_rng(7)


def test_a_word_is_found_as_plain_loops_find_it(chance):
    vectors, words = (
        chance.normal(size=(14, 3)),
        np.array([0, 0, 1, 1, 1, 2, 2, 0, 1, 2, 2, 1, 0, 0]),
    )
    known, asked = np.arange(7), np.arange(7, 14)
    hits, precisions = identity.nearest(vectors, words, asked, known)
    left = vectors.copy()
    for side in (known, asked):
        left[side] -= sum(vectors[k] for k in side) / 7
    for row, hit, precision in zip(asked, hits, precisions, strict=True):
        means = {w: np.mean([left[k] for k in known if words[k] == w], axis=0) for w in (0, 1, 2)}
        best = max(means, key=lambda word: cosine(left[row], means[word]))
        assert hit == (best == words[row])
        found, shares = 0, []
        for place, k in enumerate(sorted(known, key=lambda k: -cosine(left[row], left[k])), 1):
            if words[k] == words[row]:
                found += 1
                shares.append(found / place)
        assert precision == pytest.approx(np.mean(shares))


def test_luck_is_the_mean_over_all_orders():
    of_clip = np.array([0, 0, 1, 1, 1])
    orders = [np.array(order) for order in itertools.permutations(range(5))]
    for word in (0, 1):
        same = np.tile(of_clip == word, (len(orders), 1))
        expected = identity.average_precisions(np.array(orders, float), same).mean()
        assert identity.luck_precision(np.array([word]), of_clip) == pytest.approx(expected)


def test_the_quick_interval_is_the_interval_of_the_slow_one(chance):
    values, words = chance.normal(size=(2, 200)), [f"w{n % 60}" for n in range(200)]
    quick = average(values, words, 0.0)
    for layer, low, high in zip(values, quick["lows"], quick["highs"], strict=True):
        slow = bootstrapped(lambda rows, layer=layer: float(layer[rows].mean()), words)
        assert (low, high) == pytest.approx(slow, abs=0.03)


def test_correlation_of_pairs_is_spearmans_and_leaves_a_words_pair_with_itself_out(chance):
    a, b = (np.abs(np.subtract.outer(x, x)).round(1) for x in chance.normal(size=(2, 9)))
    one, other = form.ranks(a), form.ranks(b)
    pairs = list(itertools.combinations(range(9), 2))
    expected = spearmanr([a[pair] for pair in pairs], [b[pair] for pair in pairs]).statistic
    assert form.correlations(one, other, np.ones((1, 9)))[0] == pytest.approx(expected)
    taken = [0, 0, 3, 5, 5, 5, 8, 1, 2]
    drawn = [(i, j) for i, j in itertools.combinations(taken, 2) if i != j]
    expected = np.corrcoef([one[pair] for pair in drawn], [other[pair] for pair in drawn])[0, 1]
    found = form.correlations(one, other, np.bincount(taken, minlength=9)[None].astype(float))
    assert found[0] == pytest.approx(expected)


def test_minimal_pairs_are_asked_about_in_every_pair_of_voices(chance):
    sounds = {
        "bat": ("B", "AE", "T"),
        "cat": ("K", "AE", "T"),
        "at": ("AE", "T"),
        "bad": tuple("BD"),
    }
    pairs = form.minimal_pairs(sounds)
    assert pairs == [("bat", "cat")]
    rows = {("one", "bat"): 0, ("one", "cat"): 1, ("two", "bat"): 2}
    asked = np.array(list(form.trials(pairs, rows)))
    assert asked.tolist() == [[0, 1, 2]]
    vectors, asked = (
        chance.normal(size=(6, 4)),
        np.array([[0, 1, 2], [2, 3, 4], [5, 0, 1], [3, 3, 4]]),
    )
    left = vectors - vectors.mean(axis=0)
    for found, (a, b, x) in zip(form.is_closer(vectors, asked), asked, strict=True):
        gain = cosine(left[a], left[x]) - cosine(left[b], left[x])
        assert found == (0.5 if a == b else float(gain > 0))


def test_pictures_are_ranked_as_where_the_ceiling_was_measured(chance, tmp_path):
    work, styles = Work(tmp_path), (*TRAINING_STYLES, UNSEEN_STYLE)
    points = {style: chance.normal(size=(30, 6)).astype(np.float32) for style in styles}
    for style in styles[-2:]:
        points[style][3] = np.nan
    for style in styles:
        points[style] += 2 * points[styles[0]]
    roles = ["held-out" if n % 3 else "pictured" for n in range(30)]
    work.features.mkdir()
    save_file(points, work.features / "pictures.safetensors")
    listed = {"words": [f"w{n}" for n in range(30)], "roles": roles}
    (work.features / "pictures.json").write_text(json.dumps(listed))
    gallery, expected = retrieval.open_gallery(work), pictures.ceiling(work)
    assert len(gallery.words) == 29
    asked = {"modality": "picture", "stage": "ceiling", "seed": 0}
    for answer in retrieval.ask(gallery, gallery.words, gallery.typical, "typical", asked):
        assert answer.scores[0] == pytest.approx(expected[answer.group[9:]][answer.measure])
        assert answer.lows[0] <= answer.scores[0] <= answer.highs[0]


def test_equal_pictures_are_no_success():
    own = np.arange(4)
    assert list(retrieval.ranks_of_own(np.ones((4, 2)), np.ones((4, 2)), own)) == [4] * 4


def test_the_baseline_hears_tones_in_new_voices(tmp_path):
    work, words = Work(tmp_path), ("ball", "bell", "tall", "tell")
    work.words.write_text("".join(f"{word}\tpictured\t{' '.join(word)}\n" for word in words))
    generator, seconds = np.random.default_rng(0), np.arange(8000) / 16_000
    voices = (*SMOKE.training_voices, *SMOKE.unseen_voices, "hibari", "flite-rms")
    for voice, (n, word) in itertools.product(voices, enumerate(words)):
        tone = np.sin(2 * np.pi * (300 + 500 * n + 800 * seconds) * seconds)
        (work.clips / voice).mkdir(parents=True, exist_ok=True)
        noisy = 0.5 * tone + 0.02 * generator.normal(size=8000)
        soundfile.write(work.clips / voice / f"{word}.flac", noisy, 16_000)
    heard = recordings.recordings(work, SMOKE, Path(tmp_path / "absent"))
    assert len(heard) == 4 * 4
    answers = identity.ask(work, SPECTRUM, heard)
    assert {(a.group, a.measure, a.scores[-1]) for a in answers} == {
        (group, measure, 1.0)
        for group in ("unseen voices", "flite")
        for measure in ("R@1", "mean average precision")
    }
    sounds = {word: tuple(word) for word in words}
    distances, abx = form.ask_speech(work, SPECTRUM, heard, sounds)
    assert abx.scores[-1] == 1.0
    assert abx.n == 4 * 2 * 3 * 2  # pairs, both ways, voices of A, voices of X
    assert distances.n == 4
    assert np.isfinite(distances.scores).all()
