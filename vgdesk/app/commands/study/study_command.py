"""The command `vgdesk reproduce`: the study's analyses on any words and encoders."""

import argparse
import sys
from pathlib import Path

from vgdesk.app.commands.arguments import LIST_HELP, add_seed
from vgdesk.app.commands.study.report import Report, check_report, write_report
from vgdesk.app.commands.study.reproduce import Study
from vgdesk.app.commands.study.study_stacks import Request
from vgdesk.app.encoding.encoder_registry import find_encoder
from vgdesk.app.words.label_columns import CATEGORY
from vgdesk.core.counting import counted
from vgdesk.core.errors import VgdeskError
from vgdesk.core.model import Cell
from vgdesk.encoders.base import EncoderSpec
from vgdesk.encoders.starter import starter_id


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    parser.add_argument("words", metavar="LIST", help=LIST_HELP)
    parser.add_argument("--out", type=Path, required=True, metavar="FOLDER", help="a new folder")
    parser.add_argument(
        "--force", action="store_true", help="replace the folder if it holds an earlier study"
    )
    parser.add_argument("--label", default=CATEGORY, help="the label column of the groups")
    add_seed(parser)
    for cell in Cell:
        parser.add_argument(
            f"--{cell.value}",
            default=starter_id(cell),
            metavar="ID",
            help=f"encoder for {cell.title}; the built-in one if not given",
        )
    parser.add_argument(
        "--vectors",
        metavar="FILE",
        help="a file of word vectors, such as GloVe: a further line of alignment and of groups",
    )
    parser.set_defaults(command=_reproduce)


def _reproduce(chosen: argparse.Namespace) -> int:
    check_report(chosen.out, force=chosen.force)
    encoders = {cell: find_encoder(getattr(chosen, cell.name.lower())) for cell in Cell}
    vectors = None if chosen.vectors is None else _vectors(chosen.vectors)
    request = Request(encoders, chosen.words, chosen.label, chosen.seed, vectors)
    study = Study(request)
    panels = []
    for panel in study.panels():
        panels.append(panel)
        said = panel.missing or counted(len(panel.lines), "curve")
        sys.stdout.write(f"{panel.analysis}  {panel.heading}: {said}\n")
    report = Report(request, panels, study.subspaces())
    write_report(chosen.out, report, force=chosen.force)
    sys.stdout.write(f"Written to {chosen.out}\n")
    return 0


def _vectors(name: str) -> EncoderSpec:
    spec = find_encoder(name)
    if spec.file is None:
        raise VgdeskError(
            f"“{name}” is not a file of word vectors.",
            "Give a file with one word and its numbers per line, such as glove.6B.300d.txt.",
        )
    return spec
