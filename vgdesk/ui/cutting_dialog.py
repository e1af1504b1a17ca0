from collections.abc import Sequence
from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QToolButton,
    QWidget,
)

from vgdesk.app.cutting import LongRecording, Piece, in_words, moved
from vgdesk.audio.long_recording import OUTLINE_PER_SECOND
from vgdesk.core.model import Word
from vgdesk.ui.panels.parts import MARGIN, TARGET, column, named, wrapped
from vgdesk.ui.theme import theme_of

WAVE_HEIGHT = 220
SHORTEST = 0.02  # seconds
VIEW = 12.0  # seconds that are seen at first
HEADINGS = ("Word", "Start (s)", "End (s)", "Listen")


class CuttingDialog(QDialog):
    """The pieces of a long recording: which word each is, and where it starts and ends.

    Signals
    -------
    play_requested
        Start and end of the piece, in seconds.
    """

    play_requested = Signal(float, float)

    def __init__(
        self, recording: LongRecording, words: Sequence[Word], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(f"Cut {recording.file.name} into words")
        self._recording = recording
        self._words = {word.id: word for word in words}
        self._pieces = list(recording.pieces)
        self._length = len(recording.outline) / OUTLINE_PER_SECOND
        self._theme = theme_of(self.palette())
        # A bare box with one axis: a full plot would build menus that nobody sees.
        self.picture = pg.GraphicsLayoutWidget()
        self.wave = pg.ViewBox(enableMenu=False, defaultPadding=0)
        self._regions = [self._region(place, piece) for place, piece in enumerate(self._pieces)]
        self._tags = [pg.TextItem(color=self._theme.text, anchor=(0, 0)) for _ in self._pieces]
        self.table = QTableWidget(len(self._pieces), len(HEADINGS))
        self.buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel
        )
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        self._draw_wave()
        self._fill_table(words)
        heading = wrapped(in_words(recording, words))
        hint = wrapped("Drag the ends of a piece, or write them. The recording itself stays whole.")
        parts = (heading, self.picture, self.table, hint, self.buttons)
        self.setLayout(column(*parts, margin=2 * MARGIN, gap=MARGIN))
        self.resize(900, 620)
        self._count()

    @property
    def pieces(self) -> list[tuple[str, Piece]]:
        """The pieces with the words that were chosen or written; passed over ones have none."""
        places = range(len(self._pieces))
        return [(self._text(place), self._piece_named(place)) for place in places]

    def _draw_wave(self) -> None:
        theme, wave, picture = self._theme, self.wave, self.picture
        named(picture, "Waveform with the pieces", "The table below says the same in numbers")
        for part in (picture, picture.viewport()):
            part.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        picture.setFixedHeight(WAVE_HEIGHT)
        picture.setBackground(theme.base)
        wave.setMouseEnabled(x=True, y=False)
        axis = pg.AxisItem("bottom")
        axis.linkToView(wave)
        axis.enableAutoSIPrefix(False)
        picture.addItem(wave, row=0, col=0)
        picture.addItem(axis, row=1, col=0)
        axis.setPen(theme.edge)
        axis.setTextPen(theme.muted)
        outline = self._recording.outline
        times = np.repeat(np.arange(len(outline)) / OUTLINE_PER_SECOND, 2)
        curve = pg.PlotDataItem(
            times, outline.reshape(-1), pen=pg.mkPen(theme.text, width=1), autoDownsample=True
        )
        wave.addItem(curve)
        wave.setLimits(xMin=0, xMax=max(self._length, SHORTEST))
        wave.setXRange(0, min(self._length, VIEW), padding=0)
        loudest = float(np.abs(outline).max(initial=0.01))
        wave.setYRange(-loudest, 1.4 * loudest)  # room for the words above
        for region, tag in zip(self._regions, self._tags, strict=True):
            wave.addItem(region)
            tag.setParentItem(region)

    def _region(self, place: int, piece: Piece) -> Any:
        region = pg.LinearRegionItem(
            (piece.start, piece.end),
            pen=pg.mkPen(self._theme.accent, width=2),
            bounds=(0, self._length),
            swapMode="block",
        )
        region.setProperty("place", place)
        region.sigRegionChanged.connect(self._on_dragged)
        region.sigRegionChangeFinished.connect(self._on_let_go)
        return region

    def _fill_table(self, words: Sequence[Word]) -> None:
        table = self.table
        named(table, "Pieces", "One row for each piece of the recording")
        table.setHorizontalHeaderLabels(list(HEADINGS))
        table.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        table.verticalHeader().setDefaultSectionSize(TARGET + 2)
        for place, piece in enumerate(self._pieces):
            table.setCellWidget(place, 0, self._choice(place, piece, words))
            for col, seconds in ((1, piece.start), (2, piece.end)):
                cell = QTableWidgetItem(f"{seconds:.3f}")
                cell.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
                table.setItem(place, col, cell)
            button = named(QToolButton(), f"Play piece {place + 1}")
            button.setText("▶")
            button.setProperty("place", place)
            button.clicked.connect(self._on_play)
            table.setCellWidget(place, 3, button)
        table.itemChanged.connect(self._on_written)
        table.currentCellChanged.connect(self._on_chosen)

    def _choice(self, place: int, piece: Piece, words: Sequence[Word]) -> QComboBox:
        choice = named(QComboBox(), f"Word of piece {place + 1}", "Empty: this piece is no word")
        choice.setEditable(True)
        # What is written stays in its field: as one more choice it would stand for no word.
        choice.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        choice.addItem("")
        choice.addItems([word.text for word in words])
        chosen = [word.id for word in words].index(piece.word) + 1 if piece.word else 0
        choice.setCurrentIndex(chosen)
        choice.currentTextChanged.connect(self._count)
        return choice

    def _text(self, place: int) -> str:
        choice = self.table.cellWidget(place, 0)
        assert isinstance(choice, QComboBox)
        return choice.currentText().strip()

    def _count(self) -> None:
        words = sum(bool(text) for text, _piece in self.pieces)
        ok = self.buttons.button(QDialogButtonBox.StandardButton.Ok)
        ok.setText(f"Add {words} take{'s' * (words != 1)}")
        ok.setEnabled(bool(words))
        for place, region in enumerate(self._regions):
            is_word = bool(self._text(place))
            # A piece that is passed over is hatched: colour alone would say too little.
            style = Qt.BrushStyle.SolidPattern if is_word else Qt.BrushStyle.BDiagPattern
            colour = pg.mkColor(self._theme.accent if is_word else self._theme.muted)
            colour.setAlpha(80)
            region.setBrush(pg.QtGui.QBrush(colour, style))
            top = self.wave.viewRange()[1][1]
            self._tags[place].setText(self._text(place) or "–")
            self._tags[place].setPos(self._pieces[place].start, top)

    def _on_dragged(self, region: Any) -> None:
        place = region.property("place")
        start, end = region.getRegion()
        if end - start < SHORTEST:
            return
        self._pieces[place] = moved(self._piece_named(place), start, end)
        self.table.blockSignals(True)
        for col, seconds in ((1, start), (2, end)):
            self._cell(place, col).setText(f"{seconds:.3f}")
        self.table.blockSignals(False)
        self._tags[place].setPos(start, self.wave.viewRange()[1][1])

    def _on_let_go(self, region: Any) -> None:
        """Take over where a piece was dragged to, or put it back if too little is left of it."""
        self._on_dragged(region)
        piece = self._pieces[region.property("place")]
        region.setRegion((piece.start, piece.end))

    def _piece_named(self, place: int) -> Piece:
        """Return the piece with the word of the list that is chosen for it."""
        choice = self.table.cellWidget(place, 0)
        assert isinstance(choice, QComboBox)
        ids = [None, *self._words]
        piece = self._pieces[place]
        return Piece(piece.start, piece.end, ids[choice.currentIndex()])

    def _on_written(self, cell: QTableWidgetItem) -> None:
        place = cell.row()
        piece = self._pieces[place]
        try:
            start, end = (float(self._cell(place, col).text()) for col in (1, 2))
        except ValueError:
            start, end = piece.start, piece.end
        if not 0 <= start < end - SHORTEST or end > self._length + 0.01:
            start, end = piece.start, piece.end
        self._regions[place].setRegion((start, end))
        self._on_dragged(self._regions[place])

    def _cell(self, place: int, col: int) -> QTableWidgetItem:
        cell = self.table.item(place, col)
        assert cell is not None
        return cell

    def _on_chosen(self, place: int) -> None:
        """Bring the piece of a row into sight."""
        start, end = self._pieces[place].start, self._pieces[place].end
        low, high = self.wave.viewRange()[0]
        if not low <= start <= end <= high:
            half = (high - low) / 2
            self.wave.setXRange((start + end) / 2 - half, (start + end) / 2 + half, padding=0)

    def _on_play(self) -> None:
        sender = self.sender()
        assert sender is not None
        piece = self._pieces[sender.property("place")]
        self.play_requested.emit(piece.start, piece.end)
