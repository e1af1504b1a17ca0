from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QWidget

from vgdesk.app.exchange.segmentation import LongRecording, Piece, in_words
from vgdesk.audio.long_recording import OUTLINE_PER_SECOND
from vgdesk.core.counting import counted
from vgdesk.core.model import Word
from vgdesk.ui.importing.segments_model import Index, PiecesModel
from vgdesk.ui.importing.segments_table import PiecesTable
from vgdesk.ui.importing.segments_wave import PiecesWave
from vgdesk.ui.style.theme import theme_of
from vgdesk.ui.widgets.form_parts import MARGIN, column, wrapped

HINT = (
    "Drag the ends of a segment, or type them. Space plays the selected segment, Enter edits the "
    "selected cell. The recording itself is not changed."
)


class SegmentationDialog(QDialog):
    """The segments of a long recording with their words, starts and ends.

    Signals
    -------
    play_requested
        Start and end of the segment, in seconds.
    """

    play_requested = Signal(float, float)

    def __init__(
        self, recording: LongRecording, words: Sequence[Word], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(f"Segment {recording.file.name}")
        length = len(recording.outline) / OUTLINE_PER_SECOND
        self.model = PiecesModel(recording.pieces, words, length, self)
        self.wave = PiecesWave(self.model, recording.outline, theme_of(self.palette()))
        self.table = PiecesTable(self.model, words)
        self.buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel
        )
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        self.table.play_requested.connect(self._on_play)
        self.table.selectionModel().currentRowChanged.connect(self._on_chosen)
        self.model.dataChanged.connect(self._count)
        heading = wrapped(in_words(recording, words))
        parts = (heading, self.wave, self.table, wrapped(HINT), self.buttons)
        self.setLayout(column(*parts, margin=2 * MARGIN, gap=MARGIN))
        self.resize(900, 620)
        self.table.setFocus()
        self._count()

    @property
    def pieces(self) -> list[tuple[str, Piece]]:
        """The segments with the words chosen or typed; skipped ones have none."""
        return self.model.pieces

    def accept(self) -> None:
        # Ends a running edit, because not every system moves the focus to a clicked button.
        self.table.setFocus()
        super().accept()

    def _count(self) -> None:
        words = self.model.word_count
        ok = self.buttons.button(QDialogButtonBox.StandardButton.Ok)
        ok.setText(f"Add {counted(words, 'take')}")
        ok.setEnabled(bool(words))

    def _on_chosen(self, current: Index) -> None:
        self.wave.bring_into_sight(current.row())

    def _on_play(self, place: int) -> None:
        piece = self.model.piece(place)
        self.play_requested.emit(piece.start, piece.end)
