import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMainWindow, QWidget

from vgdesk.app.exchange.segmentation import LongRecording
from vgdesk.app.project.opening import Unsaved
from vgdesk.app.state.settings import Layout
from vgdesk.app.workspace import Workspace
from vgdesk.core.model import TakeId
from vgdesk.core.notices import Notice
from vgdesk.core.viewing import Shown
from vgdesk.ui import dialogs
from vgdesk.ui.control_bar import ControlBar
from vgdesk.ui.importing.import_controller import ImportController
from vgdesk.ui.importing.segmentation_dialog import SegmentationDialog
from vgdesk.ui.models.models_panel import ModelsPanel
from vgdesk.ui.recording.microphone_controller import MicrophoneController
from vgdesk.ui.recording.prompts_controller import PromptsController
from vgdesk.ui.recording.recorder_panel import RecorderPanel
from vgdesk.ui.recording.recording_controller import RecordingController
from vgdesk.ui.recording.speaker_window import SpeakerWindow
from vgdesk.ui.takes.removal_controller import RemovalController
from vgdesk.ui.takes.speakers_controller import SpeakersController
from vgdesk.ui.takes.trash_controller import TrashController
from vgdesk.ui.views.views_controller import ViewsController
from vgdesk.ui.words.words_panel import WordsPanel


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of the window that actions reach."""

    controls: ControlBar
    views: ViewsController
    words: WordsPanel
    models: ModelsPanel
    recorder: RecorderPanel
    recording: RecordingController


class ActionController(QObject):
    """What the actions can ask for: dialogs where a question is open, then the workspace.

    Signals
    -------
    reset_requested
        The window should look as at the very first start.
    """

    reset_requested = Signal()

    def __init__(self, window: QMainWindow, parts: Parts, workspace: Workspace) -> None:
        super().__init__(window)
        self._window = window
        self._parts = parts
        self._workspace = workspace
        self.imports = ImportController(window, workspace)
        self._prompts = PromptsController(window, workspace, parts.recording)
        self.microphone = MicrophoneController(workspace, window)
        removals = RemovalController(workspace, window)
        self.speakers = SpeakersController(workspace, window, removals)
        self.trash = TrashController(workspace, window, removals)
        self.speaker_window: SpeakerWindow | None = None

    def leave(self, then: Callable[[], object]) -> None:
        """Go on with `then` once edits that are not saved are saved or given up; or stay."""
        if self._parts.recording.is_holding_a_take:
            # It is kept first; nobody goes on to lose what was just said.
            self._parts.recording.finish_take(lambda: self.leave(then))
            return
        chosen = dialogs.Leave.DISCARD
        if self._workspace.store.has_unsaved_edits:
            chosen = dialogs.ask_about_edits(self._window, self._workspace.projects.title)
        if chosen is dialogs.Leave.SAVE:
            self.save(lambda: self.leave(then))  # asks again if something was edited meanwhile
        elif chosen is dialogs.Leave.DISCARD:
            self._workspace.projects.give_up_edits()
            self._workspace.imports.cancel()  # what comes in late would land in another project
            then()

    def new_project(self) -> None:
        self.leave(lambda: self._workspace.projects.new(self._workspace.session))

    def open_demo(self) -> None:
        self.leave(self._workspace.projects.open_demo)

    def ask_to_open(self) -> None:
        if folder := dialogs.ask_project(self._window):
            self.leave(lambda: self._workspace.open(folder))

    def ask_for_unsaved(self) -> None:
        def ask(found: tuple[Unsaved, ...]) -> None:
            if not found:
                self._workspace.events.notice.publish(
                    Notice("There is no unsaved work.", "Saved projects restore it when opened.")
                )
            elif folder := dialogs.ask_unsaved(self._window, found):
                self.leave(lambda: self._workspace.projects.open_unsaved(folder))

        self._workspace.projects.list_unsaved(ask)

    def open_recent(self) -> None:
        action = self.sender()
        if isinstance(action, QAction):
            folder = Path(action.data())
            self.leave(lambda: self._workspace.open(folder))

    def save(self, then: Callable[[], object] = lambda: None) -> None:
        home = self._workspace.projects.home
        if home is None:
            self.ask_to_save_as(then)
        else:
            self._workspace.save(home, then)

    def ask_to_save_as(self, then: Callable[[], object] = lambda: None) -> None:
        folder = dialogs.ask_new_project(self._window, self._workspace.projects.title)
        home = self._workspace.projects.home
        if folder is not None and folder != home and os.path.lexists(folder):
            self._workspace.events.notice.publish(
                Notice(f"“{folder.name}” exists already and was not touched.", "Choose a new name.")
            )
        elif folder is not None:
            self._workspace.save(folder, then)

    def ask_to_export(self) -> None:
        if kind := dialogs.ask_export_kind(self._window):
            title = self._workspace.projects.title
            if asked := dialogs.ask_export_target(self._window, kind, title):
                self._workspace.exports.export(
                    self._workspace.session, kind, asked.place, force=asked.may_replace
                )

    def ask_to_pack(self) -> None:
        def ask() -> None:
            home = self._workspace.projects.home
            if home is not None and (asked := dialogs.ask_packed_name(self._window, home)):
                self._workspace.exports.pack(home, asked.place, force=asked.may_replace)

        is_saved = self._workspace.projects.home and not self._workspace.store.has_unsaved_edits
        ask() if is_saved else self.save(ask)  # what is packed is what was saved

    def ask_to_unpack(self) -> None:
        if file := dialogs.ask_packed_file(self._window):
            self._unpack(file)

    def _unpack(self, file: Path) -> None:
        folder = dialogs.ask_new_project(self._window, file.stem, file.parent)
        if folder is not None:
            # It may take a while or fail, so the project of now is left only when it is there.
            self._workspace.exports.unpack(
                file, folder, lambda: self.leave(lambda: self._workspace.open(folder))
            )

    def ask_for_files(self) -> None:
        if files := dialogs.ask_files_to_add(self._window):
            self.imports.take_in(files)

    def ask_for_folder(self) -> None:
        if folder := dialogs.ask_folder(self._window, "A folder of sound files"):
            self.imports.take_in([folder])

    def ask_to_cut(self) -> None:
        if file := dialogs.ask_long_recording(self._window):
            self._workspace.look_into(file, self._show_pieces)

    def cut_take(self, take: str) -> None:
        """Make a take of each word that is heard in one that is too long."""
        whole = self._workspace.session.takes.get(TakeId(take))
        if whole is not None:
            self._workspace.look_into(whole.file, self._show_pieces)

    def _show_pieces(self, recording: LongRecording) -> None:
        workspace, file = self._workspace, recording.file
        dialog = SegmentationDialog(
            recording, tuple(workspace.session.words.values()), self._window
        )
        dialog.play_requested.connect(lambda start, end: workspace.play_stretch(file, start, end))
        dialog.accepted.connect(lambda: workspace.cut(file, dialog.pieces))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def ask_for_list(self) -> None:
        if name := dialogs.ask_word_list(self._window):
            self._workspace.add_words(name)

    def add_list(self, name: str) -> None:
        self._workspace.add_words(name)

    def ask_for_ratings(self) -> None:
        if (file := dialogs.ask_ratings(self._window)) is not None:
            self._workspace.load_ratings(file)

    def ask_for_columns(self) -> None:
        if file := dialogs.ask_table(self._window):
            self.imports.add_columns(file)

    def fill_in_pronunciations(self) -> None:
        chosen = self._workspace.view_state.selection.words
        self._workspace.imports.pronounce(frozenset(chosen))

    def take_in(self, paths: list[Path]) -> None:
        """Open a project that was dropped, or add files and folders."""
        if [path.suffix for path in paths] == [dialogs.PROJECT]:
            self.leave(lambda: self._workspace.open(paths[0]))
        elif [path.suffix for path in paths] == [dialogs.PACKED]:
            self._unpack(paths[0])
        else:
            self.imports.take_in(paths)

    def quit(self) -> None:
        self._window.close()

    def undo(self) -> None:
        self._workspace.store.undo()

    def redo(self) -> None:
        self._workspace.store.redo()

    def delete_selection(self) -> None:
        chosen = frozenset(self._workspace.view_state.selection.words)
        if chosen:
            self._workspace.delete(chosen, frozenset())

    def ask_for_label(self) -> None:
        if self._workspace.view_state.selection.words:
            self._parts.words.ask_label()
        else:
            self._workspace.events.notice.publish(
                Notice("No word is chosen.", "Choose the words to label in the list or in a view.")
            )

    def select_all(self) -> None:
        self._workspace.view_state.select(*self._workspace.session.words)

    def clear_selection(self) -> None:
        self._workspace.view_state.select()

    def find(self) -> None:
        _reveal(self._parts.words)
        self._parts.words.search.setFocus()

    def record(self) -> None:
        _reveal(self._parts.recorder)
        if self.microphone.is_due:
            self.microphone.open(self._parts.recording.toggle)
        else:
            self._parts.recording.toggle()

    def keep_take(self) -> None:
        self._parts.recording.keep_take()

    def retake(self) -> None:
        self._parts.recording.retake()

    def step_prompt(self, step: int) -> None:
        self._workspace.take_sequence.step_word(step)

    def step_take(self, step: int) -> None:
        self._workspace.take_sequence.step_take(step)

    def ask_for_prompts(self) -> None:
        self._prompts.ask()

    def toggle_microphone(self) -> None:
        self._parts.recording.toggle_microphone()

    def check_microphone(self) -> None:
        self.microphone.open()

    def show_speakers(self) -> None:
        self.speakers.open()

    def show_speaker_window(self) -> None:
        if self.speaker_window is None:
            self.speaker_window = SpeakerWindow(self._workspace, self._window)
        self.speaker_window.open()

    def show_trash(self) -> None:
        self.trash.open()

    def play(self) -> None:
        self._workspace.play(self._workspace.view_state.selection.words)

    def stop_playing(self) -> None:
        self._workspace.playback.stop()

    def step_word(self, step: int) -> None:
        self._workspace.view_state.step_word(self._workspace.session, step)

    def step_layer(self, step: int) -> None:
        self._parts.controls.step_layer(step)

    def show(self, shown: Shown) -> None:
        self._workspace.view_state.change(lambda recipe: replace(recipe, shown=shown))

    def toggle_grid(self) -> None:
        is_grid = not self._parts.views.is_grid
        self._parts.views.set_grid(is_grid)
        self._workspace.configure(layout=Layout.GRID if is_grid else Layout.TABS)

    def toggle_tables(self) -> None:
        self._parts.views.toggle_tables()

    def toggle_published(self) -> None:
        self._workspace.view_state.toggle_published()

    def refit_map(self) -> None:
        self._workspace.pipeline.refit_map()

    def reset_layout(self) -> None:
        self.reset_requested.emit()

    def choose_encoder(self) -> None:
        _reveal(self._parts.models)
        recipe, encoders = self._workspace.view_state.recipe, self._workspace.session.encoders
        empty = [cell for cell in (recipe.a, recipe.b) if cell not in encoders]
        self._parts.models.open_choices((*empty, recipe.focus)[0])

    def encode_again(self) -> None:
        self._workspace.encoder_selection.encode_again()

    def choose_pooling(self, pooling: str) -> None:
        self._workspace.view_state.change(lambda recipe: replace(recipe, pooling=pooling))

    def show_shortcuts(self) -> None:
        dialogs.show_shortcuts(self._window)

    def ask_to_report(self) -> None:
        if file := dialogs.ask_report_name(self._window):
            self._workspace.exports.save_report(file, self._workspace.settings)

    def show_about(self) -> None:
        dialogs.show_about(self._window)


def _reveal(panel: QWidget) -> None:
    """Show the dock that holds a panel, in front of those behind the same tab."""
    if (dock := panel.parentWidget()) is not None:
        dock.show()
        dock.raise_()
