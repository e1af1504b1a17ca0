"""Memory of the analysis processes for a list of 26,000 words in two models of base size.

    python -m benchmarks.long_list_memory [WORDS]

The floor is the vectors themselves, 13 layers of 768 in float32. Linux only: the memory of each
process is read from /proc.
"""

import os
import sys
import threading
import time
from collections.abc import Callable
from functools import partial
from multiprocessing import active_children
from pathlib import Path

import numpy as np

from tests.main_thread import MainThread
from vgdesk.app.analysing import analysis_worker as work
from vgdesk.app.analysing.analysis_processes import AnalysisProcesses, Listener
from vgdesk.app.analysing.request import Request
from vgdesk.app.encoding.stack_plan import StackPlan
from vgdesk.app.state.events import ViewId
from vgdesk.core.facts import NOTHING_KNOWN
from vgdesk.core.model import EncoderId, WordId
from vgdesk.core.stack import Embedding

LAYERS, DIM = 13, 768
BATCH = 500  # words sent at a time, as from an encoder
PATIENCE = 1200.0
MODELS = (EncoderId("one"), EncoderId("two"))


class Peak(threading.Thread):
    """Measures the memory of this process and its children ten times a second.

    Attributes
    ----------
    gigabytes
        Their peak total memory since it was reset to 0.
    """

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.gigabytes = 0.0

    def run(self) -> None:
        while True:
            self.gigabytes = max(self.gigabytes, sum(map(_gigabytes, _family())))
            time.sleep(0.1)


def _family() -> list[int]:
    return [os.getpid(), *(child.pid for child in active_children() if child.pid is not None)]


def _gigabytes(process: int) -> float:
    try:
        lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0  # it has just ended
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1e6


class Bench:
    """Requests one view after the other."""

    def __init__(self, words: int) -> None:
        self.main_thread = MainThread()
        self.analysing = AnalysisProcesses(self.main_thread.post)
        self.peak = Peak()
        self.peak.start()
        self.floor = 4e-9 * len(MODELS) * words * LAYERS * DIM

    def tell(self, model: EncoderId, words: int) -> None:
        layers, chance = tuple(f"layer {i}" for i in range(LAYERS)), np.random.default_rng(0)
        for start in range(0, words, BATCH):
            vectors = chance.standard_normal((BATCH, LAYERS, DIM), dtype=np.float32)
            told = tuple(
                Embedding(f"{model} {start + i}", model, layers, vectors[i])
                for i in range(min(BATCH, words - start))
            )
            self._wait_for(partial(self.analysing.remember, told))

    def show(self, view: str, request: Request) -> None:
        compute = self.analysing.score if view == "retrieval" else self.analysing.ask
        self._wait_for(partial(compute, ViewId(view), request))

    def report(self, name: str) -> None:
        peak, self.peak.gigabytes = self.peak.gigabytes, 0.0
        print(f"{name:42} {peak:5.2f} GB at most, {peak / self.floor:4.1f} times the vectors")

    def _wait_for(self, ask: Callable[[Listener], object]) -> None:
        ended: list[bool] = []
        ask(Listener(lambda _: None, self._refuse, ended.append))
        self.main_thread.run_until(lambda: ended, PATIENCE)

    def _refuse(self, error: BaseException) -> None:
        raise error


def main() -> None:
    words = int(sys.argv[1]) if len(sys.argv) > 1 else 26_000
    bench = Bench(words)
    print(f"{words} words, two models; the vectors take {bench.floor:.2f} GB")
    for model in MODELS:
        bench.tell(model, words)
    bench.report("all vectors told")
    names = [WordId(f"w{i}") for i in range(words)]
    a, b = (StackPlan(m, tuple((w, w, ((f"{m} {w[1:]}",),)) for w in names)) for m in MODELS)
    pictures = {
        "every layer with every layer, debiased CKA": (
            "layers",
            Request(
                work.compare_layers,
                (a, b),
                {"measure": "cka", "facts": NOTHING_KNOWN, "seed": 0},
            ),
        ),
        "map of one layer, PCA": (
            "map",
            Request(
                work.place_words,
                (a,),
                {
                    "measure": "pca",
                    "layer": 6,
                    "fitted": None,
                    "facts": NOTHING_KNOWN,
                    "seed": 0,
                },
            ),
        ),
        "retrieval between encoders": (
            "retrieval",
            Request(work.find_partners_of, (a, 6, b, 6, 0)),
        ),
    }
    for name, (view, request) in pictures.items():
        bench.show(view, request)
        bench.report(name)
    bench.analysing.close()


if __name__ == "__main__":
    main()
