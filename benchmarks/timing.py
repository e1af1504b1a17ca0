"""Robust timing on a busy machine: CPU seconds, one thread per library, alternating candidates."""

import os
import statistics
import time
from collections.abc import Callable, Mapping

import numpy as np
from threadpoolctl import threadpool_limits

GEMM = 2048


def cpu_seconds(
    candidates: Mapping[str, Callable[[], object]], *, rounds: int = 5
) -> dict[str, float]:
    """Return the median CPU seconds of each candidate.

    Every round calls all candidates once, so that a slow phase of the machine affects all of them;
    a first warm-up round is not counted.
    """
    spent: dict[str, list[float]] = {name: [] for name in candidates}
    with threadpool_limits(1):
        for count in range(rounds + 1):
            for name, call in candidates.items():
                start = time.process_time()
                call()
                if count:
                    spent[name].append(time.process_time() - start)
    return {name: statistics.median(times) for name, times in spent.items()}


def gemm_rate() -> float:
    """Return the best rate of a float32 matrix product on one thread, in flop per second."""
    rng = np.random.default_rng(0)
    left, right = (rng.standard_normal((GEMM, GEMM)).astype(np.float32) for _ in range(2))
    best = float("inf")
    with threadpool_limits(1):
        for _ in range(8):
            start = time.process_time()
            left @ right
            best = min(best, time.process_time() - start)
    return 2 * GEMM**3 / best


def cores() -> str:
    """Describe the number of cores and the load."""
    load = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    return f"{os.cpu_count()} cores{load}"


def machine() -> str:
    """Describe the conditions of the measurement."""
    return f"{cores()}, one thread, CPU seconds"
