from collections.abc import Callable
from pathlib import Path

from vgdesk.app.encoding.downloads import Downloads
from vgdesk.app.encoding.encoder_registry import EncoderRegistry
from vgdesk.app.encoding.encoding_queue import EncodingQueue
from vgdesk.app.state.events import Events
from vgdesk.app.state.settings import Settings
from vgdesk.app.state.store import Store
from vgdesk.core.errors import EncoderError
from vgdesk.core.model import Cell, EncoderId
from vgdesk.encoders.base import EncoderSpec


class EncoderSelection:
    """Assigns encoders to the cells of the 2x2, and adds the user's own models.

    Parameters
    ----------
    change_settings
        Applies and stores a change of the settings.
    """

    def __init__(
        self,
        encoder_registry: EncoderRegistry,
        encoding: EncodingQueue,
        downloads: Downloads,
        store: Store,
        events: Events,
        change_settings: Callable[[Callable[[Settings], Settings]], None],
    ) -> None:
        self._encoder_registry = encoder_registry
        self._encoding = encoding
        self._downloads = downloads
        self._store = store
        self._events = events
        self._change_settings = change_settings

    def choose(self, cell: Cell, encoder: EncoderId | None) -> None:
        """Assign an encoder to a cell of the 2x2."""
        if encoder is not None:
            self._encoding.retry(encoder)
        spec = self._encoder_registry.spec(encoder) if encoder else None
        title = spec.title if spec else "none"
        self._store.apply(f"{cell.title}: {title}", lambda s: s.with_encoder(cell, encoder))

    def add_folder(self, cell: Cell, folder: Path) -> None:
        """Add a model folder or a file of word vectors, and assign it to a cell."""

        def done(spec: EncoderSpec) -> None:
            if spec.modality is not cell.modality:
                self._events.report(_wrong_cell(spec))
                return
            self._change_settings(lambda s: s.with_model(folder, is_grounded=cell.is_grounded))
            self.choose(cell, spec.id)

        is_grounded = cell.is_grounded
        self._encoder_registry.add_folder(
            folder, is_grounded=is_grounded, done=done, failed=self._events.report
        )

    def add_twin(self, cell: Cell) -> None:
        """Add the untrained twin of a cell's model, and assign it to the cell."""
        encoder = self._store.session.encoders.get(cell)
        twin = self._encoder_registry.add_twin(encoder) if encoder else None
        if twin is None:
            self._events.say("Only a trained model has an untrained twin.", "Choose a model first.")
        else:
            self.choose(cell, twin.id)

    def download(self, cell: Cell, repo: str) -> None:
        """Download a model from the hub, then add it and assign it to a cell."""
        self._downloads.start(
            repo, done=lambda folder: self.add_folder(cell, folder), failed=self._events.report
        )

    def encode_again(self) -> None:
        """Resume cancelled or failed encoding."""
        for encoder in frozenset(self._store.session.encoders.values()):
            self._encoding.retry(encoder)


def _wrong_cell(spec: EncoderSpec) -> EncoderError:
    reads = spec.modality.value
    return EncoderError(
        f"“{spec.title}” is a {reads} encoder, so it was not added here.",
        f"Choose its folder in one of the two {reads} cells.",
    )
