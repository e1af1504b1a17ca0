"""All answers, saved as numbers and formatted as tables."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from itertools import groupby
from pathlib import Path

import numpy as np

from training.cards import table
from training.evaluation import alignment, effect, form, identity, meaning, retrieval
from training.evaluation.answers import Answer
from training.evaluation.effect import Effect
from training.plan import Plan
from training.work import Work, replacing

QUESTIONS = {
    "Word identity across speakers": identity,
    "Phonetic form": form,
    "Meaning": meaning,
    "Pictures": retrieval,
    "The 2x2": alignment,
}
STAGES = (
    *("plain", "grounded", "shuffled", "untrained", "baseline", "ceiling"),
    *(f"{speech}, {text}" for speech, text in alignment.PAIRINGS),
)
MARK = "<!-- What follows is written by `python -m training evaluate`. -->"
READING = """
Rows are encoders, columns layers (0: the input of the first block). Each value is the mean over the
seeds. The last column gives the best layer, its 95 % bootstrap interval over words (the widest of
the seeds), and the value of each seed there. The best layer is selected from those shown: with
seven layers and no effect it would still look better than chance. Where only the last layer can be
evaluated, columns are measures, each with its interval.
"""


def evaluate(work: Work, plan: Plan, data: Path, docs: Path) -> None:
    """Run the evaluation, save the answers, and write the tables after the manual part."""
    answers = {title: asked.examine(work, plan, data) for title, asked in QUESTIONS.items()}
    effects = effect.examine(work, plan, data)
    everything = [answer for part in answers.values() for answer in part]
    with replacing(work.figures / "answers.json") as file:
        file.write_text(json.dumps([asdict(answer) for answer in everything]), "utf-8")
    with replacing(work.figures / "effects.json") as file:
        file.write_text(json.dumps([asdict(found) for found in effects]), "utf-8")
    parts = [READING]
    for title, found in answers.items():
        parts += [f"\n## {title}\n", *tables(found)]
    parts += ["\n## What pictures change\n", *effect_tables(effects)]
    by_hand = docs.read_text("utf-8").partition(MARK)[0] if docs.is_file() else ""
    with replacing(docs) as file:
        file.write_text(by_hand + MARK + "\n" + "".join(parts), "utf-8")


def tables(answers: Sequence[Answer]) -> Iterable[str]:
    """Return a table for each measure and group of words."""

    def question(answer: Answer) -> tuple[str, str, str, str]:
        return answer.test, answer.measure, answer.group, answer.modality

    def place(answer: Answer) -> tuple[str, str, str, int]:
        return answer.test, answer.group, answer.modality, STAGES.index(answer.stage)

    if answers and all(len(answer.scores) == 1 for answer in answers):
        for _, asked in groupby(sorted(answers, key=place), lambda answer: place(answer)[:3]):
            yield from table_of_measures(list(asked))
        return
    ordered = sorted(answers, key=lambda answer: (question(answer), STAGES.index(answer.stage)))
    for key, asked in groupby(ordered, question):
        test, measure, group, modality = key
        same = {stage: list(part) for stage, part in groupby(asked, lambda answer: answer.stage)}
        layers = max(len(part[0].scores) for part in same.values())
        rows = [row_of(stage, part, layers) for stage, part in same.items()]
        first = next(iter(same.values()))[0]
        about = f"n = {first.n}, chance {number(first.chance)}"
        yield f"\n**{test}: {measure}, {group}, {modality}** ({about})\n\n"
        yield table(("encoder", *map(str, range(layers)), "best layer"), rows)


def table_of_measures(asked: Sequence[Answer]) -> Iterable[str]:
    """Return a table of all measures of one group of words, with chance in its last row."""
    chances = {answer.measure: number(answer.chance) for answer in asked}
    rows = []
    for stage, every in groupby(asked, lambda answer: answer.stage):
        seeds = list(every)
        own = [[answer for answer in seeds if answer.measure == measure] for measure in chances]
        rows.append((stage, *(with_interval(part) for part in own)))
    rows.append(("chance", *chances.values()))
    yield f"\n**{asked[0].test}: {asked[0].group}, {asked[0].modality}** (n = {asked[0].n})\n\n"
    yield table(("encoder", *chances), rows)


def with_interval(seeds: Sequence[Answer]) -> str:
    """Return the mean over seeds and the widest of their intervals; one layer."""
    mean = float(np.mean([answer.scores[0] for answer in seeds]))
    low, high = min(a.lows[0] for a in seeds), max(a.highs[0] for a in seeds)
    return f"{number(mean)} [{number(low)}, {number(high)}]"


def row_of(stage: str, seeds: Sequence[Answer], layers: int) -> tuple[str, ...]:
    """Return the mean over seeds by layer, with details of the best layer."""
    scores = np.array([answer.scores for answer in seeds])
    means = scores.mean(0)
    best = int(np.nanargmax(means)) if np.isfinite(means).any() else 0
    low = min(answer.lows[best] for answer in seeds)
    high = max(answer.highs[best] for answer in seeds)
    told = f"{best}: {number(means[best])} [{number(low)}, {number(high)}]"
    if len(seeds) > 1:
        told += " seeds " + " ".join(map(number, scores[:, best]))
    return stage, *map(number, means), *[""] * (layers - len(means)), told


def effect_tables(effects: Sequence[Effect]) -> Iterable[str]:
    """Return a table for each contrast, of the mean over blocks."""
    chosen = [found for found in effects if found.layer == effect.ALL_BLOCKS]
    head = ("test", "measure", "group", "modality", "difference", "95 %", "p", "n", "seeds")
    for contrast, same in groupby(
        sorted(chosen, key=lambda found: found.contrast), lambda found: found.contrast
    ):
        rows = [
            (
                found.test, found.measure, found.group, found.modality, number(found.difference),
                f"[{number(found.low)}, {number(found.high)}]", f"{found.p:.3f}", found.n,
                " ".join(map(number, found.seeds)),
            )
            for found in same
        ]  # fmt: skip
        yield f"\n**{contrast}**, mean over the outputs of all blocks; p by permutation\n\n"
        yield table(head, rows)


def number(value: float) -> str:
    """Format a score with the necessary digits."""
    if not np.isfinite(value):
        return "–"
    return f"{value:.0f}" if abs(value) >= 10 else f"{value:.2f}"
