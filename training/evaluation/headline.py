"""What pictures do to groups of words, by measure, label and layer, beside the control.

`python -m training.evaluation.headline --work RUN plain=FOLDER grounded=FOLDER shuffled=FOLDER`
prints tables, or puts them into `docs/starter-models.md` with `--docs`. It uses the measures of the
program, and its intervals: B minus A on the same words, leaving out the same words.
"""

import argparse
import random
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from training.cards import table
from training.corpus import supersense
from training.words import Role, read_words
from training.work import Work
from vgdesk.analyses import ANALYSES
from vgdesk.analyses.base import CurveAnalysis
from vgdesk.analyses.inference.jackknife import jackknife_interval
from vgdesk.app.project.project_file import open_project
from vgdesk.core.facts import Facts
from vgdesk.core.model import WordId
from vgdesk.core.resources import resource
from vgdesk.core.results import LayerCurve
from vgdesk.core.stack import LayerStack
from vgdesk.encoders import inspect_folder, load
from vgdesk.encoders.base import Pooling

MEASURES = ("silhouette", "silhouette-lda", "abx")
CONTRASTS = (("grounded", "plain"), ("shuffled", "plain"), ("grounded", "shuffled"))
FEWEST_OF_A_KIND = 8
MOST_OF_A_KIND = 12  # of the words without pictures, of which there are thousands
ABSTRACT = "abstract"
BEGIN, END = (
    "<!-- headline: written by training/evaluation/headline.py -->",
    "<!-- end of headline -->",
)


@dataclass(frozen=True, slots=True)
class Labelled:
    """Words and their labels."""

    name: str
    labels: Mapping[WordId, str]


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, required=True, help="folder of a run, with sources")
    parser.add_argument("--docs", type=Path, help="the page whose tables are replaced")
    parser.add_argument("encoders", nargs="+", metavar="STAGE=FOLDER")
    chosen = parser.parse_args()
    work = Work(chosen.work)
    folders = dict(one.split("=", 1) for one in chosen.encoders)
    sets = [*demo_sets(roles_of(work)), *wordnet_sets(work)]
    words = sorted({word for labelled in sets for word in labelled.labels})
    stacks = {stage: encode(Path(folder), words) for stage, folder in folders.items()}
    found = [spread_table(stacks, roles_of(work))]
    for labelled in sets:
        heading = f"**{labelled.name}** ({described(labelled)})\n\n"
        found.append(heading + table(*rows_of(stacks, labelled)))
        print(found[-1], flush=True)
    if chosen.docs is not None:
        page = chosen.docs.read_text("utf-8")
        chosen.docs.write_text(with_tables(page, found), "utf-8")


def with_tables(page: str, tables: Sequence[str]) -> str:
    """Return a page whose tables between the two marks are replaced; a ValueError without them."""
    if BEGIN not in page or END not in page:
        raise ValueError("the page has no place for these tables")
    head, _, rest = page.partition(BEGIN)
    foot = rest.partition(END)[2]
    return "\n".join([f"{head}{BEGIN}\n", *tables, END + foot])


def roles_of(work: Work) -> dict[str, Role]:
    """Return the role of each word in training."""
    return {word.text: word.role for word in read_words(work)}


def demo_sets(roles: Mapping[str, Role]) -> Iterator[Labelled]:
    """Yield the words of the demo with their labels, and parts of them."""
    words = open_project(resource("demo.vgdesk")).session.words.values()
    category = {word.id: word.labels["category"] for word in words}
    yield Labelled("Demo, category", category)
    yield Labelled("Demo, onset", {word.id: word.labels["onset"] for word in words})
    yield Labelled(
        "Demo, category, without the abstract words",
        {word: label for word, label in category.items() if label != ABSTRACT},
    )
    yield Labelled(
        "Demo, category, words that met a picture",
        {w: label for w, label in category.items() if roles.get(w) is Role.PICTURED},
    )


def wordnet_sets(work: Work) -> Iterator[Labelled]:
    """Yield the words of each role with their kinds in WordNet; kinds of few words are left out."""
    kinds, roles = supersense(work), roles_of(work)
    chance = random.Random(0)
    for role in Role:
        members = defaultdict(list)
        for word, own in roles.items():
            if own is role and kinds.get(word, "").startswith("noun."):
                members[kinds[word]].append(WordId(word))
        most = MOST_OF_A_KIND if role is Role.PLAIN else len(roles)
        labels = {
            word: kind
            for kind, words in members.items()
            if len(words) >= FEWEST_OF_A_KIND
            for word in chance.sample(words, min(most, len(words)))
        }
        yield Labelled(f"WordNet kinds, {role.value} words", labels)


def described(labelled: Labelled) -> str:
    """Return the numbers of words."""
    sizes = Counter(labelled.labels.values()).most_common()
    return f"{len(labelled.labels)} words: {', '.join(f'{kind} {n}' for kind, n in sizes)}"


def encode(folder: Path, words: Sequence[Any]) -> LayerStack:
    """Return the vectors of written words."""
    spec = inspect_folder(folder, is_grounded=False)
    values = np.stack(load(spec, "cpu").encode(words, Pooling.MEAN), axis=1)
    named = tuple(map(WordId, words))
    return LayerStack(spec.id, spec.layers, tuple(words), named, values)


def rows_of(
    stacks: Mapping[str, LayerStack], labelled: Labelled
) -> tuple[Sequence[str], list[list[str]]]:
    """Return the head and the rows of the table of one set of words."""
    rows: list[list[str]] = []
    for measure in MEASURES:
        curves = {stage: scored(stack, labelled, measure) for stage, stack in stacks.items()}
        for stage, curve in curves.items():
            ends = zip(curve.values, curve.low, curve.high, strict=True)
            rows.append([measure, stage, *(cell(*each) for each in ends)])
        for more, less in CONTRASTS:
            if more in curves and less in curves:
                rows.append([measure, f"{more} − {less}", *difference(curves[more], curves[less])])
    layers = next(iter(stacks.values())).layers
    return ("measure", "encoder", *layers), rows


def scored(stack: LayerStack, labelled: Labelled, measure: str) -> LayerCurve:
    """Score the layers by a measure of the program."""
    analysis = ANALYSES[measure]
    assert isinstance(analysis, CurveAnalysis)
    own = stack.only([row for row, word in enumerate(stack.words) if word in labelled.labels])
    (curve,) = analysis.compute(own, Facts.of_labels(labelled.labels), 0)
    return curve


def difference(more: LayerCurve, less: LayerCurve) -> list[str]:
    """Return B minus A of each layer with its paired interval."""
    assert more.left_out is not None
    assert less.left_out is not None
    values = np.subtract(more.values, less.values)
    low, high, _ = jackknife_interval(np.subtract(more.left_out, less.left_out), values)
    return [cell(*each) for each in zip(values, low, high, strict=True)]


def cell(value: float, low: float, high: float) -> str:
    """Return a number with its interval."""
    return f"{value:.3f} [{low:.2f}, {high:.2f}]"


def spread_table(stacks: Mapping[str, LayerStack], roles: Mapping[str, Role]) -> str:
    """Return how even the directions of each layer are, by role of the words.

    Mean cosine of two words; and the participation ratio of the principal components: the number
    of dimensions if all had the same variance (Gao and Ganguli 2015).
    """
    rows = []
    for role in Role:
        for stage, stack in stacks.items():
            own = [row for row, word in enumerate(stack.words) if roles.get(word) is role]
            cells = [spread(layer) for layer in stack.values[:, own]]
            rows.append([role.value, stage, *(f"{c:.2f}, {d:.0f}" for c, d in cells)])
    layers = next(iter(stacks.values())).layers
    return table(("words", "mean cosine, dimensions", *layers), rows)


def spread(layer: np.ndarray) -> tuple[float, float]:
    """Return the mean cosine of two words, and the participation ratio of the components."""
    points = layer.astype(np.float64)
    units = points / np.linalg.norm(points, axis=1, keepdims=True)
    n = len(units)
    cosine = float((np.square(units.sum(axis=0)).sum() - n) / (n * (n - 1)))
    variances = np.square(np.linalg.svd(points - points.mean(axis=0), compute_uv=False))
    return cosine, float(variances.sum() ** 2 / np.square(variances).sum())


if __name__ == "__main__":
    main()
