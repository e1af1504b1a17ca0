"""Runs the command line with invalid arguments, and counts the outcomes.

    python -m benchmarks.abuse_commands [CASES] [SEED] [--show]

Everything happens in a separate folder beside decoys: projects, lists and sound files that no
command may change. A case has limited time and memory. Most cases run in forks of one process that
has imported the program; those about streams and signals run in separate processes. Linux only.
"""

import argparse
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from benchmarks.odd_inputs import FOLDER, digests, furnish, is_leftover

SECONDS = 30.0  # time limit of a case
MEMORY = 1500 * 2**20  # limit of resident memory in bytes
ADDRESSES = 16 * 2**30  # hard limit of the address space in bytes
DOCUMENTED = {0, 1, 2, 74, 130, 141, 143}  # exit codes listed in the README
FAULTS = ("tracebacks", "hangs", "memory", "decoys", "leftovers")


class Case(NamedTuple):
    """One command line.

    Attributes
    ----------
    description
        The kind of case, with details.
    stdin
        Standard input; None if it is closed.
    stdout
        "file", or "closed", "full", "head" (a reader that stops), "silent" (both closed), or
        "stop 0.1" (Ctrl+C after that many seconds).
    """

    description: str
    argv: list[str]
    stdin: bytes | None = b""
    stdout: str = "file"

    @property
    def kind(self) -> str:
        return self.description.split(":")[0]


@dataclass(frozen=True)
class Outcome:
    """The outcome of a case; `code` is None if it had to be killed."""

    case: Case
    code: int | None
    said: str
    memory: int
    touched: tuple[str, ...] = ()
    left: tuple[str, ...] = ()

    @property
    def faults(self) -> list[str]:
        """List the faults of an outcome."""
        is_wild = "Traceback" in self.said or "Exception ignored" in self.said
        is_wrong = self.code is not None and self.code not in DOCUMENTED
        is_mute = self.code not in (None, 0, 1, 141) and not self.said.strip()
        is_mute = is_mute and self.case.stdout != "silent"
        # While Python itself starts, Ctrl+C cannot be handled yet.
        is_early = self.case.kind == "stopped" and "vgdesk/" not in self.said
        is_early = is_early and self.code in (1, -signal.SIGINT)
        found = {
            "tracebacks": (is_wild or is_wrong or is_mute) and not is_early,
            "hangs": self.code is None,
            "memory": self.memory > MEMORY,
            "decoys": bool(self.touched),
            "leftovers": bool(self.left),
        }
        return [name for name, is_so in found.items() if is_so]


# Placeholders: W words, P project, S sound, E encoder, N layer, C captions, R ratings, V packed
# project, # seed; for output T table, D folder, Z packed project, O embeddings.
COMMANDS = (
    "score E --words W --label category --seed #",
    "score E E --words W --ratings R --measure ratings",
    "score E --words W --measure silhouette-lda --seed # --json",
    "differences E E --words W --label category --smallest-effect # --seed #",
    "differences E E --minus E E --words W --measure cka --by depth --json",
    "compare E E --words W --seed #",
    "compare good.safetensors good.npz",
    "words E --words W --layer N --order similarity",
    "words E E --words W --layer N N --only W",
    "map E --words W --layer N --measure mds --seed #",
    "changes E E --words W --layer N N",
    "confusions E --words W --layer N",
    "retrieve E E --words P --layer N N --seed #",
    "retrieve spectrum --words P --layer N --best-first --json",
    "letters E --words W --layer N",
    "gate S --encoder spectrum --words P --layer N --control end",
    "abx spectrum --on word --across speaker --words P --seed #",
    "abx good.safetensors --on W --words P",
    "captions C --encoder E --seed #",
    "captions C --encoder E --nearest E",
    "score spelling --words P --measure silhouette --long T",
    "recipe W --out J --encoder E E --measure silhouette cka --seed #",
    "run X",
    "embed P --encoder E --out O",
    "embed S S --encoder spectrum --frames --out O",
    "embed W --encoder E+untrained --out O --pooling first",
    "import new/a.vgdesk W S --map word=word x=y",
    "import new/a.vgdesk S --tier words --phones",
    "export P T",
    "export P D --as audiofolder",
    "export P D --as textgrid",
    "pack P Z",
    "unpack V D.vgdesk",
    "check S --all",
    "measures --markdown",
    "models",
)
GOOD = {
    "W": ("list.txt", "table.tsv", "table.csv", "p.vgdesk", "kiki-bouba"),
    "P": ("p.vgdesk",),
    "S": ("dog.flac", "sounds", "p.vgdesk"),
    "E": ("spelling", "spectrum", "vectors.txt"),
    "N": ("letters", "pairs", "8 slices", "vectors"),
    "T": ("new/a.csv", "new/a.tsv"),
    "O": ("new/a.safetensors", "new/a.npz", "new/a.h5"),
    "D": ("new/folder",),
    "V": ("p.vgz",),
    "Z": ("new/a.vgz",),
    "C": ("captions.tsv",),
    "R": ("ratings.tsv",),
    "J": ("new/a.json",),
    "X": ("recipe.json",),
    "#": ("0", "7"),
}
NUMBERS = (
    "-1", "-0", "nan", "inf", "-inf", "1e9", "1e400", "4294967296", "9" * 30, "9" * 5000, "", " 1",
    "0x10", "1.5", "٣", "²", "1_000", "None", "true", "\u2212" + "1",
)  # fmt: skip
NAMES = (
    "", " ", ".", "..", "/etc", "-", "--", "-x", "*", "~", "%s %d %(x)s", "{} {0!r}", "a" * 255,
    "a" * 300, "a/" * 3000, "no such file", "no/such/folder/file.tsv", "list.txt/inside", "sounds",
    "loop", "loop/inside", "loop.tsv", "loop.vgdesk", "dangling.tsv", "link", "link/words.tsv",
    "\udcff\udcfe.wav", "\udcff.tsv", "\udc80", "猫", "e\u0301\u202e", "\U0001f408" * 40, "a\nb",
    "a\tb", "\x1b[31m", "con", "/dev/null", "/dev/full", "/dev/zero", "/proc/self/mem",
    "/proc/self/environ", "a.vgdesk", "+untrained", "vectors:", "spelling+untrained+untrained",
    "C:\\x", "http://localhost/x",
)  # fmt: skip
DAMAGED = (
    "deep.json", "deep.jsonl", "giant.csv", "giant.tsv", "quotes.csv", "empty.tsv", "zeros.tsv",
    "zeros.wav", "latin.txt", "header.tsv", "ragged.csv", "folder.wav", "folder.safetensors",
    "folder.tsv", "file.vgdesk", "deep.vgdesk", "bare.vgdesk", "empty.vgdesk", "deep.safetensors",
    "short.safetensors", "lies.safetensors", "short.npz", "short.h5", "short.vgz", "zip.vgz",
    "deep-model", "odd-model", "empty-model", "short.flac", "text.wav", "wide.txt", "ragged.txt",
    "infinite.txt", "nan.tsv", "bad.TextGrid", "bad.eaf", "bad.parquet", "list.txt", "dog.flac",
    "ratings.tsv", "captions.tsv", "recipe.json", "good.npz", "vectors.txt", "p.vgz",
)  # fmt: skip
PROTECTED = (
    "p.vgdesk/words.tsv", "p.vgdesk/project.json", "p.vgdesk/new", "p.vgdesk/takes/new.safetensors",
    "link/words.tsv", "link/a.csv", "p.vgdesk/takes/../words.tsv", "sounds/../p.vgdesk/words.tsv",
    "p.vgdesk", "bare/words.tsv", "bare/a.csv", "link/takes", "list.txt", "table.csv", "dog.flac",
    "good.npz", "p.vgz", "sounds", "to-list.csv", "to-words.tsv", "loop.tsv", "no/a.csv", "", ".",
    "..", "/dev/null", "/dev/full", "a" * 300 + ".csv", "\udcff.csv", "/proc/a.csv",
    "list.txt/a.csv",
)  # fmt: skip
QUICK = (
    ["models"], ["measures"], ["measures", "--markdown"], ["score", "--help"], ["--version"],
    ["--help"], ["score", "spelling", "--words", "table.tsv"], ["check", "dog.flac"], ["nonsense"],
    [], ["words", "spelling", "--words", "kiki-bouba", "--layer", "pairs"], ["score", "nobody"],
)  # fmt: skip
LONG = (
    ["export", "p.vgdesk", "new/folder"], ["export", "p.vgdesk", "new/a.csv"],
    ["pack", "p.vgdesk", "new/a.vgz"],
    ["embed", "p.vgdesk", "--encoder", "spectrum", "--out", "new/a.npz"],
    ["embed", "p.vgdesk", "--encoder", "spectrum", "--frames", "--out", "new/a.safetensors"],
    ["score", "starter-text", "--words", "table.tsv"], ["unpack", "p.vgz", "new/u.vgdesk"],
    ["selftest"],
)  # fmt: skip


def cases(seed: int) -> Iterator[Case]:
    """Yield an endless, reproducible sequence of command lines."""
    dice = random.Random(seed)
    kinds: tuple[tuple[int, Callable[[random.Random], Case]], ...] = (
        (14, _odd_number), (30, _odd_name), (30, _damaged_file), (16, _protected_target),
        (10, _nonsense), (6, _odd_stream), (6, _stopped),
    )  # fmt: skip
    weights = [weight for weight, _make in kinds]
    while True:
        ((_weight, make),) = dice.choices(kinds, weights)
        yield make(dice)


def _filled(dice: random.Random, places: str, odd: tuple[str, ...]) -> list[str]:
    """Fill in a command, with odd values for one or two of the given placeholders."""
    command = dice.choice([c for c in COMMANDS if any(word in [*places] for word in c.split())])
    words = command.split()
    at = [i for i, word in enumerate(words) if word in tuple(places)]
    chosen = set(dice.sample(at, min(len(at), dice.choice((1, 1, 2)))))
    return [dice.choice(odd) if i in chosen else _good(dice, word) for i, word in enumerate(words)]


def _good(dice: random.Random, word: str) -> str:
    stem, dot, suffix = word.partition(".") if word.startswith("D.") else word.partition("+")
    return dice.choice(GOOD[stem]) + dot + suffix if stem in GOOD else word


def _odd_number(dice: random.Random) -> Case:
    return Case("numbers", _filled(dice, "#", NUMBERS))


def _odd_name(dice: random.Random) -> Case:
    return Case("names", _filled(dice, "WPSENTDVZCROJX", NAMES))


def _damaged_file(dice: random.Random) -> Case:
    return Case("damaged", _filled(dice, "WPSEVCRX", DAMAGED))


def _protected_target(dice: random.Random) -> Case:
    argv = _filled(dice, "TDZOJ", PROTECTED)
    is_decoy = any(
        word in ("list.txt", "table.csv", "good.npz", "p.vgz", "to-list.csv") for word in argv
    )
    # Files outside projects may be replaced with --force.
    return Case("targets", argv if is_decoy else [*argv, *dice.choice(([], ["--force"]))])


def _nonsense(dice: random.Random) -> Case:
    pool = [word for command in COMMANDS for word in command.split()]
    pool += [*NAMES, *NUMBERS, *DAMAGED, "--help", "--out", "--encoder", "--device", "cuda"]
    # `import` writes into projects, so it is excluded here.
    words = [dice.choice(pool) for _ in range(dice.randint(0, 7))]
    argv = ["new" if word in ("import", "--force") else _good(dice, word) for word in words]
    only = len(argv) == 1 and argv[0].rstrip("/").endswith(".vgdesk")  # would open the window
    return Case("nonsense", ["score", *argv] if only or not argv else argv)


def _odd_stream(dice: random.Random) -> Case:
    stdout = dice.choice(("closed", "full", "head", "silent"))
    argv = list(dice.choice(QUICK)) or ["models"]
    return Case(f"streams: {stdout}", argv, dice.choice((None, b"", b"\0\xff" * 99)), stdout)


def _stopped(dice: random.Random) -> Case:
    after = dice.uniform(0.02, 1.5)
    return Case("stopped", list(dice.choice(LONG)), b"", f"stop {after:.3f}")


def run_case(case: Case, folder: Path, home: Path) -> Outcome:
    """Run one case in a prepared folder."""
    before = digests(folder)
    is_forked = case.stdout == "file" and case.stdin is not None
    told = home / "told"
    pid = _forked(case, folder, home, told) if is_forked else _started(case, folder, home, told)
    code, memory = _ended(pid, SECONDS)
    after = digests(folder)
    touched = [name for name, digest in before.items() if after.get(name) != digest]
    # New files may be anywhere except in existing folders; partial files must not exist.
    inside = tuple(f"{name}/" for name, digest in before.items() if digest == FOLDER)
    touched += [name for name in after if name not in before and name.startswith(inside)]
    left = [path.name for path in folder.rglob("*") if is_leftover(path.name)]
    for path in folder.iterdir():
        if path.name not in before:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    (folder / "new").mkdir()
    said = told.read_text("utf-8", "replace")
    return Outcome(case, code, said, memory, tuple(touched), tuple(left))


def _forked(case: Case, folder: Path, home: Path, told: Path) -> int:
    if pid := os.fork():
        return pid
    code = 70
    try:
        os.chdir(folder)
        os.environ["VGDESK_HOME"] = str(home)
        resource.setrlimit(resource.RLIMIT_AS, (ADDRESSES, ADDRESSES))
        for number, file, flags in (
            (0, "/dev/null", os.O_RDONLY),
            (1, "/dev/null", os.O_WRONLY),
            (2, told, os.O_WRONLY | os.O_CREAT | os.O_TRUNC),
        ):
            os.dup2(os.open(file, flags, 0o600), number)
        sys.argv = ["vgdesk", *case.argv]
        from vgdesk.__main__ import main

        code = main()
        sys.stdout.flush()
    except BaseException:  # noqa: BLE001 - this is what the benchmark looks for
        sys.excepthook(*sys.exc_info())
    finally:
        os._exit(code)


def _started(case: Case, folder: Path, home: Path, told: Path) -> int:
    """Start a process with unusual streams, or one that is interrupted soon."""
    kind, _, after = case.stdout.partition(" ")
    ends = {"closed": ">&-", "full": ">/dev/full", "silent": ">&- 2>&-"}
    stdin = " <&-" if case.stdin is None else ""
    line = f'exec "$@" {ends.get(kind, "")}{stdin}'
    out, reader = subprocess.DEVNULL, None
    if kind == "head":
        reader, out = os.pipe()
    with told.open("wb") as errors, tempfile.TemporaryFile() as given:
        given.write(case.stdin or b"")
        given.seek(0)
        process = subprocess.Popen(
            ["sh", "-c", line, "sh", sys.executable, "-m", "vgdesk", *case.argv],
            stdin=given, stdout=out, stderr=errors, cwd=folder,
            env={**os.environ, "VGDESK_HOME": str(home), "PYTHONPATH": str(Path.cwd())},
        )  # fmt: skip
    if reader is not None:
        os.close(out)
        os.close(reader)
    if kind == "stop":
        time.sleep(float(after))
        os.kill(process.pid, signal.SIGINT)
    process.returncode = 0  # waited for below
    return process.pid


def _ended(pid: int, seconds: float) -> tuple[int | None, int]:
    """Wait for a process; return its code (None if it had to be killed) and its memory."""
    deadline = time.monotonic() + seconds
    is_killed = False
    while True:
        found, status, used = os.wait4(pid, os.WNOHANG)
        if found:
            code = os.waitstatus_to_exitcode(status)
            return None if is_killed else code, used.ru_maxrss * 1024
        if time.monotonic() > deadline and not is_killed:
            is_killed = True
            os.kill(pid, signal.SIGKILL)
        time.sleep(0.005)


def run_some(count: int, seed: int, root: Path) -> Iterator[Outcome]:
    """Run some cases in a sandbox below the folder `root`."""
    import vgdesk.app.commands.command_line  # noqa: F401 - once, for all forks

    folder, home = root / "sandbox", root / "home"
    home.mkdir()
    for case in islice(cases(seed), count):
        if not folder.exists():
            folder.mkdir()
            furnish(folder)
        outcome = run_case(case, folder, home)
        yield outcome
        if outcome.touched:  # the next case needs intact decoys
            shutil.rmtree(folder)


def main() -> int:
    """Run the cases and print a line for each kind; return 1 if there was any fault."""
    parser = argparse.ArgumentParser(description="invalid command lines")
    parser.add_argument("count", type=int, nargs="?", default=1000)
    parser.add_argument("seed", type=int, nargs="?", default=0)
    parser.add_argument("--show", action="store_true", help="print each faulty case")
    chosen = parser.parse_args()
    tried: Counter[str] = Counter()
    faults: Counter[tuple[str, str]] = Counter()
    with tempfile.TemporaryDirectory() as root:
        for outcome in run_some(chosen.count, chosen.seed, Path(root)):
            tried[outcome.case.kind] += 1
            faults.update((outcome.case.kind, fault) for fault in outcome.faults)
            if outcome.faults and chosen.show:
                argv = [word[:60] for word in outcome.case.argv]
                print(outcome.faults, outcome.case.description, outcome.code, argv)
                print("   ", outcome.touched[:5], outcome.left)
                print("   ", outcome.said[-1500:].replace("\n", "\n    "), flush=True)
    print("".join(f"{name:>12}" for name in ("kind", "tried", "sentences", *FAULTS)))
    for kind, count in sorted(tried.items()):
        found = [faults[kind, name] for name in FAULTS]
        print(
            "".join(f"{value:>12}" for value in (kind, count, count - found[0] - found[1], *found))
        )
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
