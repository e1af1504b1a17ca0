"""The window as a whole: every action, what it saves, what it survives."""

import json
import shlex
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QAction, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QTabWidget
from pytestqt.qtbot import QtBot

from tests.windows import opened_window
from vgdesk.__main__ import main
from vgdesk.app.actions import ACTIONS
from vgdesk.app.project.archive import pack
from vgdesk.app.project.journal_replay import JOURNAL_FILE, LEFT_FILE
from vgdesk.app.project.project_file import save
from vgdesk.app.state.settings import Layout, load_settings, user_folder
from vgdesk.app.workers.jobs import JobId, JobKind
from vgdesk.core.errors import VgdeskError
from vgdesk.core.model import Cell, EncoderId, Modality, Session, WordId
from vgdesk.core.notices import Notice
from vgdesk.core.resources import resource
from vgdesk.core.viewing import Search, Shown, ViewRecipe
from vgdesk.encoders.starter import control_id
from vgdesk.ui import dialogs
from vgdesk.ui.application import ExceptionHook
from vgdesk.ui.main_window import MainWindow
from vgdesk.ui.models.models_panel import ModelsPanel
from vgdesk.ui.views.curves.layer_curves import LayerCurves
from vgdesk.ui.views.frame.message_page import MessagePage
from vgdesk.ui.views.frame.view_frame import State, ViewFrame

pytestmark = pytest.mark.slow

SECONDS = 60_000  # ms that a step may take on a machine that is busy with other things
WITH_A_QUESTION = {
    "open",
    "save_as",
    "save",
    "add_files",
    "add_folder",
    "add_list",
    "load_ratings",
    "cut",
    "export",
    "open_packed",
    "pack",
    "add_columns",
    "set_label",
    "shortcuts",
    "about",
    "report",
    "quit",
}


@pytest.fixture
def bare_window(qtbot: QtBot) -> Iterator[MainWindow]:
    """A window without a project, for tests that look at no word."""
    with opened_window(qtbot) as made:
        made.views.set_grid(True)
        made.show()
        yield made


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[MainWindow]:
    with opened_window(qtbot) as made:
        workspace = made.workspace
        made.views.set_grid(True)  # as on any but a small screen
        made.show()
        workspace.start()
        qtbot.waitUntil(lambda: all(f.summary for f in seen(made)), timeout=SECONDS)
        qtbot.waitUntil(lambda: "n = 36" in made.views.frames["layers"].summary, timeout=SECONDS)
        yield made


def seen(window: MainWindow) -> list[ViewFrame]:
    return [frame for frame in window.views.frames.values() if frame.isVisible()]


def press(window: MainWindow, action: str) -> None:
    window.actions_by_id[action].trigger()


def test_every_action_runs_from_its_menu_entry(window: MainWindow, qtbot: QtBot) -> None:
    window.workspace.view_state.select(WordId("goat"))
    for action in ACTIONS:
        if action not in WITH_A_QUESTION:
            press(window, action)
            QApplication.processEvents()
    assert set(window.actions_by_id) == set(ACTIONS)


def test_no_two_actions_share_a_key() -> None:
    keys = [action.shortcut for action in ACTIONS.values() if action.shortcut]
    assert len(keys) == len(set(keys))


def test_a_letter_is_a_shortcut_only_where_no_text_is_typed(
    window: MainWindow, qtbot: QtBot
) -> None:
    window.activateWindow()
    window.words.search.setFocus()
    before = window.workspace.view_state.recipe
    qtbot.keyClicks(window.words.search, "goat]")
    assert window.words.search.text() == "goat]"
    assert window.workspace.view_state.recipe == before


def test_brackets_move_the_layer_of_the_words_that_are_shown(window: MainWindow) -> None:
    view_state = window.workspace.view_state
    a, b = view_state.recipe.a, view_state.recipe.b
    view_state.choose_layer(a, 1)
    view_state.choose_layer(b, 0)
    press(window, "layer_up")
    assert view_state.recipe.layer_of(a) == 2
    press(window, "show_b")
    press(window, "layer_up")
    assert view_state.recipe.layer_of(b) == 1
    assert view_state.recipe.shown is Shown.B
    press(window, "layer_down")
    press(window, "layer_down")
    assert view_state.recipe.layer_of(b) == 0


def test_an_encoder_that_is_named_after_its_cell_is_named_once(
    window: MainWindow, qtbot: QtBot
) -> None:
    curves = window.views.frames["curves"]
    qtbot.waitUntil(lambda: "Text + pictures (starter)" in curves.summary, timeout=SECONDS)
    assert "·" not in curves.summary
    baseline = EncoderId("spelling")
    window.workspace.store.apply("Choose", lambda s: s.with_encoder(Cell.TEXT, baseline))
    qtbot.waitUntil(lambda: "Text · Spelling" in curves.summary, timeout=SECONDS)


def test_floors_show_the_control_of_the_text_encoder_with_pictures(
    window: MainWindow, qtbot: QtBot
) -> None:
    curves = window.views.frames["curves"]
    title = "Text + shuffled pictures (control)"
    assert title not in curves.summary
    curves._floors.click()
    qtbot.waitUntil(lambda: title in curves.summary, timeout=SECONDS)
    assert curves._floors.isChecked()


def test_a_chosen_control_says_what_it_is_for(window: MainWindow, qtbot: QtBot) -> None:
    panel = window.findChild(ModelsPanel)
    panel.encoder_chosen.emit(Cell.TEXT_GROUNDED, control_id(Modality.TEXT))
    card = panel.cards[Cell.TEXT_GROUNDED]
    assert "every word met the picture of another word" in card._detail.text()
    curves = window.views.frames["curves"]
    title = "Text + shuffled pictures (control)"
    qtbot.waitUntil(lambda: title in curves.summary, timeout=SECONDS)
    assert "·" not in curves.summary


def test_one_selection_is_seen_in_list_map_heatmap_and_inspector(
    window: MainWindow, qtbot: QtBot
) -> None:
    window.views.frames["map"].word_chosen.emit("goat")
    qtbot.waitUntil(lambda: window.words.tree.selected_words() == ["goat"], timeout=SECONDS)
    window.views.frames["words"].pair_chosen.emit("coat", "boat")
    assert window.workspace.view_state.selection.words == ("coat", "boat")
    assert sorted(window.words.tree.selected_words()) == ["boat", "coat"]
    assert window.inspector._title.text() == "coat"


def test_a_cell_of_the_layer_heatmap_sets_both_layers(window: MainWindow) -> None:
    window.views.frames["layers"].cell_chosen.emit(2, 1)
    recipe = window.workspace.view_state.recipe
    assert (recipe.layer_of(recipe.a), recipe.layer_of(recipe.b)) == (2, 1)


def test_undo_and_redo_name_their_step(window: MainWindow) -> None:
    window.workspace.view_state.select(WordId("goat"))
    press(window, "delete")
    assert window.actions_by_id["undo"].text() == "Undo Delete 1 word"
    press(window, "undo")
    assert WordId("goat") in window.workspace.session.words
    assert window.actions_by_id["redo"].text() == "Redo Delete 1 word"


def test_files_and_folders_can_be_dropped_on_the_window(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    take = resource("demo.vgdesk") / "takes" / "goat-bella.flac"
    shutil.copy(take, tmp_path / "zebra.flac")
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(tmp_path))])
    where, copy = QPoint(5, 5), Qt.DropAction.CopyAction
    how = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(window, QDragEnterEvent(where, copy, data, *how))
    QApplication.sendEvent(window, QDropEvent(QPointF(where), copy, data, *how))
    qtbot.waitUntil(lambda: "n = 37" in window.views.frames["layers"].summary, timeout=SECONDS)
    assert WordId("zebra") in window.workspace.session.words


def test_saved_under_a_name_it_is_the_same_project(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "mine.vgdesk"
    monkeypatch.setattr(dialogs, "ask_new_project", lambda *_: folder)
    press(window, "save")
    qtbot.waitUntil(lambda: window.workspace.projects.home == folder, timeout=SECONDS)
    assert window.windowTitle() == "mine – vgdesk"
    assert not window.workspace.store.has_unsaved_edits
    window.workspace.view_state.select(WordId("goat"))
    press(window, "delete")
    assert window.windowTitle() == "mine* – vgdesk"
    qtbot.waitUntil(
        lambda: (
            load_settings(user_folder("config") / "settings.json")[0].recent_projects == (folder,)
        ),
        timeout=SECONDS,
    )


def test_a_name_too_long_for_a_folder_is_reported(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    notices: list[Notice] = []
    window.workspace.events.notice.subscribe(notices.append)
    folder = tmp_path / f"{'n' * 252}.vgdesk"
    monkeypatch.setattr(dialogs, "ask_new_project", lambda *_: folder)
    window.controller.project.ask_to_save_as()
    qtbot.waitUntil(lambda: bool(notices), timeout=SECONDS)
    assert "has a name that is too long" in notices[0].message
    assert window.workspace.projects.home is None


def test_leaving_with_edits_asks_and_staying_keeps_them(
    window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    window.workspace.view_state.select(WordId("goat"))
    press(window, "delete")
    monkeypatch.setattr(dialogs, "ask_about_edits", lambda *_: dialogs.Leave.STAY)
    press(window, "new")
    assert window.workspace.session.words
    monkeypatch.setattr(dialogs, "ask_about_edits", lambda *_: dialogs.Leave.DISCARD)
    press(window, "new")
    assert not window.workspace.session.words


def test_an_empty_project_offers_the_way_out_in_every_view(window: MainWindow) -> None:
    press(window, "new")
    assert len(seen(window)) == 4
    for frame in seen(window):
        assert "no words yet" in frame.findChild(MessagePage).text


def test_views_can_be_tabs_and_this_is_remembered(bare_window: MainWindow, qtbot: QtBot) -> None:
    press(bare_window, "grid")
    assert seen(bare_window) == [bare_window.views.frames["layers"]]
    assert bare_window.workspace.settings.layout is Layout.TABS
    press(bare_window, "grid")
    views = bare_window.views
    assert seen(bare_window) == [
        views.frames["layers"],
        views.frames["words"],
        views.frames["map"],
        views.frames["curves"],
    ]


def test_tables_can_stand_for_all_charts(window: MainWindow) -> None:
    press(window, "tables")
    assert all(frame.is_table for frame in window.views.frames.values())
    press(window, "tables")
    assert not any(frame.is_table for frame in window.views.frames.values())


def test_the_window_fits_a_small_screen(window: MainWindow) -> None:
    assert window.minimumSizeHint().width() <= 1024
    assert window.minimumSizeHint().height() <= 740


def test_internal_errors_are_reported_and_logged(
    bare_window: MainWindow, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("CRITICAL", logger="vgdesk")
    ExceptionHook(bare_window.workspace)(ValueError, ValueError("oops"), None)
    assert "safe" in bare_window.notices.history()[-1].message


def test_errors_of_the_user_are_shown_with_their_hint(bare_window: MainWindow) -> None:
    bare_window.workspace.events.report(VgdeskError("This happened.", "Do that."))
    assert bare_window.notices.history()[-1].hint == "Do that."


def test_every_entry_of_every_menu_is_known(bare_window: MainWindow) -> None:
    entries = {a.objectName() for m in bare_window.menuBar().actions() for a in m.menu().actions()}
    assert set(ACTIONS) <= entries
    assert all(isinstance(action, QAction) for action in bare_window.actions_by_id.values())


def test_saving_when_asked_continues_with_the_requested_action(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "mine.vgdesk"
    monkeypatch.setattr(dialogs, "ask_about_edits", lambda *_: dialogs.Leave.SAVE)
    monkeypatch.setattr(dialogs, "ask_new_project", lambda *_: folder)
    window.workspace.view_state.select(WordId("goat"))
    press(window, "delete")
    window.close()
    qtbot.waitUntil(lambda: not window.isVisible(), timeout=SECONDS)
    assert (folder / "project.json").exists()


def test_edits_made_during_a_save_are_asked_about_again(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = [dialogs.Leave.SAVE, dialogs.Leave.STAY]
    monkeypatch.setattr(dialogs, "ask_about_edits", lambda *_: answers.pop(0))
    monkeypatch.setattr(dialogs, "ask_new_project", lambda *_: tmp_path / "mine.vgdesk")
    window.workspace.view_state.select(WordId("goat"))
    press(window, "delete")
    window._ask_to_leave()  # as closing the window does
    window.workspace.view_state.select(WordId("bear"))
    press(window, "delete")
    qtbot.waitUntil(lambda: not answers, timeout=SECONDS)
    assert window.isVisible()
    assert window.workspace.store.has_unsaved_edits


@pytest.mark.parametrize("kind", ["csv", "audiofolder"])
def test_a_file_is_replaced_if_the_dialog_asked_about_it(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    place = tmp_path / ("a.csv" if kind == "csv" else "a")
    place.write_bytes(b"old")
    notices: list[Notice] = []
    window.workspace.events.notice.subscribe(notices.append)
    monkeypatch.setattr(dialogs, "ask_export_kind", lambda *_: kind)
    for may_replace in (False, True):
        target = dialogs.Target(place, may_replace)
        monkeypatch.setattr(dialogs, "ask_export_target", lambda *_, target=target: target)
        window.controller.project.ask_to_export()
        qtbot.waitUntil(lambda seen=may_replace: len(notices) > seen, timeout=SECONDS)
    assert "already exists" in notices[0].message
    assert "--force" not in notices[0].hint
    # A folder never takes the place of anything.
    assert (place.read_bytes() == b"old") is (kind == "audiofolder")


def test_a_name_that_gets_its_ending_was_not_asked_about() -> None:
    assert dialogs.Target.of("/a/b.csv", ".csv") == dialogs.Target(Path("/a/b.csv"), True)
    assert dialogs.Target.of("/a/b", ".csv") == dialogs.Target(Path("/a/b.csv"), False)
    assert dialogs.Target.of("/a/b", "") == dialogs.Target(Path("/a/b"), True)


def test_a_project_is_left_only_for_a_file_that_could_be_unpacked(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(tmp_path / "other.vgdesk", Session(), ViewRecipe())
    good, bad = tmp_path / "good.vgz", tmp_path / "bad.vgz"
    pack(tmp_path / "other.vgdesk", good)
    bad.write_bytes(b"nothing")
    asked: list[dialogs.Leave] = []

    def ask(*_: object) -> dialogs.Leave:
        asked.append(dialogs.Leave.DISCARD)
        return asked[-1]

    monkeypatch.setattr(dialogs, "ask_about_edits", ask)
    monkeypatch.setattr(dialogs, "ask_new_project", lambda *_: tmp_path / "mine.vgdesk")
    notices: list[Notice] = []
    window.workspace.events.notice.subscribe(notices.append)
    window.workspace.view_state.select(WordId("goat"))
    press(window, "delete")
    home = window.workspace.projects.folder
    qtbot.waitUntil((home / JOURNAL_FILE).exists, timeout=SECONDS)
    window.controller.take_in([bad])
    qtbot.waitUntil(lambda: len(notices) > 0, timeout=SECONDS)
    assert "could not be unpacked" in notices[-1].message
    assert not asked
    assert (home / JOURNAL_FILE).exists()  # the edits are still there after a crash
    assert not (home / LEFT_FILE).exists()
    window.controller.take_in([good])
    qtbot.waitUntil(lambda: not window.workspace.session.words, timeout=SECONDS)
    assert len(asked) == 1


def test_a_chosen_word_is_offered_for_another_take(window: MainWindow) -> None:
    window.workspace.view_state.select(WordId("goat"))
    assert (window.recorder.prompt(), window.recorder.group()) == ("goat", "animal")


def test_recording_without_a_word_asks_for_it(window: MainWindow) -> None:
    window.activateWindow()
    window.workspace.view_state.select()
    window.recorder.set_prompt("")
    press(window, "record")
    assert "There is no word to record" in window.notices.history()[-1].message
    assert window.focusWidget() is window.recorder.word


def test_a_project_that_cannot_be_opened_leaves_a_working_window(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    press(window, "new")
    window.workspace.start(tmp_path / "nowhere.vgdesk")
    qtbot.waitUntil(lambda: len(window.workspace.session.words) == 36, timeout=SECONDS)
    assert "nowhere" in " ".join(notice.message for notice in window.notices.history())


def test_views_say_that_they_are_behind_when_encoding_was_stopped(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    take = resource("demo.vgdesk") / "takes" / "goat-bella.flac"
    new = Path(shutil.copy(take, tmp_path / "zebra.flac"))
    shown = window.workspace.view_state.recipe.focus
    window.workspace.cancel(JobId(JobKind.ENCODING, window.workspace.session.encoders[shown]))
    window.workspace.imports.take_in([new])
    qtbot.waitUntil(lambda: window.views.frames["map"].state is State.STALE, timeout=SECONDS)
    press(window, "encode_again")
    qtbot.waitUntil(lambda: window.views.frames["map"].state is State.READY, timeout=SECONDS)


def test_the_copied_command_makes_the_numbers_of_the_window_again(
    window: MainWindow, tmp_path: Path, qtbot: QtBot, capsys: pytest.CaptureFixture[str]
) -> None:
    window.workspace.save(tmp_path / "saved.vgdesk")
    qtbot.waitUntil(lambda: window.workspace.projects.home is not None, timeout=SECONDS)
    views = window.views
    columns = {
        views.frames["layers"]: (2, 3),
        views.frames["curves"]: (2, 3),
        views.frames["map"]: (3, 5),
        views.frames["words"]: (2, 38),
    }
    for view, (first, end) in columns.items():
        command, *arguments = shlex.split(view.recipe)
        assert command == "vgdesk"
        capsys.readouterr()
        assert main([*arguments, "--json"]) == 0
        found = json.loads(capsys.readouterr().out)
        results = found if isinstance(found, list) else [found]
        printed = np.concatenate([np.ravel(one.get("points") or one["values"]) for one in results])
        shown = np.ravel([row[first:end] for row in view.table.rows]).astype(float)
        if view is views.frames["words"]:  # in another order, and no word beside itself
            shown, printed = np.sort(shown[~np.isnan(shown)]), np.sort(printed)[:-36]
        assert shown == pytest.approx(printed, abs=2e-3)


def test_words_that_change_lead_into_the_other_views(window: MainWindow, qtbot: QtBot) -> None:
    views, workspace = window.views, window.workspace
    assert not views.frames["changes"].summary  # nothing is computed for a view that nobody sees
    workspace.view_state.compare(Cell.TEXT, Cell.TEXT_GROUNDED)
    tabs = next(
        t for t in views.findChildren(QTabWidget) if t.indexOf(views.frames["changes"]) >= 0
    )
    tabs.setCurrentWidget(views.frames["changes"])
    qtbot.waitUntil(lambda: "changes most" in views.frames["changes"].summary, timeout=SECONDS)
    kept = [row[1] for row in views.frames["changes"].table.rows]
    assert len(kept) == 36
    assert kept == sorted(kept)
    views.frames["changes"].list.selectRow(3)
    chosen = views.frames["changes"].table.rows[3][0]
    assert workspace.session.words[workspace.view_state.selection.primary].text == chosen
    assert "vgdesk changes" in views.frames["changes"].recipe


def test_the_difference_in_the_window_is_that_of_its_command(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    window.workspace.save(tmp_path / "saved.vgdesk")
    qtbot.waitUntil(lambda: window.workspace.projects.home is not None, timeout=SECONDS)
    view_state = window.workspace.view_state
    curves = window.views.frames["curves"]
    assert isinstance(curves, LayerCurves)
    view_state.compare(Cell.TEXT, Cell.TEXT_GROUNDED)
    curves._difference.click()
    qtbot.waitUntil(lambda: "minus" in curves.summary, timeout=SECONDS)
    curves.smallest_effect_chosen.emit(0.05)
    qtbot.waitUntil(lambda: "ruled out" in curves.summary, timeout=SECONDS)
    said = curves.summary.partition(") minus ")[2].partition(" Mean ")[0]
    command, *arguments = shlex.split(curves.recipe)
    assert (command, arguments[0]) == ("vgdesk", "differences")
    capsys.readouterr()
    assert main(arguments) == 0
    _about, heads, *rows, sentence = capsys.readouterr().out.splitlines()
    assert said.partition(" is ")[2] == sentence.partition(" is ")[2]
    printed = [row.split("\t")[heads.split("\t").index("values")] for row in rows]
    assert printed == [f"{row[4]:.4f}" for row in curves.table.rows]
    curves.layers_chosen.emit(3, 5)
    recipe = view_state.recipe
    assert [recipe.layer_of(cell) for cell in (recipe.a, recipe.b)] == [3, 5]
    view_state.compare(Cell.SPEECH, Cell.TEXT)
    view_state.change(lambda recipe: replace(recipe, curve="silhouette-published"))
    refusal = "“Silhouette (published)” does not tell"
    qtbot.waitUntil(lambda: refusal in words_of(curves), timeout=SECONDS)
    curves._difference.click()
    qtbot.waitUntil(lambda: curves.state is State.READY, timeout=SECONDS)
    assert not curves.is_difference


def test_gating_is_computed_once_its_view_is_visible(
    window: MainWindow, qtbot: QtBot, capsys: pytest.CaptureFixture[str]
) -> None:
    views, workspace = window.views, window.workspace
    assert not views.frames["gating"].summary
    bring_to_front(window, views.frames["gating"])
    assert "Select a recorded word" in words_of(views.frames["gating"])
    workspace.view_state.select(WordId("goat"))
    qtbot.waitUntil(
        lambda: "“goat” (goat-bella)" in views.frames["gating"].summary, timeout=SECONDS
    )
    heard = views.frames["gating"].table.rows
    assert {row[0] for row in heard} == {
        "from the start",
        "from the end",
        "from the start, then silence",
    }
    workspace.view_state.choose_layer(workspace.view_state.recipe.focus, 3)
    qtbot.waitUntil(lambda: "layer 3" in views.frames["gating"].summary, timeout=SECONDS)
    workspace.view_state.select(WordId("bear"))
    qtbot.waitUntil(lambda: "“bear”" in views.frames["gating"].summary, timeout=SECONDS)
    workspace.view_state.compare(Cell.TEXT, Cell.SPEECH)
    qtbot.waitUntil(
        lambda: "is a text encoder" in words_of(views.frames["gating"]), timeout=SECONDS
    )


def test_gating_matches_the_command_line(
    window: MainWindow, qtbot: QtBot, capsys: pytest.CaptureFixture[str]
) -> None:
    views, workspace = window.views, window.workspace
    bring_to_front(window, views.frames["gating"])
    workspace.view_state.select(WordId("goat"))
    qtbot.waitUntil(lambda: "“goat”" in views.frames["gating"].summary, timeout=SECONDS)
    shown = [row[2] for row in views.frames["gating"].table.rows if row[0] == "from the start"]
    line = shlex.split(
        views.frames["gating"].recipe.replace("PROJECT.vgdesk", str(resource("demo.vgdesk")))
    )
    capsys.readouterr()
    assert main([*line[1:], "--json"]) == 0
    start = json.loads(capsys.readouterr().out)[0]
    printed = start["ranks"][start["layers"].index(start["layer"])]
    assert shown == printed


def test_confused_labels_choose_their_words(window: MainWindow, qtbot: QtBot) -> None:
    views, workspace = window.views, window.workspace
    bring_to_front(window, views.frames["confusions"])
    qtbot.waitUntil(lambda: "Most confused" in views.frames["confusions"].summary, timeout=SECONDS)
    assert "vgdesk confusions" in views.frames["confusions"].recipe
    views.frames["confusions"].labels_chosen.emit(["animal", "food"])
    words = workspace.session.words
    chosen = {words[word].labels["category"] for word in workspace.view_state.selection.words}
    assert chosen == {"animal", "food"}
    workspace.view_state.change(lambda recipe: replace(recipe, label_column="onset"))
    labels = {words[word].labels["onset"] for word in words}
    qtbot.waitUntil(
        lambda: labels >= {row[0] for row in views.frames["confusions"].table.rows}, timeout=SECONDS
    )


def test_what_is_found_can_be_heard_and_is_what_the_command_line_lists(
    window: MainWindow, qtbot: QtBot, capsys: pytest.CaptureFixture[str]
) -> None:
    views, workspace = window.views, window.workspace
    assert not views.frames["retrieval"].summary
    bring_to_front(window, views.frames["retrieval"])
    qtbot.waitUntil(lambda: "→" in views.frames["retrieval"].summary, timeout=SECONDS)
    check_lines(views.frames["retrieval"], capsys)
    workspace.view_state.change(
        lambda r: replace(r, a=Cell.SPEECH, b=Cell.TEXT, search=Search.B_IN_A)
    )
    qtbot.waitUntil(
        lambda: "of Text (starter) →" in views.frames["retrieval"].summary, timeout=SECONDS
    )
    views.frames["retrieval"]._best_first.click()
    assert "--best-first" in views.frames["retrieval"].recipe
    check_lines(views.frames["retrieval"], capsys)
    workspace.view_state.change(lambda recipe: replace(recipe, search=Search.VOICES))
    qtbot.waitUntil(
        lambda: "between speakers" in views.frames["retrieval"].summary, timeout=SECONDS
    )
    check_lines(views.frames["retrieval"], capsys)
    workspace.view_state.change(lambda recipe: replace(recipe, shown=Shown.B))
    qtbot.waitUntil(
        lambda: "is a text encoder" in words_of(views.frames["retrieval"]), timeout=SECONDS
    )


def check_lines(view: ViewFrame, capsys: pytest.CaptureFixture[str]) -> None:
    """Compare what a list shows with what its copied command prints, line by line."""
    line = shlex.split(view.recipe.replace("PROJECT.vgdesk", str(resource("demo.vgdesk"))))
    capsys.readouterr()
    assert main(line[1:]) == 0
    printed = [row.split("\t") for row in capsys.readouterr().out.splitlines()]
    heading = next(i for i, row in enumerate(printed) if row[0] == "query")
    shown = view.table.rows
    lines = printed[heading + 1 :][: len(shown)]
    assert [(row[0], f"{row[1]:g}", str(row[2])) for row in shown] == [
        tuple(row[:3]) for row in lines
    ]
    assert [float(row[3]) for row in lines] == pytest.approx([row[3] for row in shown], abs=1e-3)
    assert [row[4].split(", ")[0].rpartition(" ")[0] for row in lines] == [row[4] for row in shown]


def test_space_plays_the_entry_that_was_walked_to(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    played: list[list[str]] = []
    monkeypatch.setattr(
        window.workspace.playback, "play", lambda takes: played.append([t.id for t in takes])
    )
    view = window.views.frames["retrieval"]
    window.workspace.view_state.change(lambda recipe: replace(recipe, search=Search.VOICES))
    bring_to_front(window, view)
    qtbot.waitUntil(lambda: "between speakers" in view.summary, timeout=SECONDS)
    window.activateWindow()
    view.list.setFocus()
    view.list.setCurrentIndex(view.list.model().index(2, 3))
    take = view.table.rows[2][6]
    qtbot.keyClick(view.list, Qt.Key.Key_Space)
    assert played == [[take]]
    at = view.list.visualRect(view.list.model().index(1, 0)).center()
    qtbot.mouseClick(view.list.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert played[1:] == [[view.table.rows[1][0]]]


def test_letters_need_shapes_and_offer_the_list_that_has_them(
    window: MainWindow, qtbot: QtBot
) -> None:
    views, workspace = window.views, window.workspace
    bring_to_front(window, views.frames["letters"])
    assert "“shape”" in words_of(views.frames["letters"])
    button = next(
        b for b in views.frames["letters"].findChildren(QPushButton) if "kiki" in b.text()
    )
    button.click()
    qtbot.waitUntil(
        lambda: "needs recordings" in words_of(views.frames["letters"]), timeout=SECONDS
    )
    assert len(workspace.session.words) == 36 + 668
    press(window, "undo")
    qtbot.waitUntil(lambda: "“shape”" in words_of(views.frames["letters"]), timeout=SECONDS)


def test_letters_are_those_of_the_command_line_and_choose_their_words(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    letters, workspace = window.views.frames["letters"], window.workspace
    shapes = [(word, "round") for word in ("ball", "moon", "plum")]
    shapes += [(word, "sharp") for word in ("spike", "thorn", "tack")]
    sounds = [(f"{c}{v}{c}a", "sounds round") for c in "mb" for v in "oiu"]
    sounds += [(f"{c}{v}{c}a", "sounds sharp") for c in "kt" for v in "oiu"]
    lines = ["\t".join(row) for row in [("word", "shape"), *shapes, *sounds]]
    (tmp_path / "shapes.tsv").write_text("\n".join(lines), "utf-8")
    press(window, "new")
    bring_to_front(window, letters)
    only = {Cell.TEXT: EncoderId("spelling")}
    workspace.store.apply("Choose", lambda session: replace(session, encoders=only))
    workspace.view_state.compare(Cell.TEXT, Cell.SPEECH)
    workspace.lists.add(str(tmp_path / "shapes.tsv"))
    qtbot.waitUntil(lambda: letters.summary.startswith("n = 18."), timeout=SECONDS)
    workspace.save(tmp_path / "shapes.vgdesk")
    qtbot.waitUntil(lambda: workspace.projects.home is not None, timeout=SECONDS)
    capsys.readouterr()
    assert main([*shlex.split(letters.recipe)[1:], "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    rows = letters.table.rows
    assert [row[0] for row in rows] == found["letters"]
    for column, name in enumerate(("values", "low", "high", "chance_low"), start=3):
        assert [row[column] for row in rows] == pytest.approx(found[name], abs=1e-6)
    letters.words_chosen.emit(list(map(WordId, found["words"][0])))
    assert list(workspace.view_state.selection.words) == found["words"][0]


def test_ratings_are_asked_for_and_stay_with_the_project(
    window: MainWindow,
    qtbot: QtBot,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    curves, workspace = window.views.frames["curves"], window.workspace
    file = tmp_path / "ratings.csv"
    monkeypatch.setattr(dialogs, "ask_ratings", lambda *_: file)
    workspace.view_state.change(lambda recipe: replace(recipe, curve="ratings"))
    assert "table of ratings" in words_of(curves)
    button = next(b for b in curves.findChildren(QPushButton) if "ratings" in b.text())
    file.write_text("word,other\nboat,goat\n", "utf-8")
    button.click()
    qtbot.waitUntil(lambda: "lacks the columns" in last_notice(window), timeout=SECONDS)
    assert not workspace.session.ratings
    texts = [word.text for word in workspace.session.words.values()][:12]
    lines = [f"{a},{b},{len(set(a) & set(b))}" for i, a in enumerate(texts) for b in texts[:i]]
    file.write_text("\n".join(["word1,word2,similarity", "sun,moon,7", *lines]), "utf-8")
    button.click()
    qtbot.waitUntil(lambda: "over 66 pairs" in curves.summary, timeout=SECONDS)
    assert "Loaded 67 ratings; both words are in the list for 66 pairs" in last_notice(window)
    assert window.actions_by_id["undo"].text() == "Undo Load 67 similarity ratings"
    file.unlink()
    workspace.save(tmp_path / "rated.vgdesk")
    qtbot.waitUntil(lambda: workspace.projects.home is not None, timeout=SECONDS)
    line, shown = curves.recipe, [row[2] for row in curves.table.rows]
    capsys.readouterr()
    assert main([*shlex.split(line)[1:], "--json"]) == 0
    printed = [one["values"] for one in json.loads(capsys.readouterr().out)]
    assert np.ravel(printed) == pytest.approx(shown, abs=1e-6)
    press(window, "undo")
    qtbot.waitUntil(lambda: "table of ratings" in words_of(curves), timeout=SECONDS)
    workspace.store.saved(workspace.session)
    workspace.open(tmp_path / "rated.vgdesk")
    qtbot.waitUntil(lambda: len(workspace.session.ratings) == 67, timeout=SECONDS)
    qtbot.waitUntil(lambda: "over 66 pairs" in curves.summary, timeout=SECONDS)


def last_notice(window: MainWindow) -> str:
    history = window.notices.history()
    return history[-1].message if history else ""


def bring_to_front(window: MainWindow, frame: ViewFrame) -> None:
    tabs = next(t for t in window.findChildren(QTabWidget) if t.indexOf(frame) >= 0)
    tabs.setCurrentWidget(frame)


def words_of(frame: ViewFrame) -> str:
    return " ".join(label.text() for label in frame.findChildren(QLabel) if label.isVisible())


def test_a_deselected_word_is_no_longer_the_prompt(window: MainWindow, qtbot: QtBot) -> None:
    workspace, recorder = window.workspace, window.recorder
    workspace.view_state.select(WordId("fox"))
    assert (recorder.prompt(), recorder.group()) == ("fox", "animal")
    workspace.projects.new(workspace.session)
    assert (recorder.prompt(), recorder.group()) == ("", "")
    qtbot.keyClicks(recorder.word, "pear")
    workspace.view_state.select()
    workspace.projects.new(workspace.session)
    assert recorder.prompt() == "pear"  # somebody typed it
