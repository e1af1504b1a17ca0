"""What the encoder process is asked, and what it answers."""

from dataclasses import dataclass
from pathlib import Path

from vgdesk.core.errors import VgdeskError
from vgdesk.core.stack import Embedding


@dataclass(frozen=True, slots=True)
class SpeechItem:
    """A recorded word to embed; times in seconds, an `end` of None is the end of the file.

    Attributes
    ----------
    fade
        Duration of the fade-out.
    silence
        Duration of the silence after it.
    is_standardised
        Whether the whole file is normalised to mean 0 and variance 1 before the word is extracted.
    """

    row: str
    file: Path
    start: float = 0.0
    end: float | None = None
    fade: float = 0.0
    silence: float = 0.0
    is_standardised: bool = False


@dataclass(frozen=True, slots=True)
class TextItem:
    """A written word to embed."""

    row: str
    text: str


@dataclass(frozen=True, slots=True, eq=False)
class EmbeddedItem:
    """The vectors of one row."""

    row: str
    embedding: Embedding


@dataclass(frozen=True, slots=True, eq=False)
class EmbeddingFailed:
    """A row that could not be embedded; the others continue."""

    row: str
    error: VgdeskError


@dataclass(frozen=True, slots=True)
class DeviceFellBack:
    """The model runs on a different device than requested, with the reason."""

    sentence: str


@dataclass(frozen=True, slots=True)
class ModelLoading:
    """A model is being loaded, which takes seconds."""


@dataclass(frozen=True, slots=True)
class ModelRuns:
    """The model is loaded and runs on this device."""

    device: str


@dataclass(frozen=True, slots=True)
class VectorsDamaged:
    """The number of damaged vectors on disk, which are recomputed."""

    count: int


Item = SpeechItem | TextItem
News = EmbeddedItem | EmbeddingFailed | DeviceFellBack | VectorsDamaged | ModelLoading | ModelRuns
