from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Interval:
    """A stretch of a sound with what is written under it, in seconds."""

    label: str
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Tier:
    """One line of an annotation.

    Attributes
    ----------
    intervals
        Those with a label, as the file orders them; they may overlap.
    speaker
        Who speaks on this tier, if the file says so.
    is_points
        True if the file marks moments instead of stretches. Each interval then runs from its
        point to the next one, or to the end of the tier.
    is_estimated
        True if the file gives no times for some of them, and they share those of what they
        belong to.
    """

    name: str
    intervals: tuple[Interval, ...]
    speaker: str = ""
    is_points: bool = False
    is_estimated: bool = False


@dataclass(frozen=True, slots=True)
class Annotation:
    """A file that says what is heard where in a sound file.

    Attributes
    ----------
    sound
        The sound file; None if it was not found under any of the names in `looked_for`.
    is_guessed
        True if the letters of the file had to be guessed.
    """

    file: Path
    tiers: tuple[Tier, ...]
    sound: Path | None
    looked_for: tuple[str, ...] = ()
    is_guessed: bool = False
