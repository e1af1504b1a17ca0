from collections.abc import Sequence
from typing import TypeVar

from PySide6.QtCore import QSize, Qt, Signal, SignalInstance
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDoubleSpinBox,
    QHeaderView,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QStackedLayout,
    QTreeWidget,
    QTreeWidgetItem,
    QWidget,
)

from vgdesk.audio.files import LONGEST_WORD_SECONDS
from vgdesk.core.arrays import FloatArray
from vgdesk.core.model import Take, TakeId, TakeSource, Word, WordId
from vgdesk.ui.style.plain_text import LONGEST, on_one_line
from vgdesk.ui.style.theme import Theme, theme_of
from vgdesk.ui.takes.sound_view import SHORTEST_S, SoundView
from vgdesk.ui.takes.take_quality import (
    QUALITY_MARKS,
    Quality,
    quality_colour,
    quality_in_words,
    quality_of,
)
from vgdesk.ui.widgets.form_parts import (
    GAP,
    MARGIN,
    TARGET,
    EmptyNote,
    Panel,
    StatusLine,
    column,
    named,
    pairs,
    row,
    scale_font,
    scrolling,
    tint,
    wrapped,
)
from vgdesk.ui.widgets.status_marks import mark_icon

MOST_TAKES_SHOWN = 4
_SOURCES = {
    TakeSource.RECORDED: "recorded here",
    TakeSource.IMPORTED: "from a file",
    TakeSource.SYNTHETIC: "synthetic voice",
}
_ID = Qt.ItemDataRole.UserRole

TIME_WIDTH = 70  # pixels, for “1234.567 s”


class InspectorPanel(Panel):
    """Details of one word: its takes, their sound and trim, and its neighbours.

    Signals
    -------
    trim_changed
        Take, start and end in seconds; once per change, not while a handle moves.
    trim_proposed_requested, play_requested, take_chosen, take_delete_requested, cut_requested
        A take.
    word_chosen
        A word of the list of neighbours.
    """

    trim_changed = Signal(str, float, float)
    trim_proposed_requested = Signal(str)
    play_requested = Signal(str)
    take_chosen = Signal(str)
    take_delete_requested = Signal(str)
    cut_requested = Signal(str)
    word_chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._take: Take | None = None
        self._takes: tuple[Take, ...] = ()
        self._title, self._subtitle = wrapped(), wrapped()
        self.quality = StatusLine()
        self._space, self._unspoken = wrapped(), wrapped("Not recorded yet. Press R to record it.")
        self._empty = EmptyNote("No word selected", "Select a word in the list or in any view.")
        self.takes = _bare(QListWidget(), "Takes of this word")
        self.neighbours = _bare(QTreeWidget(), "Nearest words")
        self.sound = SoundView()
        self.start, self.end = _time_field("Start of the word"), _time_field("End of the word")
        self.play = named(QPushButton("▶ Play"), "Play", "Play this take (Space)")
        self.propose = named(
            QPushButton("Find word"), "Find the word", "Trim to the detected speech"
        )
        self.reset = named(QPushButton("Reset trim"), "Reset trim", "Use the whole recording")
        self.delete = named(QPushButton("Delete take"), "Delete take")
        self.cut = named(
            QPushButton("Segment into words…"),
            "Segment into words",
            "Make a take of each detected word",
        )
        self._lay_out()
        self._connect()
        self.set_theme(theme_of(self.palette()))
        self.show_word(None, (), None)
        self.show_neighbours((), "")

    def _lay_out(self) -> None:
        scale_font(self._title, 1.6, bold=True)
        times = row(QLabel("From"), self.start, QLabel("to"), self.end)
        for place in (1, 3):
            times.setStretch(place, 1)
        buttons = pairs(self.play, self.delete, self.propose, self.reset)
        self._spoken = QWidget()
        self._spoken.setLayout(
            column(self.takes, self.quality, self.cut, self.sound, times, buttons)
        )
        head = column(self._title, self._subtitle, gap=0)
        parts = column(head, self._unspoken, self._spoken, margin=MARGIN, gap=MARGIN)
        parts.addLayout(column(self._space, self._neighbour_list(), gap=GAP // 2), 1)
        parts.addStretch()
        self._pages = QStackedLayout()
        self._pages.addWidget(self._empty)
        self._pages.addWidget(scrolling(parts))
        self.setLayout(self._pages)

    def _neighbour_list(self) -> QTreeWidget:
        header = self.neighbours.header()
        self.neighbours.setColumnCount(2)
        self.neighbours.setHeaderHidden(True)
        self.neighbours.setRootIsDecorated(False)
        header.setStretchLastSection(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        self.neighbours.setMinimumHeight(4 * TARGET)
        return self.neighbours

    def _connect(self) -> None:
        self.takes.currentItemChanged.connect(self._on_take)
        self.sound.trim_dragging.connect(self._fill_times)
        self.sound.trim_dragged.connect(self._on_dragged)
        self.start.valueChanged.connect(self._on_typed)
        self.end.valueChanged.connect(self._on_typed)
        self.play.clicked.connect(self._on_play)
        self.propose.clicked.connect(self._on_propose)
        self.reset.clicked.connect(self._on_reset)
        self.delete.clicked.connect(self._on_delete)
        self.cut.clicked.connect(self._on_cut)
        self.neighbours.itemClicked.connect(self._on_neighbour)
        self.neighbours.itemActivated.connect(self._on_neighbour)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.sound.set_theme(theme)
        self._empty.set_muted(theme.muted)
        for label in (self._subtitle, self._space, self._unspoken):
            tint(label, theme.muted)
        self._list_takes()

    def show_word(self, word: Word | None, takes: tuple[Take, ...], current: TakeId | None) -> None:
        """Show a word; its sound comes with `show_sound`.

        Parameters
        ----------
        current
            The inspected take; None for the first.
        """
        before = self._take
        self._takes = takes
        chosen = [take for take in takes if take.id == current]
        self._take = next(iter((*chosen, *takes)), None)
        self._pages.setCurrentIndex(0 if word is None else 1)
        if word is not None:
            self._title.setText(on_one_line(word.text, LONGEST))
            facts = {**word.labels, "language": word.language}
            said = (on_one_line(f"{name}: {fact}", LONGEST) for name, fact in facts.items())
            self._subtitle.setText(", ".join(said))
        self._list_takes()
        self._spoken.setVisible(bool(takes))
        self._unspoken.setVisible(not takes)
        if before is None or self._take is None or before.file != self._take.file:
            self._forget_sound()
        self._show_trim()

    def show_sound(
        self,
        take: TakeId,
        samples: FloatArray,
        sample_rate: int,
        *,
        begin: float = 0.0,
        whole: float | None = None,
    ) -> None:
        """Draw the recording of a take; ignored if the take is no longer inspected.

        Parameters
        ----------
        samples
            Shape [samples], one channel, before trimming.
        begin, whole
            Offset of the samples in the recording, and its whole length, in seconds; None if the
            samples are the whole recording.
        """
        if self._take is None or take != self._take.id:
            return
        self.sound.show_sound(samples, sample_rate, begin=begin, whole=whole)
        self._set_enabled(is_ready=self.sound.duration > 0)
        self._show_trim()

    def show_playhead(self, seconds: float | None) -> None:
        """Show the playback position; None when nothing is playing."""
        self.sound.show_playhead(seconds)
        self.play.setText("▶ Play" if seconds is None else "■ Stop")

    def show_neighbours(self, words: Sequence[tuple[WordId, str, float]], space: str) -> None:
        """List the nearest words.

        Parameters
        ----------
        words
            Id, text and similarity, the most similar first.
        space
            Description of the space, for example "nearest in the original space, layer 3".
        """
        self.neighbours.clear()
        for word, text, similarity in words:
            item = QTreeWidgetItem([text, f"{similarity:.2f}".replace("-", "−")])
            item.setData(0, _ID, word)
            item.setSizeHint(0, QSize(0, TARGET))
            item.setData(0, Qt.ItemDataRole.AccessibleTextRole, f"{text}, {item.text(1)}")
            item.setTextAlignment(1, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            self.neighbours.addTopLevelItem(item)
        for part in (self._space, self.neighbours):
            part.setVisible(bool(words))
        self._space.setText(space[:1].upper() + space[1:])

    def _list_takes(self) -> None:
        self.takes.blockSignals(True)
        self.takes.clear()
        for i, take in enumerate(self._takes, 1):
            speaker = take.speaker or f"Take {i}"
            item = QListWidgetItem(f"{speaker}, {_SOURCES[take.source]}", self.takes)
            item.setData(_ID, take.id)
            item.setSizeHint(QSize(0, TARGET))
            self._mark(item, take)
            if take is self._take:
                self.takes.setCurrentItem(item)
        self.takes.blockSignals(False)
        frame = 2 * self.takes.frameWidth()
        self.takes.setFixedHeight(TARGET * min(len(self._takes), MOST_TAKES_SHOWN) + frame)
        self._show_quality()

    def _mark(self, item: QListWidgetItem, take: Take) -> None:
        """Mark a take with the result of its checks; a good one has no mark."""
        quality, said = quality_of(take), quality_in_words(take)
        item.setToolTip(f"{take.file.name}\n{said}".strip())
        if quality is not Quality.GOOD:
            item.setIcon(mark_icon(QUALITY_MARKS[quality], quality_colour(quality, self._theme)))
            item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{item.text()}, {quality.value}")

    def _show_quality(self) -> None:
        quality = quality_of(self._take) if self._take else Quality.GOOD
        self.quality.setVisible(quality is not Quality.GOOD)
        if self._take is not None and quality is not Quality.GOOD:
            colour = quality_colour(quality, self._theme)
            said = quality_in_words(self._take)
            self.quality.show_status(QUALITY_MARKS[quality], said, colour, ink=self._theme.text)

    def _forget_sound(self) -> None:
        self.sound.clear_sound()
        self.show_playhead(None)
        self._set_enabled(is_ready=False)

    def _set_enabled(self, *, is_ready: bool) -> None:
        for part in (self.start, self.end, self.play, self.propose, self.reset):
            part.setEnabled(is_ready)

    def _show_trim(self) -> None:
        seconds = 0.0
        if self._take is not None and self.sound.duration:
            self.sound.show_trim(self._take.start, self._take.end)
            end = self.sound.duration if self._take.end is None else self._take.end
            self._fill_times(self._take.start, end)
            seconds = end - self._take.start
        self.cut.setVisible(seconds > LONGEST_WORD_SECONDS)

    def _fill_times(self, start: float, end: float) -> None:
        for field, value in ((self.start, start), (self.end, end)):
            field.blockSignals(True)
            field.setRange(0.0, self.sound.duration)
            field.setValue(value)
            field.blockSignals(False)

    def _on_take(self, item: QListWidgetItem | None) -> None:
        if item is not None:
            self.take_chosen.emit(item.data(_ID))

    def _on_dragged(self, start: float, end: float) -> None:
        if self._take is not None:
            self._fill_times(start, end)
            self.trim_changed.emit(self._take.id, start, end)

    def _on_typed(self) -> None:
        start, end = self.start.value(), self.end.value()
        if self.sender() is self.start:
            start = max(0.0, min(start, end - SHORTEST_S))
        else:
            end = min(self.sound.duration, max(end, start + SHORTEST_S))
        self.sound.show_trim(start, end)
        self._on_dragged(start, end)

    def _on_play(self) -> None:
        self._ask(self.play_requested)

    def _on_propose(self) -> None:
        self._ask(self.trim_proposed_requested)

    def _on_delete(self) -> None:
        self._ask(self.take_delete_requested)

    def _on_cut(self) -> None:
        self._ask(self.cut_requested)

    def _ask(self, signal: SignalInstance) -> None:
        if self._take is not None:
            signal.emit(self._take.id)

    def _on_reset(self) -> None:
        self.sound.show_trim(0.0, None)
        self._on_dragged(0.0, self.sound.duration)

    def _on_neighbour(self, item: QTreeWidgetItem) -> None:
        self.word_chosen.emit(item.data(0, _ID))


V = TypeVar("V", bound=QAbstractItemView)


def _bare(view: V, name: str) -> V:
    """Configure a list without tooltip or horizontal scrolling."""
    named(view, name).setToolTip("")
    view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    return view


def _time_field(name: str) -> QDoubleSpinBox:
    field = named(QDoubleSpinBox(), name, f"{name} in seconds")
    field.setMinimumWidth(TIME_WIDTH)  # with a style sheet Qt requests more than it uses
    field.setDecimals(3)
    field.setSingleStep(0.01)
    field.setSuffix(" s")
    # One change per number, not per digit.
    field.setKeyboardTracking(False)
    return field
