import signal

if __name__ == "__main__" and signal.getsignal(signal.SIGINT) is signal.default_int_handler:
    # Until the program can report a stop, Ctrl+C ends it silently.
    signal.signal(signal.SIGINT, signal.SIG_DFL)

import gc
import sys
from collections.abc import Sequence

from vgdesk.ending import Ending
from vgdesk.threads import limit_threads


def main(arguments: Sequence[str] | None = None) -> int:
    """Open the window, or run a command if one is given; returns the exit code.

    Without arguments, those of the process are used, and its signals and streams are handled.
    """
    limit_threads()
    given = list(sys.argv[1:] if arguments is None else arguments)
    # Only one side is imported: the command line needs no Qt, the window no commands.
    if given and not _is_project(given):
        return _run(given) if arguments is not None else _run_process(given)
    # Imports create thousands of objects and no garbage: collecting would take 10 % longer.
    gc.disable()
    from vgdesk.ui.application import run_window

    gc.enable()
    if signal.getsignal(signal.SIGINT) is signal.SIG_DFL:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    return run_window(given)


def _run_process(given: list[str]) -> int:
    ending = Ending()
    ending.begin()
    return ending.of(lambda: _run(given))


def _run(given: list[str]) -> int:
    from vgdesk.app.commands.command_line import run

    return run(given)


def _is_project(given: list[str]) -> bool:
    return len(given) == 1 and given[0].rstrip("/\\").endswith(".vgdesk")


if __name__ == "__main__":
    sys.exit(main())
