"""The command `vgdesk embed`: vectors of words, or frames of takes."""

import argparse
import sys
from pathlib import Path

from vgdesk.app.commands.arguments import add_force
from vgdesk.app.encoding.encoder_registry import find_encoder
from vgdesk.app.project.output_files import checked_file
from vgdesk.app.stacks.frame_builder import make_frames
from vgdesk.app.stacks.frame_file import ENDINGS, write_frames
from vgdesk.app.stacks.stack_builder import Making, make_stack
from vgdesk.app.stacks.stack_file import FORMATS, write_stack
from vgdesk.encoders.defaults import TWIN
from vgdesk.ending import BAD_INPUT


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command, except those for encoding."""
    parser.add_argument(
        "input",
        type=Path,
        nargs="+",
        help="sound files, folders of sound files, a project (.vgdesk) or, for text, a word list",
    )
    parser.add_argument(
        "--encoder",
        required=True,
        metavar="ID",
        help="an encoder from `vgdesk models`, a model's folder or a file of word vectors",
    )
    parser.add_argument(
        "--out",
        type=Path,
        required=True,
        metavar="FILE.safetensors",
        help="the file to write; .npz and .h5 are possible, too",
    )
    add_force(parser)
    parser.add_argument(
        "--untrained", action="store_true", help="use the model with random weights instead"
    )
    parser.add_argument(
        "--frames",
        action="store_true",
        help="keep every frame instead of one vector per take, for `vgdesk abx`; about 2 MB per "
        "second of sound with 13 layers of 768",
    )


def embed(chosen: argparse.Namespace, making: Making) -> int:
    """Encode, write and print a summary; returns 2 if some rows are missing."""
    checked_file(chosen.out, ENDINGS if chosen.frames else tuple(FORMATS), force=chosen.force)
    spec = find_encoder(chosen.encoder + (TWIN if chosen.untrained else ""))
    if chosen.frames:
        frames, is_whole = make_frames(spec, chosen.input, making)
        write_frames(chosen.out, frames, force=chosen.force)
        layers, count, dim = frames.values.shape
        said = f"{len(frames.rows)} rows with {count} frames, {layers} layers of {dim}"
    else:
        stack, is_whole = make_stack(spec, chosen.input, making)
        write_stack(chosen.out, stack, force=chosen.force)
        layers, count, dim = stack.values.shape
        said = f"{count} rows, {layers} layers of {dim}"
    sys.stdout.write(f"{chosen.out}: {said}, {spec.title}\n")
    return 0 if is_whole else BAD_INPUT
