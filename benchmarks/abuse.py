"""Runs vgdesk on damaged files and invalid command lines, and counts the outcomes.

    python -m benchmarks.abuse [CASES] [--seed N] [--only KIND] [--show]

Every case is a separate process, forked from one that has imported the program, with limited time
and memory, in a folder beside decoys. Linux only. Only the folder of the cases is written to, and
only vgdesk is run.
"""

import argparse
import hashlib
import os
import random
import resource
import shutil
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, TypeVar

from benchmarks import abuse_commands, abuse_files
from vgdesk.core.errors import VgdeskError

T = TypeVar("T")

SECONDS = 30.0  # time limit of a case
MEMORY = 2**30  # bytes that a case may use in addition to the program itself
FAULTS = ("tracebacks", "hangs", "memory", "decoys")


@dataclass(frozen=True, slots=True)
class Ended:
    """The outcome of a case.

    Attributes
    ----------
    code
        None if it had to be killed.
    memory
        Peak resident memory in bytes.
    """

    code: int | None
    said: str
    memory: int


class Counted(NamedTuple):
    """The part of an outcome that is counted in the table."""

    kind: str
    has_said: bool
    faults: tuple[str, ...]


def run_forked(call: Callable[[], object], home: Path) -> Ended:
    """Call in a fork of this process and wait for its end."""
    home.mkdir(exist_ok=True)
    told = home.with_name("told.txt")
    pid = os.fork()
    if not pid:
        _call_in_child(call, home, told)
    deadline = time.monotonic() + SECONDS
    found, status, used = os.wait4(pid, os.WNOHANG)
    while not found and time.monotonic() < deadline:
        time.sleep(0.002)
        found, status, used = os.wait4(pid, os.WNOHANG)
    if not found:
        os.kill(pid, 9)
        _, status, used = os.wait4(pid, 0)
    code = os.waitstatus_to_exitcode(status) if found else None
    return Ended(code, told.read_text("utf-8", "replace"), used.ru_maxrss * 1024)


def _call_in_child(call: Callable[[], object], home: Path, told: Path) -> None:
    code = 1
    try:
        os.environ["VGDESK_HOME"] = str(home)
        stderr = os.open(told, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        os.dup2(os.open(os.devnull, os.O_RDWR), 1)
        os.dup2(stderr, 2)
        own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        resource.setrlimit(resource.RLIMIT_AS, (_addresses() + 4 * MEMORY + own,) * 2)
        call()
        code = 0
    except VgdeskError as error:
        sys.stderr.write(f"{error}\n")
        code = 2
    except BaseException:  # noqa: BLE001 - this is what the benchmark looks for
        traceback.print_exc()
        code = 70
    finally:
        sys.stderr.flush()
        os._exit(code)


def _addresses() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    return pages * os.sysconf("SC_PAGE_SIZE")


def digests(folder: Path) -> dict[str, str]:
    """Return a digest of every decoy."""
    return {
        str(file.relative_to(folder)): hashlib.blake2b(file.read_bytes()).hexdigest()
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }


def faults_of(ended: Ended, floor: int, *, are_decoys_whole: bool) -> list[str]:
    """List the faults of an outcome."""
    found = {
        "tracebacks": ended.code not in (0, 2, None) or "Traceback" in ended.said,
        "hangs": ended.code is None,
        "memory": ended.memory > floor + MEMORY,
        "decoys": not are_decoys_whole,
    }
    return [name for name, is_so in found.items() if is_so]


def run_case(kind: str, seed: int, place: Path) -> tuple[Ended, bool]:
    """Make, change and use one case; also return whether the decoys are unchanged."""
    make, use = abuse_files.KINDS[kind]
    name = "a.vgdesk" if kind in abuse_files.PROJECTS else kind
    decoys, folder, home = place / "decoys", place / "case" / name, place / "home"
    folder.parent.mkdir(parents=True)
    abuse_files.furnish(decoys)
    make(folder)
    abuse_files.mutate(folder, random.Random(seed), decoys)
    before = digests(decoys)
    ended = run_forked(lambda: use(folder), home)
    return ended, digests(decoys) == before


def files_counted(kinds: list[str], cases: int, seed: int, *, show: bool) -> Iterator[Counted]:
    """Run cases with files, cycling through the kinds."""
    floor = run_in_place(lambda place: run_forked(lambda: None, place / "home")).memory
    for number in range(cases):
        kind, at = kinds[number % len(kinds)], seed * 10**6 + number
        ended, is_whole = run_in_place(lambda place, k=kind, s=at: run_case(k, s, place))
        faults = faults_of(ended, floor, are_decoys_whole=is_whole)
        if faults and show:
            print(f"{faults} in {kind} {at}\n{ended.said[-3000:]}", flush=True)
        yield Counted(kind, bool(ended.said.strip()), tuple(faults))


def commands_counted(cases: int, seed: int, *, show: bool) -> Iterator[Counted]:
    """Run command lines, see `benchmarks.abuse_commands`."""

    def run(root: Path) -> list[Counted]:
        found = []
        for outcome in abuse_commands.run_some(cases, seed, root):
            faults = tuple(fault for fault in outcome.faults if fault in FAULTS)
            if faults and show:
                print(f"{faults} in {outcome.case}\n{outcome.said[-3000:]}", flush=True)
            found.append(Counted("commands", bool(outcome.said.strip()), faults))
        return found

    yield from run_in_place(run)


def main(arguments: list[str] | None = None) -> int:
    """Run the cases and print a table; return 1 if there was any fault."""
    parser = argparse.ArgumentParser(description="damaged files and invalid command lines")
    parser.add_argument("cases", type=int, nargs="?", default=5000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", choices=(*abuse_files.KINDS, "commands"))
    parser.add_argument("--show", action="store_true", help="print the output of faulty cases")
    chosen = parser.parse_args(arguments)
    kinds = [chosen.only] if chosen.only else [*abuse_files.KINDS, "commands"]
    of_files = [kind for kind in kinds if kind != "commands"]
    commands = chosen.cases * ("commands" in kinds) // len(kinds)
    tried, said, faults = Counter[str](), Counter[str](), Counter[tuple[str, str]]()
    counted = (
        *files_counted(of_files, chosen.cases - commands, chosen.seed, show=chosen.show),
        *(commands_counted(commands, chosen.seed, show=chosen.show) if commands else ()),
    )
    for one in counted:
        tried[one.kind] += 1
        said[one.kind] += one.has_said
        faults.update((one.kind, fault) for fault in one.faults)
    print("".join(f"{name:>12}" for name in ("kind", "tried", "sentences", *FAULTS)))
    for kind in kinds:
        counts = [tried[kind], said[kind], *(faults[kind, fault] for fault in FAULTS)]
        print("".join(f"{value:>12}" for value in (kind, *counts)))
    return 1 if faults else 0


def run_in_place(call: Callable[[Path], T]) -> T:
    """Call with a new folder, which is deleted afterwards."""
    place = Path(tempfile.mkdtemp(prefix="abuse-"))
    try:
        return call(place)
    finally:
        shutil.rmtree(place, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
