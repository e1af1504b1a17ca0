from collections.abc import Callable, Sequence
from pathlib import Path

from vgdesk.app.exchange.segmentation import LongRecording, Piece, propose, with_pieces
from vgdesk.app.state.events import Events
from vgdesk.app.state.store import Store
from vgdesk.app.workers.jobs import JobChanged, JobId, JobState
from vgdesk.app.workers.long_work import Answers, LongWork
from vgdesk.core.counting import counted
from vgdesk.core.model import Word


class SegmentationManager:
    """Segments long recordings into takes."""

    def __init__(self, work: LongWork, store: Store, events: Events) -> None:
        self._work = work
        self._store = store
        self._events = events

    def look_into(
        self, file: Path, words: Sequence[Word], done: Callable[[LongRecording], object]
    ) -> None:
        """Find the words in a long recording and align them with a list, as a job."""
        job_id = JobId.of_files(f"cut {file}")
        job = JobChanged(job_id, f"Segmenting {file.name}", JobState.RUNNING)
        self._work.run(job, lambda: propose(file, words), Answers(done, self._events.report))

    def cut(self, file: Path, pieces: Sequence[tuple[str, Piece]], speaker: str) -> None:
        """Make takes from the segments of a long recording; the file is not changed."""
        count = sum(bool(text) for text, _piece in pieces)
        label = f"Segment {file.name} into {counted(count, 'word')}"
        self._store.apply(label, lambda session: with_pieces(session, file, pieces, speaker))
