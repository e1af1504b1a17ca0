from typing import Self


class VgdeskError(Exception):
    """Something the user can act on: what happened and what is safe, then what to do.

    Children add class methods instead of constructors: with another signature an error could not
    be rebuilt on its way back from a child process.
    """

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message, hint)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()


class TooFewWordsError(VgdeskError):
    """An analysis was asked of fewer words than it can say anything about."""

    @classmethod
    def of(cls, *, needed: int, found: int) -> Self:
        """Say how many words are needed and how many there are."""
        return cls(
            f"This analysis needs at least {needed} words, but only {found} are ready.",
            "Record or load more words.",
        )


class NotFiniteError(VgdeskError, ValueError):
    """A number is NaN or infinite, and so is no number: whatever is computed of it is wrong."""

    @classmethod
    def of(cls, owner: str, what: str) -> Self:
        """Say which number of what; `owner` is where it comes from."""
        return cls(
            f"{owner}: {what} is not finite (NaN or infinity).",
            "Compute it again, or leave it out; nothing was computed of it.",
        )


class AudioFileError(VgdeskError):
    """A file could not be used as a recording."""


class SoundDeviceError(VgdeskError):
    """A microphone or loudspeaker is missing, lost or does not answer."""


class EncoderError(VgdeskError):
    """A model could not be found, read or run."""


class ProjectError(VgdeskError):
    """A project could not be opened or saved."""
