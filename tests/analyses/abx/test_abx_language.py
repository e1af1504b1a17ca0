from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.analyses.stacks import noise, rotation, stack_of
from tests.reference.abx import angles, error_rate
from vgdesk.analyses.abx.abx_language import SHUFFLED_WORDS, multilingual_gap, tell_languages
from vgdesk.app.words.word_facts import facts_of
from vgdesk.core.errors import TooFewWordsError, VgdeskError
from vgdesk.core.facts import Facts, WordFacts
from vgdesk.core.model import Session, Word, WordId
from vgdesk.core.results import LayerCurve
from vgdesk.core.stack import LayerStack

SEEDS = st.integers(0, 2**32 - 1)


def takes(
    values: np.ndarray, languages: Sequence[str], speakers: Sequence[str]
) -> tuple[LayerStack, Facts]:
    """Let every speaker say every word once: rows by speaker, then by word."""
    names = [f"w{i:03}" for i in range(len(languages))]
    rows = [f"{word}-{speaker}" for speaker in speakers for word in names]
    stack = stack_of(values, rows=rows, words=names * len(speakers))
    words = tuple(
        WordFacts(WordId(name), name, language=language)
        for name, language in zip(names, languages, strict=True)
    )
    spoken = tuple((row, row.split("-")[1]) for row in rows)
    return stack, Facts(words, speakers=spoken)


def scored(stack: LayerStack, facts: Facts, seed: int = 0) -> LayerCurve:
    (curve,) = tell_languages(stack, facts, seed)
    return curve


def test_it_is_the_definition_within_speakers() -> None:
    languages = ["en", "de", "en", "fr", "de", "en", "fr"]
    values = noise(2, 21, 5)
    values[1, :7] += 3
    stack, facts = takes(values, languages, ["ann", "ben", "cem"])
    # Ben says nothing but English, and one word is by nobody known.
    kept = [i for i, row in enumerate(stack.rows) if "ben" not in row or i in (7, 9, 12)]
    stack = stack.only(kept)
    speakers = [who for who in facts.speakers if who[0] != "w000-cem"]
    facts = replace(facts, speakers=tuple(speakers))
    curve = scored(stack, facts)
    used = [i for i, row in enumerate(stack.rows) if "ben" not in row and row != "w000-cem"]
    said = [facts.languages()[stack.words[i]] for i in used]
    by = [stack.rows[i].split("-")[1] for i in used]
    for layer, value in zip(stack.values, curve.values, strict=True):
        assert value == pytest.approx(error_rate(angles(layer[used]), said, by, within=True))
    assert curve.trace.n == 13
    assert "2 speakers" in curve.trace.estimator


def test_written_words_have_no_speakers() -> None:
    stack = stack_of(noise(2, 9, 4))
    languages = [["en", "de", "fr"][i % 3] for i in range(9)]
    words = zip(stack.words, languages, strict=True)
    facts = Facts(tuple(WordFacts(word, word, language=language) for word, language in words))
    curve = scored(stack, facts)
    for layer, value in zip(stack.values, curve.values, strict=True):
        assert value == pytest.approx(error_rate(angles(layer), languages))
    assert "voices" not in curve.trace.warning


def test_takes_of_a_word_are_one_word() -> None:
    stack, facts = takes(noise(1, 24, 6), ["en", "de"] * 6, ["ann", "ben"])
    twice = stack.only([*range(24), 3, 17])
    rows = (*twice.rows[:24], "again", "once more")
    twice = replace(twice, rows=rows)
    spoken = (*facts.speakers, ("again", "ann"), ("once more", "ben"))
    again = scored(twice, replace(facts, speakers=spoken))
    assert again.values == pytest.approx(scored(stack, facts).values)
    assert again.trace.n == 24


def test_voices_do_not_matter_and_one_language_each_is_warned_about() -> None:
    values = noise(1, 80, 6).reshape(1, 2, 40, 6)
    values += np.array([50, -50])[:, None, None]
    stack, facts = takes(values.reshape(1, 80, 6), ["en", "de"] * 20, ["ann", "ben"])
    assert scored(stack, facts).values[0] == pytest.approx(0.5, abs=0.05)
    each = stack.only([*range(0, 40, 2), *range(41, 80, 2)])
    curve = scored(each, facts)
    assert curve.values[0] < 0.01
    assert curve.trace.warning == (
        "No speaker recorded words of two languages: voices alone may separate them."
    )


def test_a_language_is_found_at_the_layer_where_it_is() -> None:
    languages = ["en", "de"] * 20
    values = noise(4, 80, 8)
    sides = np.tile([1.0, -1.0], 40)
    values[2] += 1.5 * np.outer(sides, np.eye(8)[0])
    curve = scored(*takes(values, languages, ["ann", "ben"]))
    assert curve.values.argmin() == 2
    assert curve.high[2] < curve.chance_low[2]
    assert curve.q_values[2] < 0.05
    assert curve.q_values[[0, 1, 3]].min() > 0.05


@pytest.mark.slow
@pytest.mark.parametrize("words", [30, 2 * SHUFFLED_WORDS])
def test_noise_leaves_chance_as_rarely_as_it_should(words: int) -> None:
    # Two speakers say a word alike, so their errors go together.
    spoken = noise(40, 1, words, 8) + 0.5 * noise(40, 3, words, 8, seed=1)
    stack, facts = takes(spoken.reshape(40, -1, 8), ["en", "de"] * (words // 2), list("abc"))
    curve = scored(stack, facts)
    outside = (curve.values < curve.chance_low) | (curve.values > curve.chance_high)
    assert outside.mean() < 0.05
    assert np.std(curve.values) == pytest.approx(np.mean(curve.chance_sd), rel=0.35)
    assert curve.chance_mean.mean() == pytest.approx(0.5, abs=0.01)


@pytest.mark.slow
def test_chance_is_found_where_many_people_said_three_words_each() -> None:
    # Of 300 words, no 40 hold all three of many people.
    names = [f"w{word:03}" for word in range(300)]
    rows = [f"{name}-{number // 3}" for number, name in enumerate(names)]
    stack = stack_of(noise(2, 300, 8), rows=rows, words=names)
    languages = (
        WordFacts(WordId(name), name, language=("en", "de")[place % 2])
        for place, name in enumerate(names)
    )
    speakers = tuple((row, row.split("-")[1]) for row in rows)
    curve = scored(stack, Facts(tuple(languages), speakers=speakers))
    # Of three words by one person none, half or all is lost, each in a third of the cases.
    spread = np.std([0, 0.5, 1]) / 100**0.5
    assert curve.chance_sd == pytest.approx(spread, rel=0.3)


@pytest.mark.slow
def test_the_interval_is_as_wide_as_other_words_make_it() -> None:
    sides = np.tile([1.0, -1.0], 20)[:, None] * np.eye(8)[0]
    found = []
    for seed in range(40):
        said = noise(1, 40, 8, seed=seed) + 0.5 * noise(2, 40, 8, seed=seed + 999) + 0.8 * sides
        stack, facts = takes(said.reshape(1, -1, 8), ["en", "de"] * 20, ["ann", "ben"])
        found.append(scored(stack, facts))
    spread = np.std([curve.values[0] for curve in found])
    width = np.mean([curve.high[0] - curve.low[0] for curve in found])
    assert width / 3.92 == pytest.approx(spread, rel=0.35)


@pytest.mark.slow
@given(seed=SEEDS, scale=st.floats(1e-3, 1e3))
@settings(max_examples=10, deadline=None)
def test_rotation_scale_and_order_do_not_matter(seed: int, scale: float) -> None:
    stack, facts = takes(noise(1, 24, 5, seed=seed), ["en", "de", "en"] * 4, ["ann", "ben"])
    order = np.random.default_rng(seed).permutation(24).tolist()
    turned = replace(stack, values=(scale * stack.values @ rotation(5, seed)).astype(np.float32))
    found = scored(turned.only(order), facts).values
    assert found == pytest.approx(scored(stack, facts).values, abs=2e-3)


def test_lists_without_triples_are_reported() -> None:
    stack, facts = takes(noise(1, 12, 4), ["en"] * 6, ["ann", "ben"])
    with pytest.raises(VgdeskError, match="one of another") as refusal:
        scored(stack, facts)
    assert "language" in refusal.value.hint
    with pytest.raises(VgdeskError, match="one of another"):
        scored(stack, Facts(speakers=facts.speakers))
    with pytest.raises(TooFewWordsError):
        scored(stack.only([0, 1, 2, 3]), facts)


def test_the_language_of_a_word_is_known() -> None:
    words = [Word(WordId("hund"), "Hund", "de"), Word(WordId("dog"), "dog")]
    facts = facts_of(Session({word.id: word for word in words}), "category")
    assert facts.languages() == {"hund": "de", "dog": "en"}


def curve_of(*values: float) -> LayerCurve:
    stack, facts = takes(noise(len(values), 12, 4), ["en", "de"] * 3, ["ann", "ben"])
    return replace(scored(stack, facts), values=np.array(values))


def test_the_gap_is_that_of_the_paper() -> None:
    # Cruz Blandón et al. (2025), ABX errors of phones: means of within and across speakers.
    alone = curve_of((6.46 + 7.75) / 200, (5.86 + 6.81) / 200)
    both = curve_of((8.36 + 10.34) / 200, (6.18 + 7.52) / 200)
    assert multilingual_gap(alone, both) == pytest.approx([0.315, 0.0804], abs=0.002)
    assert multilingual_gap(alone, alone) == pytest.approx([0, 0])


def test_a_gap_needs_errors_and_the_same_layers() -> None:
    with pytest.raises(VgdeskError, match="no error"):
        multilingual_gap(curve_of(0.1, 0.0), curve_of(0.1, 0.2))
    with pytest.raises(ValueError, match="same layers"):
        multilingual_gap(curve_of(0.1, 0.1), curve_of(0.1))
