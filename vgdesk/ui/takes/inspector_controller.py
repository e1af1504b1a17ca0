from PySide6.QtCore import QObject

from vgdesk.app.state.events import SessionChanged, ViewResult
from vgdesk.app.workspace import Workspace
from vgdesk.audio.excerpts import Excerpt
from vgdesk.core.details import Neighbour
from vgdesk.core.model import Take, TakeId, WordId
from vgdesk.core.results import WordOverview, WordSimilarity
from vgdesk.core.viewing import Selection
from vgdesk.ui.takes.inspector_panel import InspectorPanel
from vgdesk.ui.user_requests import UserRequests


class InspectorController(QObject):
    """Shows the primary word in the inspector: its takes, sound and neighbours."""

    def __init__(self, workspace: Workspace, requests: UserRequests, panel: InspectorPanel) -> None:
        super().__init__(panel)
        self._workspace = workspace
        self._requests = requests
        self._panel = panel
        self._sound_of: Take | None = None
        self._excerpt: Excerpt | None = None
        self._inspected: tuple[WordId | None, TakeId | None] = (None, None)
        panel.trim_changed.connect(requests.trim)
        panel.trim_proposed_requested.connect(requests.find_word_in)
        panel.take_chosen.connect(requests.choose_take)
        panel.take_delete_requested.connect(requests.delete_take)
        panel.word_chosen.connect(requests.choose_word)
        panel.play_requested.connect(requests.play_primary)
        events = workspace.events
        events.selection_changed.subscribe(self._selection_changed)
        events.session_changed.subscribe(self._session_changed)
        events.result_ready.subscribe(self._numbers_changed)
        self._show()

    def _take(self) -> Take | None:
        chosen, session = self._requests.selection, self._workspace.session
        if chosen.take is not None and chosen.take in session.takes:
            return session.takes[chosen.take]
        takes = session.takes_of(chosen.primary) if chosen.primary else ()
        return takes[0] if takes else None

    def _selection_changed(self, selection: Selection) -> None:
        if (selection.primary, selection.take) != self._inspected:  # ignore hovering
            self._inspected = selection.primary, selection.take
            self._show()

    def _session_changed(self, _change: SessionChanged) -> None:
        self._show()

    def _numbers_changed(self, result: ViewResult) -> None:
        # Another layer, encoder or vector gives another word heatmap, and other neighbours.
        if isinstance(result.value, WordSimilarity | WordOverview):
            self._find_neighbours()

    def _show(self) -> None:
        session, primary = self._workspace.session, self._requests.selection.primary
        word, take = session.words.get(primary) if primary else None, self._take()
        takes = session.takes_of(word.id) if word else ()
        self._panel.show_word(word, takes, take.id if take else None)
        if take is not None and not self._is_heard(take):
            self._excerpt = None
            self._workspace.sounds.read(take, lambda excerpt: self._show_sound(take, excerpt))
        self._sound_of = take
        self._find_neighbours()

    def _is_heard(self, take: Take) -> bool:
        """Return whether the sound of the take is shown or being loaded."""
        if self._sound_of is None or take.file != self._sound_of.file:
            return False
        return self._excerpt is None or self._excerpt.shows(take.start, take.end)

    def _show_sound(self, take: Take, excerpt: Excerpt) -> None:
        if self._sound_of is not None and take.id == self._sound_of.id:
            self._excerpt = excerpt
            sound = excerpt.recording
            self._panel.show_sound(
                take.id, sound.samples, sound.sample_rate, begin=excerpt.begin, whole=excerpt.whole
            )

    def _find_neighbours(self) -> None:
        primary = self._requests.selection.primary
        if primary is not None:
            self._workspace.pipeline.find_neighbours(
                primary, lambda found: self._show_neighbours(primary, found)
            )

    def _show_neighbours(self, word: WordId, found: tuple[Neighbour, ...]) -> None:
        recipe, session = self._requests.recipe, self._workspace.session
        if word != self._requests.selection.primary:
            return
        cell = recipe.focus
        encoder = session.encoders.get(cell) if found else None
        spec = self._workspace.encoder_registry.spec(encoder) if encoder else None
        layers = spec.layers if spec else ("",)
        layer = layers[min(recipe.layer_of(cell), len(layers) - 1)]
        self._panel.show_neighbours(
            [
                (near.word, session.words[near.word].text, near.similarity)
                for near in found
                if near.word in session.words
            ],
            f"{spec.title}, layer {layer}" if spec else "",
        )
