"""The four included encoders, loaded, on one new word of one second.

The floor is the time of the matrix products alone: every weight matrix of the same models times the
frames or tokens of the word. Both are timed alternately, once with one thread, as in the program,
and once with one thread per core. Wall-clock time is what a user waits; on a busy machine only CPU
seconds are meaningful:

    python benchmarks/four_encoders.py [folder with speech, speech-grounded, text, text-grounded]
"""

import os
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_limits
from timing import cores

from vgdesk.core.arrays import FloatArray
from vgdesk.core.model import Cell, Modality
from vgdesk.core.resources import resource
from vgdesk.encoders import load
from vgdesk.encoders.base import EncoderSpec, Pooling, SpeechEncoder, TextEncoder
from vgdesk.encoders.starter import starter

ROUNDS = 60
WORD = "elephant"
FRAMES, TOKENS = 25, 4  # one second in steps of 40 ms; two word pieces and two special tokens
Calls = dict[str, Callable[[], object]]


def main() -> None:
    models = Path(sys.argv[1]) if len(sys.argv) > 1 else resource("models")
    if not all((models / cell.value).is_dir() for cell in Cell):
        sys.exit(f"The four starter encoders are not in {models}, so there is nothing to time.")
    specs = [starter(cell, models / cell.value) for cell in Cell]
    encoders = {spec: load(spec, "cpu") for spec in specs}
    print(f"One word of one second, median of {ROUNDS}, in ms; {cores()}")
    for threads in dict.fromkeys((1, os.cpu_count() or 1)):
        report(threads, encoders)


def report(threads: int, encoders: Mapping[EncoderSpec, SpeechEncoder | TextEncoder]) -> None:
    import torch

    torch.set_num_threads(threads)
    calls: Calls = {spec.title: encoding(spec, encoder) for spec, encoder in encoders.items()}
    floors: Calls = {f"{spec.title}, floor": products(spec) for spec in encoders}
    with threadpool_limits(threads):
        took = in_turn({**calls, **floors})
    print(f"{threads} threads                        wall clock       floor   CPU time       floor")
    for name in calls:
        print(line(name, took[name], took[f"{name}, floor"]))
    total, floor = (np.sum([took[name] for name in names], axis=0) for names in (calls, floors))
    print(line("All four", total, floor))


def line(name: str, seconds: FloatArray, floors: FloatArray) -> str:
    text = f"{name:28}"
    for own, floor in zip(1000 * seconds, 1000 * floors, strict=True):
        text += f" {own:9.1f} {floor:6.1f} {own / floor:4.1f}x"
    return text


def encoding(
    spec: EncoderSpec, encoder: SpeechEncoder | TextEncoder
) -> Callable[[], list[FloatArray]]:
    noise = np.random.default_rng(0).normal(0, 0.1, spec.sample_rate).astype(np.float32)
    word = WORD if spec.modality is Modality.TEXT else noise
    return lambda: encoder.encode([word], Pooling.MEAN)  # type: ignore[list-item]


def products(spec: EncoderSpec) -> Callable[[], object]:
    """Multiply all weight matrices of the blocks, without embedding tables."""
    import torch
    from safetensors.torch import load_file

    assert spec.folder is not None
    rows = TOKENS if spec.modality is Modality.TEXT else FRAMES
    stored = load_file(spec.folder / "model.safetensors")
    # A convolution over a single position is a matrix, too.
    weights = [w.squeeze(-1) if w.ndim == 3 else w for n, w in stored.items() if "embed" not in n]
    pairs = [(torch.randn(rows, w.shape[1]), w.float().T) for w in weights if w.ndim == 2]

    def multiply() -> None:
        with torch.inference_mode():
            for left, right in pairs:
                torch.mm(left, right)

    return multiply


def in_turn(calls: Calls) -> dict[str, FloatArray]:
    """Return the median seconds of each call, [wall clock, CPU]; rounds alternate the calls."""
    spent: dict[str, list[FloatArray]] = {name: [] for name in calls}
    for count in range(ROUNDS + 5):
        for name, call in calls.items():
            start = now()
            call()
            if count >= 5:  # the first rounds warm up
                spent[name].append(now() - start)
    return {name: np.median(times, axis=0) for name, times in spent.items()}


def now() -> FloatArray:
    return np.array([time.perf_counter(), time.process_time()])


if __name__ == "__main__":
    main()
