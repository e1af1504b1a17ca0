"""All menu and keyboard actions as data: a new action is one entry here."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from vgdesk.core.catalogue import catalogue
from vgdesk.core.viewing import Shown


class ProjectTarget(Protocol):
    """Projects: opening, saving, exporting."""

    def new(self) -> None: ...
    def ask_to_open(self) -> None: ...
    def open_demo(self) -> None: ...
    def ask_for_unsaved(self) -> None: ...
    def save(self) -> None: ...
    def ask_to_save_as(self) -> None: ...
    def ask_to_export(self) -> None: ...
    def ask_to_pack(self) -> None: ...
    def ask_to_unpack(self) -> None: ...
    def ask_to_report(self) -> None: ...
    def quit(self) -> None: ...


class ImportTarget(Protocol):
    """Words and takes from files."""

    def ask_for_files(self) -> None: ...
    def ask_for_folder(self) -> None: ...
    def ask_to_segment(self) -> None: ...
    def ask_for_list(self) -> None: ...
    def add_list(self, name: str) -> None: ...
    def ask_for_ratings(self) -> None: ...
    def ask_for_columns(self) -> None: ...
    def fill_in_pronunciations(self) -> None: ...


class WordTarget(Protocol):
    """Words in the list."""

    def undo(self) -> None: ...
    def redo(self) -> None: ...
    def delete_selection(self) -> None: ...
    def ask_for_label(self) -> None: ...
    def select_all(self) -> None: ...
    def clear_selection(self) -> None: ...
    def find(self) -> None: ...
    def step(self, step: int) -> None: ...
    def play(self) -> None: ...
    def stop_playing(self) -> None: ...


class TakeTarget(Protocol):
    """Recording, and the takes that come of it."""

    def record(self) -> None: ...
    def keep(self) -> None: ...
    def retake(self) -> None: ...
    def step_prompt(self, step: int) -> None: ...
    def step(self, step: int) -> None: ...
    def ask_for_prompts(self) -> None: ...
    def toggle_microphone(self) -> None: ...
    def check_microphone(self) -> None: ...
    def show_speakers(self) -> None: ...
    def show_speaker_window(self) -> None: ...
    def show_trash(self) -> None: ...


class ViewTarget(Protocol):
    """What the views show, and the window."""

    def step_layer(self, step: int) -> None: ...
    def show(self, shown: Shown) -> None: ...
    def toggle_grid(self) -> None: ...
    def toggle_tables(self) -> None: ...
    def toggle_published(self) -> None: ...
    def refit_map(self) -> None: ...
    def reset_layout(self) -> None: ...
    def choose_encoder(self) -> None: ...
    def encode_again(self) -> None: ...
    def choose_pooling(self, pooling: str) -> None: ...
    def show_shortcuts(self) -> None: ...
    def show_about(self) -> None: ...


class ActionTarget(Protocol):
    """What an action may ask for. The window has one."""

    @property
    def project(self) -> ProjectTarget: ...
    @property
    def imports(self) -> ImportTarget: ...
    @property
    def words(self) -> WordTarget: ...
    @property
    def takes(self) -> TakeTarget: ...
    @property
    def views(self) -> ViewTarget: ...


@dataclass(frozen=True, slots=True)
class Action:
    """One action of the user.

    Attributes
    ----------
    shortcut
        In Qt's notation; a single letter works wherever no text is being typed. Those of
        RECORDER_KEYS work only during recording, unless the focused widget uses the key.
    tip
        One sentence for the status bar.
    begins_group
        Whether a separator precedes it in the menu.
    """

    id: str
    title: str
    menu: str
    run: Callable[[ActionTarget], object]
    shortcut: str = ""
    tip: str = ""
    begins_group: bool = False


ACTIONS = catalogue(
    Action("new", "New project", "File", lambda t: t.project.new(), "Ctrl+N"),
    Action("open", "Open project…", "File", lambda t: t.project.ask_to_open(), "Ctrl+O"),
    Action("open_demo", "Open the demo", "File", lambda t: t.project.open_demo()),
    Action(
        "open_unsaved",
        "Open unsaved work…",
        "File",
        lambda t: t.project.ask_for_unsaved(),
        tip="Projects that were never saved before vgdesk closed.",
    ),
    Action("save", "Save", "File", lambda t: t.project.save(), "Ctrl+S", begins_group=True),
    Action("save_as", "Save as…", "File", lambda t: t.project.ask_to_save_as(), "Ctrl+Shift+S"),
    Action(
        "add_files",
        "Add files…",
        "File",
        lambda t: t.imports.ask_for_files(),
        "Ctrl+Shift+O",
        "Sound files named after their words, TextGrid or EAF files with their sound, or a table.",
        begins_group=True,
    ),
    Action(
        "add_folder",
        "Add folder…",
        "File",
        lambda t: t.imports.ask_for_folder(),
        tip="Its sound files and annotations, or the recordings listed in its metadata.csv.",
    ),
    Action(
        "cut",
        "Segment a long recording…",
        "File",
        lambda t: t.imports.ask_to_segment(),
        tip="Finds the words in one file and aligns them with the list; the file is not changed.",
    ),
    Action(
        "add_list",
        "Add word list…",
        "File",
        lambda t: t.imports.ask_for_list(),
        tip="Words to record and compare: a built-in list, or your own file.",
    ),
    Action(
        "add_kiki_bouba",
        "Add the kiki-bouba list",
        "File",
        lambda t: t.imports.add_list("kiki-bouba"),
        tip="Pseudo-words such as kiki and bouba, and names of round and sharp things.",
    ),
    Action(
        "load_ratings",
        "Load similarity ratings…",
        "File",
        lambda t: t.imports.ask_for_ratings(),
        tip="Human similarity ratings: a table with the columns word1, word2 and similarity.",
    ),
    Action(
        "open_packed",
        "Open packed project…",
        "File",
        lambda t: t.project.ask_to_unpack(),
        tip="Unpacks NAME.vgz into a project folder beside it.",
        begins_group=True,
    ),
    Action(
        "export",
        "Export words…",
        "File",
        lambda t: t.project.ask_to_export(),
        tip="As a table, an AudioFolder, or sound files with TextGrids.",
    ),
    Action(
        "pack",
        "Pack project into one file…",
        "File",
        lambda t: t.project.ask_to_pack(),
        tip="For sharing: words, labels and recordings, without the trash.",
    ),
    Action("quit", "Quit", "File", lambda t: t.project.quit(), "Ctrl+Q", begins_group=True),
    Action("undo", "Undo", "Edit", lambda t: t.words.undo(), "Ctrl+Z"),
    Action("redo", "Redo", "Edit", lambda t: t.words.redo(), "Ctrl+Shift+Z"),
    Action(
        "select_all",
        "Select all words",
        "Edit",
        lambda t: t.words.select_all(),
        "Ctrl+A",
        begins_group=True,
    ),
    Action("clear", "Clear selection", "Edit", lambda t: t.words.clear_selection(), "Esc"),
    Action("find", "Find word", "Edit", lambda t: t.words.find(), "Ctrl+F"),
    Action(
        "set_label",
        "Label selected words…",
        "Edit",
        lambda t: t.words.ask_for_label(),
        "Ctrl+L",
        begins_group=True,
    ),
    Action(
        "add_columns",
        "Add columns from a table…",
        "Edit",
        lambda t: t.imports.ask_for_columns(),
        tip="Concreteness, frequency and any other properties of words from a table.",
    ),
    Action(
        "pronounce",
        "Fill in pronunciations",
        "Edit",
        lambda t: t.imports.fill_in_pronunciations(),
        tip="Phones of the selected English words, or of all, from a pronouncing dictionary.",
    ),
    Action("delete", "Delete selected words", "Edit", lambda t: t.words.delete_selection(), "Del"),
    Action(
        "trash",
        "Trash…",
        "Edit",
        lambda t: t.takes.show_trash(),
        tip="Rejected and deleted takes: play, restore or delete permanently.",
    ),
    Action(
        "record",
        "Record / stop",
        "Word",
        lambda t: t.takes.record(),
        "R",
        "Records the prompted word; press again to stop.",
    ),
    Action("microphone", "Microphone on / off", "Word", lambda t: t.takes.toggle_microphone(), "M"),
    Action(
        "check_microphone",
        "Check microphone…",
        "Word",
        lambda t: t.takes.check_microphone(),
        tip="Say a word, hear it back and see how well it was recorded.",
    ),
    Action(
        "speakers",
        "Speakers…",
        "Word",
        lambda t: t.takes.show_speakers(),
        tip="The current speaker, consent to recording, and deletion of a speaker's data.",
        begins_group=True,
    ),
    Action(
        "speaker_window",
        "Speaker window",
        "Word",
        lambda t: t.takes.show_speaker_window(),
        "F9",
        "Shows the prompt and the recording light large, on the second screen if there is one.",
    ),
    Action(
        "keep_take",
        "Keep take and continue",
        "Word",
        lambda t: t.takes.keep(),
        "Enter",
        "Keeps the take under review, even if it failed a check.",
        begins_group=True,
    ),
    Action(
        "retake",
        "Record take again",
        "Word",
        lambda t: t.takes.retake(),
        "Backspace",
        "Moves the take to the trash and records its word again.",
    ),
    Action("next_prompt", "Next prompt", "Word", lambda t: t.takes.step_prompt(1), "Down"),
    Action("previous_prompt", "Previous prompt", "Word", lambda t: t.takes.step_prompt(-1), "Up"),
    Action("next_take", "Next take", "Word", lambda t: t.takes.step(1), "Right"),
    Action("previous_take", "Previous take", "Word", lambda t: t.takes.step(-1), "Left"),
    Action(
        "prompts",
        "Edit prompts…",
        "Word",
        lambda t: t.takes.ask_for_prompts(),
        tip="Type, paste or load prompts; set their order and the takes of each word.",
        begins_group=True,
    ),
    Action("play", "Play word", "Word", lambda t: t.words.play(), "Space", begins_group=True),
    Action("stop_playing", "Stop playing", "Word", lambda t: t.words.stop_playing(), "Shift+Space"),
    Action(
        "next_word", "Next word", "Word", lambda t: t.words.step(1), "Ctrl+Down", begins_group=True
    ),
    Action("previous_word", "Previous word", "Word", lambda t: t.words.step(-1), "Ctrl+Up"),
    Action("layer_down", "One layer down", "View", lambda t: t.views.step_layer(-1), "["),
    Action("layer_up", "One layer up", "View", lambda t: t.views.step_layer(1), "]"),
    Action(
        "show_a",
        "Show the words of A",
        "View",
        lambda t: t.views.show(Shown.A),
        "1",
        begins_group=True,
    ),
    Action("show_b", "Show the words of B", "View", lambda t: t.views.show(Shown.B), "2"),
    Action(
        "show_difference",
        "Show the difference B minus A",
        "View",
        lambda t: t.views.show(Shown.DIFFERENCE),
        "3",
    ),
    Action(
        "grid",
        "Views as grid / as tabs",
        "View",
        lambda t: t.views.toggle_grid(),
        "G",
        begins_group=True,
    ),
    Action("tables", "Charts / tables", "View", lambda t: t.views.toggle_tables(), "T"),
    Action(
        "as_published",
        "As published / corrected",
        "View",
        lambda t: t.views.toggle_published(),
        "P",
        "Switches between the study's own measure and the corrected one.",
    ),
    Action("refit_map", "Recompute the map", "View", lambda t: t.views.refit_map(), "Ctrl+M"),
    Action("reset_layout", "Reset the layout", "View", lambda t: t.views.reset_layout()),
    Action(
        "choose_encoder",
        "Choose an encoder",
        "Models",
        lambda t: t.views.choose_encoder(),
        "Ctrl+E",
    ),
    Action(
        "encode_again",
        "Encode missing words",
        "Models",
        lambda t: t.views.encode_again(),
        tip="Resumes a cancelled or failed encoding.",
    ),
    Action(
        "pool_mean",
        "Pool by the mean of a word's frames or tokens",
        "Models",
        lambda t: t.views.choose_pooling("mean"),
        tip="Combines the vectors of a word into one; baselines have only one.",
        begins_group=True,
    ),
    Action(
        "pool_centre",
        "Pool by the middle frame or token",
        "Models",
        lambda t: t.views.choose_pooling("centre"),
    ),
    Action(
        "pool_first",
        "Pool by the first frame or token",
        "Models",
        lambda t: t.views.choose_pooling("first"),
    ),
    Action("shortcuts", "Keyboard shortcuts", "Help", lambda t: t.views.show_shortcuts(), "F1"),
    Action(
        "report",
        "Save a report…",
        "Help",
        lambda t: t.project.ask_to_report(),
        tip="Versions, settings and the log, for support; no recordings and no words.",
    ),
    Action("about", "About vgdesk", "Help", lambda t: t.views.show_about()),
)

RECORDER_KEYS = (
    "keep_take", "retake", "next_prompt", "previous_prompt", "next_take", "previous_take"
)  # fmt: skip
