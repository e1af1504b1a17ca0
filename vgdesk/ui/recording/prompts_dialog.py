from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QPlainTextEdit,
    QPushButton,
    QSpinBox,
    QWidget,
)

from vgdesk.app.exchange.word_lists import typed_words, with_words, words_as_text
from vgdesk.app.state.settings import MOST_TAKES
from vgdesk.app.words.prompt_order import PromptPlan, progress
from vgdesk.core.counting import counted
from vgdesk.core.model import Session
from vgdesk.ui.style.theme import theme_of
from vgdesk.ui.widgets.form_parts import GAP, MARGIN, column, named, row, tint, wrapped

LARGEST_SEED = 999_999
EXAMPLE = "dog\ncat\nhorse"


class PromptsDialog(QDialog):
    """Asks for the prompts, their order and number of takes, with a summary.

    Signals
    -------
    file_requested
        A request for a file with words.
    prompts_chosen
        A Session with the words of the list, and the PromptPlan.
    """

    file_requested = Signal()
    prompts_chosen = Signal(object, object)

    def __init__(
        self,
        session: Session,
        plan: PromptPlan,
        speaker: str,
        group_column: str,
        parent: QWidget | None = None,
    ) -> None:
        """`session` has the existing words, which are prompted as well."""
        super().__init__(parent)
        self._session, self._speaker, self._column = session, speaker, group_column
        self.setWindowTitle("Prompts")
        self.words = named(QPlainTextEdit(), "Words to record", "")
        self.words.setPlaceholderText(EXAMPLE)
        self.load = named(QPushButton("From a file…"), "Words from a file", "CSV, TSV or text")
        self.is_shuffled = named(QCheckBox("Shuffle with seed"), "Shuffle the words")
        self.seed = named(QSpinBox(), "Random seed", "The same seed gives the same order")
        self.takes = named(QSpinBox(), "Takes of each word")
        self.skips = named(QCheckBox("Skip words that have enough takes"), "Skip recorded words")
        self.summary, self.trouble = wrapped(), wrapped()
        self._buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel
        )
        # A long list is counted after a pause in typing, not at every key.
        self._rest = QTimer(self, singleShot=True, interval=100)
        self._fill(plan)
        self._lay_out()
        self._connect()
        self._count()

    def _fill(self, plan: PromptPlan) -> None:
        self.seed.setRange(0, LARGEST_SEED)
        self.takes.setRange(1, MOST_TAKES)
        self.is_shuffled.setChecked(plan.is_shuffled)
        self.seed.setValue(min(plan.seed, LARGEST_SEED))
        self.seed.setEnabled(plan.is_shuffled)
        self.takes.setValue(plan.takes)
        self.takes.setPrefix("Takes of each word: ")
        self.skips.setChecked(plan.skips_recorded)

    def _lay_out(self) -> None:
        how = wrapped(
            "Add words, one per line, each optionally followed by a tab and its group, and another "
            "tab and a hint. Words with the same spelling and different hints are different words."
        )
        order = row(self.is_shuffled, self.seed)
        order.addStretch()
        often = row(self.takes)
        often.addStretch()
        below = row(self._buttons)
        source = row(self.load, self.trouble)
        source.setStretch(1, 1)
        parts = (how, self.words, source, order, often, self.skips, self.summary, below)
        layout = column(*parts, margin=2 * MARGIN, gap=GAP)
        layout.setStretch(1, 1)
        self.setLayout(layout)
        self.resize(460, 480)
        theme = theme_of(self.palette())
        tint(how, theme.muted)
        tint(self.trouble, theme.bad)
        for button in self._buttons.buttons():
            named(button, button.text().replace("&", ""))
        self.words.setFocus()

    def _connect(self) -> None:
        self._rest.timeout.connect(self._count)
        self.words.textChanged.connect(self._rest.start)
        self.load.clicked.connect(self.file_requested)
        self.is_shuffled.toggled.connect(self.seed.setEnabled)
        self.takes.valueChanged.connect(self._count)
        self._buttons.accepted.connect(self.accept)
        self._buttons.rejected.connect(self.reject)

    def show_words(self, words: Session) -> None:
        """Append the words of a file to the typed ones."""
        typed = self.words.toPlainText().rstrip("\n")
        text = words_as_text(words, self._column)
        self.words.setPlainText(f"{typed}\n{text}" if typed else text)
        self.trouble.setText("")

    def show_trouble(self, sentence: str) -> None:
        """Show why a file could not be read."""
        self.trouble.setText(sentence)

    def plan(self) -> PromptPlan:
        return PromptPlan(
            self.is_shuffled.isChecked(),
            self.seed.value(),
            self.takes.value(),
            self.skips.isChecked(),
        )

    def added(self) -> Session:
        """Return the typed or loaded words."""
        return typed_words(self.words.toPlainText(), self._session, self._column)

    def _count(self) -> None:
        self._rest.stop()
        together = with_words(self._session, self.added())
        new = len(together.words) - len(self._session.words)
        count, takes = len(together.words), self.takes.value()
        done = progress(together, self.plan(), self._speaker).done
        words, each, there = counted(count, "word"), counted(takes, "take"), counted(done, "take")
        self.summary.setText(f"{words} ({new} new), {each} each; {there} recorded by this speaker.")

    def accept(self) -> None:
        super().accept()
        self.prompts_chosen.emit(self.added(), self.plan())
