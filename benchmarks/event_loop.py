"""Longest pause of the window's event loop while a base-sized model loads and encodes.

The same work (load a wav2vec 2.0 of base size with random weights, encode ten words) in three ways:
not at all, in a thread of the window process, and in the child process that vgdesk uses. A control
process ticks beside each to show the influence of the machine.

    python benchmarks/event_loop.py [runs]
"""

import multiprocessing
import os
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

TICK_MS = 5


def main() -> None:
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    with tempfile.TemporaryDirectory() as folder:
        os.environ["VGDESK_HOME"] = folder
        model = Path(folder) / "base"
        in_fresh_process(save_model, model)
        print(f"{'work':22} longest gap, ms   control, ms   gaps > 50 ms")
        for name, work in (
            ("nothing", idle),
            ("in a thread", in_thread),
            ("in the child", in_child),
        ):
            found = [in_fresh_process(measure, work, model) for _ in range(runs)]
            gaps, controls, many = zip(*found, strict=True)
            print(
                f"{name:22} {statistics.median(gaps):10.0f} (worst {max(gaps):.0f})"
                f"   {statistics.median(controls):8.0f}   {max(many):8d}"
            )


def in_fresh_process(call: Callable[..., object], *arguments: object) -> object:
    context = multiprocessing.get_context("spawn")
    results = context.SimpleQueue()
    process = context.Process(target=answer, args=(results, call, arguments))
    process.start()
    found = results.get()
    process.join()
    return found


def answer(results: object, call: Callable[..., object], arguments: tuple[object, ...]) -> None:
    results.put(call(*arguments))  # type: ignore[attr-defined]


def save_model(folder: Path) -> None:
    from transformers import Wav2Vec2Config, Wav2Vec2Model

    Wav2Vec2Model(Wav2Vec2Config()).save_pretrained(folder)


def measure(work: Callable[..., object], model: Path) -> tuple[float, float, int]:
    """Run work beside a ticking window; return longest gap, control gap (ms), gaps over 50 ms."""
    from PySide6.QtCore import Qt, QTimer
    from PySide6.QtWidgets import QApplication

    from vgdesk.ui.dispatcher import Dispatcher

    app = QApplication([])
    dispatcher = Dispatcher()
    ticks: list[float] = []
    timer = QTimer()
    timer.setTimerType(Qt.TimerType.PreciseTimer)
    timer.timeout.connect(lambda: ticks.append(time.perf_counter()))
    control = Control()
    timer.start(TICK_MS)
    QTimer.singleShot(500, lambda: work(model, dispatcher.post, lambda: finish()))

    def finish() -> None:
        QTimer.singleShot(200, app.quit)

    app.exec()
    gaps = [1000 * (b - a) for a, b in pairwise(ticks)]
    return max(gaps), control.stop(), sum(gap > 50 for gap in gaps)


class Control:
    """A process that only ticks."""

    def __init__(self) -> None:
        context = multiprocessing.get_context("spawn")
        self._ends = context.Event()
        self._result = context.SimpleQueue()
        self._process = context.Process(target=tick, args=(self._ends, self._result))
        self._process.start()

    def stop(self) -> float:
        self._ends.set()
        longest: float = self._result.get()
        self._process.join()
        return longest


def tick(ends: object, result: object) -> None:
    longest, last = 0.0, time.perf_counter()
    while not ends.is_set():  # type: ignore[attr-defined]
        time.sleep(TICK_MS / 1000)
        now = time.perf_counter()
        longest, last = max(longest, now - last), now
    result.put(1000 * longest)  # type: ignore[attr-defined]


def idle(_model: Path, post: Callable[..., object], done: Callable[[], object]) -> None:
    threading.Timer(5.0, post, (done,)).start()


def in_thread(model: Path, post: Callable[..., object], done: Callable[[], object]) -> None:
    def run() -> None:
        encode(model)
        post(done)

    threading.Thread(target=run).start()


def in_child(model: Path, post: Callable[..., object], done: Callable[[], object]) -> None:
    from vgdesk.app.workers.child_process import ChildProcess, Job

    child = ChildProcess("encoder process", post)  # type: ignore[arg-type]

    def ended(_is_done: bool) -> None:
        child.close()
        done()

    def fail(error: BaseException) -> None:
        raise error

    child.submit(Job(encode, lambda: (model,), lambda _n: None, fail, ended))


def encode(model: Path) -> int:
    """Load the model and encode ten words of noise."""
    import numpy as np

    from vgdesk.encoders import inspect_folder, load
    from vgdesk.encoders.base import Pooling

    rng = np.random.default_rng(0)
    words = [rng.standard_normal(9600).astype(np.float32) * 0.1 for _ in range(10)]
    encoder = load(inspect_folder(model, is_grounded=False), "cpu")
    return len(encoder.encode(words, Pooling.MEAN))


if __name__ == "__main__":
    main()
