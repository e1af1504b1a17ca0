import json
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.app.project_examples import same, sessions_of, sound, take, word
from tests.main_thread import MainThread
from vgdesk.app.project.journal import Journal, edit_record
from vgdesk.app.project.journal_replay import JOURNAL_FILE, replay
from vgdesk.core.errors import VgdeskError
from vgdesk.core.model import (
    Cell,
    Concern,
    EncoderId,
    Session,
    Speaker,
    TakeId,
    Verdict,
    Word,
    WordId,
)

FOLDER = Path("/nowhere/a.vgdesk")
NAMES = {"dog": "dog", "cat": "cat", "قطة": "قطة 🐈", "a-b_2": "a\tb\n"}


@st.composite
def edits(draw: st.DrawFn) -> list[Session]:
    """A session as it goes through edits of every kind."""
    states = [Session()]
    for step in range(draw(st.integers(1, 8))):
        now = states[-1]
        name = WordId(draw(st.sampled_from(sorted(NAMES))))
        kinds = ["word", "encoder", "speaker", "ratings", *(["take"] if name in now.words else [])]
        kinds += ["undo"] if len(states) > 1 else []
        kinds += ["delete", "reorder"] if now.words else []
        kinds += ["reject", "trim"] if now.takes else []
        kinds += ["restore"] if now.trash else []
        states.append(_edited(now, draw(st.sampled_from(kinds)), name, step, states))
    return states


def _edited(now: Session, kind: str, name: WordId, step: int, states: list[Session]) -> Session:
    some_take = next(iter(now.takes), TakeId(""))
    concerns = (Concern("clipped", Verdict.FAIL),)
    consent = (None, True, False)[step % 3]
    file = FOLDER / "takes" / f"{step}.flac"
    return {
        "word": lambda: now.with_word(Word(name, NAMES[name], labels={"category": str(step)})),
        "take": lambda: now.with_take(take(f"{name}-{step}", file)),
        "encoder": lambda: now.with_encoder(
            Cell.SPEECH, EncoderId(f"e{step}") if step % 3 else None
        ),
        "speaker": lambda: now.with_speaker(Speaker(f"S{step % 2}", "en", consent)),
        "ratings": lambda: replace(now, ratings={("dog", f"cat {step}"): step / 3, ("a", "b"): 1}),
        "delete": lambda: now.without_words(frozenset([next(iter(now.words))])),
        "reorder": lambda: replace(now, words=dict(reversed(now.words.items()))),
        "reject": lambda: now.without_takes(frozenset([some_take])),
        "trim": lambda: now.with_take(
            replace(now.takes[some_take], start=0.1 * step, concerns=concerns, is_kept_anyway=True)
        ),
        "restore": lambda: now.with_restored(next(iter(now.trash))),
        "undo": lambda: states[-2],
    }[kind]()


def write_lines(folder: Path, lines: list[str]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / JOURNAL_FILE).write_text("\n".join(lines), encoding="utf-8")


@given(states=edits(), from_saved=st.integers(0, 8))
def test_replayed_edits_lead_to_the_same_session(
    tmp_path_factory: pytest.TempPathFactory, states: list[Session], from_saved: int
) -> None:
    folder = tmp_path_factory.mktemp("a") / "a.vgdesk"
    found = [edit_record(a, b, folder, "Edit") for a, b in pairwise(states)]
    write_lines(folder, [json.dumps(record) for record in found if record])
    assert same(replay(folder, states[0]).session, states[-1])
    # A crash between a save and the end of its journal: the edits are made once more.
    again = replay(folder, states[-1]).session
    assert {*again.words} == {*states[-1].words}
    assert same(replay(folder, again).session, again)


@given(cut=st.integers(1, 200))
def test_a_line_that_was_cut_off_costs_only_itself(
    tmp_path_factory: pytest.TempPathFactory, cut: int
) -> None:
    folder = tmp_path_factory.mktemp("a") / "a.vgdesk"
    one, two = sessions_of([word("dog")], []), sessions_of([word("dog"), word("tea")], [])
    lines = [json.dumps(edit_record(Session(), one, folder, "Add")) for _ in range(1)]
    last = json.dumps(edit_record(one, two, folder, "Add"))
    cut = min(cut, len(last) - 1)
    write_lines(folder, [*lines, last[:-cut]])
    found = replay(folder, Session())
    assert same(found.session, one)
    assert (found.edits, found.damaged) == (1, 1)


@pytest.mark.parametrize(
    "line",
    [
        "[]",
        "7",
        "{}",
        '{"set": 3, "at": ""}',
        '{"set": {"takes": {"x-1": {"word": "nobody"}}}, "at": ""}',
        '{"set": {"words": {"dog": {"id": "cat", "word": "x", "language": "", "labels": {}}}}}',
        '{"take": 5, "word": null}',
        '{"gone": {"words": [["x"]]}, "at": ""}',
        "{" * 100_000,
        "\x00\xff",
    ],
)
def test_what_is_no_edit_is_left_out(tmp_path: Path, line: str) -> None:
    good = edit_record(Session(), sessions_of([word("dog")], []), tmp_path, "Add")
    write_lines(tmp_path, [line, json.dumps(good)])
    found = replay(tmp_path, Session())
    assert list(found.session.words) == ["dog"]
    assert found.damaged <= 1


def test_files_inside_are_named_as_seen_from_the_project(tmp_path: Path) -> None:
    inside = take("dog-1", tmp_path / "takes" / "dog.flac")
    outside = take("dog-2", Path("/elsewhere/dog.wav"))
    session = sessions_of([word("dog")], [inside, outside])
    record = edit_record(Session(), session, tmp_path, "Record")
    assert record is not None
    files = {name: one["file"] for name, one in record["set"]["takes"].items()}
    assert files == {"dog-1": "takes/dog.flac", "dog-2": "/elsewhere/dog.wav"}


class Written:
    """A journal that is written by its own thread."""

    def __init__(self) -> None:
        self.main_thread = MainThread()
        self.failed: list[VgdeskError] = []
        self.journal = Journal(self.main_thread.post, self.failed.append)

    def settle(self) -> None:
        is_done: list[bool] = []
        self.journal.when_written(lambda: is_done.append(True))
        self.main_thread.run_until(lambda: is_done)


def test_what_a_full_disk_refused_comes_with_the_next_edit(tmp_path: Path) -> None:
    written, folder = Written(), tmp_path / "gone.vgdesk"
    written.journal.go_on(folder, Session())
    one = sessions_of([word("dog")], [])
    written.journal.note(one, "Add dog")
    written.journal.note(one.with_word(word("tea")), "Add tea")
    written.settle()
    assert len(written.failed) == 1  # said once, not at every edit
    assert "still in this window" in written.failed[0].message
    folder.mkdir()
    both = one.with_word(word("tea")).with_word(word("sun"))
    written.journal.note(both, "Add sun")
    written.settle()
    assert same(replay(folder, Session()).session, both)
    written.journal.close(is_saved=False)


def test_a_restart_keeps_what_was_edited_during_the_save(tmp_path: Path) -> None:
    written = Written()
    saved = sessions_of([word("dog")], [])
    later = saved.with_word(word("tea"))
    written.journal.go_on(tmp_path, Session())
    written.journal.note(saved, "Add dog")
    written.journal.note(later, "Add tea")
    written.journal.restart(tmp_path, saved, later)
    written.settle()
    assert same(replay(tmp_path, saved).session, later)
    assert len((tmp_path / JOURNAL_FILE).read_text().splitlines()) == 1
    written.journal.restart(tmp_path, later, later)
    written.settle()
    assert not (tmp_path / JOURNAL_FILE).exists()
    written.journal.close(is_saved=False)


def test_a_take_that_was_begun_is_known_until_an_edit_speaks_of_it(tmp_path: Path) -> None:
    written = Written()
    written.journal.go_on(tmp_path, Session())
    written.journal.begin_take(TakeId("dog-1"), word("dog", category="animal"), "S01")
    written.settle()
    begun = replay(tmp_path, Session()).begun
    assert begun[TakeId("dog-1")].word == word("dog", category="animal")
    assert begun[TakeId("dog-1")].speaker == "S01"
    kept = sessions_of([word("dog")], [take("dog-1", sound(tmp_path / "takes" / "dog-1.flac"))])
    written.journal.note(kept, "Record dog")
    written.journal.note(Session(), "Undo Record dog")
    written.settle()
    assert not replay(tmp_path, Session()).begun
    written.journal.close(is_saved=False)
