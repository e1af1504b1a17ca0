from PySide6.QtCore import Signal

from vgdesk.app.state.events import View
from vgdesk.core.details import LetterProfile
from vgdesk.ui.style.theme import Theme
from vgdesk.ui.views.curves.letter_plot import LetterPlot
from vgdesk.ui.views.descriptions.letters import letter_readout, letters_summary, letters_table
from vgdesk.ui.views.frame.view_frame import ViewFrame, ViewSpec


class LetterBars(ViewFrame):
    """Shows which letters make words lie nearer to round or to sharp things.

    Signals
    -------
    words_chosen
        The words of the letter that was clicked.
    """

    words_chosen = Signal(list)

    def __init__(self, theme: Theme) -> None:
        self._profile: LetterProfile | None = None
        self.plot = LetterPlot()
        super().__init__("Letters", self.plot, theme)
        self.plot.pointed.connect(self._point)
        self.plot.chosen.connect(self._choose)
        self.set_theme(theme)

    def show_result(self, profile: LetterProfile, title: str) -> None:
        """Show a profile; `title` is the name of the model."""
        self._profile = profile
        self._draw()
        self._present(
            letters_summary(profile, title),
            profile.trace.warning,
            lambda: letters_table(profile),
        )

    def set_theme(self, theme: Theme) -> None:
        super().set_theme(theme)
        self._draw()

    def _draw(self) -> None:
        if self._profile is not None:
            self.plot.show_profile(self._profile, self.theme)

    def _point(self, _line: int, letter: int) -> None:
        known = self._profile is not None and letter >= 0
        self.plot.setToolTip(letter_readout(self._profile, letter) if known else "")  # type: ignore[arg-type]

    def _choose(self, _line: int, letter: int) -> None:
        if self._profile is not None:
            self.words_chosen.emit(list(self._profile.words[letter]))


SPEC = ViewSpec(View.LETTERS.value, "Letters", LetterBars)
