from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from vgdesk.app.exchange.corpus_tables import FIELDS, WORD
from vgdesk.app.exchange.import_preview import (
    Choices,
    Incoming,
    Preview,
    first_choices,
    preview_import,
)
from vgdesk.app.exchange.word_norms import first_columns, preview_join
from vgdesk.app.words.label_columns import CATEGORY, PHONES
from vgdesk.app.workspace import Workspace
from vgdesk.core.errors import VgdeskError
from vgdesk.core.model import Session
from vgdesk.ui.importing.import_dialog import ImportDialog


@dataclass(frozen=True, slots=True)
class _Question:
    """An open dialog with its purpose."""

    dialog: ImportDialog
    incoming: Incoming
    preview: Callable[[Incoming, Choices, Session], Preview]
    go_on: Callable[[Incoming, Choices], object]


class ImportController(QObject):
    """Controls imports: asks the user for choices, then passes them to the workspace."""

    def __init__(self, window: QWidget, workspace: Workspace) -> None:
        super().__init__(window)
        self._window = window
        self._workspace = workspace
        self._question: _Question | None = None

    @property
    def dialog(self) -> ImportDialog | None:
        """The open dialog, if any."""
        return self._question.dialog if self._question else None

    def take_in(self, paths: list[Path]) -> None:
        """Add sound files, folders, annotations and tables."""
        self._workspace.imports.take_in(paths, self._ask_about_import)

    def add_columns(self, file: Path) -> None:
        """Add labels from a table to the words of the project."""
        self._workspace.imports.look([file], self._ask_about_columns)

    def _ask_about_import(self, incoming: Incoming) -> None:
        choices = first_choices(incoming, self._workspace.settings.column_meanings)
        self._ask(incoming, choices, preview_import, self._workspace.imports.take)

    def _ask_about_columns(self, incoming: Incoming) -> None:
        if not incoming.tables:
            self._workspace.events.say(
                "This file is not a table of words.", "Choose a CSV, TSV or JSON lines file."
            )
            return
        tables = Incoming((), (), incoming.tables)
        choices = Choices(columns=first_columns(tables.headings))
        self._ask(tables, choices, preview_join, self._workspace.imports.join)

    def _ask(
        self,
        incoming: Incoming,
        choices: Choices,
        preview: Callable[[Incoming, Choices, Session], Preview],
        go_on: Callable[[Incoming, Choices], object],
    ) -> None:
        if self._question:
            self._question.dialog.reject()
        targets = (WORD,) if preview is preview_join else (*FIELDS, CATEGORY, PHONES)
        dialog = ImportDialog(incoming, choices, targets, self._window)
        self._question = _Question(dialog, incoming, preview, go_on)
        dialog.preview_requested.connect(self._on_preview_requested)
        dialog.choices_made.connect(self._on_choices_made)
        dialog.finished.connect(self._on_finished)
        dialog.ask()
        dialog.open()

    def _on_preview_requested(self, choices: Choices) -> None:
        question = self._question
        if question is None:
            return

        def is_wanted() -> bool:
            return self._question is question and question.dialog.choices == choices

        def done(preview: Preview) -> None:
            if is_wanted():
                question.dialog.show_preview(preview)

        def failed(error: VgdeskError) -> None:
            if is_wanted():
                question.dialog.show_problem(error)

        asked = question.incoming, choices
        self._workspace.imports.preview(question.preview, asked, done, failed)

    def _on_choices_made(self, choices: Choices) -> None:
        if self._question is None:
            return
        question = self._question
        if question.preview is preview_import:
            for table in question.incoming.tables:
                said = {name: choices.columns[name] for name in table.headings}
                self._workspace.change_settings(
                    lambda settings, said=said: settings.with_meanings(said)  # type: ignore[misc]
                )
        question.go_on(question.incoming, choices)

    def _on_finished(self) -> None:
        if self._question:
            self._question.dialog.deleteLater()
            self._question = None
