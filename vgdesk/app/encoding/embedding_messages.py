"""What the encoder process is asked, and what it answers."""

from dataclasses import dataclass
from pathlib import Path

from vgdesk.core.errors import VgdeskError
from vgdesk.core.stack import Embedding


@dataclass(frozen=True, slots=True)
class SpeechItem:
    """A recorded word to be embedded; times in seconds, `end` None is the end of the file.

    Attributes
    ----------
    fade
        How long the sound takes to die away at its end.
    silence
        How much silence follows it.
    is_levelled
        Whether the whole file is brought to mean 0 and variance 1 before the word is cut out.
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
    """A written word to be embedded."""

    row: str
    text: str


@dataclass(frozen=True, slots=True, eq=False)
class EmbeddedItem:
    """The vectors of one row."""

    row: str
    embedding: Embedding


@dataclass(frozen=True, slots=True, eq=False)
class EmbeddingFailed:
    """One row that could not be embedded; the others go on."""

    row: str
    error: VgdeskError


@dataclass(frozen=True, slots=True)
class DeviceFellBack:
    """The model runs on another device than the one that was asked for; a sentence says why."""

    sentence: str


@dataclass(frozen=True, slots=True)
class ModelLoading:
    """A model is being loaded for the first time, which takes seconds."""


@dataclass(frozen=True, slots=True)
class ModelRuns:
    """The model is loaded and runs on this device."""

    device: str


@dataclass(frozen=True, slots=True)
class VectorsDamaged:
    """So many vectors on disk were damaged, and are computed again."""

    count: int


Item = SpeechItem | TextItem
News = EmbeddedItem | EmbeddingFailed | DeviceFellBack | VectorsDamaged | ModelLoading | ModelRuns
