"""Measures of groups in one layer, compared with the usual calls of scikit-learn.

    python benchmarks/groups.py [words ...]

Ours include the chance band and the interval. The usual implementation gives only the score; where
it has to be refitted for each shuffle of the labels, one fit is timed and extrapolated ("scaled").
"""

import sys
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from sklearn.cluster import AgglomerativeClustering, KMeans
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.linear_model import LogisticRegression
from sklearn.manifold import TSNE
from sklearn.metrics import adjusted_rand_score, silhouette_score
from sklearn.model_selection import cross_val_predict
from sklearn.neighbors import NearestNeighbors
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from timing import cpu_seconds, machine

from vgdesk.analyses import ANALYSES
from vgdesk.analyses.groups.label_scores import FEW_SHUFFLES
from vgdesk.analyses.groups.linear_probe import SHUFFLES
from vgdesk.analyses.groups.silhouette_lda import HALVINGS
from vgdesk.core.facts import Facts
from vgdesk.core.model import EncoderId, WordId
from vgdesk.core.stack import LayerStack

DIM, GROUPS = 768, 9
ITERATIONS = 750
# With more words the usual implementation takes minutes.
FITTED_WORDS = 1000


@dataclass(frozen=True)
class Usual:
    """The usual implementation of a measure, its number of runs, and its maximum words."""

    call: Callable[[np.ndarray, np.ndarray], object]
    times: float = 1
    words: int = 5000


def main() -> None:
    sizes = [int(word) for word in sys.argv[1:]] or [100, 1000, 5000]
    print(f"one layer x {DIM}, {GROUPS} groups; {machine()}")
    print(f"{'measure':28} words    ours s   usual s  usual / ours")
    for words in sizes:
        stack, codes = layer(words)
        for measure, usual in USUAL.items():
            if words <= usual.words or usual.times == 1:
                print(line(measure, stack, codes, usual), flush=True)
        print(new_word_line(stack), flush=True)


def line(measure: str, stack: LayerStack, codes: np.ndarray, usual: Usual) -> str:
    groups = zip(stack.words, codes.astype(str), strict=True)
    facts, values, words = Facts.of_labels(dict(groups)), stack.values[0], len(codes)
    fresh = iter(range(10**6))
    calls: dict[str, Callable[[], object]] = {
        "ours": lambda: ANALYSES[measure].compute(stack, facts, 0)
    }
    if measure == "tsne":
        # Different values each time, or the cached map would be timed.
        calls["ours"] = lambda: ANALYSES[measure].compute(shifted(stack, next(fresh)), 0, None)
    if words <= usual.words:
        calls["usual"] = lambda: usual.call(values, codes)
    seconds = cpu_seconds(calls, rounds=5 if words <= 1000 else 1)
    text = f"{measure:28}{words:6} {seconds['ours']:9.4f}"
    if "usual" not in seconds:
        return text
    spent = seconds["usual"] * usual.times
    note = "" if usual.times == 1 else " scaled"
    return text + f" {spent:9.4f} {spent / seconds['ours']:12.2f}x{note}"


def new_word_line(stack: LayerStack) -> str:
    """Time a new word on a map of all others: its first position and its settled one."""
    stack, fitted = stack.with_keys(stack.rows), frozenset(stack.rows[:-1])
    method = ANALYSES["tsne"]
    method.compute(stack, 0, fitted)
    calls = {
        "placed": lambda: method.draft(stack, 0, fitted),
        "settled": lambda: method.compute(stack, 0, fitted),
    }
    spent = cpu_seconds(calls, rounds=9)
    texts = [f"tsne, one new word {name:9}{len(stack.rows):6} {spent[name]:9.4f}" for name in calls]
    return "\n".join(texts)


def layer(words: int) -> tuple[LayerStack, np.ndarray]:
    """Make a layer with groups, a steep spectrum and an offset, as in encoders."""
    rng = np.random.default_rng(0)
    codes = rng.permutation(np.arange(words) % GROUPS)
    spectrum = 1 / (1 + np.arange(DIM)) ** 0.6
    values = rng.standard_normal((words, DIM)) + 0.5 * rng.standard_normal((GROUPS, DIM))[codes]
    values = values * spectrum + rng.standard_normal(DIM)
    ids = tuple(str(i) for i in range(words))
    names = tuple(WordId(word) for word in ids)
    return LayerStack(
        EncoderId("synthetic"), ("0",), ids, names, values[None].astype(np.float32)
    ), codes


def shifted(stack: LayerStack, by: int) -> LayerStack:
    return replace(stack, values=stack.values + np.float32(by / 1024))


def in_sample(values: np.ndarray, codes: np.ndarray) -> float:
    points = LinearDiscriminantAnalysis().fit_transform(values.astype(np.float64), codes)
    return float(silhouette_score(points, codes))


def held_out(values: np.ndarray, codes: np.ndarray) -> float:
    half = np.arange(len(codes)) % 2 == 0
    lda = LinearDiscriminantAnalysis(solver="eigen", shrinkage="auto")
    points = lda.fit(values[half].astype(np.float64), codes[half]).transform(values[~half])
    return float(silhouette_score(points, codes[~half]))


def neighbours(values: np.ndarray, codes: np.ndarray) -> float:
    near = NearestNeighbors(n_neighbors=6, metric="cosine", algorithm="brute").fit(values)
    votes = codes[near.kneighbors(values, return_distance=False)[:, 1:]]
    return float(np.mean([np.bincount(v).argmax() == c for v, c in zip(votes, codes, strict=True)]))


def probe(values: np.ndarray, codes: np.ndarray) -> float:
    model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
    return float(np.mean(cross_val_predict(model, values, codes, cv=5) == codes))


def means(values: np.ndarray, codes: np.ndarray) -> float:
    found = KMeans(GROUPS, n_init=4, random_state=0).fit_predict(values)
    return float(adjusted_rand_score(codes, found))


def tree(values: np.ndarray, codes: np.ndarray) -> float:
    found = AgglomerativeClustering(GROUPS).fit_predict(values)
    return float(adjusted_rand_score(codes, found))


def picture(values: np.ndarray, _codes: np.ndarray) -> object:
    few = 250
    return TSNE(init="pca", max_iter=few, n_jobs=1, random_state=0).fit_transform(values)


USUAL = {
    "silhouette": Usual(silhouette_score),
    "silhouette-cosine": Usual(lambda x, c: silhouette_score(x, c, metric="cosine")),
    "kmeans-ari": Usual(means),
    "agglomerative-ari": Usual(tree),
    "knn-probe": Usual(neighbours),
    "silhouette-lda": Usual(held_out, 2 * HALVINGS * (1 + FEW_SHUFFLES), FITTED_WORDS),
    "silhouette-lda-in-sample": Usual(in_sample, 1 + FEW_SHUFFLES, FITTED_WORDS),
    "linear-probe": Usual(probe, 1 + SHUFFLES, FITTED_WORDS),
    "tsne": Usual(picture, ITERATIONS / 250),
}


if __name__ == "__main__":
    main()
