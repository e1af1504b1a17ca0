from collections.abc import Sequence
from math import fsum

import numpy as np
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from tests.analyses.stacks import noise, stack_of
from tests.reference.abx import loss
from tests.reference.sequences import warped
from vgdesk.analyses.abx.abx import ABX
from vgdesk.analyses.abx.abx_frames import Column, Task, discriminate_frames
from vgdesk.analyses.sequences.dtw import FrameDistance, dtw_distances
from vgdesk.core.errors import VgdeskError
from vgdesk.core.facts import Facts
from vgdesk.core.frames import FrameStack
from vgdesk.core.model import EncoderId, WordId

Entries = Sequence[str]


def frames_of(takes: list[list[np.ndarray]], words: Entries) -> FrameStack:
    """Make a stack of takes at each layer, [frames, dim] each."""
    starts = np.cumsum([0, *map(len, takes[0])])
    values = np.stack([np.concatenate(layer) for layer in takes]).astype(np.float32)
    layers = tuple(map(str, range(len(takes))))
    rows = tuple(f"take {i}" for i in range(len(words)))
    return FrameStack(EncoderId("x"), layers, rows, tuple(map(WordId, words)), starts, values)


def spoken(words: Entries, speakers: Entries, seed: int, spread: float = 0.5) -> list[np.ndarray]:
    """Say each word in its own way, somewhat faster or slower, and each speaker a bit otherwise."""
    rng = np.random.default_rng(seed)
    ways = {word: rng.normal(size=(5, 4)) for word in dict.fromkeys(words)}
    voices = {speaker: spread * rng.normal(size=4) for speaker in dict.fromkeys(speakers)}
    takes = []
    for word, speaker in zip(words, speakers, strict=True):
        way = np.repeat(ways[word], rng.integers(1, 4, 5), axis=0)
        takes.append(way + voices[speaker] + spread * rng.normal(size=way.shape))
    return takes


def all_warped(takes: list[np.ndarray]) -> list[list[float]]:
    return [[warped(one, other) for other in takes] for one in takes]


def are_told_apart(distances: list[list[float]]) -> bool:
    """Say whether no two distances are so alike that rounding decides which is the smaller."""
    return all((np.diff(np.sort(row)) > 1e-5 * max(row)).all() for row in distances)


def expected_rate(distances: list[list[float]], on: Entries, by: Entries, across: Entries) -> float:
    """ABX by its definition: mean over cells of the mean over their triples."""
    n = len(distances)
    cells: dict[tuple[str, ...], list[float]] = {}
    for x in range(n):
        for a in range(n):
            for b in range(n):
                if a == x or on[a] != on[x] or on[b] == on[x]:
                    continue
                if not by[a] == by[b] == by[x] or across[a] != across[b]:
                    continue
                if across[0] and across[a] == across[x]:
                    continue
                cell = on[x], on[b], by[x], across[a], across[x]
                cells.setdefault(cell, []).append(loss(distances[x][a], distances[x][b]))
    return fsum(fsum(found) / len(found) for found in cells.values()) / len(cells)


@pytest.mark.slow
@given(seed=st.integers(0, 2**20), has_by=st.booleans(), has_across=st.booleans())
@example(seed=343, has_by=False, has_across=False)
@settings(max_examples=12, deadline=None)
def test_it_is_the_definition(seed: int, has_by: bool, has_across: bool) -> None:
    rng = np.random.default_rng(seed)
    n = 16
    words = [f"w{i}" for i in range(n)]
    speakers = [f"s{i // 8}" for i in range(n)]
    on = [f"g{i}" for i in rng.integers(0, 3, n)]
    on[:6] = ["g0", "g1"] * 3  # whatever is drawn, something can be asked
    on[8:14] = ["g0", "g1"] * 3
    by = [f"b{i}" for i in rng.integers(0, 2, n)] if has_by else [""] * n
    across = speakers if has_across else [""] * n
    takes = spoken(words, speakers, seed)
    task = Task(
        Column("on", tuple(on)),
        Column("by", tuple(by)) if has_by else None,
        Column("across", tuple(across)) if has_across else None,
    )
    distances = all_warped(takes)
    assume(are_told_apart(distances))
    curve = discriminate_frames(frames_of([takes], words), task, seed)
    assert curve.values == pytest.approx([expected_rate(distances, on, by, across)], abs=1e-6)
    assert curve.low <= curve.values <= curve.high


def test_one_frame_a_take_is_abx_on_vectors() -> None:
    words = [f"w{i}" for i in range(30)]
    groups = [f"g{i % 3}" for i in range(30)]
    values = noise(2, 30, 6)
    values[1, :, 0] += np.array([i % 3 for i in range(30)])
    stack = stack_of(values, words=words)
    facts = Facts.of_labels({WordId(w): g for w, g in zip(words, groups, strict=True)})
    (vectors,) = ABX.compute(stack, facts, 0)
    curve = discriminate_frames(FrameStack.of_stack(stack), Task(Column("group", tuple(groups))), 0)
    assert curve.values == pytest.approx(vectors.values, abs=1e-6)
    assert curve.low == pytest.approx(vectors.low, abs=0.02)
    assert curve.chance_mean == pytest.approx(vectors.chance_mean, abs=0.02)
    assert curve.chance_high == pytest.approx(vectors.chance_high, abs=0.04)


def test_order_in_time_is_heard_which_a_mean_does_not_hear() -> None:
    """Words of the same sounds in another order have the same mean."""
    rng = np.random.default_rng(0)
    sounds = rng.normal(size=(4, 6))
    words = [f"w{i % 24}" for i in range(48)]
    orders = [rng.permutation(4) for _ in range(24)]
    takes = [
        np.repeat(sounds[orders[i % 24]], 3, axis=0) + 0.2 * rng.normal(size=(12, 6))
        for i in range(48)
    ]
    frames = frames_of([takes], words)
    task = Task(Column("word", tuple(words)))
    in_time = discriminate_frames(frames, task, 0)
    pooled = discriminate_frames(FrameStack.of_stack(frames.pooled()), task, 0)
    assert in_time.high[0] < 0.1
    assert in_time.q_values[0] == pytest.approx(1 / 200)
    assert 0.3 < pooled.values[0] < 0.6
    assert in_time.trace.warning == ""


def test_noise_is_at_chance_and_labels_of_words_are_dealt_to_words() -> None:
    words = [f"w{i % 20}" for i in range(40)]
    speakers = ["anna"] * 20 + ["ben"] * 20
    takes = [noise(5, 6, seed=i) for i in range(40)]
    groups = [f"g{i % 20 % 4}" for i in range(40)]
    on, by = Column("group", tuple(groups)), Column("speaker", tuple(speakers))
    curve = discriminate_frames(frames_of([takes], words), Task(on, by), 0)
    assert curve.chance_low[0] < curve.values[0] < curve.chance_high[0]
    assert curve.chance_mean[0] == pytest.approx(0.5, abs=0.02)
    assert "among words" in curve.trace.chance
    word = Column("word", tuple(words))
    of_words = discriminate_frames(frames_of([takes], words), Task(word, across=by), 0)
    dealt = "among words by speaker that agree in the other columns, with all their takes"
    assert dealt in of_words.trace.chance
    of_voices = discriminate_frames(frames_of([takes], words), Task(by), 0)
    assert "among words by speaker, with all their takes" in of_voices.trace.chance
    assert of_voices.low[0] < of_voices.values[0] < of_voices.high[0]


@pytest.mark.slow
def test_a_task_within_each_word_moves_with_its_words() -> None:
    words = [f"w{i // 4}" for i in range(80)]
    speakers = [f"s{i % 4 // 2}" for i in range(80)]
    takes = spoken(words, speakers, 0, spread=1.0)
    task = Task(Column("speaker", tuple(speakers)), Column("word", tuple(words)))
    curve = discriminate_frames(frames_of([takes], words), task, 0)
    rates = [
        expected_rate(all_warped(takes[i : i + 4]), speakers[i : i + 4], [""] * 4, [""] * 4)
        for i in range(0, 80, 4)
    ]
    assert curve.values[0] == pytest.approx(np.mean(rates), abs=1e-6)
    spread = np.std(rates) / np.sqrt(20)
    assert curve.high[0] - curve.low[0] == pytest.approx(2 * 1.96 * spread, rel=0.15)


def test_takes_of_which_something_is_not_known_are_left_out() -> None:
    words = [f"w{i}" for i in range(20)]
    takes = spoken(words, ["anna"] * 20, 1)
    groups = [f"g{i % 5 % 2}" for i in range(18)] + ["", ""]
    task = Task(Column("group", tuple(groups)))
    curve = discriminate_frames(frames_of([takes], words), task, 0)
    assert curve.trace.n == 18
    assert curve.trace.warning.startswith("Too few words to trust")
    whole = Task(Column("group", tuple(groups[:18])))
    assert curve.values == discriminate_frames(frames_of([takes[:18]], words[:18]), whole, 0).values


def test_distances_are_averaged_over_the_takes_of_two_sayings() -> None:
    sayings = [(word, speaker) for word in "uvwx" for speaker in ("anna", "ben")]
    said = [saying for i, saying in enumerate(sayings) for _ in range(1 + i % 3)]
    words, speakers = ([saying[k] for saying in said] for k in (0, 1))
    takes = spoken(words, speakers, 0, spread=1.0)
    of_takes = np.array(all_warped(takes))
    of_saying = [[i for i, one in enumerate(said) if one == saying] for saying in sayings]
    means = [
        [float(of_takes[np.ix_(one, other)].mean()) for other in of_saying] for one in of_saying
    ]
    task = Task(Column("word", tuple(words)), across=Column("speaker", tuple(speakers)))
    curve = discriminate_frames(frames_of([takes], words), task, 0)
    whole = [word for word, _ in sayings], [""] * 8, [speaker for _, speaker in sayings]
    assert curve.values[0] == pytest.approx(expected_rate(means, *whole), abs=1e-6)
    assert curve.trace.n == 8


def test_speakers_tell_the_sayings_of_a_word_apart() -> None:
    words, speakers = ["u", "u", "v", "v"] * 2, ["anna"] * 4 + ["ben"] * 4
    takes = spoken(words, speakers, 0, spread=0.1)
    on, frames = Column("word", tuple(words)), frames_of([takes], words)
    between = discriminate_frames(frames, Task(on, speakers=Column("speaker", tuple(speakers))), 0)
    within = discriminate_frames(frames, Task(on), 0)
    assert (between.trace.n, within.trace.n) == (4, 8)
    assert "tests whether takes of a word by a speaker are alike" in within.trace.chance


@pytest.mark.parametrize(
    "entries", [("",) * 6, ("a",) * 6, ("a", "b", "c", "d", "e", "f")], ids=["none", "one", "all"]
)
def test_a_task_without_triples_is_a_sentence(entries: tuple[str, ...]) -> None:
    frames = frames_of([spoken([*"uvwxyz"], ["anna"] * 6, 0)], [*"uvwxyz"])
    with pytest.raises(VgdeskError, match="No three takes"):
        discriminate_frames(frames, Task(Column("taste", entries)), 0)


def test_by_euclidean_distance_an_offset_does_not_matter() -> None:
    takes = spoken([f"w{i % 4}" for i in range(12)], ["anna"] * 12, 0)
    found = dtw_distances(takes, FrameDistance.EUCLIDEAN)
    far = [(take + 1e4).astype(np.float32) for take in takes]
    assert dtw_distances(far, FrameDistance.EUCLIDEAN) == pytest.approx(found, abs=5e-3)
    line = [np.array([[0.0], [3.0]]), np.array([[1.0], [1.0], [5.0]])]
    # 0-1, 0-1, 3-5: costs of 1, 1 and 2 over three steps.
    assert dtw_distances(line, FrameDistance.EUCLIDEAN)[0, 1] == pytest.approx(4 / 3)
