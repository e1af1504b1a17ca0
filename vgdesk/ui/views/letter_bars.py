from PySide6.QtCore import Signal

from vgdesk.analyses.letter_profile import LetterProfile
from vgdesk.app.events import View
from vgdesk.ui.theme import Theme
from vgdesk.ui.views.describe_letters import letter_readout, letters_summary, letters_table
from vgdesk.ui.views.frame import ViewFrame, ViewSpec
from vgdesk.ui.views.letter_plot import LetterPlot


class LetterBars(ViewFrame):
    """Shows which letters bring words closer to round or to sharp things.

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
