"""The command `vgdesk import`: add files to a project."""

import argparse
import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from vgdesk.app.exchange.import_preview import (
    Choices,
    Incoming,
    first_choices,
    look_at,
    outside_sentence,
    planned,
    summary,
)
from vgdesk.app.exchange.importing import ImportRefused, import_takes, with_imported
from vgdesk.app.project.journal_replay import unsaved_edits
from vgdesk.app.project.locations import SUFFIX
from vgdesk.app.project.lock import ProjectLock, why_not_locked
from vgdesk.app.project.output_files import refuse_inside_project
from vgdesk.app.project.project_file import Project, open_project, save
from vgdesk.app.words.pronunciation import GUESSED, find_pronunciations, with_pronunciations
from vgdesk.core.errors import ProjectError, VgdeskError
from vgdesk.core.model import Session
from vgdesk.core.viewing import ViewRecipe


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    parser.add_argument(
        "project", type=Path, metavar="PROJECT", help=f"a folder NAME{SUFFIX}, existing or new"
    )
    parser.add_argument(
        "files",
        type=Path,
        nargs="+",
        metavar="FILE",
        help="sound files, folders, TextGrid, EAF, or a table as CSV, TSV, JSON lines or Parquet",
    )
    parser.add_argument("--tier", metavar="NAME", help="the tier that holds the words")
    parser.add_argument("--phones-tier", metavar="NAME", help="the tier that holds their phones")
    parser.add_argument(
        "--map",
        nargs="+",
        default=[],
        metavar="COLUMN=FIELD",
        help="the meaning of columns: word, file, start, end, speaker, language, or any label; "
        "leave FIELD empty to skip the column",
    )
    parser.add_argument(
        "--outside",
        action="store_true",
        help="also use sound files outside the folder of the table or annotation that names them",
    )
    parser.add_argument(
        "--phones", action="store_true", help="look up the pronunciations of English words"
    )
    parser.set_defaults(command=take_in)


def take_in(chosen: argparse.Namespace) -> int:
    """Add files to a project and save it; returns 2 if some could not be used."""
    folder: Path = chosen.project.absolute()
    if folder.suffix != SUFFIX:
        raise ProjectError(
            f"“{chosen.project}” is not a project.",
            f"Give a folder whose name ends in {SUFFIX}.",
        )
    _refuse_its_own(folder, chosen.files)
    incoming = look_at(chosen.files)
    choices = _choices(incoming, chosen)
    with _held(folder) as project:
        session = project.session
        plan = planned(incoming, choices, session)
        if plan.outside and not choices.outside:
            raise VgdeskError(
                f"{outside_sentence(plan.outside)} Nothing was added.",
                "Check these paths; if they are what you expect, add --outside.",
            )
        sys.stdout.write(f"{summary(incoming, plan, session)}\n")
        outcomes = list(import_takes(plan))
        taken = [one for one in outcomes if not isinstance(one, ImportRefused)]
        session = with_imported(session, taken)
        if chosen.phones:
            found = find_pronunciations(session.words.values())
            session = with_pronunciations(session, found)
            guessed = sum(source == GUESSED for _phones, source in found.values())
            sys.stdout.write(f"Pronunciations filled in: {len(found)}, {guessed} guessed\n")
        save(folder, session, project.recipe)
    refused = [one for one in outcomes if isinstance(one, ImportRefused)]
    for one in refused:
        sys.stderr.write(f"{one.error.message}\n")
    sys.stdout.write(f"Added {len(taken)} of {len(outcomes)}. Saved in {folder}\n")
    return 2 if refused else 0


def _refuse_its_own(folder: Path, files: Iterable[Path]) -> None:
    """Refuse files of the project itself, which would duplicate its words."""
    home = Path(os.path.realpath(folder))  # unlike Path.resolve it never raises
    for file in files:
        place = Path(os.path.realpath(file))
        if place.is_relative_to(home) or (home.exists() and home.is_relative_to(place)):
            raise ProjectError(
                f"“{file}” would add “{folder.name}” to itself. Nothing was added.",
                "Give files or folders outside the project.",
            )


def _choices(incoming: Incoming, chosen: argparse.Namespace) -> Choices:
    choices = first_choices(incoming)
    said = _mapping(chosen.map)
    strange = next((name for name in said if name not in incoming.headings), None)
    if strange is not None:
        there = ", ".join(incoming.headings) or "none"
        raise VgdeskError(f"There is no column “{strange}”.", f"The columns are: {there}.")
    # An explicit mapping takes precedence over guesses for other columns.
    guessed = {name: name if to in said.values() else to for name, to in choices.columns.items()}
    return replace(
        choices,
        words=chosen.tier if chosen.tier is not None else choices.words,
        phones=chosen.phones_tier if chosen.phones_tier is not None else choices.phones,
        columns={**guessed, **said},
        outside=chosen.outside,
    )


def _mapping(pairs: list[str]) -> Mapping[str, str]:
    wrong = next((pair for pair in pairs if "=" not in pair), None)
    if wrong is not None:
        raise VgdeskError(
            f"“{wrong}” does not give the meaning of a column.", "Write COLUMN=FIELD."
        )
    return {name: to.strip() for name, _, to in (pair.rpartition("=") for pair in pairs)}


@contextmanager
def _held(folder: Path) -> Iterator[Project]:
    """Open or create a project under a lock against windows."""
    if not folder.exists():
        refuse_inside_project(folder, folder.resolve())
        yield Project(folder, Session(), ViewRecipe())
        return
    lock, why = None, "is open in a window or read-only"
    try:
        lock = None if open_project(folder).read_only else ProjectLock.taken(folder)
    except OSError as error:
        why = why_not_locked(error)
    if lock is None:
        raise ProjectError(
            f"“{folder.name}” {why}. Nothing was added.",
            "Close the window, or copy the project to your own drive, and try again.",
        )
    try:
        # Read after locking: a window may just have saved.
        project = open_project(folder, to_save=True)
        for warning in project.warnings:
            sys.stderr.write(f"{warning.message}\n")
        if unsaved := unsaved_edits(folder, project.session):
            raise ProjectError(
                f"{unsaved}. Nothing was added.",
                "Open it in the window, which restores the edits, and save it.",
            )
        yield project
    finally:
        lock.release()
