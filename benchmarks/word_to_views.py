"""Time from the end of a spoken word to its point in all four views, with 200 words.

The clock starts when the recording has ended and stops when the last view is updated; the floor is
the time of reading files and of the forward passes of the speech encoders alone, in this process.
Measured with the baselines, with the four included encoders, and with two pretrained encoders if a
folder with them is given:

    python benchmarks/word_to_views.py [folder with whisper-tiny.en-encoder and all-MiniLM-L6-v2]
"""

import os
import statistics
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from vgdesk.core.model import Cell, Modality

WORDS = 200
RUNS = 9


def main() -> None:
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    models = Path(sys.argv[1]) if len(sys.argv) > 1 else None
    with tempfile.TemporaryDirectory() as home:
        os.environ["VGDESK_HOME"] = home
        from PySide6.QtWidgets import QApplication

        from vgdesk.encoders.starter import starter_id
        from vgdesk.threads import limit_threads

        limit_threads()
        QApplication([])
        bench = Bench(Path(home))
        bench.report("Spectrum and Spelling", {Cell.SPEECH: "spectrum", Cell.TEXT: "spelling"})
        bench.report("The four that ship", {cell: starter_id(cell) for cell in Cell})
        if models is not None:
            speech, text = models / "whisper-tiny.en-encoder", models / "all-MiniLM-L6-v2"
            pair = {Cell.SPEECH: bench.add(speech), Cell.TEXT: bench.add(text)}
            bench.report("Whisper tiny.en and MiniLM", pair)
        bench.close()


class Bench:
    """A window with 200 words, and a stopwatch."""

    def __init__(self, home: Path) -> None:
        from PySide6.QtWidgets import QApplication

        from vgdesk.app.workspace import Workspace
        from vgdesk.core.resources import resource
        from vgdesk.ui.dispatcher import Dispatcher
        from vgdesk.ui.main_window import MainWindow

        self.app = QApplication.instance()
        self.dispatcher = Dispatcher()
        self.workspace = Workspace(self.dispatcher.post)
        self.window = MainWindow(self.workspace)
        self.window.show()
        self.home = home
        self.sources = sorted((resource("demo.vgdesk") / "takes").iterdir())
        self.seen: dict[str, int] = {}
        self.made = 0
        events = self.workspace.events
        events.result_ready.subscribe(self._see)

    def _see(self, result: Any) -> None:
        """Write down how many words a view shows."""
        match result.view, result.value:
            case "layers", compared:
                self.seen["layers"] = compared.trace.n
            case ("words" | "map") as view, shown:
                self.seen[view] = len(shown.rows)
            case "curves", curves:
                # All encoders must have the word, not only the first.
                is_whole = len(curves) == len(self.workspace.session.encoders)
                self.seen["curves"] = min(curve.trace.n for curve in curves) if is_whole else 0

    def add(self, folder: Path) -> str:
        cell = Cell.SPEECH if "whisper" in folder.name else Cell.TEXT
        self.workspace.encoder_selection.add_folder(cell, folder)
        self.wait(lambda: "@" in self.workspace.session.encoders.get(cell, ""))
        return self.workspace.session.encoders[cell]

    def report(self, title: str, encoders: dict[Cell, str]) -> None:
        from vgdesk.core.model import EncoderId, Session

        session = Session(encoders={cell: EncoderId(e) for cell, e in encoders.items()})
        for number in range(WORDS):
            session = self.with_word(session, number)
        self.seen.clear()
        self.workspace.store.open(session, "Benchmark")
        self.wait(lambda: self.all_show(WORDS))
        took = []
        for run in range(RUNS + 1):
            number = WORDS + run
            begun = time.perf_counter()
            self.workspace.store.apply("Record", lambda s, n=number: self.with_word(s, n))
            self.wait(lambda n=number: self.all_show(n + 1))
            self.app.processEvents()
            took.append(time.perf_counter() - begun)
        seconds = statistics.median(took[1:])
        speech = [encoders[cell] for cell in encoders if cell.modality is Modality.SPEECH]
        floor = sum(map(self.floor, speech))
        print(
            f"{title}: {1000 * seconds:.0f} ms (worst {1000 * max(took[1:]):.0f}), "
            f"encoding alone {1000 * floor:.0f} ms, ratio {seconds / floor:.1f}"
        )

    def with_word(self, session, number: int):  # type: ignore[no-untyped-def]
        """Add a word with new sound: a demo take at a different level."""
        from vgdesk.audio.files import read, write_flac
        from vgdesk.core.model import Take, TakeId, Word, WordId

        source = read(self.sources[number % len(self.sources)])
        self.made += 1  # always a new sound, because cached vectors cost nothing
        file = self.home / f"{self.made}.flac"
        gain = np.float32(0.3 + 0.6 * np.random.default_rng(self.made).random())
        write_flac(file, replace(source, samples=source.samples * gain))
        word = Word(WordId(f"w{number}"), f"word {number}", labels={"category": f"g{number % 4}"})
        take = Take(TakeId(f"w{number}-1"), word.id, file)
        return session.with_word(word).with_take(take)

    def all_show(self, n: int) -> bool:
        return len(self.seen) == 4 and min(self.seen.values()) >= n

    def floor(self, encoder: str) -> float:
        from vgdesk.audio.files import read, resample
        from vgdesk.encoders import load
        from vgdesk.encoders.base import Pooling

        spec = self.workspace.encoder_registry.spec(encoder)  # type: ignore[arg-type]
        assert spec is not None
        loaded = load(spec, "cpu")
        took = []
        for source in self.sources[:RUNS]:
            begun = time.perf_counter()
            loaded.encode([resample(read(source), spec.sample_rate).samples], Pooling.MEAN)
            took.append(time.perf_counter() - begun)
        return statistics.median(took)

    def wait(self, is_true) -> None:  # type: ignore[no-untyped-def]
        deadline = time.monotonic() + 300
        while not is_true():
            self.app.processEvents()
            time.sleep(0.001)
            if time.monotonic() > deadline:
                sys.exit("the views did not follow")

    def close(self) -> None:
        self.workspace.close()


if __name__ == "__main__":
    main()
