"""Encoders that are there without being chosen: baselines, floors and what ships."""

from collections.abc import Collection, Iterable, Mapping

from vgdesk.core.model import Cell, EncoderId, Modality
from vgdesk.encoders import ENCODERS
from vgdesk.encoders.base import EncoderSpec
from vgdesk.encoders.spectrum import SPECTRUM
from vgdesk.encoders.spelling import SPELLING
from vgdesk.encoders.starter import CONTROLLED, control_id, grounded_cell, starter_id

TWIN = "+untrained"
BASELINES = {Cell.SPEECH: SPECTRUM.id, Cell.TEXT: SPELLING.id}


def floor_encoders(specs: Iterable[EncoderSpec]) -> tuple[EncoderId, ...]:
    """Return the controls, untrained twins and baselines that trained encoders are compared with.

    Encoders that are already chosen are left out; models of the same shape share one twin. A
    control is one of the encoder that was trained with pictures, so it is there beside that only.
    """
    own = {spec.id: spec for spec in specs}
    trained = [s for s in own.values() if s.folder is not None and s.untrained_seed is None]
    shapes = {(s.modality, s.family, len(s.layers), s.dim): s for s in reversed(trained)}
    twins = [EncoderId(spec.id + TWIN) for spec in reversed(shapes.values())]
    baselines = [BASELINES[cell] for cell in BASELINES if cell.modality in _modalities(trained)]
    floors = dict.fromkeys((*_controls(own), *twins, *baselines))
    return tuple(floor for floor in floors if floor not in own)


def _controls(chosen: Collection[EncoderId]) -> list[EncoderId]:
    grounded = (m for m in CONTROLLED if starter_id(grounded_cell(m)) in chosen)
    return [control_id(m) for m in grounded if control_id(m) in ENCODERS]


def _modalities(specs: Iterable[EncoderSpec]) -> set[Modality]:
    return {spec.modality for spec in specs}


def usual_encoders() -> Mapping[Cell, EncoderId]:
    """Return the default encoders: the built-in one of each cell, or else its baseline."""
    whole = {cell: starter_id(cell) for cell in Cell if starter_id(cell) in ENCODERS}
    return {**BASELINES, **whole}
