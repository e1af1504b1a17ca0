"""The end of a command: always one sentence and a documented exit code.

Imported before anything heavy, so that Ctrl+C works from the start.
"""

import errno
import io
import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from types import FrameType
from typing import Any

BAD_INPUT = 2
OUR_FAULT = 70  # as in sysexits.h
OUTPUT_LOST = 74
STOPPED = 128  # plus the number of the signal: 130 is Ctrl+C
NOBODY_READS = STOPPED + 13  # as after SIGPIPE, which Windows does not have

Handler = Callable[[int, FrameType | None], Any]


class StoppedError(KeyboardInterrupt):
    """A signal to end the command; libraries treat it like Ctrl+C."""


class OutputLostError(Exception):
    """Standard output could not be written."""


class _Standard(io.FileIO):
    """Standard output or error; a failed write raises OutputLostError, or is ignored on stderr."""

    def write(self, content: Any) -> int:
        try:
            return super().write(content)
        except OSError as error:
            if self.fileno() == 1:
                raise OutputLostError(error.errno) from error
            return len(content)  # errors on stderr cannot be reported


class Ending:
    """Handles the end of the command of this process; there is one instance."""

    def __init__(self) -> None:
        self._stopped = 0

    def begin(self) -> None:
        """Install signal handlers and safe standard streams before anything else."""
        sys.unraisablehook = self._heard_in_vain
        self._on_signals(_end_now)
        _fill_gaps()
        sys.stdout, sys.stderr = _standard(1, sys.stdout), _standard(2, sys.stderr)

    def of(self, run: Callable[[], int]) -> int:
        """Run a command and report how it ended; returns the exit code."""
        self._on_signals(self._stop)
        try:
            code = _exit_code(run)
            sys.stdout.flush()
        except OutputLostError as lost:
            code = _output_lost(lost)
        except BaseException as error:  # noqa: BLE001 - the last place to report it
            # Errors that a library raised because of Ctrl+C count as Ctrl+C.
            code = _stopped(self._stopped) if self._stopped else _explained(error)
        self._on_signals(_end_now)
        return code

    def _stop(self, number: int, _frame: FrameType | None) -> None:
        """Stop the work, which cleans up; a second signal ends immediately."""
        self._stopped = number
        self._on_signals(_end_now)
        raise StoppedError

    def _heard_in_vain(self, event: Any) -> None:
        """End also if Ctrl+C arrived where Python ignores exceptions."""
        if issubclass(event.exc_type, KeyboardInterrupt):
            _end_now(self._stopped or signal.SIGINT, None)
        sys.__unraisablehook__(event)

    def _on_signals(self, handler: Handler) -> None:
        for number in (signal.SIGINT, signal.SIGTERM):
            # Background processes of a shell ignore Ctrl+C.
            if signal.getsignal(number) is not signal.SIG_IGN:
                signal.signal(number, handler)


def say(sentence: str) -> None:
    """Print a sentence on standard error, if there is any."""
    with suppress(OSError, ValueError):
        sys.stderr.write(f"{sentence}\n")
        sys.stderr.flush()


def _exit_code(run: Callable[[], int]) -> int:
    try:
        return run()
    except SystemExit as end:  # argparse has already printed a message
        return end.code if isinstance(end.code, int) else 0


def _output_lost(lost: OutputLostError) -> int:
    """Report lost output; silently if the reader closed the pipe, like other programs."""
    # The rest of the buffer must not raise again when Python exits.
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    number = lost.args[0]
    if number == errno.EPIPE:
        return NOBODY_READS
    say(f"The output could not be written: {os.strerror(number)}.")
    return OUTPUT_LOST


def _stopped(number: int) -> int:
    say("Stopped. Unfinished files were deleted.")
    return STOPPED + number


def _explained(error: BaseException) -> int:
    """Report an unexpected error."""
    if isinstance(error, KeyboardInterrupt):
        return _stopped(signal.SIGINT)
    if isinstance(error, MemoryError):
        say("There is not enough memory for this. Give fewer words, or choose a smaller model.")
        return BAD_INPUT
    if isinstance(error, OSError) and error.filename is not None:
        say(f"{error.filename} could not be used: {error.strerror}. Check the name.")
        return BAD_INPUT
    import traceback

    where = _logged("".join(traceback.format_exception(error)))
    say(f"Something went wrong inside vgdesk ({type(error).__name__}); this is a bug.")
    say(f"Your projects and recordings are safe. Details are in {where}.")
    return OUR_FAULT


def _logged(details: str) -> str:
    """Log the details of a bug; returns where."""
    import logging

    from vgdesk.app.state.log_file import keep_log

    file = keep_log()
    if file is None:
        say(details)
        return "the lines above"
    logging.getLogger("vgdesk").error("%s", details)
    return str(file)


def _end_now(number: int, _frame: FrameType | None) -> None:
    """End immediately, without cleanup."""
    with suppress(OSError):
        os.write(2, b"Stopped.\n")
    os._exit(STOPPED + number)


def _fill_gaps() -> None:
    """Occupy the descriptors of closed standard streams, so that no other file gets them."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            # Opened in the wrong direction, so that using it still fails.
            os.open(os.devnull, os.O_WRONLY if number == 0 else os.O_RDONLY)


def _standard(number: int, stream: Any) -> io.TextIOWrapper:
    raw = _Standard(number, "wb", closefd=False)
    return io.TextIOWrapper(
        io.BufferedWriter(raw),
        encoding=getattr(stream, "encoding", None) or "utf-8",
        errors="backslashreplace",  # file names may not be valid text
        line_buffering=number == 2 or raw.isatty(),
    )
