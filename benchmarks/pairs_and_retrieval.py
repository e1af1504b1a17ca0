"""Pair types and retrieval, compared with the usual way: whole matrices in numpy, per layer.

    python benchmarks/pairs_and_retrieval.py [takes ...]

Every word has two voices. No package on PyPI provides these measures, so the comparison is
hand-written code. It computes scores and a few shuffles or samples, from which the total is
extrapolated.
"""

import sys
from collections.abc import Callable

import numpy as np
from layer_cka import DIM, LAYERS, layers
from timing import cpu_seconds, gemm_rate, machine

from vgdesk.analyses import ANALYSES
from vgdesk.analyses.inference.chance import RESAMPLES, SHUFFLES
from vgdesk.core.facts import Facts, WordFacts
from vgdesk.core.model import EncoderId, WordId
from vgdesk.core.stack import LayerStack

VOICES = 2
GROUPS = 10
# Samples run by the usual implementation; its time grows with their number.
SAMPLES = 2
# Between two encoders: all pairs of layers; the usual implementation runs one pair.
PAIRS = LAYERS**2


def main() -> None:
    sizes = [int(word) for word in sys.argv[1:]] or [100, 1000, 5000]
    print(f"{LAYERS} layers x {DIM}, {VOICES} voices; {machine()}")
    print("measure              takes   floor s    ours s  / floor   usual s  usual / ours")
    for takes in sizes:
        stack, facts = spoken(takes)
        for name, usual in (("pair-types", usual_pairs), ("retrieval-speakers", usual_retrieval)):
            print(line(name, stack, (stack, facts, 0), usual))
        words = stack.only(range(0, takes, VOICES))
        words = LayerStack(words.encoder, words.layers, words.words, words.words, words.values)
        print(line("retrieval", words, (words, words, facts, 0), usual_partners))


def line(
    name: str,
    stack: LayerStack,
    arguments: tuple[object, ...],
    usual: Callable[[LayerStack], object],
) -> str:
    rows = len(stack.rows)
    rate = gemm_rate()
    rounds = 1 if rows > 2000 else 3
    candidates = {"ours": lambda: ANALYSES[name].compute(*arguments), "once": lambda: usual(stack)}
    if rows > 10_000:
        del candidates["once"]
    seconds = cpu_seconds(candidates, rounds=rounds)
    ours, floor = seconds["ours"], flop(name, rows) / max(rate, gemm_rate())
    text = f"{name:18} {rows:7} {floor:9.4f} {ours:9.4f} {ours / floor:7.2f}x"
    if "once" not in seconds:
        return text
    scaled = seconds["once"] * SCALES[name]
    return text + f" {scaled:9.3f} {scaled / ours:11.1f}x"


def flop(name: str, rows: int) -> float:
    """Count the necessary flop: all products once, and those of sums in every sample."""
    if name == "pair-types":
        return 2 * LAYERS * rows * DIM * RESAMPLES
    if name == "retrieval":
        used = min(rows, 2000)
        return PAIRS * 2 * used**3
    return 2 * LAYERS * rows**2 * DIM


def spoken(takes: int) -> tuple[LayerStack, Facts]:
    """Make takes of words by several voices, with pronunciations, categories and synonyms."""
    base, rng = layers(takes), np.random.default_rng(0)
    ids = [f"w{i:05}" for i in range(takes // VOICES)]
    shared = rng.standard_normal((len(ids), DIM)).repeat(VOICES, axis=0) * 0.3
    rows = tuple(f"{name} {voice}" for name in ids for voice in range(VOICES))
    words = tuple(
        WordFacts(WordId(name), name, str(i % GROUPS), tuple(rng.choice(list("aeioubdgptk"), 6)))
        for i, name in enumerate(ids)
    )
    stack = LayerStack(
        EncoderId("synthetic"),
        base.layers,
        rows,
        tuple(WordId(row[:6]) for row in rows),
        (base.values[:, : len(rows)] + shared).astype(np.float32),
    )
    synonyms = tuple((WordId(a), WordId(b)) for a, b in zip(ids[::7], ids[1::7], strict=False))
    return stack, Facts(words, "group", tuple((row, row[7:]) for row in rows), synonyms)


def unit(values: np.ndarray) -> np.ndarray:
    return values / np.linalg.norm(values, axis=1, keepdims=True)


def usual_pairs(stack: LayerStack) -> object:
    """Average masked parts of the matrix of cosines; samples select rows of it."""
    word = np.unique(stack.words, return_inverse=True)[1]
    voice = np.arange(len(word)) % VOICES
    group, rng = word % GROUPS, np.random.default_rng(0)
    found = []
    for layer in stack.values:
        cosines = unit(layer) @ unit(layer).T
        for sample in range(1 + SAMPLES):
            rows = rng.integers(0, len(word), len(word)) if sample else np.arange(len(word))
            part = cosines[np.ix_(rows, rows)]
            is_same, is_voice, is_group = (
                code[rows, None] == code[rows] for code in (word, voice, group)
            )
            is_random = ~is_same & ~is_voice
            masks = (is_same & ~is_voice, is_voice & ~is_same, is_group & ~is_same, is_random)
            found.append([part[mask].mean() for mask in masks])
    return found


def usual_retrieval(stack: LayerStack) -> object:
    """Rank all takes of the other voice for every query, and again for each shuffle."""
    word = np.unique(stack.words, return_inverse=True)[1]
    voice = np.arange(len(word)) % VOICES
    rng, found = np.random.default_rng(0), []
    for layer in stack.values[:1]:
        centred = layer - np.stack([layer[voice == i].mean(axis=0) for i in range(VOICES)])[voice]
        cosines = unit(centred) @ unit(centred).T
        for sample in range(1 + SAMPLES):
            permuted = rng.permutation(word) if sample else word
            for query in range(len(word)):
                others = voice != voice[query]
                is_same = permuted[others] == permuted[query]
                order = np.argsort(-cosines[query, others])
                ranks = 1 + np.flatnonzero(is_same[order])
                found.append((ranks[:1], (np.arange(1, 1 + len(ranks)) / ranks).sum()))
    return found


def usual_partners(stack: LayerStack) -> object:
    """Correlate all profiles of one pair of layers at once, including their own entries."""
    one, other = (unit(layer) @ unit(layer).T for layer in stack.values[:2])
    return (np.corrcoef(one, other)[: len(one), len(one) :].argmax(axis=1)).mean()


SCALES = {
    "pair-types": (1 + RESAMPLES) / (1 + SAMPLES),
    "retrieval-speakers": LAYERS * (1 + SHUFFLES) / (1 + SAMPLES),
    "retrieval": PAIRS,
}

if __name__ == "__main__":
    main()
