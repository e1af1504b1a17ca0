from collections.abc import Callable
from pathlib import Path

from vgdesk.app.workers.jobs import JobChanged, JobId, JobState
from vgdesk.app.workers.long_work import Answers, LongWork
from vgdesk.core.errors import EncoderError, VgdeskError
from vgdesk.core.model import Cell, EncoderId
from vgdesk.encoders import ENCODERS, inspect_folder, inspect_vectors, untrained_twin
from vgdesk.encoders.base import EncoderSpec
from vgdesk.encoders.defaults import TWIN
from vgdesk.encoders.given_vectors import PREFIX


class EncoderRegistry:
    """All encoders available for the cells: built-in ones and those added by the user."""

    def __init__(self, work: LongWork, changed: Callable[[], object]) -> None:
        self._work = work
        self._changed = changed
        self._specs: dict[EncoderId, EncoderSpec] = {spec.id: spec for spec in ENCODERS.values()}

    def spec(self, encoder: EncoderId) -> EncoderSpec | None:
        """Return the spec, or None if the model is not on this computer."""
        if encoder in self._specs:
            return self._specs[encoder]
        base = self._specs.get(EncoderId(encoder.removesuffix(TWIN)))
        return untrained_twin(base) if base is not None and encoder.endswith(TWIN) else None

    def command_name(self, encoder: EncoderId) -> str:
        """Return the name of an encoder on the command line: its id, or the folder of its model."""
        spec = self.spec(encoder)
        base = encoder.removesuffix(TWIN)
        if spec is not None and spec.file is not None:
            return str(spec.file)
        if spec is None or spec.folder is None or base in ENCODERS:
            return encoder
        return str(spec.folder) + encoder[len(base) :]

    def choices(self, cell: Cell) -> tuple[EncoderSpec, ...]:
        """Return the encoders for a cell; baselines and controls fit both of a modality."""
        return tuple(
            spec
            for spec in self._specs.values()
            if spec.modality is cell.modality and spec.is_grounded in (None, cell.is_grounded)
        )

    def add_folder(
        self,
        folder: Path,
        *,
        is_grounded: bool,
        done: Callable[[EncoderSpec], object],
        failed: Callable[[VgdeskError], object],
    ) -> None:
        """Inspect a model's folder or a file of word vectors in the background, then add it."""

        def put(spec: EncoderSpec) -> None:
            self._specs[spec.id] = spec
            self._changed()
            done(spec)

        def look() -> EncoderSpec:
            if folder.is_file():
                return inspect_vectors(folder)
            return inspect_folder(folder, is_grounded=is_grounded)

        job = JobChanged(
            JobId.of_files(f"model {folder}"), f"Checking {folder.name}", JobState.RUNNING
        )
        self._work.run(job, look, Answers(put, failed))

    def add_twin(self, encoder: EncoderId) -> EncoderSpec | None:
        """Add the untrained twin of a model; None for a baseline."""
        spec = self.spec(encoder)
        if spec is None or spec.folder is None:
            return None
        twin = spec if spec.untrained_seed is not None else untrained_twin(spec)
        self._specs[twin.id] = twin
        self._changed()
        return twin


def find_encoder(name: str) -> EncoderSpec:
    """Return the encoder of an id, of a model's folder or of a file of word vectors.

    The suffix "+untrained" selects its twin; a file may have the prefix "vectors:".

    Raises
    ------
    EncoderError
        If there is none.
    """
    if name.endswith(TWIN):
        return untrained_twin(find_encoder(name.removesuffix(TWIN)))
    if name in ENCODERS:
        return ENCODERS[name]
    folder = Path(name)
    if folder.is_dir():
        return inspect_folder(folder, is_grounded=False)
    file = Path(name.removeprefix(PREFIX))
    if file.is_file():
        return inspect_vectors(file)
    raise EncoderError(
        f"There is no encoder “{name}”.",
        f"Choose one of {', '.join(ENCODERS)}, or give the folder of a model or a file of word "
        "vectors.",
    )
