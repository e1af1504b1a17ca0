"""The whole engine without a window: real processes, real sound files, real encoders."""

import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import save_file

from tests.main_thread import MainThread
from tests.warm_children import warm_children
from vgdesk.app.analysing.request import Request
from vgdesk.app.analysing.view_context import COMPUTING
from vgdesk.app.exchange.segmentation import LongRecording
from vgdesk.app.state.events import Missing, ViewId, ViewResult
from vgdesk.app.workers.jobs import JobChanged, JobId, JobKind, JobState
from vgdesk.app.workspace import Workspace
from vgdesk.audio.files import Recording, write_flac
from vgdesk.core.errors import ProjectError
from vgdesk.core.model import Cell, EncoderId, WordId
from vgdesk.core.notices import Notice
from vgdesk.core.resources import resource
from vgdesk.core.results import LayerCurve, LayerSimilarity, WordMap, WordSimilarity
from vgdesk.core.viewing import Rows, Shown
from vgdesk.encoders import ENCODERS
from vgdesk.encoders.starter import CONTROLLED, control_id
from vgdesk.ui.views import VIEWS

pytestmark = pytest.mark.slow

BERT = """{"model_type": "bert", "hidden_size": 32, "num_hidden_layers": 2,
"num_attention_heads": 2, "intermediate_size": 64, "vocab_size": 7}"""


LAYERS, WORDS, MAP = ViewId("layers"), ViewId("words"), ViewId("map")
CURVES, LETTERS = ViewId("curves"), ViewId("letters")
NO_VECTORS = Missing(MAP, COMPUTING)


class Desk:
    """A workspace and what it was heard to say."""

    def __init__(self, main_thread: MainThread) -> None:
        self.main_thread = main_thread
        self.workspace = Workspace(main_thread.post)
        self.results: dict[ViewId, list[Any]] = {view: [] for view in VIEWS}
        self.layers: list[LayerSimilarity] = self.results[LAYERS]
        self.words: list[WordSimilarity] = self.results[WORDS]
        self.maps: list[WordMap] = self.results[MAP]
        self.curves: list[tuple[LayerCurve, ...]] = self.results[CURVES]
        self.missing: dict[ViewId, Missing] = {}
        self.notices: list[Notice] = []
        events = self.workspace.events
        events.result_ready.subscribe(self._hear)
        events.notice.subscribe(self.notices.append)
        events.view_missing.subscribe(lambda m: self.missing.update({m.view: m}))
        for view in VIEWS.values():
            self.workspace.pipeline.add(view)

    def _hear(self, result: ViewResult) -> None:
        self.results[result.view].append(result.value)

    def open_demo(self) -> None:
        self.workspace.projects.open_demo()
        self.until(lambda: self.workspace.session.words)
        self.until_settled()

    def until(self, is_true: object) -> None:
        self.main_thread.run_until(is_true)  # type: ignore[arg-type]

    def until_settled(self) -> None:
        """Wait until every view shows all takes of all words of the session."""
        n = len(self.workspace.session.words)
        self.until(
            lambda: (
                not self.workspace.encoding.missing
                and not self.workspace._analysis_processes.is_busy
                and not self.workspace._analysis_processes._slow.is_busy
                and self.main_thread.calls.empty()
                and self.layers
                and self.layers[-1].trace.n == n
                and self.curves
                and self.curves[-1][0].trace.n <= n
                and self.words
                and len(set(self.words[-1].words)) == n
                and self.maps
                and len(set(self.maps[-1].words)) == n
                and all(self.maps[-1].is_fitted)
            )
        )


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    monkeypatch.setenv("VGDESK_HOME", str(tmp_path / "home"))
    with warm_children() as children:
        made = Desk(MainThread())
        children.follow(made.workspace.events)
        yield made
        children.may_analyse.set()
        made.workspace.close()


@pytest.fixture
def cold_desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """A desk with spawned processes, as in the program."""
    monkeypatch.setenv("VGDESK_HOME", str(tmp_path / "home"))
    made = Desk(MainThread())
    yield made
    made.workspace.close()


def end_process() -> None:
    os._exit(1)


def test_the_demo_fills_all_four_views(cold_desk: Desk) -> None:
    cold_desk.open_demo()
    session = cold_desk.workspace.session
    assert len(session.words) >= 24
    assert cold_desk.layers[-1].trace.n == len(session.words)
    assert np.isfinite(cold_desk.layers[-1].values).all()
    shown = {curve.encoder for curve in cold_desk.curves[-1]}
    assert shown == set(session.encoders.values())
    assert not cold_desk.notices


def test_another_layer_changes_words_and_map_but_not_the_layer_heatmap(desk: Desk) -> None:
    desk.open_demo()
    compared, words = len(desk.layers), len(desk.words)
    recipe = desk.workspace.view_state.recipe
    other = 2 if recipe.layer_of(recipe.focus) != 2 else 1
    desk.workspace.view_state.choose_layer(recipe.focus, other)
    desk.until(lambda: len(desk.words) > words and desk.words[-1].layer != desk.words[0].layer)
    assert len(desk.layers) == compared


def test_a_difference_is_b_minus_a(desk: Desk) -> None:
    desk.open_demo()
    view_state = desk.workspace.view_state
    pictures = {}
    for shown in Shown:
        before = len(desk.words)
        view_state.change(lambda r, shown=shown: replace(r, shown=shown, rows=Rows.WORDS))
        if shown is not Shown.A:
            desk.until(lambda before=before: len(desk.words) > before)
        pictures[shown] = desk.words[-1]
    expected = pictures[Shown.B].values - pictures[Shown.A].values
    assert np.allclose(pictures[Shown.DIFFERENCE].values, expected)


def test_rows_can_be_single_takes(desk: Desk) -> None:
    desk.open_demo()
    desk.workspace.view_state.change(lambda recipe: replace(recipe, rows=Rows.TAKES))
    takes = len(desk.workspace.session.takes)
    desk.until(lambda: len(desk.words[-1].rows) == takes and len(desk.maps[-1].rows) == takes)
    assert set(desk.words[-1].rows) == set(desk.workspace.session.takes)


def test_one_new_word_does_not_move_the_others_on_the_map(desk: Desk, tmp_path: Path) -> None:
    desk.open_demo()
    before = dict(zip(desk.maps[-1].rows, desk.maps[-1].points.tolist(), strict=True))
    source = next(iter(desk.workspace.session.takes.values())).file
    new = shutil.copy(source, tmp_path / f"zebra{source.suffix}")
    desk.workspace.imports.take_in([Path(new)])
    desk.until(lambda: "zebra" in desk.maps[-1].words)
    after = dict(zip(desk.maps[-1].rows, desk.maps[-1].points.tolist(), strict=True))
    for row, point in before.items():
        assert np.allclose(after[row], point, atol=1e-4)
    assert desk.maps[-1].is_fitted.count(False) == 1


def test_undo_brings_the_earlier_pictures_back(desk: Desk) -> None:
    desk.open_demo()
    n = len(desk.workspace.session.words)
    first = next(iter(desk.workspace.session.words))
    desk.workspace.editor.delete(frozenset({first}), frozenset())
    desk.until(lambda: desk.layers[-1].trace.n == n - 1)
    desk.workspace.store.undo()
    desk.until(lambda: desk.layers[-1].trace.n == n)


def test_a_broken_file_is_named_and_the_others_come_in(desk: Desk, tmp_path: Path) -> None:
    desk.open_demo()
    source = next(iter(desk.workspace.session.takes.values())).file
    good = Path(shutil.copy(source, tmp_path / f"zebra{source.suffix}"))
    bad = tmp_path / "broken.wav"
    bad.write_bytes(b"RIFF and then nothing")
    desk.workspace.imports.take_in([good, bad])
    desk.until(lambda: desk.notices)
    assert "broken.wav" in desk.notices[0].message
    assert WordId("zebra") in desk.workspace.session.words


def test_a_project_saved_and_opened_again_shows_the_same_numbers(
    desk: Desk, tmp_path: Path
) -> None:
    desk.open_demo()
    values = desk.layers[-1].values
    folder = tmp_path / "mine.vgdesk"
    desk.workspace.save(folder)
    desk.until(lambda: desk.workspace.projects.home == folder)
    assert not desk.workspace.store.has_unsaved_edits
    shown = len(desk.layers)
    desk.workspace.projects.new(desk.workspace.session)
    desk.workspace.open(folder)
    desk.until(lambda: desk.workspace.session.words and len(desk.layers) > shown)
    desk.until_settled()
    assert np.allclose(desk.layers[-1].values, values, atol=1e-6)
    assert all(take.file.is_relative_to(folder) for take in desk.workspace.session.takes.values())


def test_a_killed_encoder_process_is_replaced_without_loss(desk: Desk) -> None:
    desk.open_demo()
    for child in (desk.workspace._encoder_process, desk.workspace._analysis_processes._quick):
        child._process.kill()
    cell = desk.workspace.view_state.recipe.b
    encoder = desk.workspace.session.encoders[cell]
    desk.missing.clear()
    desk.workspace.encoder_selection.choose(cell, None)
    desk.until(lambda: LAYERS in desk.missing)
    desk.workspace.encoder_selection.choose(cell, encoder)
    before = len(desk.layers)
    desk.until(lambda: len(desk.layers) > before)
    desk.until_settled()


def test_a_picture_that_kills_its_process_again_is_given_up_and_the_others_stay(
    desk: Desk,
) -> None:
    desk.open_demo()
    desk.workspace.pipeline.add(replace(VIEWS["map"], ask=lambda _context: Request(end_process)))
    desk.missing.clear()
    desk.workspace.pipeline.refresh()
    desk.until(lambda: desk.missing.get(MAP, NO_VECTORS) != NO_VECTORS)
    before = len(desk.layers)
    desk.workspace.view_state.change(lambda recipe: replace(recipe, alignment="cka-biased"))
    desk.until(lambda: len(desk.layers) > before)
    assert desk.layers[-1].trace.estimator == "biased linear CKA"


def test_an_empty_project_says_what_to_do(desk: Desk) -> None:
    desk.workspace.projects.new(desk.workspace.session)
    steps = {view: missing.action for view, missing in desk.missing.items()}
    assert steps.pop(LETTERS) == "add_kiki_bouba"
    assert set(steps.values()) == {"record"}


def test_the_demo_that_ships_is_never_written_to(desk: Desk) -> None:
    desk.open_demo()
    demo = resource("demo.vgdesk")
    assert not desk.workspace.projects.takes_folder.is_relative_to(demo)


def test_a_cancelled_import_adds_no_words(desk: Desk, tmp_path: Path) -> None:
    desk.open_demo()
    jobs: list[JobChanged] = []
    desk.workspace.events.job_changed.subscribe(jobs.append)
    source = next(iter(desk.workspace.session.takes.values())).file
    for number in range(200):
        shutil.copy(source, tmp_path / f"zebra{chr(97 + number % 26)}_{number}{source.suffix}")
    desk.workspace.imports.take_in([tmp_path])
    desk.until(lambda: jobs and jobs[-1].done > 0)
    desk.workspace.cancel(JobId(JobKind.IMPORT))
    desk.until(lambda: jobs[-1].state is JobState.CANCELLED)
    assert len(desk.workspace.session.words) == 36


def test_listening_to_a_long_recording_shows_progress_and_ends_when_cancelled(
    desk: Desk, tmp_path: Path
) -> None:
    jobs: list[JobChanged] = []
    found: list[LongRecording] = []
    desk.workspace.events.job_changed.subscribe(jobs.append)
    silence = np.zeros(1800 * 8000, np.float32)
    write_flac(tmp_path / "long.flac", Recording(silence, 8000))
    desk.workspace.segmentation.look_into(tmp_path / "long.flac", (), found.append)
    desk.until(lambda: jobs and jobs[-1].done > 0)
    assert jobs[-1].done < jobs[-1].total
    desk.workspace.cancel(jobs[-1].id)
    assert jobs[-1].state is JobState.CANCELLED
    assert not found
    # That its thread has ended is looked after for every test.


def test_an_unwritable_folder_is_reported_before_recording(desk: Desk, tmp_path: Path) -> None:
    blocked = tmp_path / "a file"
    blocked.write_text("not a folder")
    desk.workspace.projects.folder = blocked
    with pytest.raises(ProjectError, match="cannot be written to"):
        _ = desk.workspace.projects.takes_folder


def test_a_missing_model_is_reported_in_every_view_that_needs_it(desk: Desk) -> None:
    desk.open_demo()
    cell = desk.workspace.view_state.recipe.a
    desk.workspace.encoder_selection.choose(cell, EncoderId("vg-hubert@12345678"))
    views = {LAYERS, WORDS, MAP}
    desk.until(
        lambda: (
            views <= set(desk.missing)
            and all("not on this computer" in desk.missing[view].reason for view in views)
        )
    )
    assert {desk.missing[view].action for view in views} == {"choose_encoder"}


def test_cancelled_encoding_can_be_resumed(desk: Desk, tmp_path: Path) -> None:
    desk.open_demo()
    desk.workspace.cancel(JobId(JobKind.ENCODING, desk.workspace.session.encoders[Cell.SPEECH]))
    source = next(iter(desk.workspace.session.takes.values())).file
    new = Path(shutil.copy(source, tmp_path / f"zebra{source.suffix}"))
    stopped: list[bool] = []
    desk.workspace.events.embedded.subscribe(
        lambda now: stopped.append(now.cells[Cell.SPEECH].is_stopped)
    )
    desk.workspace.imports.take_in([new])
    desk.until(lambda: stopped and stopped[-1])
    desk.workspace.encoder_selection.encode_again()
    desk.until(lambda: "zebra" in desk.maps[-1].words)


def test_a_model_that_breaks_says_why_where_its_picture_would_be(
    desk: Desk, tmp_path: Path
) -> None:
    desk.open_demo()
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "config.json").write_text(BERT)
    save_file({"nothing": np.zeros(3, np.float32)}, folder / "model.safetensors")
    (folder / "vocab.txt").write_text("[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\na\nb\n")
    (folder / "tokenizer_config.json").write_text('{"tokenizer_class": "BertTokenizer"}')
    desk.workspace.encoder_selection.add_folder(Cell.TEXT, folder)
    desk.until(
        lambda: (
            (LAYERS in desk.missing and "Computing" not in desk.missing[LAYERS].reason)
            or any("model" in notice.message for notice in desk.notices)
        )
    )
    told = " ".join(n.message for n in desk.notices) + str(desk.missing.get(LAYERS, ""))
    assert "model" in told
    assert "Traceback" not in told


def test_a_model_with_a_program_of_its_own_is_refused_with_a_notice(
    desk: Desk, tmp_path: Path
) -> None:
    folder = tmp_path / "model"
    folder.mkdir()
    parts = {**json.loads(BERT), "auto_map": {"AutoConfig": "own.Own"}}
    (folder / "config.json").write_text(json.dumps(parts))
    desk.workspace.encoder_selection.add_folder(Cell.TEXT, folder)
    desk.until(lambda: any("requires custom code" in n.message for n in desk.notices))
    assert not desk.workspace.settings.model_folders


def test_word_vectors_of_a_file_are_an_encoder_like_any_other(desk: Desk, tmp_path: Path) -> None:
    desk.open_demo()
    texts = [word.text for word in desk.workspace.session.words.values()]
    rng = np.random.default_rng(0)
    lines = [" ".join([text, *map(str, rng.normal(size=5))]) for text in texts if text != "luck"]
    (tmp_path / "my.vec").write_text("\n".join([f"{len(lines)} 5", *lines]))
    desk.workspace.view_state.compare(Cell.SPEECH, Cell.TEXT)
    desk.workspace.encoder_selection.add_folder(Cell.TEXT, tmp_path / "my.vec")
    desk.until(lambda: desk.layers[-1].columns == ("vectors",))
    desk.until(lambda: desk.layers[-1].trace.n == len(texts) - 1)
    assert desk.workspace.encoder_registry.command_name(EncoderId("vectors:my")) == str(
        tmp_path / "my.vec"
    )
    ((path, _is_grounded),) = desk.workspace.settings.model_folders
    assert path == str(tmp_path / "my.vec")


def test_a_late_picture_does_not_come_back_into_an_empty_project(desk: Desk) -> None:
    desk.open_demo()
    shown = len(desk.words)
    recipe = desk.workspace.view_state.recipe
    desk.workspace.view_state.choose_layer(recipe.focus, 1)  # its picture is on the way
    desk.workspace.projects.new(desk.workspace.session)
    desk.until(lambda: not desk.workspace._analysis_processes.is_busy)
    while not desk.main_thread.calls.empty():
        desk.main_thread.calls.get()()
    assert len(desk.words) == shown


def test_a_late_save_is_not_the_home_of_the_next_project(desk: Desk, tmp_path: Path) -> None:
    desk.open_demo()
    done: list[bool] = []
    desk.workspace.save(tmp_path / "mine.vgdesk", lambda: done.append(True))
    desk.workspace.projects.new(desk.workspace.session)
    desk.until(lambda: done)
    assert desk.workspace.projects.home is None
    assert desk.workspace.projects.title == "Untitled"


def test_floors_stand_beside_what_was_trained(desk: Desk) -> None:
    desk.open_demo()
    desk.workspace.view_state.change(lambda recipe: replace(recipe, floors=True))
    chosen = set(desk.workspace.session.encoders.values())
    floors = {"starter-speech+untrained", "starter-text+untrained", "spectrum", "spelling"}
    floors |= ENCODERS.keys() & set(map(control_id, CONTROLLED))
    desk.until(lambda: {c.encoder for c in desk.curves[-1]} == chosen | floors)
    assert desk.layers[-1].trace.n == len(desk.workspace.session.words)
    desk.workspace.view_state.change(lambda recipe: replace(recipe, floors=False))
    desk.until(lambda: {c.encoder for c in desk.curves[-1]} == chosen)


def test_a_measure_of_takes_leaves_out_encoders_without_takes(desk: Desk) -> None:
    desk.open_demo()
    desk.workspace.view_state.change(lambda recipe: replace(recipe, curve="abx-words"))
    desk.until(lambda: desk.curves[-1][0].measure == "abx-words")
    assert {c.encoder for c in desk.curves[-1]} == {
        "starter-speech",
        "starter-speech-grounded",
    }


def test_pair_types_are_those_of_the_encoder_in_focus(desk: Desk) -> None:
    desk.open_demo()
    desk.workspace.view_state.change(lambda recipe: replace(recipe, curve="pair-types"))
    desk.until(lambda: desk.curves[-1][0].measure == "pair-types")
    curves = desk.curves[-1]
    assert {c.encoder for c in curves} == {"starter-speech"}
    assert {"same word", "near-homophone", "category"} <= {c.series for c in curves}
    desk.workspace.view_state.change(lambda recipe: replace(recipe, a=Cell.TEXT, b=Cell.SPEECH))
    desk.until(lambda: {c.encoder for c in desk.curves[-1]} == {"starter-text"})
    assert {c.series for c in desk.curves[-1]} == {"near-homophone", "category"}


def test_a_list_of_words_is_compared_before_anything_is_recorded(desk: Desk) -> None:
    desk.open_demo()
    desk.workspace.projects.new(desk.workspace.session)
    desk.until(lambda: not desk.workspace.session.words)
    desk.workspace.lists.add("study-phonetic")
    expected = {("starter-text", 81), ("starter-text-grounded", 81)}
    desk.until(lambda: {(c.encoder, c.trace.n) for c in desk.curves[-1]} == expected)
    first = desk.workspace.view_state.selection.primary
    assert desk.workspace.session.words[first].text == "liquor"
    desk.workspace.lists.add("no such list")
    desk.until(lambda: desk.notices)
    assert "could not be read" in desk.notices[-1].message


def test_a_measure_that_refuses_early_says_why_in_the_end(desk: Desk) -> None:
    desk.open_demo()
    desk.workspace.projects.new(desk.workspace.session)
    desk.until(lambda: not desk.workspace.session.words)
    desk.workspace.view_state.compare(Cell.TEXT, Cell.TEXT_GROUNDED)
    desk.workspace.view_state.change(lambda recipe: replace(recipe, curve="sound-symbolism"))
    desk.workspace.lists.add("study-phonetic")
    desk.until(
        lambda: (
            not desk.workspace.encoding.missing
            and CURVES in desk.missing
            and "names of shapes" in desk.missing[CURVES].reason
        )
    )


def test_no_view_starts_its_scores_again_for_each_new_word(desk: Desk) -> None:
    """Scores of every second word are shown only if its request asks the same question."""
    desk.open_demo()
    pipeline, session = desk.workspace.pipeline, desk.workspace.session
    take = next(iter(session.takes.values()))
    desk.workspace.view_state.select(take.word)
    slow = [view for view in VIEWS.values() if not view.is_quick]

    def requests() -> dict[str, Request]:
        asked = {view.id: view.ask(pipeline.context_for(view)) for view in slow}
        return {view: one for view, one in asked.items() if isinstance(one, Request)}

    desk.until(lambda: "gating" in requests())
    before = requests()
    assert set(before) == {"curves", "changes", "confusions", "gating", "retrieval"}
    # One word fewer is one word more the other way round.
    gone = next(word for word in session.words if word != take.word)
    desk.workspace.editor.delete(frozenset({gone}), frozenset())
    after = requests()
    assert {view for view in before if after[view] != before[view]} == set(before)
    assert all(after[view].is_same_question(before[view]) for view in before)
