"""Models and baselines that turn words into vectors; the only place that knows torch."""

from collections.abc import Callable, Mapping

from vgdesk.core.catalogue import catalogue
from vgdesk.encoders.base import EncoderSpec, SpeechEncoder, TextEncoder
from vgdesk.encoders.families import (
    FAMILIES,
    foreign_errors,
    inspect_folder,
    load_from_folder,
    untrained_twin,
)
from vgdesk.encoders.given_vectors import FAMILY as VECTORS
from vgdesk.encoders.given_vectors import GivenVectors, inspect_vectors
from vgdesk.encoders.running import available_devices, choose_device
from vgdesk.encoders.spectrum import SPECTRUM, SpectrumEncoder
from vgdesk.encoders.spelling import SPELLING, SpellingEncoder
from vgdesk.encoders.starter import starters
from vgdesk.encoders.waveform import levelling_files, standardised

ENCODERS = catalogue(SPECTRUM, SPELLING, *starters())

_BASELINES: Mapping[str, Callable[[], SpeechEncoder | TextEncoder]] = {
    SPECTRUM.family: SpectrumEncoder,
    SPELLING.family: SpellingEncoder,
}


def load(spec: EncoderSpec, device: str) -> SpeechEncoder | TextEncoder:
    """Load an encoder; a baseline needs no device and no heavy library."""
    if spec.family in _BASELINES:
        return _BASELINES[spec.family]()
    if spec.family == VECTORS:
        return GivenVectors(spec)
    return load_from_folder(spec, device)


__all__ = [
    "ENCODERS",
    "FAMILIES",
    "available_devices",
    "choose_device",
    "foreign_errors",
    "inspect_folder",
    "inspect_vectors",
    "levelling_files",
    "load",
    "standardised",
    "untrained_twin",
]
