"""The commands that import, export, pack, unpack and check files of projects."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from vgdesk.app.commands import check, import_words
from vgdesk.app.commands.arguments import add_force
from vgdesk.app.exchange.exporting import EXPORTS, check_target, export, kind_of
from vgdesk.app.project.archive import SUFFIX, pack, unpack
from vgdesk.app.project.erasure import refuse_unfinished
from vgdesk.app.project.journal_replay import unsaved_edits
from vgdesk.app.project.locations import SUFFIX as PROJECT
from vgdesk.app.project.project_file import Project, open_project

if TYPE_CHECKING:  # argparse has no public name for this type
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]


def add_all(commands: "Commands") -> None:
    """Add the commands to a parser."""
    import_words.add_arguments(commands.add_parser("import", help="add files to a project"))
    _add_export(commands.add_parser("export", help="export words and takes for other programs"))
    _add_pack(commands.add_parser("pack", help="pack a project into one file"))
    _add_unpack(commands.add_parser("unpack", help="unpack a packed project"))
    check.add_arguments(commands.add_parser("check", help="check the quality of takes"))


def _add_pack(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("project", type=Path, help="a folder NAME.vgdesk")
    parser.add_argument("file", type=Path, nargs="?", help=f"PROJECT{SUFFIX} if not given")
    add_force(parser)
    parser.set_defaults(command=_pack)


def _add_unpack(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, help="a packed project (.vgz)")
    parser.add_argument("project", type=Path, nargs="?", help=f"FILE{PROJECT} if not given")
    parser.set_defaults(command=_unpack)


def _add_export(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("project", type=Path, help="a folder NAME.vgdesk")
    parser.add_argument("target", type=Path, help="a table (.csv, .tsv, .parquet) or a new folder")
    parser.add_argument("--as", dest="kind", choices=EXPORTS, help="audiofolder if not given")
    add_force(parser)
    parser.set_defaults(command=_export)


def _export(chosen: argparse.Namespace) -> int:
    kind = chosen.kind or kind_of(chosen.target)
    check_target(kind, chosen.target, force=chosen.force)
    refuse_unfinished(chosen.project)
    project = open_project(chosen.project)
    session = project.session
    export(session, kind, chosen.target, force=chosen.force)
    words, takes = len(session.words), len(session.takes)
    sys.stdout.write(
        f"{chosen.target}: {words} word{'s' * (words != 1)}, {takes} take{'s' * (takes != 1)}\n"
    )
    return _told(project)


def _pack(chosen: argparse.Namespace) -> int:
    project = chosen.project.absolute()
    file = chosen.file or project.with_suffix(SUFFIX)
    packed = pack(project, file, force=chosen.force)
    sys.stdout.write(f"{file}: {file.stat().st_size / 1e6:,.1f} MB\n")
    return _told(packed)


def _told(project: Project) -> int:
    """Report what was not written; returns the exit code."""
    if unsaved := unsaved_edits(project.folder, project.session):
        sys.stderr.write(f"{unsaved}. The project was used as it was last saved.\n")
    for warning in project.warnings:
        sys.stderr.write(f"{warning.message}\n")
    return 2 if project.warnings else 0


def _unpack(chosen: argparse.Namespace) -> int:
    project = (chosen.project or chosen.file.with_suffix(PROJECT)).absolute()
    unpack(chosen.file, project)
    sys.stdout.write(f"{project}\n")
    return 0
