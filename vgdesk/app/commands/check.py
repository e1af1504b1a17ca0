"""The command `vgdesk check`: quality of sound files."""

import argparse
import sys
from pathlib import Path

from vgdesk.audio.files import read, sound_files
from vgdesk.audio.heard_take import Known
from vgdesk.audio.speech_activity import find_word
from vgdesk.audio.take_checks import TAKE_CHECKS, Finding, check_take
from vgdesk.core.errors import AudioFileError
from vgdesk.core.model import Verdict


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    parser.add_argument("files", type=Path, nargs="+", help="sound files or folders of sound files")
    parser.add_argument("--all", action="store_true", help="also list checks that passed")
    parser.set_defaults(command=check)


def check(chosen: argparse.Namespace) -> int:
    """Print the findings for each file; returns 1 if a check failed, else 0."""
    files = sound_files(chosen.files)
    if not files:
        raise AudioFileError("No sound files were found.", "Give WAV, FLAC, OGG or MP3 files.")
    worst = 0
    for file in files:
        recording = read(file)
        findings = check_take(recording, Known(find_word(recording)))
        told = [f for f in findings if chosen.all or f.verdict is not Verdict.PASS]
        sys.stdout.write("".join(f"{file}\t{line(finding)}\n" for finding in told))
        if not told:
            sys.stdout.write(f"{file}\tpass\n")
        worst |= any(finding.verdict is Verdict.FAIL for finding in findings)
    return worst


def line(finding: Finding) -> str:
    """Format a finding in one line."""
    title = TAKE_CHECKS[finding.check].title
    said = f"{finding.verdict.value}\t{title}\t{finding.message}"
    return f"{said} {finding.remedy}".strip()
