"""A word by a speaker is the unit: takes are repetitions, whatever their number."""

from collections.abc import Callable
from dataclasses import fields, replace
from typing import Any

import numpy as np
import pytest

from tests.analyses.stacks import heard_of, known_of, noise, stack_of
from vgdesk.analyses import ANALYSES
from vgdesk.analyses.abx.abx import recognise_words
from vgdesk.analyses.abx.abx_frames import Column, Task, discriminate_frames
from vgdesk.analyses.base import Analysis, CurveAnalysis, Kind
from vgdesk.analyses.inference.units import (
    distinct_takes,
    known_sayings,
    sayings_of,
    take_codes,
    words_of,
)
from vgdesk.analyses.lexicon.pair_types_published import score_as_published
from vgdesk.analyses.retrieval.retrieval import score_rank, score_retrieval
from vgdesk.analyses.retrieval.retrieval_list import list_voices
from vgdesk.analyses.words.nearest_words import nearest_to
from vgdesk.core.errors import VgdeskError
from vgdesk.core.facts import NOTHING_KNOWN, Facts
from vgdesk.core.frames import FrameStack
from vgdesk.core.results import LayerCurve
from vgdesk.core.stack import LayerStack
from vgdesk.core.viewing import Rows

RUNS = 40
# Of 40 runs without an effect, more than 8 are significant at .05 once in 5,000 times.
MOST_FOUND = 8


def nested(
    words: int, takes: int, *, layers: int = 1, seed: int = 0
) -> tuple[LayerStack, Facts, list[str]]:
    """Make takes of all words by two speakers who have nothing in common.

    A take is the voice, the way in which a speaker says a word, and noise.
    """
    rng, n = np.random.default_rng(seed), words * 2 * takes
    saying = np.arange(n) // takes
    values = rng.normal(size=(layers, 2, 16))[:, saying % 2]
    values = values + rng.normal(size=(layers, 2 * words, 16))[:, saying]
    values += 0.5 * rng.normal(size=values.shape)
    names, speakers = ([f(one) for one in saying] for f in (lambda s: f"w{s // 2:03}", speaker))
    rows = [f"take {i}" for i in range(n)]
    stack = stack_of(values, rows=rows, words=names)
    return stack, Facts(speakers=tuple(zip(rows, speakers, strict=True))), speakers


def speaker(saying: int) -> str:
    return ("anna", "ben")[saying % 2]


def known_about(stack: LayerStack, speakers: list[str]) -> Facts:
    return replace(known_of(stack), speakers=tuple(zip(stack.rows, speakers, strict=True)))


def results_of(analysis: Analysis, takes: LayerStack, known: Facts) -> tuple[Any, ...]:
    """Run any analysis as window and command line do, on takes or on words made of them."""
    reads_takes = isinstance(analysis, CurveAnalysis) and analysis.rows is Rows.TAKES
    words = words_of(takes, known)
    rows = takes if reads_takes else words
    last = len(takes.layers) - 1
    arguments: dict[Kind, tuple[Any, ...]] = {
        Kind.LAYERS: (rows, replace(rows, values=rows.values[::-1]), known, 0),
        Kind.WORDS: (rows, 0),
        Kind.MAP: (rows, 0, None, known, 0),
        Kind.CURVE: (rows, known, 0),
        Kind.CHANGES: (rows, 0, rows, last, known, 0),
        Kind.CONFUSION: (rows, 0, known, 0),
        Kind.GATING: (words, takes, heard(takes, words), 0, known, 0),
    }
    found = analysis.compute(*arguments[analysis.kind])
    return found if isinstance(found, tuple) else (found,)


def heard(takes: LayerStack, gates: LayerStack) -> Any:
    return replace(heard_of(gates), word=takes.words[0], take=takes.rows[0])


def said(result: Any) -> dict[str, Any]:
    """Return everything that a result says, arrays as bytes."""
    entries = {field.name: getattr(result, field.name) for field in fields(result)}
    return {k: v.tobytes() if isinstance(v, np.ndarray) else v for k, v in entries.items()}


@pytest.mark.parametrize("analysis", ANALYSES.values(), ids=lambda analysis: analysis.id)
def test_copying_every_take_five_times_changes_nothing(analysis: Analysis) -> None:
    takes, _, speakers = nested(12, 2, layers=2)
    order = [*range(48), *np.random.default_rng(1).permutation(np.tile(np.arange(48), 4))]
    rows = [takes.rows[i] if place < 48 else f"copy {place}" for place, i in enumerate(order)]
    words = [takes.words[i] for i in order]
    copied = stack_of(takes.values[:, order], rows=rows, words=words)
    one = results_of(analysis, takes, known_about(takes, speakers))
    other = results_of(analysis, copied, known_about(copied, [speakers[i] for i in order]))
    assert [said(result) for result in one] == [said(result) for result in other]


def frames_across_speakers(takes: LayerStack, facts: Facts, seed: int) -> tuple[LayerCurve, ...]:
    """ABX on frames: three frames a take, which differ by little."""
    values = takes.values.repeat(3, axis=1)
    values = values + 0.1 * noise(*values.shape, seed=seed).astype(np.float32)
    starts = 3 * np.arange(len(takes.rows) + 1)
    frames = FrameStack(takes.encoder, takes.layers, takes.rows, takes.words, starts, values)
    across = Column("speaker", tuple(speaker for _, speaker in facts.speakers))
    return (discriminate_frames(frames, Task(Column("word", takes.words), across=across), seed),)


@pytest.mark.parametrize(
    "score",
    [score_retrieval, score_rank, recognise_words, frames_across_speakers, score_as_published],
)
def test_without_an_effect_six_takes_are_no_more_significant_than_one(
    score: Callable[[LayerStack, Facts, int], tuple[LayerCurve, ...]],
) -> None:
    found: dict[str, int] = {}
    for seed in range(RUNS):
        takes, facts, _ = nested(12, 6, seed=seed)
        for curve in score(takes, facts, seed):
            is_found = bool(curve.q_values[0] <= 0.05)
            found[curve.series] = found.get(curve.series, 0) + is_found
    found.pop("same speaker", None)  # voices do differ
    assert max(found.values()) <= MOST_FOUND


def test_frames_of_copied_takes_change_nothing() -> None:
    takes, _, speakers = nested(6, 2)
    order = [*range(24)] * 5
    rows = [f"{takes.rows[i]} {place // 24}" for place, i in enumerate(order)]
    values = takes.values.repeat(3, axis=1) + 0.1 * noise(1, 72, 16).astype(np.float32)
    curves = []
    for places, names in ((range(24), takes.rows), (order, rows)):
        words = tuple(takes.words[i] for i in places)
        frame = [3 * i + k for i in places for k in range(3)]
        starts = 3 * np.arange(len(words) + 1)
        frames = FrameStack(
            takes.encoder, takes.layers, tuple(names), words, starts, values[:, frame]
        )
        who = Column("speaker", tuple(speakers[i] for i in places))
        on = Column("word", words)
        curves.append(
            [discriminate_frames(frames, task, 0) for task in (Task(on, across=who), Task(on, who))]
        )
    assert [said(curve) for curve in curves[0]] == [said(curve) for curve in curves[1]]


def test_a_row_keeps_the_id_of_its_first_take() -> None:
    takes, facts, speakers = nested(5, 3)
    sayings = sayings_of(takes, facts)
    assert sayings.rows == takes.rows[::3]
    assert sayings.words == takes.words[::3]
    assert sayings.values[0, 1] == pytest.approx(takes.values[0, 3:6].mean(axis=0), abs=1e-6)
    known, codes = known_sayings(takes, facts)
    assert known.rows == sayings.rows
    assert [speaker(code) for code in codes] == speakers[::3]
    assert sayings_of(sayings, facts) is sayings


def test_keys_of_averaged_rows_name_their_takes() -> None:
    takes = stack_of(noise(2, 4, 3), rows=["a-1", "a-2", "b-1", "b-2"], words="aabb")
    by_two = Facts(speakers=(("a-1", "anna"), ("a-2", "ben")))
    assert words_of(takes, NOTHING_KNOWN).keys == ()
    keyed = words_of(takes.with_keys(["k1", "k2", "k3", "k4"]), by_two)
    assert keyed.keys == ("k1 + k2", "k3 k4")
    assert np.array_equal(keyed.values, words_of(takes, by_two).values)


def test_equal_takes_of_different_sayings_are_different_takes() -> None:
    takes = stack_of(np.ones((1, 4, 3)), words="aaab")
    facts = Facts(speakers=((takes.rows[0], "anna"), (takes.rows[1], "ben")))
    assert take_codes(takes, facts).tolist() == [0, 1, 2, 3]
    assert take_codes(takes, NOTHING_KNOWN).tolist() == [0, 0, 0, 1]
    assert distinct_takes(takes, NOTHING_KNOWN).rows == (takes.rows[0], takes.rows[3])


def test_takes_of_unknown_speakers_are_by_one_unnamed_voice() -> None:
    takes = stack_of([[0.0], [2.0], [7.0]], words="aaa")
    facts = Facts(speakers=((takes.rows[2], "anna"),))
    assert words_of(takes, facts).values.tolist() == [[[4.0]]]
    assert words_of(takes, NOTHING_KNOWN).values.tolist() == [[[3.0]]]
    with pytest.raises(VgdeskError, match="No take has a known speaker"):
        known_sayings(takes, NOTHING_KNOWN)
    with pytest.raises(VgdeskError, match="by “anna”"):
        known_sayings(takes, facts)


def test_five_more_takes_by_one_speaker_do_not_move_the_nearest_word() -> None:
    places = {"boat anna": 10, "boat ben": 40, "goat anna": 24, "goat ben": 25, "boot ben": 15}
    angles = np.radians([*places.values()])
    said = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    more = said[:1] + 0.001 * noise(5, 2)
    names = [*places, *[f"boat anna {i}" for i in range(5)]]
    takes = stack_of(
        np.concatenate([said, more]), rows=names, words=[name.split()[0] for name in names]
    )
    facts = Facts(speakers=tuple((name, name.split()[1]) for name in names))
    for stack in (takes.only(range(5)), takes):
        nearest, _ = nearest_to(stack.words[0], words_of(stack, facts), 0, 2)
        assert nearest.word == "goat"


def test_more_takes_by_one_speaker_leave_the_list_of_matches_as_long_as_it_was() -> None:
    takes, facts, speakers = nested(8, 1)
    again = stack_of(
        np.concatenate([takes.values, takes.values[:, :5] + 1e-4], axis=1),
        rows=[*takes.rows, *[f"again {i}" for i in range(5)]],
        words=[*takes.words, *takes.words[:5]],
    )
    who = zip(again.rows, [*speakers, *speakers[:5]], strict=True)
    one, other = list_voices(takes, 0, facts), list_voices(again, 0, Facts(speakers=tuple(who)))
    assert one.rows == other.rows
    assert one.hits == other.hits
    assert one.choice == other.choice == 8
