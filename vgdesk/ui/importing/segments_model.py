from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from vgdesk.app.exchange.segmentation import Piece, moved
from vgdesk.core.model import Word, WordId

Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole
WORD, START, END, LISTEN = range(4)
HEADINGS = ("Word", "Start (s)", "End (s)", "Listen")
TIPS = ("Leave empty if this segment is not a word", "", "", "Play this segment")
ACROSS = (
    Qt.AlignmentFlag.AlignLeft,
    Qt.AlignmentFlag.AlignRight,
    Qt.AlignmentFlag.AlignRight,
    Qt.AlignmentFlag.AlignHCenter,
)
SHORTEST = 0.02  # seconds
ROUNDING = 0.01  # seconds by which a typed end may exceed the recording


class PiecesModel(QAbstractTableModel):
    """The segments of a recording, one row each; table and waveform show and edit it.

    Attributes
    ----------
    length
        Of the recording, in seconds.
    word_count
        Number of segments with a word, updated incrementally because there may be thousands.
    """

    def __init__(
        self,
        pieces: Sequence[Piece],
        words: Sequence[Word],
        length: float,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        known = {word.id: word.text for word in words}
        self.length = length
        self._pieces = list(pieces)
        self._texts = [known.get(piece.word, "") if piece.word else "" for piece in pieces]
        self.word_count = sum(map(bool, self._texts))

    @property
    def pieces(self) -> list[tuple[str, Piece]]:
        """The segments with the words chosen or typed; skipped ones have none."""
        return list(zip(self._texts, self._pieces, strict=True))

    def piece(self, place: int) -> Piece:
        return self._pieces[place]

    def text(self, place: int) -> str:
        return self._texts[place]

    def places_between(self, low: float, high: float) -> list[int]:
        """Return the indices of segments that overlap a part of the recording."""
        places = enumerate(self._pieces)
        return [place for place, piece in places if piece.start < high and piece.end > low]

    def set_word(self, place: int, text: str, word: WordId | None) -> None:
        """Set the word of a segment: a word of the list, or a text for a new word."""
        piece = self._pieces[place]
        if (text, word) == (self._texts[place], piece.word):
            return
        self.word_count += bool(text) - bool(self._texts[place])
        self._texts[place] = text
        self._pieces[place] = Piece(piece.start, piece.end, word)
        self._tell(place, WORD, WORD)

    def move(self, place: int, start: float, end: float) -> bool:
        """Move the boundaries of a segment, in seconds; False if too close or outside."""
        if not (0 <= start <= end - SHORTEST and end <= self.length + ROUNDING):
            return False
        self._pieces[place] = moved(self._pieces[place], start, min(end, self.length))
        self._tell(place, START, END)
        return True

    def _tell(self, place: int, first: int, last: int) -> None:
        self.dataChanged.emit(self.index(place, first), self.index(place, last))

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._pieces)

    def columnCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(HEADINGS)

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = super().flags(index)
        return flags if index.column() == LISTEN else flags | Qt.ItemFlag.ItemIsEditable

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:
        place, column = index.row(), index.column()
        if role in (Role.DisplayRole, Role.EditRole):
            return self._written(place)[column]
        if role == Role.AccessibleTextRole:
            return self._read_aloud(place)[column]
        if role == Role.ToolTipRole:
            return TIPS[column]
        if role == Role.TextAlignmentRole:
            return ACROSS[column] | Qt.AlignmentFlag.AlignVCenter
        return None

    def _written(self, place: int) -> tuple[str, ...]:
        piece = self._pieces[place]
        return self._texts[place], f"{piece.start:.3f}", f"{piece.end:.3f}", "▶"

    def _read_aloud(self, place: int) -> tuple[str, ...]:
        text, start, end, _play = self._written(place)
        number = place + 1
        return (
            f"Word of segment {number}: {text or 'none'}",
            f"Start of segment {number}: {start} seconds",
            f"End of segment {number}: {end} seconds",
            f"Play segment {number}",
        )

    def setData(self, index: Index, value: Any, role: int = Role.EditRole) -> bool:
        """Set a typed boundary; False if it is not a valid number."""
        if role != Role.EditRole or index.column() not in (START, END):
            return False
        try:
            seconds = float(value)
        except ValueError:
            return False
        piece = self._pieces[index.row()]
        ends = (seconds, piece.end) if index.column() == START else (piece.start, seconds)
        return self.move(index.row(), *ends)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole
    ) -> Any:
        if role != Role.DisplayRole:
            return None
        return HEADINGS[section] if orientation == Qt.Orientation.Horizontal else str(section + 1)
