from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from PySide6.QtCore import (
    QAbstractItemModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QSize,
    Qt,
)
from PySide6.QtGui import QFont, QIcon, QPixmap

from vgdesk.core.counting import counted
from vgdesk.core.model import Session, Take, TakeId, TakeSource, Word, WordId
from vgdesk.ui.style.plain_text import shortened
from vgdesk.ui.style.theme import Theme
from vgdesk.ui.style.word_colours import Legend, symbol_pixmap
from vgdesk.ui.takes.take_quality import (
    QUALITY_MARKS,
    Quality,
    quality_colour,
    quality_in_words,
    quality_of,
)
from vgdesk.ui.widgets.form_parts import TARGET
from vgdesk.ui.widgets.status_marks import MARK_SIZE, Mark, list_icon, mark_icon

AnyIndex = QModelIndex | QPersistentModelIndex
ROOT = QModelIndex()
FEW = 100
_FLAGS = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
_STATUS_ROLES = [
    Qt.ItemDataRole.DecorationRole,
    Qt.ItemDataRole.ToolTipRole,
    Qt.ItemDataRole.AccessibleTextRole,
]


class Kind(Enum):
    """The kind of a line in the tree."""

    GROUP = "group"
    WORD = "word"
    TAKE = "take"


class Status(Enum):
    """The status of a word or take; a word has the first of its takes' statuses in this order."""

    FAILED = "failed"
    BAD = "ready, but failed a check"
    DOUBTFUL = "ready, but has a warning"
    WAITING = "waiting"
    KEPT_ANYWAY = "ready, kept anyway"
    READY = "ready"
    UNSPOKEN = "not recorded yet"


_QUALITY = {
    Quality.FAILED: Status.BAD,
    Quality.WARNED: Status.DOUBTFUL,
    Quality.KEPT_ANYWAY: Status.KEPT_ANYWAY,
    Quality.GOOD: Status.READY,
}


@dataclass(slots=True)
class Line:
    """One line of the tree; a parent of -1 is the root."""

    kind: Kind
    key: str
    text: str
    parent: int
    row: int
    children: list[int] = field(default_factory=list)


class WordsModel(QAbstractItemModel):
    """Groups with their words and takes, filtered by a search.

    The tree is rebuilt for each session and each search: for thousands of words that is faster
    than finding the changes.
    """

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lines: list[Line] = []
        self._top: list[int] = []
        self._places: dict[tuple[Kind, str], int] = {}
        self._session = Session()
        self._takes: dict[WordId, list[Take]] = {}
        self._legend: Legend | None = None
        self._needle = ""
        self._haystacks: dict[WordId, str] = {}
        self._pending: frozenset[TakeId] = frozenset()
        self._failed: dict[TakeId, str] = {}
        self._group_icons: dict[str, QIcon] = {}
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        self._icons = {
            Status.WAITING: mark_icon(Mark.DOTS, theme.muted),
            Status.FAILED: mark_icon(Mark.CROSS, theme.bad),
            **{
                status: mark_icon(QUALITY_MARKS[quality], quality_colour(quality, theme))
                for quality, status in _QUALITY.items()
            },
            Status.UNSPOKEN: mark_icon(Mark.DASH, theme.muted),
        }
        self._all_changed()

    def show_session(self, session: Session, legend: Legend) -> None:
        self._session, self._legend = session, legend
        self._haystacks = {
            word.id: " ".join((word.text, *word.labels.values())).casefold()
            for word in session.words.values()
        }
        for take in session.takes.values():
            if take.concerns:
                self._haystacks[take.word] += f" {quality_in_words(take).casefold()}"
        self._group_icons = {
            look.group: _symbol_icon(look.colour, look.symbol)
            for look in (*legend.groups, legend.neutral)
        }
        self._build()

    def search(self, text: str) -> None:
        """Show the words whose text, labels or concerns contain every part of `text`."""
        self._needle = text.casefold()
        self._build()

    def show_status(self, pending: frozenset[TakeId], failed: Mapping[TakeId, str]) -> None:
        reasons = dict(failed)
        other = {take for take, reason in reasons.items() if self._failed.get(take) != reason}
        changed = (self._pending ^ pending) | other | (self._failed.keys() - reasons.keys())
        self._pending, self._failed = pending, reasons
        if len(changed) > FEW:
            self._all_changed()
            return
        for take in changed:
            index = self.index_of(Kind.TAKE, take)
            if index.isValid():
                self._changed(index.siblingAtColumn(1), index.siblingAtColumn(1))
                word = index.parent().siblingAtColumn(1)
                self._changed(word, word)

    def _build(self) -> None:
        self.beginResetModel()
        self._lines, self._top, self._places = [], [], {}
        parts = self._needle.split()
        self._takes = {}
        for take in self._session.takes.values():
            self._takes.setdefault(take.word, []).append(take)
        for group, words in self._words_by_group(parts).items():
            line = self._add(Kind.GROUP, group, group or self._nameless(), -1)
            for word in words:
                self._add(Kind.WORD, word.id, word.text, line)
        self.endResetModel()

    def _words_by_group(self, parts: list[str]) -> dict[str, list[Word]]:
        if self._legend is None:
            return {}
        groups: dict[str, list[Word]] = {look.group: [] for look in self._legend.groups}
        groups[""] = []
        for word in self._session.words.values():
            if all(part in self._haystacks[word.id] for part in parts):
                groups[self._legend.look_of(word.id).group].append(word)
        return {group: words for group, words in groups.items() if words}

    def _nameless(self) -> str:
        column = self._legend.column if self._legend else ""
        return f"No {column}" if column and len(self._top) else "All words"

    def _add(self, kind: Kind, key: str, text: str, parent: int) -> int:
        place = len(self._lines)
        siblings = self._top if parent < 0 else self._lines[parent].children
        self._lines.append(Line(kind, key, shortened(text), parent, len(siblings)))
        siblings.append(place)
        self._places[kind, key] = place
        return place

    def _children(self, place: int) -> list[int]:
        """Return the children of a line; those of takes are created on demand."""
        line = self._lines[place]
        if line.kind is Kind.WORD and not line.children:
            for i, take in enumerate(self._takes.get(WordId(line.key), ()), 1):
                self._add(Kind.TAKE, take.id, take.speaker or f"Take {i}", place)
        return line.children

    def index_of(self, kind: Kind, key: str) -> QModelIndex:
        """Return the first cell of a line; invalid if it is filtered out."""
        take = self._session.takes.get(TakeId(key)) if kind is Kind.TAKE else None
        if take is not None and (Kind.WORD, take.word) in self._places:
            self._children(self._places[Kind.WORD, take.word])
        place = self._places.get((kind, key))
        return QModelIndex() if place is None else self._at(place)

    def line(self, index: AnyIndex) -> Line:
        return self._lines[index.internalId()]

    def path(self, index: AnyIndex) -> tuple[int, ...]:
        """Return the rows from the root to a line, as a sort key in display order."""
        rows, place = [], index.internalId()
        while place >= 0:
            rows.append(self._lines[place].row)
            place = self._lines[place].parent
        return tuple(reversed(rows))

    def word_of(self, index: AnyIndex) -> WordId | None:
        """Return the word of a word's or a take's line, None for a group."""
        line = self.line(index)
        if line.kind is Kind.TAKE:
            line = self._lines[line.parent]
        return WordId(line.key) if line.kind is Kind.WORD else None

    def words_under(self, index: AnyIndex) -> list[WordId]:
        """Return the words of a line: several for a group, else one."""
        word = self.word_of(index)
        if word is not None:
            return [word]
        return [WordId(self._lines[i].key) for i in self.line(index).children]

    def word_count(self) -> int:
        """Return the number of words that match the search."""
        return sum(len(self._lines[i].children) for i in self._top)

    def _at(self, place: int, column: int = 0) -> QModelIndex:
        return self.createIndex(self._lines[place].row, column, place)

    def index(self, row: int, column: int, parent: AnyIndex = ROOT) -> QModelIndex:
        children = self._children(parent.internalId()) if parent.isValid() else self._top
        if parent.column() > 0 or not (0 <= row < len(children) and 0 <= column < 2):
            return QModelIndex()
        return self.createIndex(row, column, children[row])

    def parent(self, index: AnyIndex = ROOT) -> QModelIndex:  # type: ignore[override]
        place = self._lines[index.internalId()].parent if index.isValid() else -1
        return QModelIndex() if place < 0 else self._at(place)

    def rowCount(self, parent: AnyIndex = ROOT) -> int:
        if not parent.isValid():
            return len(self._top)
        return 0 if parent.column() else self._count(self._lines[parent.internalId()])

    def columnCount(self, parent: AnyIndex = ROOT) -> int:
        return 2

    def flags(self, index: AnyIndex) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        return _FLAGS

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        line, first = self._lines[index.internalId()], index.column() == 0
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return line.text if first else self._note(line)
            case Qt.ItemDataRole.DecorationRole:
                return self._icon(line, first=first)
            case Qt.ItemDataRole.ToolTipRole | Qt.ItemDataRole.AccessibleTextRole:
                return self._sentence(line)
            case Qt.ItemDataRole.TextAlignmentRole if not first:
                return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            case Qt.ItemDataRole.FontRole if line.kind is Kind.GROUP:
                font = QFont()
                font.setBold(True)
                return font
            case Qt.ItemDataRole.SizeHintRole:
                return QSize(0, TARGET)
        return None

    def _count(self, line: Line) -> int:
        is_word = line.kind is Kind.WORD
        return len(self._takes.get(WordId(line.key), ()) if is_word else line.children)

    def _note(self, line: Line) -> str:
        if line.kind is Kind.TAKE:
            take = self._session.takes[TakeId(line.key)]
            return "whole" if take.end is None else f"{take.end - take.start:.2f} s"
        count = self._count(line)
        if line.kind is Kind.GROUP:
            return str(count)
        return f"{count} takes" if count > 1 else ""

    def _icon(self, line: Line, *, first: bool) -> QIcon | None:
        if line.kind is Kind.GROUP:
            return self._group_icons[line.key] if first else None
        return None if first else self._icons[self._status(line)]

    def _status(self, line: Line) -> Status:
        """Return the status of a line; a word has the worst status of its takes."""
        if line.kind is Kind.TAKE:
            return self._take_status(TakeId(line.key))
        found = {self._take_status(take.id) for take in self._takes.get(WordId(line.key), ())}
        return next((status for status in Status if status in found), Status.UNSPOKEN)

    def _take_status(self, take: TakeId) -> Status:
        if take in self._failed:
            return Status.FAILED
        status = _QUALITY[quality_of(self._session.takes[take])]
        is_good = status in (Status.READY, Status.KEPT_ANYWAY)
        return Status.WAITING if is_good and take in self._pending else status

    def _sentence(self, line: Line) -> str:
        """Describe a line in full, for tooltips and screen readers."""
        if line.kind is Kind.GROUP:
            return f"{line.text}, {counted(self._count(line), 'word')}"
        status = self._status(line)
        if line.kind is Kind.WORD:
            labels = self._session.words[WordId(line.key)].labels
            parts = [line.text, *(shortened(f"{name}: {value}") for name, value in labels.items())]
            takes = [counted(self._count(line), "take")] if self._count(line) else []
            return ", ".join((*parts, *takes, status.value))
        take = self._session.takes[TakeId(line.key)]
        end = "the end" if take.end is None else f"{take.end:.2f} s"
        synthetic = ["synthetic voice"] if take.source is TakeSource.SYNTHETIC else []
        parts = [line.text, *synthetic, f"{take.start:.2f} s to {end} of {take.file.name}"]
        reason = self._failed.get(take.id, "") or quality_in_words(take)
        return ", ".join((*parts, f"{status.value}: {reason}" if reason else status.value))

    def _all_changed(self) -> None:
        # Views repaint completely for more than one cell, so ranges need not be exact.
        if self._top:
            self._changed(self._at(self._top[0]), self._at(self._top[-1], 1))

    def _changed(self, first: QModelIndex, last: QModelIndex) -> None:
        self.dataChanged.emit(first, last, _STATUS_ROLES)


def _symbol_icon(colour: str, symbol: str) -> QIcon:
    def draw(shade: str, ratio: float) -> QPixmap:
        return symbol_pixmap(shade, symbol, size=MARK_SIZE, ratio=ratio)

    return list_icon(colour, draw)
