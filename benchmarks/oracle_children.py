"""The same values by other packages; runs in an environment that holds one of them.

    python benchmarks/oracle_children.py PACKAGE INPUT.npz OUTPUT.npz

Needs nothing of vgdesk. Writes an array for each measure, by its id in the catalogue.
"""

import sys
from collections.abc import Mapping
from typing import Any

import numpy as np

Arrays = Mapping[str, np.ndarray]


def rsatoolbox(given: Arrays) -> dict[str, Any]:
    """Correlate the correlation distances of all layers; each [layers of a, layers of b]."""
    from rsatoolbox.data import Dataset
    from rsatoolbox.rdm import calc_rdm, compare

    one, other = (
        calc_rdm([Dataset(layer) for layer in given[name].astype(np.float64)], method="correlation")
        for name in ("words_a", "words_b")
    )
    methods = {"rsa-spearman": "spearman", "rsa-pearson": "corr", "rsa-kendall": "tau-b"}
    return {measure: compare(one, other, method=name) for measure, name in methods.items()}


def fastabx(given: Arrays) -> dict[str, Any]:
    """Return ABX error rates by angle; each [layers]."""
    tasks = {
        "abx": ("words_a", {"on": "label"}),
        "abx-words": ("takes_a", {"on": "word", "across": ["speaker"]}),
        "abx-language": ("takes_a", {"on": "language", "by": ["speaker"]}),
    }
    return {
        measure: [_error_rate(layer, stack.split("_")[0], task, given) for layer in given[stack]]
        for measure, (stack, task) in tasks.items()
    }


def _error_rate(layer: np.ndarray, rows: str, task: Mapping[str, Any], given: Arrays) -> float:
    from fastabx import Dataset, Score, Task

    names = (task["on"], *task.get("by", ()), *task.get("across", ()))
    labels = {name: given[f"{rows}_{name}"].tolist() for name in names}
    dataset = Dataset.from_numpy(layer, labels, device="cpu")
    cells = Score(Task(dataset, **task), "angular", progress=False).cells
    return float(cells["score"].mean())


def netrep(given: Arrays) -> dict[str, Any]:
    """Return the cosine of the angle that remains after alignment; [layers of a, layers of b]."""
    from netrep.metrics import LinearMetric

    def aligned(alpha: float) -> np.ndarray:
        metric = LinearMetric(alpha=alpha, score_method="angular")
        return np.cos(
            [[metric.fit_score(a, b) for b in given["words_b"]] for a in given["words_a"]]
        )

    return {"procrustes": aligned(1.0), "svcca": aligned(0.0)}


PACKAGES = {call.__name__: call for call in (rsatoolbox, fastabx, netrep)}

if __name__ == "__main__":
    package, source, target = sys.argv[1:]
    np.savez(target, **PACKAGES[package](dict(np.load(source))))
