from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget

from vgdesk.app.recording.take_sequence import Stage
from vgdesk.ui.style.theme import Theme, theme_of
from vgdesk.ui.widgets.form_parts import row, scale_font, tint
from vgdesk.ui.widgets.status_marks import MARK_SIZE, Mark, mark_pixmap

SCALE = 1.25

MARKS = {
    Stage.OFF: Mark.RING,
    Stage.OPENING: Mark.DOTS,
    Stage.READY: Mark.TICK,
    Stage.LISTENING: Mark.BUBBLE,
    Stage.RECORDING: Mark.DISC,
    Stage.TAIL: Mark.SQUARE,
    Stage.CHECKING: Mark.LENS,
    Stage.REVIEW: Mark.DIAMOND,
    Stage.LOST: Mark.TRIANGLE,
}


def stage_colour(stage: Stage, theme: Theme) -> str:
    """Return green when ready, red while recording, yellow in the tail, otherwise grey."""
    return {
        Stage.READY: theme.good,
        Stage.LISTENING: theme.good,
        Stage.RECORDING: theme.bad,
        Stage.TAIL: theme.warn,
        Stage.REVIEW: theme.accent,
        Stage.LOST: theme.bad,
    }.get(stage, theme.muted)


class TrafficLight(QWidget):
    """The stage of the recording as colour, shape and word.

    Parameters
    ----------
    scale
        Size relative to ordinary text.
    """

    def __init__(self, scale: float = SCALE) -> None:
        super().__init__()
        self.picture, self.word = QLabel(), QLabel()
        self._size = round(MARK_SIZE * scale)
        self._theme = theme_of(self.palette())
        scale_font(self.word, scale, bold=True)
        self.picture.setFixedWidth(self._size)
        self.word.setTextFormat(Qt.TextFormat.PlainText)
        line = row(self.picture, self.word)
        line.setStretch(1, 1)
        self.setLayout(line)
        self.show_stage(Stage.OFF)

    @property
    def stage(self) -> Stage:
        return self._stage

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.show_stage(self._stage)

    def show_stage(self, stage: Stage) -> None:
        self._stage = stage
        colour, ratio = stage_colour(stage, self._theme), self.devicePixelRatioF()
        self.picture.setPixmap(mark_pixmap(MARKS[stage], colour, ratio=ratio, size=self._size))
        self.word.setText(stage.value)
        self.setAccessibleName(stage.value)
        tint(self.word, colour)
