"""What a project says is shown as it is written, and no file that it names is opened."""

import json
import shutil
from collections.abc import Callable, Iterator, Sequence
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QAbstractItemModel, QModelIndex, QPoint, QTimer
from PySide6.QtGui import QColor, QImage, Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QGraphicsTextItem,
    QGraphicsView,
    QLabel,
    QMessageBox,
    QToolTip,
    QWidget,
)
from pytestqt.qtbot import QtBot

from tests.app.project_examples import sessions_of
from tests.windows import Wait
from vgdesk.app.exchange.import_preview import Choices
from vgdesk.app.exchange.segmentation import LongRecording, Piece
from vgdesk.app.words.removal import Removal
from vgdesk.core.model import Session, Word, WordId
from vgdesk.core.notices import Notice
from vgdesk.core.resources import resource
from vgdesk.ui import dialogs
from vgdesk.ui.importing.segmentation_dialog import SegmentationDialog
from vgdesk.ui.main_window import MainWindow
from vgdesk.ui.style import theme
from vgdesk.ui.style.plain_text import LONGEST, LONGEST_NAME, on_one_line, shortened
from vgdesk.ui.takes import removal_question
from vgdesk.ui.views.curves.axes_plot import AxesPlot

DECOY = QColor(255, 0, 254)  # nothing of ours is of this colour
SECONDS = 60_000  # ms that a step may take on a machine that is busy with other things
WORDS = 4
MOST_COLUMNS = 20


@pytest.fixture
def markup(tmp_path: Path) -> str:
    """Return a text that Qt, left to itself, shows as a picture."""
    picture = QImage(64, 48, QImage.Format.Format_RGB32)
    picture.fill(DECOY)
    assert picture.save(str(tmp_path / "decoy.png"))
    return f"x<img src='{(tmp_path / 'decoy.png').as_uri()}'>y<b>"


@pytest.fixture
def project(tmp_path: Path, markup: str) -> Path:
    """Write a project in which every text is of that kind."""
    folder = tmp_path / "x<b>y.vgdesk"
    demo = resource("demo.vgdesk")
    heading, *lines = (demo / "words.tsv").read_text("utf-8").splitlines()
    names = heading.split("\t")
    rows = [dict(zip(names, line.split("\t"), strict=True)) for line in lines]
    table: list[dict[str, str]] = []
    for row in rows[:: len(rows) // WORDS][:WORDS]:
        (folder / row["file"]).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(demo / row["file"], folder / row["file"])
        texts = {n: f"{row[n]}{markup}" for n in ("word", "language", "speaker", "take", "id")}
        labels = {f"{n}{markup}": f"{row[n]}{markup}" for n in ("category", "onset", "phones")}
        table.append({n: row[n] for n in ("file", "start", "end")} | texts | labels)
    _write(folder / "words.tsv", table[1:])
    _write(folder / "trash.tsv", table[:1])
    facts = json.loads((demo / "project.json").read_text("utf-8"))
    facts["encoders"]["speech"]["id"] = f"starter-speech{markup}"
    facts["view"]["label_column"] = f"category{markup}"
    (folder / "project.json").write_text(json.dumps(facts), "utf-8")
    return folder


def _write(file: Path, rows: Sequence[dict[str, str]]) -> None:
    lines = ["\t".join(row) for row in (rows[0], *(each.values() for each in rows))]
    file.write_text("\n".join(lines) + "\n", "utf-8")


@pytest.fixture
def opened(window: MainWindow, project: Path, markup: str, wait: Wait) -> MainWindow:
    window.workspace.open(project)
    wait(lambda: any(markup in word.text for word in window.workspace.session.words.values()))
    window.workspace.view_state.select(next(iter(window.workspace.session.words)))
    return window


@pytest.fixture
def endless() -> Session:
    text = "long " * 200_000
    words = [Word(WordId(f"w{i}"), f"{i} {text}", labels={"category": text}) for i in range(3)]
    return sessions_of(words, [])


def pixels_of_decoy(widget: QWidget) -> int:
    image = widget.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    seen = np.frombuffer(image.constBits(), np.uint32)
    return int((seen == DECOY.rgb()).sum())


def cells(model: QAbstractItemModel, parent: QModelIndex) -> Iterator[QModelIndex]:
    # Models of lists do not tell their number of columns.
    for row, column in product(range(model.rowCount(parent)), range(MOST_COLUMNS)):
        if model.hasIndex(row, column, parent):
            cell = model.index(row, column, parent)
            yield cell
            yield from cells(model, cell)


def tips(widget: QWidget) -> Iterator[str]:
    yield widget.toolTip()
    if isinstance(widget, QAbstractItemView) and widget.model() is not None:
        for cell in cells(widget.model(), QModelIndex()):
            yield str(cell.data(Qt.ItemDataRole.ToolTipRole) or "")


def tip_label() -> QLabel:
    return next(w for w in QApplication.topLevelWidgets() if w.inherits("QTipLabel"))


def look_through(top: QWidget) -> int:
    """Check every text below a widget; returns how many of them looked like HTML."""
    found = 0
    assert pixels_of_decoy(top) == 0
    for widget in (top, *top.findChildren(QWidget)):
        for tip in filter(Qt.mightBeRichText, set(tips(widget))):
            QToolTip.showText(QPoint(9, 9), tip, widget)
            assert tip_label().text() == tip
            assert tip_label().textFormat() is Qt.TextFormat.PlainText, tip
            assert pixels_of_decoy(tip_label()) == 0, tip
            found += 1
        if isinstance(widget, QLabel) and Qt.mightBeRichText(widget.text()):
            widget.ensurePolished()  # as Qt does before it measures or draws it
            assert widget.textFormat() is Qt.TextFormat.PlainText, widget.text()
            found += 1
        if isinstance(widget, QGraphicsView) and widget.scene() is not None:
            for item in widget.scene().items():
                assert not isinstance(item, QGraphicsTextItem) or "<img" not in item.toHtml()
    QToolTip.hideText()
    return found


def look_through_question(ask: Callable[[], object]) -> int:
    """Ask a question that waits for its answer, and check the texts of its box."""
    found: list[int] = []

    def look() -> None:
        box = QApplication.activeModalWidget()
        assert isinstance(box, QMessageBox)
        try:
            found.append(look_through(box))
        finally:
            box.reject()

    QTimer.singleShot(0, look)
    ask()
    return found[0]


@pytest.mark.slow
def test_every_text_of_the_window_is_shown_as_it_is_written(opened: MainWindow) -> None:
    assert look_through(opened) > WORDS


@pytest.mark.slow
def test_other_colours_do_not_bring_markup_back(
    opened: MainWindow, qapp: QApplication, wait: Wait
) -> None:
    theme.apply(qapp, dark=True)
    try:
        wait(lambda: opened._theme.is_dark)
        assert look_through(opened) > WORDS
    finally:
        theme.apply(qapp)


@pytest.mark.slow
@pytest.mark.parametrize("action", ["speakers", "trash", "speaker_window", "prompts"])
def test_dialogs_show_texts_as_they_are_written(
    opened: MainWindow, action: str, wait: Wait
) -> None:
    opened.actions_by_id[action].trigger()
    trash = opened.controller.takes.trash.dialog
    wait(lambda: trash is None or trash.list.topLevelItemCount() == 1)
    shown = [w for w in QApplication.topLevelWidgets() if w.isVisible() and w is not opened]
    found = [look_through(widget) for widget in shown]
    for widget in shown:
        widget.close()
    assert found
    assert (sum(found) > 0) == (action in ("speakers", "trash"))


@pytest.mark.slow
def test_questions_show_texts_as_they_are_written(opened: MainWindow, markup: str) -> None:
    name = "x<b>y"
    removal = Removal(name, outside=(Path(markup),), shared=(Path(markup),))
    assert look_through_question(lambda: removal_question.ask_to_remove(opened, removal, name)) == 1
    assert look_through_question(lambda: dialogs.ask_about_edits(opened, name)) == 1


@pytest.mark.slow
def test_tables_that_come_in_are_shown_as_they_are_written(
    window: MainWindow, tmp_path: Path, markup: str, wait: Wait
) -> None:
    (tmp_path / "t.tsv").write_text(f"word\tx{markup}\ndog{markup}\tz{markup}\n", "utf-8")
    window.controller.take_in([tmp_path / "t.tsv"])
    wait(lambda: window.controller.imports.controller.dialog is not None)
    dialog = window.controller.imports.controller.dialog
    assert dialog is not None
    assert dialog.choices != Choices()
    wait(lambda: "new word" in dialog.sentence)
    assert look_through(dialog) > 0
    dialog.reject()


@pytest.mark.slow
def test_a_long_recording_shows_its_name_as_it_is_written(
    opened: MainWindow, qtbot: QtBot, markup: str
) -> None:
    outline = np.tile(np.array([[-0.1, 0.1]], np.float32), (500, 1))
    words = tuple(opened.workspace.session.words.values())
    pieces = (Piece(0.5, 1.0, WordId(words[0].id)), Piece(2.0, 2.5))
    dialog = SegmentationDialog(LongRecording(Path(f"x/{markup}"), outline, pieces), words)
    qtbot.addWidget(dialog)
    dialog.show()
    assert look_through(dialog) > 0


@pytest.mark.slow
def test_axes_show_their_names_as_they_are_written(
    window: MainWindow, qtbot: QtBot, markup: str
) -> None:
    plot = AxesPlot()
    qtbot.addWidget(plot)
    plot.dress(window._theme, left=markup, bottom=markup)
    plot.show()
    assert look_through(plot) == 0
    assert plot._axes["left"].label.toPlainText().strip() == markup


@pytest.mark.slow
def test_questions_about_endless_names_stay_on_the_screen(window: MainWindow) -> None:
    heights: list[int] = []

    def look() -> None:
        box = QApplication.activeModalWidget()
        assert isinstance(box, QMessageBox)
        heights.append(box.height())
        box.reject()

    for name in ("Ann", "Ann " * 1000, "Ann\n" * 100):
        removal = Removal(name, outside=(Path(name),), shared=(Path(name),))
        QTimer.singleShot(0, look)
        removal_question.ask_to_remove(window, removal, name)
    plain, *endless = heights
    assert max(endless) < 2.5 * plain


@pytest.mark.slow
def test_endless_texts_are_cut_before_they_are_measured(
    window: MainWindow, endless: Session, wait: Wait
) -> None:
    workspace = window.workspace
    width = window.menuBar().actions()[1].menu().sizeHint().width()
    workspace.store.apply("Add" * LONGEST, lambda _s: endless)
    assert window.menuBar().actions()[1].menu().sizeHint().width() < 4 * width
    workspace.view_state.select(next(iter(endless.words)))
    lines = [*cells(window.words.tree.model(), QModelIndex())]
    texts = [str(line.data(Qt.ItemDataRole.DisplayRole)) for line in lines]
    assert max(map(len, texts)) == LONGEST
    for label in window.findChildren(QLabel):
        assert len(label.text()) < 10 * LONGEST, label.text()[:50]
    height = window.notices.sizeHint().height()
    workspace.events.notice.publish(Notice("\n" * 10**6, "\n" * 10**6))
    wait(window.notices.isVisible)
    assert window.notices.sizeHint().height() < 3 * height


@pytest.mark.parametrize(
    "text", ["", "Fish & chips", "“1 < 2”, said\nal-kitāb كتاب", "<b>", "&lt;"]
)
def test_ordinary_texts_stay_as_they_are(text: str) -> None:
    assert shortened(text) == text
    assert on_one_line(text) == text.replace("\n", " ")


def test_endless_texts_end_in_an_ellipsis() -> None:
    assert shortened("a" * LONGEST) == "a" * LONGEST
    assert shortened("a" * 10**7) == "a" * (LONGEST - 1) + "…"
    assert on_one_line("a\n" * 10**6) == ("a " * LONGEST)[: LONGEST_NAME - 1] + "…"
