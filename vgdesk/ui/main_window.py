from collections.abc import Mapping
from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings, Qt, QTimer
from PySide6.QtGui import (
    QAction,
    QCloseEvent,
    QDragEnterEvent,
    QDropEvent,
    QGuiApplication,
)
from PySide6.QtWidgets import (
    QApplication,
    QDockWidget,
    QLabel,
    QMainWindow,
    QVBoxLayout,
    QWidget,
)

from vgdesk.app.actions import ACTIONS
from vgdesk.app.state.events import Embedded, SessionChanged
from vgdesk.app.state.settings import Layout, user_folder
from vgdesk.app.workspace import Workspace
from vgdesk.core.counting import counted
from vgdesk.core.viewing import Selection, ViewRecipe
from vgdesk.encoders.base import Pooling
from vgdesk.ui.action_controller import ActionController, Parts
from vgdesk.ui.control_bar import ControlBar
from vgdesk.ui.models.models_controller import ModelsController
from vgdesk.ui.models.models_panel import ModelsPanel
from vgdesk.ui.recording.recorder_keys import RecorderKeys, shortcuts
from vgdesk.ui.recording.recorder_panel import RecorderPanel
from vgdesk.ui.recording.recording_controller import RecordingController
from vgdesk.ui.style import plain_text, theme
from vgdesk.ui.takes.inspector_controller import InspectorController
from vgdesk.ui.takes.inspector_panel import InspectorPanel
from vgdesk.ui.user_requests import UserRequests
from vgdesk.ui.views.views_controller import ViewsController
from vgdesk.ui.widgets.activity_panel import ActivityPanel
from vgdesk.ui.widgets.notice_bar import NoticeBar
from vgdesk.ui.words.words_panel import WordsPanel

LAYOUT_VERSION = 1
FRAME = 12  # width of the window frame in pixels; its title takes three times as much
WIDE = 1200  # pixels: least width for four views side by side
POOLINGS = tuple(pooling.value for pooling in Pooling)
MENUS = ("File", "Edit", "Word", "View", "Models", "Help")


class MainWindow(QMainWindow):
    """The main window: docks around the views, menus from ACTIONS, and their connections."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        plain_text.insist(app)
        self.workspace = workspace
        self._is_leaving = False
        self._theme = theme.theme_of(app.palette())
        self._watcher = theme.follow(app, self._set_theme)
        self.notices = NoticeBar()
        self.controls = ControlBar()
        self._requests = UserRequests(workspace)
        self.views = ViewsController(workspace, self._requests, self._theme)
        self.words = WordsPanel()
        self.models = ModelsPanel()
        self.inspector = InspectorPanel()
        self.recorder = RecorderPanel()
        self.activity = ActivityPanel()
        self.recording = RecordingController(workspace, self._requests, self.recorder)
        parts = Parts(self.controls, self.views, self.words, self.models, self.recording)
        self.controller = ActionController(self, parts, workspace, self._requests)
        self.actions_by_id: Mapping[str, QAction] = self._make_menus()
        self._lay_out()
        self._hear_panels()
        self._hear_workspace()
        self._keys = RecorderKeys(self.actions_by_id, self.recording, self._surfaces())
        self._modelling = ModelsController(workspace, self._requests, self.models)
        self._inspecting = InspectorController(workspace, self._requests, self.inspector)
        self._set_theme(self._theme)
        self._restore_layout()
        self._session_changed(SessionChanged(workspace.session, workspace.session, ""))
        self._show_recipe(self._requests.recipe)

    def _make_menus(self) -> dict[str, QAction]:
        made = {}
        menus = {name: self.menuBar().addMenu(f"&{name}") for name in MENUS}
        for action in ACTIONS.values():
            if action.begins_group:
                menus[action.menu].addSeparator()
            entry = menus[action.menu].addAction(action.title)
            entry.setObjectName(action.id)
            entry.setShortcuts(shortcuts(action.shortcut))
            entry.setStatusTip(action.tip)
            entry.triggered.connect(self._run_action)
            made[action.id] = entry
        for pooling in POOLINGS:
            made[f"pool_{pooling}"].setCheckable(True)
        self._recent = menus["File"].addMenu("Open recent")
        menus["File"].insertMenu(made["open_demo"], self._recent)
        self._docks_menu = menus["View"].addMenu("Panels")
        return made

    def _run_action(self) -> None:
        sender = self.sender()
        assert sender is not None
        ACTIONS[sender.objectName()].run(self.controller)

    def _lay_out(self) -> None:
        self.setWindowTitle("vgdesk")
        self.setAcceptDrops(True)
        self._centre = QWidget()
        column = QVBoxLayout(self._centre)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for part in (self.notices, self.controls):
            column.addWidget(part)
        column.addWidget(self.views, 1)
        self.setCentralWidget(self._centre)
        left, right = Qt.DockWidgetArea.LeftDockWidgetArea, Qt.DockWidgetArea.RightDockWidgetArea
        bottom = Qt.DockWidgetArea.BottomDockWidgetArea
        self._dock("Models", self.models, left)
        self._dock("Words", self.words, left)
        self._dock("Inspector", self.inspector, right)
        recorder = self._dock("Recorder", self.recorder, bottom)
        self.tabifyDockWidget(recorder, self._dock("Activity", self.activity, bottom))
        recorder.raise_()
        self.setCorner(Qt.Corner.BottomLeftCorner, left)
        # The recorder is wide and low, the word list narrow and high.
        self.setCorner(Qt.Corner.BottomRightCorner, bottom)
        self._count, self._saved = QLabel(), QLabel()
        for label in (self._count, self._saved, QLabel("Nothing leaves this computer")):
            label.setContentsMargins(8, 0, 8, 0)
            self.statusBar().addPermanentWidget(label)

    def _dock(self, title: str, panel: QWidget, area: Qt.DockWidgetArea) -> QDockWidget:
        dock = QDockWidget(title)
        dock.setObjectName(title)
        dock.setWidget(panel)
        self.addDockWidget(area, dock)
        self._docks_menu.addAction(dock.toggleViewAction())
        return dock

    def _surfaces(self) -> tuple[QWidget, ...]:
        return (self._centre, *self.findChildren(QDockWidget))

    def _hear_panels(self) -> None:
        requests, controller = self._requests, self.controller
        self.words.words_chosen.connect(requests.choose_words)
        self.words.take_chosen.connect(requests.choose_take)
        self.words.play_requested.connect(requests.play)
        self.words.delete_requested.connect(requests.delete)
        self.words.label_requested.connect(requests.label)
        self.words.label_column_chosen.connect(requests.choose_label_column)
        self.words.files_dropped.connect(controller.take_in)
        self.words.record_requested.connect(controller.takes.record)
        self.recorder.record_toggled.connect(controller.takes.record)
        self.words.open_requested.connect(controller.imports.ask_for_files)
        self.activity.cancel_requested.connect(self.workspace.cancel)
        self.views.action_requested.connect(self._run_by_id)
        controller.views.reset_requested.connect(self.reset_layout)
        self.inspector.cut_requested.connect(controller.imports.segment_take)
        self.controls.compared_chosen.connect(requests.compare)
        self.controls.shown_chosen.connect(requests.show)
        self.controls.layer_chosen.connect(requests.choose_layer)

    def _hear_workspace(self) -> None:
        events = self.workspace.events
        events.notice.subscribe(self.notices.show_notice)
        events.job_changed.subscribe(self.activity.show_job)
        events.session_changed.subscribe(self._session_changed)
        events.recipe_changed.subscribe(self._show_recipe)
        events.selection_changed.subscribe(self._show_selection)
        events.embedded.subscribe(self._show_embedded)

    # Actions

    def _run_by_id(self, action: str) -> None:
        if action:
            ACTIONS[action].run(self.controller)

    # Events

    def _session_changed(self, _change: SessionChanged) -> None:
        store, session = self.workspace.store, self.workspace.session
        self.words.show_session(session, self.views.legend)
        self._show_step("undo", store.undo_label)
        self._show_step("redo", store.redo_label)
        self._show_place()
        self._show_recent()
        self._show_recipe(self._requests.recipe)

    def _show_step(self, action: str, label: str) -> None:
        entry = self.actions_by_id[action]
        entry.setText(f"{ACTIONS[action].title} {plain_text.on_one_line(label)}".strip())
        entry.setEnabled(bool(label))

    def _show_place(self) -> None:
        session, projects = self.workspace.session, self.workspace.projects
        is_unsaved = self.workspace.store.has_unsaved_edits
        self.setWindowTitle(f"{projects.title}{'*' if is_unsaved else ''} – vgdesk")
        words, takes = counted(len(session.words), "word"), counted(len(session.takes), "take")
        self._count.setText(f"{words}, {takes}")
        kept = "not saved yet" if projects.home is None else "saved"
        self._saved.setText("unsaved edits" if is_unsaved else kept)

    def _show_recent(self) -> None:
        self._recent.clear()
        for folder in self.workspace.settings.recent_projects:
            entry = self._recent.addAction(folder.stem)
            entry.setData(str(folder))
            entry.setStatusTip(str(folder))
            entry.triggered.connect(self.controller.project.open_recent)
        self._recent.setEnabled(bool(self.workspace.settings.recent_projects))

    def _show_recipe(self, recipe: ViewRecipe) -> None:
        encoder_registry, encoders = (
            self.workspace.encoder_registry,
            self.workspace.session.encoders,
        )
        specs = {cell: encoder_registry.spec(encoder) for cell, encoder in encoders.items()}
        titles = {cell: spec.title for cell, spec in specs.items() if spec is not None}
        for pooling in POOLINGS:
            self.actions_by_id[f"pool_{pooling}"].setChecked(recipe.pooling == pooling)
        focus = specs.get(recipe.focus)
        self.controls.show_recipe(recipe, titles, focus.layers if focus else ())
        if self.words.label_column.currentText() != recipe.label_column:
            self.words.show_session(self.workspace.session, self.views.legend)

    def _show_selection(self, selection: Selection) -> None:
        self.words.show_selection(selection)
        for action in ("play", "delete", "set_label", "clear"):
            self.actions_by_id[action].setEnabled(bool(selection.words))

    def _show_embedded(self, embedded: Embedded) -> None:
        self.words.show_status(embedded.pending, embedded.failed)

    def _set_theme(self, theme: theme.Theme) -> None:
        self._theme = theme
        for part in (
            self.controls,
            self.views,
            self.words,
            self.models,
            self.inspector,
            self.recorder,
        ):
            part.set_theme(theme)
        self.activity.set_theme(theme)
        self.notices.set_theme(theme)
        if self.controller.takes.speaker_window is not None:
            self.controller.takes.speaker_window.set_theme(theme)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        urls = event.mimeData().urls()
        event.acceptProposedAction()
        self.controller.take_in([Path(url.toLocalFile()) for url in urls if url.isLocalFile()])

    # Layout and closing

    def reset_layout(self) -> None:
        """Restore the layout of the first start."""
        self.restoreState(self._first_state, LAYOUT_VERSION)
        self.views.set_grid(True)

    def _restore_layout(self) -> None:
        self._first_state = self.saveState(LAYOUT_VERSION)
        self.resize(*self._fitting_size())
        self.restoreGeometry(self._place("geometry"))
        self.restoreState(self._place("docks"), LAYOUT_VERSION)
        is_wide = self.width() >= WIDE
        self.views.set_grid(is_wide and self.workspace.settings.layout is Layout.GRID)

    def _fitting_size(self) -> tuple[int, int]:
        screen = QGuiApplication.primaryScreen().availableGeometry()
        return min(1400, screen.width() - FRAME), min(900, screen.height() - 3 * FRAME)

    def _ask_to_leave(self) -> None:
        self.controller.project.leave(self._leave)

    def _leave(self) -> None:
        self._is_leaving = True
        self.close()
        self._is_leaving = False  # closing may have been refused; then edits are asked about again

    def _place(self, name: str) -> QByteArray:
        stored = self._places().value(name)
        return stored if isinstance(stored, QByteArray) else QByteArray()

    def _places(self) -> QSettings:
        # The position of the window belongs to this screen, not to the user's settings.
        return QSettings(str(user_folder("config") / "window.ini"), QSettings.Format.IniFormat)

    def closeEvent(self, event: QCloseEvent) -> None:
        if self.recording.is_holding_a_take and not self.recording.is_finishing:
            # The take is kept first. A second attempt closes without waiting: the part on disk is
            # restored at the next start.
            event.ignore()
            self.recording.finish_take(self.close)
            self.workspace.events.say(
                "A take is still being saved.", "Close again to quit without waiting."
            )
            return
        if self.workspace.store.has_unsaved_edits and not self._is_leaving:
            event.ignore()
            # A window that is asked to close while it is closing would never close.
            QTimer.singleShot(0, self, self._ask_to_leave)
            return
        self._places().setValue("geometry", self.saveGeometry())
        self._places().setValue("docks", self.saveState(LAYOUT_VERSION))
        super().closeEvent(event)
