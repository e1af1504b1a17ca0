import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from vgdesk.app.exchange.import_preview import (
    Choices,
    Incoming,
    Preview,
    first_choices,
    look_at,
    outside_sentence,
    planned,
)
from vgdesk.app.exchange.importing import (
    ImportedTake,
    ImportPlan,
    ImportRefused,
    import_takes,
    with_imported,
)
from vgdesk.app.exchange.word_norms import Joined, joined
from vgdesk.app.state.events import Events
from vgdesk.app.state.store import Store
from vgdesk.app.words.label_columns import PHONES
from vgdesk.app.words.pronunciation import GUESSED, find_pronunciations, with_pronunciations
from vgdesk.app.workers.background import Background
from vgdesk.app.workers.jobs import JobChanged, JobId, JobKind, JobState
from vgdesk.app.workers.long_work import Answers, LongWork
from vgdesk.core.counting import counted, first_few
from vgdesk.core.errors import VgdeskError
from vgdesk.core.model import Session, Word, WordId
from vgdesk.core.notices import Level, Notice

T = TypeVar("T")

MOST_NAMED = 5
JOB = JobChanged(JobId(JobKind.IMPORT), "Adding sound files", JobState.RUNNING)


class ImportManager:
    """Imports sound files: damaged ones are reported, the others become takes in one edit.

    It uses a dedicated thread, so that a large folder does not block other work. Results that
    arrive after another project was opened are dropped.
    """

    def __init__(self, thread: Background, work: LongWork, events: Events, store: Store) -> None:
        self._thread = thread
        self._work = work
        self._events = events
        self._store = store
        self._cancelled = threading.Event()

    def take_in(self, paths: list[Path], ask: Callable[[Incoming], object] | None = None) -> None:
        """Add files and folders of them.

        Parameters
        ----------
        ask
            Called if the user has to choose, for example the word tier; `take` then continues.
            Without it everything is guessed.
        """

        def looked(incoming: Incoming) -> None:
            if ask is not None and incoming.has_questions:
                ask(incoming)
            else:
                self.take(incoming, first_choices(incoming))

        self.look(paths, looked)

    def look(self, paths: list[Path], done: Callable[[Incoming], object]) -> None:
        """Read annotations and tables; sound files are only listed."""
        job = JobChanged(JobId.of_files("look"), f"Reading {paths[0].name}", JobState.RUNNING)
        self._work.run(
            job, lambda: look_at(paths), Answers(self._here(done), self._failed), self._thread
        )

    def preview(
        self,
        make: Callable[[Incoming, Choices, Session], Preview],
        asked: tuple[Incoming, Choices],
        done: Callable[[Preview], object],
        failed: Callable[[VgdeskError], object],
    ) -> None:
        """Preview an import."""
        session = self._store.session
        self._thread.run(lambda: make(*asked, session), done=done, failed=failed)

    def take(self, incoming: Incoming, choices: Choices) -> None:
        """Import the files with these choices."""
        session = self._store.session
        # A separate event, so that an import that was cancelled stays cancelled.
        cancelled = self._cancelled = threading.Event()
        self._events.job_changed.publish(JOB)

        def begin(plan: ImportPlan) -> None:
            if plan.outside and not choices.outside and not incoming.has_questions:
                said = f"Links were left out: {outside_sentence(plan.outside)}"
                hint = "To use these files, add them directly."
                self._events.notice.publish(Notice(said, hint, Level.WARNING))
            self._go_through(plan, cancelled)

        self._thread.run(
            lambda: planned(incoming, choices, session),
            done=self._here(begin, self._stopped),
            failed=self._failed,
        )

    def join(self, incoming: Incoming, choices: Choices) -> None:
        """Add the labels of a table to the words."""
        session = self._store.session

        def done(found: Joined) -> None:
            columns, words = counted(len(found.columns), "column"), len(found.labels)
            label = f"Add {columns} to {counted(words, 'word')}"
            self._store.apply(label, found.applied)

        self._thread.run(
            lambda: joined(incoming, choices, session), done=self._here(done), failed=self._failed
        )

    def pronounce(self, words: frozenset[WordId]) -> None:
        """Fill in missing pronunciations of these words; of all words if none is given."""
        session = self._store.session
        chosen = [word for word in session.words.values() if not words or word.id in words]

        def done(found: Mapping[WordId, tuple[str, str]]) -> None:
            if found:
                label = f"Fill in {counted(len(found), 'pronunciation')}"
                self._store.apply(label, lambda now: with_pronunciations(now, found))
            self._events.notice.publish(pronunciation_notice(chosen, found))

        self._thread.run(
            lambda: find_pronunciations(chosen), done=self._here(done), failed=self._failed
        )

    def cancel(self) -> None:
        """Stop after the current file; nothing is added then."""
        self._cancelled.set()

    def close(self) -> None:
        self._cancelled.set()
        self._thread.close()

    def _here(
        self, call: Callable[[T], object], otherwise: Callable[[], object] = lambda: None
    ) -> Callable[[T], object]:
        """Wrap a call so that it runs only if the same project is still open."""
        opened = self._store.opened
        return lambda value: call(value) if self._store.opened == opened else otherwise()

    def _stopped(self) -> None:
        self._events.job_changed.publish(replace(JOB, state=JobState.CANCELLED))

    def _go_through(self, plan: ImportPlan, cancelled: threading.Event) -> None:
        taken: list[ImportedTake] = []
        refused: list[ImportRefused] = []

        def until_cancelled() -> Iterator[ImportedTake | ImportRefused]:
            for outcome in import_takes(plan):
                if cancelled.is_set():
                    return
                yield outcome

        def each(outcome: ImportedTake | ImportRefused) -> None:
            if isinstance(outcome, ImportRefused):
                refused.append(outcome)
            else:
                taken.append(outcome)
            done = len(taken) + len(refused)
            self._events.job_changed.publish(replace(JOB, done=done, total=len(plan.takes)))

        def finish(_none: None) -> None:
            if cancelled.is_set():
                self._stopped()
            else:
                self._finish(taken, refused)

        self._thread.run_each(
            until_cancelled,
            each=each,
            done=self._here(finish, self._stopped),
            failed=self._failed,
        )

    def _finish(self, taken: list[ImportedTake], refused: list[ImportRefused]) -> None:
        count = len(taken) + len(refused)
        self._events.job_changed.publish(replace(JOB, state=JobState.DONE, done=count, total=count))
        if taken:
            recordings = sum(one.planned.file is not None for one in taken)
            what = counted(recordings, "recording") if recordings else counted(len(taken), "word")
            label = f"Add {what}"
            self._store.apply(label, lambda session: with_imported(session, taken))
        if refused:
            self._tell(len(taken), refused)

    def _tell(self, taken: int, refused: list[ImportRefused]) -> None:
        for one in refused:
            self._events.job_changed.publish(
                JobChanged(
                    JobId(JobKind.IMPORT, str(one.file)),
                    one.file.name,
                    JobState.FAILED,
                    detail=one.error.message,
                    can_cancel=False,
                )
            )
        first = refused[0]
        others = (
            f" {len(refused) - 1} more could not be added either (see Activity)."
            if len(refused) > 1
            else ""
        )
        came = " All others were added." if taken else ""
        notice = Notice(f"{first.error.message}{others}{came}", first.error.hint, Level.WARNING)
        self._events.notice.publish(notice)

    def _failed(self, error: VgdeskError) -> None:
        self._events.job_changed.publish(replace(JOB, state=JobState.FAILED))
        self._events.report(error)


def pronunciation_notice(chosen: list[Word], found: Mapping[WordId, tuple[str, str]]) -> Notice:
    """Report how many pronunciations were filled in, and which words are unknown."""
    lacking = [word for word in chosen if not word.labels.get(PHONES) and word.id not in found]
    kept = len(chosen) - len(lacking) - len(found)
    said = [f"{counted(len(found), 'pronunciation')} filled in."]
    guessed = sum(source == GUESSED for _phones, source in found.values())
    if guessed:
        said.append(f"Guessed from the spelling: {guessed}; about 1 phone in 10 is wrong.")
    if kept:
        said.append(f"{counted(kept, 'word')} already had one.")
    if not lacking:
        return Notice(" ".join(said))
    named = first_few([f"“{word.text}”" for word in lacking], MOST_NAMED)
    said.append(f"Not English or not in Latin letters: {named}.")
    return Notice(" ".join(said), "Enter them with “Label selected words…” as “phones”.")
