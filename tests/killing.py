"""Kills the recording program and looks at what is left; the tests and a benchmark use it."""

import json
import random
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from tests.virtual_sound_card import VirtualSoundCard
from vgdesk.app.project.project_file import open_project, save
from vgdesk.app.project.recovery import recover
from vgdesk.audio.files import Recording, describe
from vgdesk.core.model import Session, TakeId, WordId
from vgdesk.core.viewing import ViewRecipe

ROOT = Path(__file__).parents[1]
LONGEST = 2.5  # seconds that the program runs at most
PATIENCE = 60.0


@dataclass
class Life:
    """What a program said before it was killed.

    Attributes
    ----------
    labels
        What is there for good.
    begun
        Labels that were begun after it; each of them may be there in its stead.
    running
        Seconds of the take that ran when it was killed; 0 if none ran.
    """

    takes: list[TakeId] = field(default_factory=list)
    labels: dict[WordId, str] = field(default_factory=dict)
    begun: dict[WordId, list[str]] = field(default_factory=dict)
    running: float = 0.0

    def hear(self, line: str) -> None:
        news = json.loads(line)
        if "running" in news:
            self.running = news["running"]
        elif "take" in news:
            self.takes.append(TakeId(news["take"]))
            self.running = 0.0
        elif "begun" in news:
            self.begun.setdefault(WordId(news["word"]), []).append(news["begun"])
        else:
            word, label = WordId(news["word"]), news["label"]
            self.labels[word] = label
            self.begun[word] = self.begun[word][self.begun[word].index(label) + 1 :]


@dataclass(frozen=True)
class Remains:
    """What was found afterwards.

    Attributes
    ----------
    missing
        Takes and edits that were there for good and are not.
    missing_seconds
        How much of the running take is missing; 0 if none ran.
    said
        The sentences that the opening says.
    """

    missing: list[str]
    missing_seconds: float
    said: list[str]


@contextmanager
def endless_noise(card: VirtualSoundCard) -> Iterator[None]:
    """Let a minute of noise sound into the microphone while the block runs."""
    noise = np.random.default_rng(0).normal(0, 0.1, 60 * 48_000).astype(np.float32)
    with card.playing_into_microphone(Recording(noise, 48_000)):
        yield


def kill_once(folder: Path, dice: random.Random) -> tuple[Life, Remains]:
    """Let the program work on a project, kill it at a random moment and open the project again."""
    if not folder.exists():
        save(folder, Session(), ViewRecipe())
    life = Life()
    command = [sys.executable, "-m", "tests.recording_program", str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as program:
        ear = threading.Thread(target=_listen, args=(program, life))
        ear.start()
        deadline = time.monotonic() + PATIENCE
        while not life.running and time.monotonic() < deadline:
            time.sleep(0.01)
        time.sleep(dice.uniform(0, LONGEST))
        program.kill()
        ear.join()
    return life, look_at(folder, life)


def _listen(program: "subprocess.Popen[str]", life: Life) -> None:
    assert program.stdout is not None
    for line in program.stdout:
        if line.endswith("\n"):  # the last one may have been cut off
            life.hear(line)


def look_at(folder: Path, life: Life) -> Remains:
    """Open the project and compare it with what was said; what was restored is saved."""
    project = open_project(folder)
    recovered = recover(folder, project.session)
    session = recovered.session
    there = {*session.takes, *session.trash}
    missing = [str(take) for take in life.takes if take not in there]
    marks = {word: session.words[word].labels.get("mark") for word in session.words}
    missing += [
        f"{word}: {mark} (there is {marks.get(word)})"
        for word, mark in life.labels.items()
        if marks.get(word) not in (mark, *life.begun[word])
    ]
    unsaid = set(session.takes) - set(project.session.takes) - set(life.takes)
    kept = max((describe(session.takes[take].file).seconds for take in unsaid), default=0.0)
    lost = max(0.0, life.running - kept)
    save(folder, session, project.recipe)
    (folder / "journal.jsonl").unlink(missing_ok=True)
    return Remains(missing, lost, [notice.message for notice in recovered.notices])
