"""However a command is ended, it says so in a sentence and with a code that is documented."""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from vgdesk.core.resources import resource
from vgdesk.ending import NOBODY_READS, OUR_FAULT, OUTPUT_LOST

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="the shell and signals of Linux"),
    pytest.mark.slow,
]

ROOT = Path(__file__).parents[1]
DEMO = str(resource("demo.vgdesk"))
VGDESK = [sys.executable, "-m", "vgdesk"]


def run(line: str, *arguments: str, **more: str) -> "subprocess.CompletedProcess[str]":
    """Let a shell run vgdesk with odd streams; `$@` stands for the command."""
    return subprocess.run(
        ["bash", "-c", line, "bash", *VGDESK, *arguments],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**os.environ, **more},
        check=False,
    )


@pytest.mark.parametrize("arguments", [["measures", "--markdown"], ["--version"]])
@pytest.mark.parametrize(
    ("line", "code", "says"),
    [
        ('"$@" >&-', OUTPUT_LOST, "Bad file descriptor"),
        ('"$@" >/dev/full', OUTPUT_LOST, "No space left"),
        ('"$@" >&- 2>&-', OUTPUT_LOST, ""),
        ('"$@" 2>&- <&-', 0, ""),
    ],
)
def test_lost_output_is_reported_by_the_exit_code(
    arguments: list[str], line: str, code: int, says: str
) -> None:
    done = run(line, *arguments)
    assert "Traceback" not in done.stderr
    assert says in done.stderr
    assert done.returncode == code


def test_a_reader_that_is_gone_ends_a_command_silently() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [*VGDESK, "models"], stdout=writer, stderr=subprocess.PIPE, cwd=ROOT, check=False
    )
    os.close(writer)
    assert (done.returncode, done.stderr) == (NOBODY_READS, b"")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_command_is_stopped_while_it_works(tmp_path: Path, number: signal.Signals) -> None:
    words = tmp_path / "words.txt"
    os.mkfifo(words)
    command = [*VGDESK, "score", "spelling", "--words", str(words)]
    program = subprocess.Popen(command, stderr=subprocess.PIPE, cwd=ROOT, text=True)
    with program, words.open("wb"):  # opens once the program reads what will never come
        program.send_signal(number)
        said = program.communicate()[1]
    assert program.returncode == 128 + number
    assert said.startswith("Stopped.")
    assert "Traceback" not in said


def _with_module(folder: Path, name: str, content: str) -> Mapping[str, str]:
    """Put a module before the one of this name that the program imports."""
    modules = folder / "modules"
    modules.mkdir()
    (modules / f"{name}.py").write_text(content, "utf-8")
    return {"PYTHONPATH": f"{modules}{os.pathsep}{ROOT}"}


@pytest.mark.parametrize("name", ["numpy", "platformdirs", "safetensors"])
def test_a_command_is_stopped_while_it_starts(tmp_path: Path, name: str) -> None:
    stop = "import os, signal\nos.kill(os.getpid(), signal.SIGINT)\n"
    done = run('"$@"', "models", **_with_module(tmp_path, name, stop))
    assert (done.returncode, done.stdout) == (130, "")
    assert done.stderr.startswith("Stopped.")
    assert "Traceback" not in done.stderr


def test_a_stop_that_a_library_swallows_is_heard(tmp_path: Path) -> None:
    swallow = (
        "import os, signal\n"
        "class Gone:\n"
        "    def __del__(self): os.kill(os.getpid(), signal.SIGINT); [0 for _ in range(9)]\n"
        "Gone()\n"
    )
    more = _with_module(tmp_path, "praatio", swallow)
    done = run('"$@"', "export", DEMO, str(tmp_path / "out"), "--as", "textgrid", **more)
    assert done.returncode == 130
    assert "Traceback" not in done.stderr


def test_an_internal_error_is_reported_and_logged(tmp_path: Path) -> None:
    more = _with_module(tmp_path, "praatio", "raise RuntimeError('a mistake')\n")
    target, home = tmp_path / "out", tmp_path / "home"
    done = run(
        '"$@"', "export", DEMO, str(target), "--as", "textgrid", VGDESK_HOME=str(home), **more
    )
    log = home / "data" / "vgdesk.log"
    assert done.returncode == OUR_FAULT
    assert "this is a bug" in done.stderr
    assert str(log) in done.stderr
    assert "Traceback" not in done.stderr
    assert "RuntimeError: a mistake" in log.read_text("utf-8")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["home", "modules"]


@pytest.mark.parametrize(
    "command",
    [
        ["export", DEMO, "a.csv"],
        ["export", DEMO, "a"],
        ["export", DEMO, "a", "--as", "textgrid"],
        ["pack", DEMO, "a.vgz"],
        ["embed", DEMO, "--encoder", "spectrum", "--out", "a.npz"],
        ["embed", DEMO, "--encoder", "spectrum", "--frames", "--out", "a.safetensors"],
    ],
)
def test_a_disk_that_takes_no_more_is_left_as_it_was(tmp_path: Path, command: list[str]) -> None:
    more = {"PLACE": str(tmp_path), "PYTHONPATH": str(ROOT)}
    done = run('ulimit -f 4; cd "$PLACE" && "$@"', *command, **more)
    assert done.returncode == 2
    assert "could not be written" in done.stderr
    assert "Traceback" not in done.stderr
    assert not list(tmp_path.iterdir())


def test_names_that_are_no_text_can_be_printed(tmp_path: Path) -> None:
    done = subprocess.run(
        [*VGDESK, "check", os.fsencode(tmp_path) + b"/\xff.wav"],
        capture_output=True,
        cwd=ROOT,
        check=False,
    )
    assert done.returncode == 2
    assert b"\\udcff.wav" in done.stderr
    assert b"Traceback" not in done.stderr


def test_some_dozens_of_odd_commands_end_well() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.abuse_commands", "60", "1", "--show"],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "sentences" in done.stdout
