from typing import Self


class VgdeskError(Exception):
    """An error the user can act on: what happened and what is safe, then what to do.

    Subclasses add class methods instead of constructors: with another signature an error could not
    be unpickled from a child process.
    """

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message, hint)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()


class TooFewWordsError(VgdeskError):
    """There are fewer words than an analysis needs."""

    @classmethod
    def of(cls, *, needed: int, found: int) -> Self:
        """Return the error for the number of words needed and found."""
        return cls(
            f"This analysis needs at least {needed} words, but only {found} are ready.",
            "Record or load more words.",
        )


class NotFiniteError(VgdeskError, ValueError):
    """A number is NaN or infinite, so results computed from it would be wrong."""

    @classmethod
    def of(cls, owner: str, what: str) -> Self:
        """Return the error for a value; `owner` is its source."""
        return cls(
            f"{owner}: {what} is not finite (NaN or infinity).",
            "Recompute it, or leave it out; it was not used for any result.",
        )


class AudioFileError(VgdeskError):
    """A file could not be used as a recording."""


class SoundDeviceError(VgdeskError):
    """A microphone or loudspeaker is missing, lost or does not respond."""


class EncoderError(VgdeskError):
    """A model could not be found, read or run."""


class ProjectError(VgdeskError):
    """A project could not be opened or saved."""
