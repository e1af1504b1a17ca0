from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QComboBox, QGridLayout, QLabel, QWidget

from vgdesk.core.model import Cell, EncoderId
from vgdesk.ui.models.model_card import Choice, ModelCard
from vgdesk.ui.style.theme import Theme, theme_of
from vgdesk.ui.widgets.form_parts import GAP, MARGIN, Panel, column, named, offer, row, scrolling

WIDE = 380


class ModelsPanel(Panel):
    """The 2x2: speech above text, trained without pictures left of trained with pictures.

    In a narrow dock the four are stacked.

    Signals
    -------
    encoder_chosen
        Cell and encoder id, None to clear the cell.
    folder_requested, download_requested, twin_requested, vectors_requested
        The cell for which a model from a folder, a download, the untrained twin of its model, or
        word vectors from a file are requested.
    compared_chosen
        The cells to compare, A and B.
    """

    encoder_chosen = Signal(object, object)
    folder_requested = Signal(object)
    download_requested = Signal(object)
    twin_requested = Signal(object)
    vectors_requested = Signal(object)
    compared_chosen = Signal(object, object)
    device_chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        theme = theme_of(self.palette())
        self._compared = (Cell.SPEECH, Cell.TEXT)
        self.cards = {cell: ModelCard(cell, theme) for cell in Cell}
        self._columns = 0
        self.device = named(QComboBox(), "Run models on", "Where the models run")
        self.device.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.device.setMinimumContentsLength(6)
        self.device.textActivated.connect(self.device_chosen)
        for cell, card in self.cards.items():
            card.setProperty("cell", cell)
            card.encoder_chosen.connect(self._on_encoder)
            card.wish_chosen.connect(self._on_wish)
            card.compare_requested.connect(self._on_compare)
        self._lay_out()

    def _lay_out(self) -> None:
        self._grid = QGridLayout()
        self._grid.setSpacing(GAP)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._place_cards(1)
        caption = QLabel("Run on")
        caption.setBuddy(self.device)
        foot = row(caption, self.device)
        foot.setStretch(1, 1)
        content = column(self._grid, foot, margin=MARGIN, gap=MARGIN)
        content.addStretch(1)
        self.setLayout(column(scrolling(content)))
        self.first = self.cards[Cell.SPEECH].choices

    def _place_cards(self, columns: int) -> None:
        if columns != self._columns:
            self._columns = columns
            for i, card in enumerate(self.cards.values()):
                self._grid.addWidget(card, i // columns, i % columns)
            # An empty second column would still get part of the width.
            self._grid.setColumnStretch(0, 1)
            self._grid.setColumnStretch(1, columns - 1)

    def set_theme(self, theme: Theme) -> None:
        for card in self.cards.values():
            card.set_theme(theme)

    def show_choices(
        self, choices: Mapping[Cell, tuple[Choice, ...]], chosen: Mapping[Cell, EncoderId]
    ) -> None:
        """Offer the encoders of each cell, and show the chosen one."""
        for cell, card in self.cards.items():
            card.show_choices(choices.get(cell, ()), chosen.get(cell))

    def show_progress(
        self, cell: Cell, done: int, total: int, note: str = "", *, failed: bool = False
    ) -> None:
        """Show the progress of a cell's model.

        Parameters
        ----------
        done, total
            Words with vectors, and all words; a total of 0 while the model loads.
        note
            The current step, or the reason of a failure.
        """
        self.cards[cell].show_progress(done, total, note, failed=failed)

    def open_choices(self, cell: Cell) -> None:
        """Open the list of encoders of a cell."""
        self.cards[cell].choices.setFocus()
        self.cards[cell].choices.showPopup()

    def show_compared(self, a: Cell, b: Cell) -> None:
        """Mark the two cells that the views compare."""
        self._compared = (a, b)
        for cell, card in self.cards.items():
            card.show_compared(is_a=cell is a, is_b=cell is b)

    def show_device(self, text: str, choices: tuple[str, ...]) -> None:
        """Show the device of the models, and the other devices."""
        offer(self.device, tuple(dict.fromkeys((*choices, text))), text)

    def _on_encoder(self, encoder: EncoderId | None) -> None:
        self.encoder_chosen.emit(self.sender().property("cell"), encoder)

    def _on_wish(self, wish: int) -> None:
        wishes = (
            self.folder_requested,
            self.download_requested,
            self.twin_requested,
            self.vectors_requested,
        )
        wishes[wish].emit(self.sender().property("cell"))

    def _on_compare(self, is_a: bool) -> None:
        cell = self.sender().property("cell")
        a, b = self._compared
        # A cell cannot be compared with itself: swap the two instead.
        other = (a if cell is b else b) if is_a else (b if cell is a else a)
        self.compared_chosen.emit(*((cell, other) if is_a else (other, cell)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._place_cards(2 if self.width() >= WIDE else 1)
        super().resizeEvent(event)
