"""The command `vgdesk abx`: ABX discrimination of takes, frame by frame."""

import argparse
import sys

from vgdesk.analyses.abx.abx_frames import Column, Task, discriminate_frames
from vgdesk.analyses.sequences.dtw import FrameDistance
from vgdesk.app.commands.arguments import add_seed
from vgdesk.app.commands.text_tables import as_json, curves_table
from vgdesk.app.exchange.word_lists import open_words
from vgdesk.app.stacks.frame_builder import frames_from
from vgdesk.app.stacks.stack_builder import Making
from vgdesk.core.errors import VgdeskError
from vgdesk.core.frames import FrameStack
from vgdesk.core.model import Session

WORD, SPEAKER = "word", "speaker"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command, except those for encoding."""
    parser.add_argument(
        "frames",
        nargs="+",
        metavar="FRAMES",
        help="a file from `vgdesk embed --frames`, or an encoder's id together with --words; a "
        "file from `vgdesk embed` without --frames counts as one frame per take",
    )
    columns = f"“{WORD}”, “{SPEAKER}”, or a label column of --words"
    parser.add_argument(
        "--on",
        required=True,
        metavar="COLUMN",
        help=f"A and X share its value, B differs: {columns}",
    )
    parser.add_argument("--by", metavar="COLUMN", help="A, B and X share its value")
    parser.add_argument("--across", metavar="COLUMN", help="A and B share its value, X differs")
    parser.add_argument(
        "--distance",
        choices=[distance.value for distance in FrameDistance],
        default=FrameDistance.ANGLE.value,
        help="the distance between two frames",
    )
    parser.add_argument("--words", metavar="LIST", help="the project or table that lists the takes")
    add_seed(parser)
    parser.add_argument("--json", action="store_true", help="print everything as JSON")


def ask(chosen: argparse.Namespace, making: Making) -> int:
    """Print the error rate of every layer."""
    session = None if chosen.words is None else open_words(chosen.words)
    curves = []
    for name in chosen.frames:
        frames = frames_from(name, chosen.words, making)
        columns = (
            None if asked is None else _column(asked, frames, session)
            for asked in (chosen.on, chosen.by, chosen.across)
        )
        on, by, across = columns
        assert on is not None  # argparse requires it
        distance = FrameDistance(chosen.distance)
        speakers = None if session is None else _column(SPEAKER, frames, session)
        task = Task(on, by, across, speakers)
        curves.append(discriminate_frames(frames, task, chosen.seed, distance))
    sys.stdout.write(as_json(*curves) if chosen.json else curves_table(curves))
    return 0


def _column(name: str, frames: FrameStack, session: Session | None) -> Column:
    """Return the value of a column for each take; empty where the list has none."""
    if name == WORD:
        return Column(name, tuple(frames.words))
    if session is None:
        raise VgdeskError(
            f"The file does not contain the column “{name}”.", "Give the list with --words."
        )
    if name == SPEAKER:
        known = {str(take.id): take.speaker for take in session.takes.values()}
        return Column(name, tuple(known.get(row, "") for row in frames.rows))
    if name not in session.label_columns():
        there = ", ".join((WORD, SPEAKER, *session.label_columns()))
        raise VgdeskError(f"The list has no column “{name}”.", f"It has {there}.")
    labels = {word.id: word.labels.get(name, "") for word in session.words.values()}
    return Column(name, tuple(labels.get(word, "") for word in frames.words))
