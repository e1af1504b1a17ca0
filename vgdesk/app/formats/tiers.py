from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Interval:
    """A labelled interval of a sound, in seconds."""

    label: str
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Tier:
    """One tier of an annotation.

    Attributes
    ----------
    intervals
        Those with a label, in file order; they may overlap.
    speaker
        Speaker of this tier, if given in the file.
    is_points
        Whether the file marks points instead of intervals. Each interval then runs from its point
        to the next one, or to the end of the tier.
    is_estimated
        Whether some intervals have no times and share those of their parents.
    """

    name: str
    intervals: tuple[Interval, ...]
    speaker: str = ""
    is_points: bool = False
    is_estimated: bool = False


@dataclass(frozen=True, slots=True)
class TierFile:
    """The content of an annotation file, as its reader returns it.

    Attributes
    ----------
    sounds
        Names of its sound file, the best first; empty if the file gives none.
    is_guessed
        Whether the character encoding was guessed.
    """

    tiers: tuple[Tier, ...]
    sounds: tuple[str, ...] = ()
    is_guessed: bool = False


@dataclass(frozen=True, slots=True)
class Annotation:
    """An annotation file of a sound file.

    Attributes
    ----------
    sound
        The sound file; None if none of the names in `looked_for` exists.
    is_guessed
        Whether the character encoding was guessed.
    """

    file: Path
    tiers: tuple[Tier, ...]
    sound: Path | None
    looked_for: tuple[str, ...] = ()
    is_guessed: bool = False
