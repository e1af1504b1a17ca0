from collections.abc import Callable, Sequence
from pathlib import Path

from vgdesk.app.recording.playback import Playback
from vgdesk.app.state.events import Events
from vgdesk.app.state.store import Store
from vgdesk.app.state.view_state import ViewState
from vgdesk.app.workers.background import Background
from vgdesk.audio.excerpts import Excerpt, read_excerpt
from vgdesk.audio.speech_activity import find_word
from vgdesk.core.model import Take, TakeId, WordId


class TakeSounds:
    """Plays and reads words and takes, and finds the word in a recording."""

    def __init__(
        self,
        files: Background,
        playback: Playback,
        store: Store,
        view_state: ViewState,
        events: Events,
    ) -> None:
        self._files = files
        self._playback = playback
        self._store = store
        self._view_state = view_state
        self._events = events

    def play(self, words: Sequence[WordId]) -> None:
        """Play words one after the other, using the inspected or first take of each."""
        found = [self.take_of(word) for word in words]
        takes = [take for take in found if take is not None]
        if takes:
            self._playback.play(takes)
        elif words:
            self._events.say("This word has not been recorded yet.", "Press R to record it.")

    def play_part(self, take: TakeId, seconds: float, *, is_end: bool) -> None:
        """Play some seconds at the start or the end of a take."""
        if take in self._store.session.takes:
            self._playback.play_part(self._store.session.takes[take], seconds, is_end=is_end)

    def play_stretch(self, file: Path, start: float, end: float) -> None:
        """Play a part of a sound file; times in seconds."""
        self._playback.play([Take(TakeId(""), WordId(""), file, start=start, end=end)])

    def take_of(self, word: WordId) -> Take | None:
        """Return the inspected take of a word, otherwise its first; None without takes."""
        takes = self._store.session.takes_of(word)
        inspected = [take for take in takes if take.id == self._view_state.selection.take]
        return next(iter((*inspected, *takes)), None)

    def read(self, take: Take, done: Callable[[Excerpt], object]) -> None:
        """Read the recording of a take, or of a long one the part around the word."""
        self._files.run(
            lambda: read_excerpt(take.file, take.start, take.end),
            done=done,
            failed=self._events.report,
        )

    def find_word(self, take: TakeId, found: Callable[[TakeId, float, float], object]) -> None:
        """Call `found` with the start and end of the word in a recording, in seconds."""
        wanted = self._store.session.takes[take]

        def find() -> tuple[float, float] | None:
            part = read_excerpt(wanted.file, wanted.start, wanted.end)
            word = find_word(part.recording)
            return word and (word[0] + part.begin, word[1] + part.begin)

        def done(word: tuple[float, float] | None) -> None:
            if word is not None and take in self._store.session.takes:
                found(take, *word)
            elif word is None:
                self._events.say(
                    "No speech was found in this take.", "Drag the handles to trim it."
                )

        self._files.run(find, done=done, failed=self._events.report)
