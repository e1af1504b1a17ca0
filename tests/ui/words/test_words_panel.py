from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import (
    QAbstractItemModel,
    QEvent,
    QItemSelectionModel,
    QMimeData,
    QModelIndex,
    QPointF,
    Qt,
    QUrl,
)
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent, QKeySequence, QShortcut
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication, QComboBox, QDialogButtonBox, QMenu, QPushButton
from pytestqt.qtbot import QtBot

from tests.ui.docks import Dock, shape, take_of
from vgdesk.core.model import Concern, Session, TakeId, Verdict, Word, WordId
from vgdesk.core.viewing import Selection
from vgdesk.ui.style.theme import Theme
from vgdesk.ui.style.word_colours import legend_of
from vgdesk.ui.words.label_dialog import LabelDialog
from vgdesk.ui.words.words_model import Kind, WordsModel
from vgdesk.ui.words.words_panel import WordsPanel

LEFT = Qt.MouseButton.LeftButton
ACCESSIBLE = Qt.ItemDataRole.AccessibleTextRole


@pytest.fixture
def panel(dock: Dock, session: Session, theme: Theme) -> WordsPanel:
    panel: WordsPanel = dock(WordsPanel())
    panel.show_session(session, legend_of(session, "category", theme))
    return panel


def lines(model: QAbstractItemModel, parent: QModelIndex | None = None) -> list[object]:
    """Read the tree the way a view does."""
    top = parent or QModelIndex()
    return [
        (index.data(), lines(model, index)) if model.rowCount(index) else index.data()
        for index in (model.index(row, 0, top) for row in range(model.rowCount(top)))
    ]


def find(panel: WordsPanel, text: str, parent: QModelIndex | None = None) -> QModelIndex:
    model, top = panel.tree.model(), parent or QModelIndex()
    for row in range(model.rowCount(top)):
        index = model.index(row, 0, top)
        found = index if index.data() == text else find(panel, text, index)
        if found.isValid():
            return found
    return QModelIndex()


def click(
    qtbot: QtBot, panel: WordsPanel, text: str, keys: Qt.KeyboardModifier | None = None
) -> None:
    place = panel.tree.visualRect(find(panel, text)).center()
    qtbot.mouseClick(panel.tree.viewport(), LEFT, keys or Qt.KeyboardModifier.NoModifier, pos=place)


def test_words_stand_under_their_group_and_takes_under_their_word(panel: WordsPanel) -> None:
    takes = ["Amy", "Ryan"]
    assert lines(panel.tree.model()) == [
        ("animal", [("dog", takes), ("cat", takes), ("horse", takes)]),
        ("tool", [("hammer", takes), ("saw", takes)]),
        ("No category", ["justice"]),
    ]
    assert panel.tree.isExpanded(find(panel, "animal"))
    assert not panel.tree.isExpanded(find(panel, "dog"))


@pytest.mark.parametrize("needle", ["", "o", "animal", "zebra"])
def test_the_model_keeps_the_rules_of_models(
    qtlog: object, session: Session, theme: Theme, needle: str
) -> None:
    model = WordsModel(theme)
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Warning)
    for column in ("category", "onset"):
        model.show_session(session, legend_of(session, column, theme))
        model.search(needle)
        model.show_status(frozenset({TakeId("dog-Amy")}), {TakeId("saw-Amy"): "broken"})
    assert tester.model() is model
    assert not [m for m in qtlog.records if "FAIL" in m.message]  # type: ignore[attr-defined]


def test_typing_searches_texts_and_labels(qtbot: QtBot, panel: WordsPanel) -> None:
    qtbot.keyClicks(panel.search, "O")
    qtbot.keyClicks(panel.search, "l")
    assert lines(panel.tree.model())[0][0] == "tool"  # type: ignore[index]
    panel.search.clear()
    qtbot.keyClicks(panel.search, "tool h")
    assert lines(panel.tree.model()) == [("tool", [("hammer", ["Amy", "Ryan"])])]
    qtbot.keyClick(panel.search, Qt.Key.Key_Escape)
    assert panel.search.text() == ""
    assert len(lines(panel.tree.model())) == 3


def test_escape_clears_the_search_before_it_reaches_the_window(
    qtbot: QtBot, panel: WordsPanel
) -> None:
    heard = []
    shortcut = QShortcut(QKeySequence(Qt.Key.Key_Escape), panel.window())
    shortcut.activated.connect(lambda: heard.append(1))
    panel.window().activateWindow()
    qtbot.waitUntil(panel.window().isActiveWindow)
    panel.search.setFocus()
    qtbot.keyClicks(panel.search, "dog")
    qtbot.keyClick(panel.search, Qt.Key.Key_Escape)
    assert (panel.search.text(), heard) == ("", [])
    qtbot.keyClick(panel.search, Qt.Key.Key_Escape)
    assert heard == [1]


def test_a_search_opens_closed_groups_and_leaves_them_closed(
    qtbot: QtBot, panel: WordsPanel
) -> None:
    panel.tree.collapse(find(panel, "animal"))
    qtbot.keyClicks(panel.search, "dog")
    assert panel.tree.isExpanded(find(panel, "animal"))
    panel.search.clear()
    assert not panel.tree.isExpanded(find(panel, "animal"))


def test_what_is_open_and_selected_survives_a_new_take(
    qtbot: QtBot, panel: WordsPanel, session: Session, theme: Theme
) -> None:
    panel.tree.expand(find(panel, "dog"))
    panel.tree.collapse(find(panel, "tool"))
    click(qtbot, panel, "cat")
    qtbot.waitSignal(panel.words_chosen, timeout=1000).wait()
    more = session.with_take(take_of(WordId("dog"), "Joe"))
    with qtbot.assertNotEmitted(panel.words_chosen):
        panel.show_session(more, legend_of(more, "category", theme))
    assert panel.tree.isExpanded(find(panel, "dog"))
    assert not panel.tree.isExpanded(find(panel, "tool"))
    assert panel.tree.selected_words() == ["cat"]
    assert find(panel, "Joe").parent() == find(panel, "dog")


def test_clicks_choose_words_the_last_one_first(qtbot: QtBot, panel: WordsPanel) -> None:
    with qtbot.waitSignal(panel.words_chosen) as chosen:
        click(qtbot, panel, "horse")
    assert chosen.args == [["horse"]]
    with qtbot.waitSignal(panel.words_chosen) as chosen:
        click(qtbot, panel, "dog", Qt.KeyboardModifier.ControlModifier)
    assert chosen.args == [["dog", "horse"]]


def test_selecting_a_group_selects_its_words(qtbot: QtBot, panel: WordsPanel) -> None:
    with qtbot.waitSignal(panel.words_chosen) as chosen:
        click(qtbot, panel, "animal")
    assert chosen.args == [["dog", "cat", "horse"]]


def test_chosen_words_keep_the_order_of_the_list(qtbot: QtBot, panel: WordsPanel) -> None:
    panel.tree.expand(find(panel, "dog"))
    for text in ("hammer", "Amy", "cat"):
        click(qtbot, panel, text, Qt.KeyboardModifier.ControlModifier)
    assert panel.tree.selected_words() == ["cat", "dog", "hammer"]
    click(qtbot, panel, "saw", Qt.KeyboardModifier.ControlModifier)
    assert panel.tree.selected_words() == ["saw", "dog", "cat", "hammer"]


def test_arrows_walk_and_tell_each_step_once(qtbot: QtBot, panel: WordsPanel) -> None:
    with qtbot.waitSignal(panel.words_chosen):
        click(qtbot, panel, "dog")
    heard: list[list[str]] = []
    panel.words_chosen.connect(heard.append)
    qtbot.keyClick(panel.tree, Qt.Key.Key_Down)
    qtbot.waitUntil(lambda: heard == [["cat"]])


def test_a_take_is_chosen_with_its_word(qtbot: QtBot, panel: WordsPanel) -> None:
    panel.tree.expand(find(panel, "dog"))
    heard: list[object] = []
    panel.words_chosen.connect(heard.append)
    panel.take_chosen.connect(heard.append)
    click(qtbot, panel, "Ryan")
    qtbot.waitUntil(lambda: heard == [["dog"], "dog-Ryan"])


def test_a_selection_from_elsewhere_is_shown_in_silence(qtbot: QtBot, panel: WordsPanel) -> None:
    with qtbot.assertNotEmitted(panel.words_chosen, wait=50):
        panel.show_selection(Selection().of(WordId("saw"), WordId("dog")))
    assert panel.tree.selected_words() == ["saw", "dog"]
    with qtbot.assertNotEmitted(panel.words_chosen, wait=50):
        panel.show_selection(replace(Selection().of(WordId("dog")), take=TakeId("dog-Ryan")))
    assert panel.tree.selected_words() == ["dog"]
    assert panel.tree.selected_takes() == ["dog-Ryan"]
    panel.show_selection(Selection())
    assert panel.tree.selected_words() == []


def test_space_and_double_click_play(qtbot: QtBot, panel: WordsPanel) -> None:
    with qtbot.waitSignal(panel.words_chosen):
        click(qtbot, panel, "dog")
    with qtbot.waitSignal(panel.play_requested) as played:
        qtbot.keyClick(panel.tree, Qt.Key.Key_Space)
    assert played.args == [["dog"]]
    place = panel.tree.visualRect(find(panel, "saw")).center()
    with qtbot.waitSignal(panel.play_requested) as played:
        qtbot.mouseClick(panel.tree.viewport(), LEFT, pos=place)
        qtbot.mouseDClick(panel.tree.viewport(), LEFT, pos=place)
    assert played.args == [["saw"]]


def test_delete_tells_words_from_takes(qtbot: QtBot, panel: WordsPanel) -> None:
    panel.tree.expand(find(panel, "dog"))
    click(qtbot, panel, "Amy")
    click(qtbot, panel, "saw", Qt.KeyboardModifier.ControlModifier)
    with qtbot.waitSignal(panel.delete_requested) as deleted:
        qtbot.keyClick(panel.tree, Qt.Key.Key_Delete)
    assert deleted.args == [["saw"], ["dog-Amy"]]


def test_status_is_a_shape_and_a_sentence(panel: WordsPanel) -> None:
    pending, failed = frozenset({TakeId("dog-Amy")}), {TakeId("saw-Amy"): "The file is silent."}
    panel.show_status(pending, failed)
    status = {text: find(panel, text).siblingAtColumn(1) for text in ("dog", "saw", "cat")}
    images = [
        index.data(Qt.ItemDataRole.DecorationRole).pixmap(14, 14).toImage()
        for index in status.values()
    ]
    outlines = {shape(image) for image in images}
    assert len(outlines) == 3
    assert [index.data(ACCESSIBLE).rsplit(", ", 1)[1] for index in status.values()] == [
        "waiting",
        "failed",
        "ready",
    ]
    take = find(panel, "Amy", find(panel, "saw"))
    assert take.data(Qt.ItemDataRole.ToolTipRole).endswith("failed: The file is silent.")
    assert "synthetic voice" in take.data(ACCESSIBLE)
    assert take.siblingAtColumn(1).data() == "0.30 s"
    assert find(panel, "justice").data(ACCESSIBLE).endswith("not recorded yet")


def test_the_label_column_is_a_wish(
    qtbot: QtBot, panel: WordsPanel, session: Session, theme: Theme
) -> None:
    combo = panel.label_column
    assert [combo.itemText(i) for i in range(combo.count())] == ["category", "onset"]
    with qtbot.waitSignal(panel.label_column_chosen) as chosen:
        combo.setFocus()
        qtbot.keyClick(combo, Qt.Key.Key_Down)
    assert chosen.args == ["onset"]
    with qtbot.assertNotEmitted(panel.label_column_chosen):
        panel.show_session(session, legend_of(session, "onset", theme))
    assert [line[0] for line in lines(panel.tree.model())][:2] == ["d", "c"]  # type: ignore[index]


def test_files_and_folders_are_dropped_on_a_visible_target(
    qtbot: QtBot, panel: WordsPanel, tmp_path: Path
) -> None:
    mime = QMimeData()
    paths = [tmp_path / "dog.wav", tmp_path]
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    where, copy = QPointF(20, 20), Qt.DropAction.CopyAction
    keys = Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(where.toPoint(), copy, mime, LEFT, keys)
    QApplication.sendEvent(panel, enter)
    assert enter.isAccepted()
    assert panel._target.isVisible()
    QApplication.sendEvent(panel, QDragLeaveEvent())
    assert not panel._target.isVisible()
    QApplication.sendEvent(panel, enter)
    with qtbot.waitSignal(panel.files_dropped) as dropped:
        QApplication.sendEvent(panel, QDropEvent(where, copy, mime, LEFT, keys))
    assert dropped.args == [paths]


def test_text_is_no_file(panel: WordsPanel) -> None:
    mime = QMimeData()
    mime.setText("dog")
    enter = QDragEnterEvent(
        QPointF(9, 9).toPoint(), Qt.DropAction.CopyAction, mime, LEFT, Qt.KeyboardModifier(0)
    )
    enter.ignore()
    QApplication.sendEvent(panel, enter)
    assert not enter.isAccepted()


def test_an_empty_list_offers_the_first_steps(qtbot: QtBot, dock: Dock) -> None:
    panel = dock(WordsPanel())
    buttons = [button for button in panel.findChildren(QPushButton) if button.isVisible()]
    for button, signal in zip(buttons, (panel.record_requested, panel.open_requested), strict=True):
        with qtbot.waitSignal(signal):
            qtbot.mouseClick(button, LEFT)


def test_the_menu_asks_for_a_label(qtbot: QtBot, panel: WordsPanel) -> None:
    click(qtbot, panel, "dog")
    panel.tree.customContextMenuRequested.emit(panel.tree.visualRect(find(panel, "dog")).center())
    menu = panel.findChild(QMenu)
    by_text = {action.text(): action for action in menu.actions()}
    assert {"Play", "Set label…", "Delete"} <= set(by_text)
    by_text["Set label…"].trigger()
    menu.close()
    dialog = panel.findChild(LabelDialog)
    value = dialog.findChildren(QComboBox)[1]
    assert [value.itemText(i) for i in range(value.count())] == ["animal", "tool"]
    value.setCurrentText("pet")
    with qtbot.waitSignal(panel.label_requested) as asked:
        ok = dialog.findChild(QDialogButtonBox).button(QDialogButtonBox.StandardButton.Ok)
        qtbot.mouseClick(ok, LEFT)
    assert asked.args == [["dog"], "category", "pet"]
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def test_five_thousand_words_are_all_there(dock: Dock, theme: Theme) -> None:
    words = {
        WordId(f"w{i}"): Word(WordId(f"w{i}"), f"word {i}", "en", {"category": f"group {i % 40}"})
        for i in range(5000)
    }
    takes = (take_of(word, speaker) for word in words for speaker in ("Amy", "Ryan"))
    session = Session(words, {take.id: take for take in takes})
    panel: WordsPanel = dock(WordsPanel())
    panel.show_session(session, legend_of(session, "category", theme))
    panel.search.setText("word 4999")
    assert lines(panel.tree.model()) == [("group 39", [("word 4999", ["Amy", "Ryan"])])]
    panel.search.clear()
    panel.show_selection(Selection().of(*words))
    assert len(panel.tree.selected_words()) == 5000
    flag = QItemSelectionModel.SelectionFlag.Clear
    panel.tree.selectionModel().select(panel.tree.model().index(0, 0), flag)
    assert panel.tree.model().index_of(Kind.WORD, "w17").data() == "word 17"


def test_takes_with_concerns_have_shapes_and_sentences_of_their_own_and_are_found(
    panel: WordsPanel, session: Session, theme: Theme
) -> None:
    fail, warn = (Concern("clipping", verdict) for verdict in (Verdict.FAIL, Verdict.WARN))
    changed = {
        "dog-Amy": {"concerns": (fail, warn)},
        "cat-Amy": {"concerns": (warn,)},
        "horse-Amy": {"concerns": (fail,), "is_kept_anyway": True},
    }
    for take, changes in changed.items():
        session = session.with_take(replace(session.takes[TakeId(take)], **changes))
    panel.show_session(session, legend_of(session, "category", theme))
    panel.show_status(frozenset(), {TakeId("saw-Amy"): "no sound"})
    said, shapes = {}, set()
    for word in ("dog", "cat", "horse", "saw", "hammer"):
        index = find(panel, word).siblingAtColumn(1)
        said[word] = index.data(ACCESSIBLE)
        icon = index.data(Qt.ItemDataRole.DecorationRole)
        shapes.add(shape(icon.pixmap(14, 14).toImage()))
    assert len(shapes) == 5
    assert "failed a check" in said["dog"]
    assert "has a warning" in said["cat"]
    assert "kept anyway" in said["horse"]
    take = find(panel, "Amy", find(panel, "dog")).data(ACCESSIBLE)
    assert "clip" in take.casefold()
    panel.search.setText("clip")
    assert not find(panel, "hammer").isValid()
    assert find(panel, "dog").isValid()
    panel.search.setText("kept anyway")
    assert not find(panel, "dog").isValid()
    assert find(panel, "horse").isValid()
