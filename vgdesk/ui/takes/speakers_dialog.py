from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QWidget,
)

from vgdesk.app.words.speakers import SpeakerFacts
from vgdesk.core.counting import counted
from vgdesk.core.model import Speaker
from vgdesk.core.names import LONGEST_NAME
from vgdesk.ui.widgets.form_parts import MARGIN, TARGET, column, named, row, wrapped

CONSENT = {None: "not asked yet", True: "yes", False: "no"}
NOBODY = "unnamed speaker"
WHOLE = "A pseudonym such as S01 is enough."


class SpeakersDialog(QDialog):
    """The speakers, the current speaker, and their consent.

    Signals
    -------
    speaker_added
        A request for a new speaker with the next pseudonym.
    speaker_changed
        A profile with the name of the displayed speaker.
    speaker_renamed
        The old name and the new one.
    speaker_chosen
        The new current speaker.
    removal_requested
        The speaker whose data should be deleted permanently.
    """

    speaker_added = Signal()
    speaker_changed = Signal(object)
    speaker_renamed = Signal(str, str)
    speaker_chosen = Signal(str)
    removal_requested = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Speakers")
        self._facts: tuple[SpeakerFacts, ...] = ()
        self._now = ""
        self.list = named(QListWidget(), "Speakers")
        # Long names are elided in the middle, so that the notes after them stay visible.
        self.list.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.name = named(QLineEdit(), "Name or pseudonym")
        self.language = named(QLineEdit(), "Language", "For example en, de or Swabian")
        for field in (self.name, self.language):
            field.setMaxLength(LONGEST_NAME)
        self.consent = named(
            QComboBox(), "Agrees to be recorded", "Required before this speaker is recorded"
        )
        self.consent.addItems(list(CONSENT.values()))
        self._count = wrapped()
        self.add = named(QPushButton("New speaker"), "New speaker")
        self.choose = named(QPushButton("Make current speaker"), "Make current speaker")
        self.remove = named(QPushButton("Delete permanently…"), "Delete permanently")
        self._close = named(QPushButton("Close"), "Close")
        self._lay_out()
        self._connect()
        self._show_chosen()

    def _lay_out(self) -> None:
        form = QFormLayout()
        form.addRow("&Name", self.name)
        form.addRow("&Language", self.language)
        form.addRow("&Agrees to be recorded", self.consent)
        of_one = QHBoxLayout()
        for button in (self.choose, self.remove):
            of_one.addWidget(button)
        right = column(form, self._count, of_one)
        right.addStretch()
        left = column(self.list, self.add)
        sides = row(left, right, gap=2 * MARGIN)
        sides.setStretch(0, 1)
        sides.setStretch(1, 1)
        foot = row(wrapped(WHOLE), self._close)
        foot.setStretch(0, 1)
        self.setLayout(column(sides, foot, margin=2 * MARGIN, gap=MARGIN))
        self.resize(700, 380)

    def _connect(self) -> None:
        for button in (self.add, self.choose, self.remove, self._close):
            button.setAutoDefault(False)  # Return in a field must not click a button
        self.list.currentRowChanged.connect(self._show_chosen)
        self.name.editingFinished.connect(self._rename)
        self.language.editingFinished.connect(self._change)
        self.consent.activated.connect(self._change)
        self.add.clicked.connect(self.speaker_added)
        self.choose.clicked.connect(self._choose)
        self.remove.clicked.connect(self._ask_to_remove)
        self._close.clicked.connect(self.accept)

    def show_speakers(self, speakers: tuple[SpeakerFacts, ...], now: str, chosen: str) -> None:
        """Show the speakers; `now` is the current one, `chosen` the displayed one."""
        self._facts, self._now = speakers, now
        self.list.blockSignals(True)
        self.list.clear()
        for facts in speakers:
            self.list.addItem(_item(facts, is_now=facts.name == now))
        names = [facts.name for facts in speakers]
        self.list.setCurrentRow(names.index(chosen) if chosen in names else 0 if names else -1)
        self.list.blockSignals(False)
        self._show_chosen()

    @property
    def chosen(self) -> SpeakerFacts | None:
        place = self.list.currentRow()
        return self._facts[place] if 0 <= place < len(self._facts) else None

    def _show_chosen(self) -> None:
        facts = self.chosen
        profile = facts.profile if facts else None
        self.name.setText(facts.name if facts else "")
        self.name.setPlaceholderText(NOBODY if facts else "")
        self.language.setText(profile.language if profile else "")
        self.consent.setCurrentText(CONSENT[profile.has_consent if profile else None])
        self._count.setText(_summary(facts) if facts else "No speakers yet.")
        self.name.setEnabled(facts is not None)
        for part in (self.language, self.consent, self.remove):
            part.setEnabled(facts is not None and bool(facts.name))
        self.choose.setEnabled(facts is not None and facts.name != self._now)

    def _rename(self) -> None:
        facts, name = self.chosen, self.name.text().strip()
        if facts is None or name == facts.name:
            return
        if name:
            self.speaker_renamed.emit(facts.name, name)
        else:
            self.name.setText(facts.name)

    def _change(self) -> None:
        facts = self.chosen
        if facts is None or not facts.name:
            return
        consent = tuple(CONSENT)[self.consent.currentIndex()]
        changed = Speaker(facts.name, self.language.text().strip(), consent)
        if changed != (facts.profile or Speaker(facts.name)):
            self.speaker_changed.emit(changed)

    def _choose(self) -> None:
        if self.chosen is not None:
            self.speaker_chosen.emit(self.chosen.name)

    def _ask_to_remove(self) -> None:
        if self.chosen is not None:
            self.removal_requested.emit(self.chosen.name)


def _item(facts: SpeakerFacts, *, is_now: bool) -> QListWidgetItem:
    takes = counted(facts.takes, "take")
    refuses = facts.profile is not None and facts.profile.has_consent is False
    notes = [
        takes,
        *(["does not agree"] if refuses else []),
        *(["current speaker"] if is_now else []),
    ]
    item = QListWidgetItem(f"{facts.name or NOBODY} · {' · '.join(notes)}")
    font = item.font()
    font.setBold(is_now)
    item.setFont(font)
    item.setToolTip(item.text())
    item.setSizeHint(QSize(0, TARGET))
    return item


def _summary(facts: SpeakerFacts) -> str:
    takes = f"{counted(facts.takes, 'take')} in the list"
    return f"{takes}, {facts.trashed} in the trash." if facts.trashed else f"{takes}."
