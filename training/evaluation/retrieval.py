"""Retrieval of the picture of a word, in an art style not used in training."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file

from training.evaluation.answers import Answer, Floats, bootstrapped
from training.evaluation.recordings import PEOPLE, by_group, recordings
from training.evaluation.scoring import average, told, unit, who
from training.evaluation.vectors import Examined, examined, run_folder, speech_vectors, text_vectors
from training.grounding import into_pictures
from training.plan import Plan
from training.words import TRAINING_STYLES, UNSEEN_STYLE, Role
from training.work import Work
from vgdesk.core.model import Modality

# Names are also fitted to plain speech afterwards, to show what pictures add.
WITH_A_WAY = {
    Modality.SPEECH: ("plain", "grounded", "shuffled"),
    Modality.TEXT: ("grounded", "shuffled"),
}


@dataclass(frozen=True, slots=True, eq=False)
class Gallery:
    """The concepts drawn in the unseen style, which are all candidates.

    Attributes
    ----------
    pictures
        In the unseen style, [concepts, picture_dim].
    typical
        The mean over the training styles, even if not used in training.
    """

    words: list[str]
    roles: list[str]
    pictures: Floats
    typical: Floats


def examine(work: Work, plan: Plan, data: Path) -> list[Answer]:
    """Retrieve the picture of each concept with all encoders that have a picture mapping.

    The first answers are the ceiling: the retrieval by the typical picture of a concept.
    """
    gallery = open_gallery(work)
    ceiling = {"modality": "picture", "stage": "ceiling", "seed": 0}
    answers = ask(gallery, gallery.words, gallery.typical, "typical picture", ceiling)
    heard = recordings(work, plan, data)
    files = [item.file for item in heard]
    for encoder in with_a_way(plan, Modality.SPEECH):
        points = into_pictures(run_folder(work, encoder), speech_vectors(work, encoder, files)[-1])
        for group, every in by_group(heard).items():
            rows = [row for row in every if heard[row].word in gallery.words]
            if rows and not group.startswith(f"{PEOPLE}:"):
                words = [heard[row].word for row in rows]
                answers += ask(gallery, words, points[rows], group, who(encoder))
    for encoder in with_a_way(plan, Modality.TEXT):
        points = into_pictures(
            run_folder(work, encoder), text_vectors(work, encoder, gallery.words)[-1]
        )
        answers += ask(gallery, gallery.words, points, "written words", who(encoder))
    return answers


def with_a_way(plan: Plan, modality: Modality) -> list[Examined]:
    """List the encoders with a mapping into the picture space."""
    return [
        encoder for encoder in examined(plan, modality) if encoder.stage in WITH_A_WAY[modality]
    ]


def open_gallery(work: Work) -> Gallery:
    """Read the features of the pictures."""
    points = load_file(work.features / "pictures.safetensors")
    listed = json.loads((work.features / "pictures.json").read_text("utf-8"))
    drawn = np.flatnonzero(~np.isnan(points[UNSEEN_STYLE][:, 0]))
    styles = np.stack([points[style][drawn] for style in TRAINING_STYLES])
    words, roles = ([listed[name][row] for row in drawn] for name in ("words", "roles"))
    return Gallery(words, roles, points[UNSEEN_STYLE][drawn], np.nanmean(styles, axis=0))


def ask(
    gallery: Gallery, words: Sequence[str], points: Floats, group: str, asked: dict[str, Any]
) -> list[Answer]:
    """Evaluate words, separately for pictured and held-out concepts."""
    own = np.array([gallery.words.index(word) for word in words])
    ranks = ranks_of_own(points, gallery.pictures, own)
    roles = np.array(gallery.roles)[own]
    answers = []
    for role in (Role.PICTURED, Role.HELD_OUT):
        rows = np.flatnonzero(roles == role)
        if len(rows):
            of, among = [words[int(row)] for row in rows], f"{group}, {role}"
            for measure, result in results(ranks[rows], of, len(gallery.words)).items():
                answers.append(Answer("word to picture", measure, among, **asked, **result))
    return answers


def ranks_of_own(points: Floats, pictures: Floats, own: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the number of pictures at least as near, by cosine, as the picture of the word."""
    nothing = np.zeros(pictures.shape[1])
    nearness = unit(points, nothing) @ unit(pictures, nothing).T
    of_own = nearness[np.arange(len(own)), own]
    ranks: NDArray[np.int64] = (nearness >= of_own[:, None]).sum(axis=1)
    return ranks


def results(ranks: NDArray[np.int64], words: Sequence[str], n: int) -> dict[str, dict[str, Any]]:
    """Return R@k and the median rank; one layer."""
    shares = {
        f"R@{best}": average((ranks <= best)[None].astype(float), words, min(best, n) / n)
        for best in (1, 5, 10)
    }
    low, high = bootstrapped(lambda rows: float(np.median(ranks[rows])), words)
    middle = told(*(np.array([value]) for value in (np.median(ranks), low, high)))
    return {**shares, "median rank": {**middle, "n": len(ranks), "chance": (n + 1) / 2}}
