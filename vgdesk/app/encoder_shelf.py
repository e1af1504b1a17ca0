from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from vgdesk.app.events import JobChanged, JobState
from vgdesk.app.long_work import Answers, LongWork
from vgdesk.core.errors import VgdeskError
from vgdesk.core.model import Cell, EncoderId, Modality
from vgdesk.encoders import ENCODERS, inspect_folder, inspect_vectors, untrained_twin
from vgdesk.encoders.base import EncoderSpec
from vgdesk.encoders.spectrum import SPECTRUM
from vgdesk.encoders.spelling import SPELLING
from vgdesk.encoders.starter import starter_id

TWIN = "+untrained"
BASELINES = {Cell.SPEECH: SPECTRUM.id, Cell.TEXT: SPELLING.id}


def floor_encoders(specs: Iterable[EncoderSpec]) -> tuple[EncoderId, ...]:
    """Return the untrained twins and baselines that trained encoders are compared with.

    Encoders that are already chosen are left out; models of the same shape share one twin.
    """
    own = {spec.id: spec for spec in specs}
    trained = [s for s in own.values() if s.folder is not None and s.untrained_seed is None]
    shapes = {(s.modality, s.family, len(s.layers), s.dim): s for s in reversed(trained)}
    twins = [EncoderId(spec.id + TWIN) for spec in reversed(shapes.values())]
    baselines = [BASELINES[cell] for cell in BASELINES if cell.modality in _modalities(trained)]
    return tuple(floor for floor in dict.fromkeys((*twins, *baselines)) if floor not in own)


def _modalities(specs: Iterable[EncoderSpec]) -> set[Modality]:
    return {spec.modality for spec in specs}


def usual_encoders() -> Mapping[Cell, EncoderId]:
    """Return the default encoders: the built-in one of each cell, or else its baseline."""
    whole = {cell: starter_id(cell) for cell in Cell if starter_id(cell) in ENCODERS}
    return {**BASELINES, **whole}


class EncoderShelf:
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
        """Return the encoders for a cell; baselines fit grounded and ungrounded cells."""
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

        job = JobChanged(f"model {folder}", f"Looking at {folder.name}", JobState.RUNNING)
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
