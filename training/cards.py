"""The model cards: architecture, training, data, licences and evaluation of an encoder."""

import json
import os
import platform
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any, Self

import torch
from safetensors.torch import load_file

from training.agreement import Agreement
from training.corpus import read_corpus
from training.grounding import FIRST_SCALE
from training.loop import DEVICE
from training.plan import SHIPPED_SEED, Plan, Steps
from training.sources import TEST
from training.voices import HIBARI
from training.words import UNSEEN_STYLE, Role, read_words
from training.work import Work
from vgdesk.core.model import Cell, Modality
from vgdesk.encoders.starter import control_title, grounded_cell

HEAD = """---
license: apache-2.0
language: en
tags: [{tags}]
---

# vgdesk starter encoder: {title}

{what}

It is small, and knows a few thousand English words. The grounded encoder and its partner have the
same shape, start and number of steps, and the same sounds or lines in the same order. They differ
by pictures and by a further objective: to choose the picture of a word. Only a control that has
this objective with the pictures of other words can tell the two apart. It is meant for teaching and
for trying analyses, not for recognising speech or understanding text.
"""
WHAT = {
    Modality.SPEECH: """\
A Wav2Vec2-BERT encoder: log-mel frames of 40 ms, {blocks} conformer blocks of width {dim}.
Self-supervised: it guesses the units of masked frames (k-means of cepstra in the first round, of
its own block {middle} in later ones; after HuBERT), and finds a clip in one disguise (throat,
tempo, room, noise) again in another among clips of the same voice. From the second round on, some
of these are clips of another voice that it takes itself for the same word. No word is labelled.
""",
    Modality.TEXT: """\
A BERT encoder: {blocks} blocks of width {dim} over word pieces. It fills gaps in WordNet's glosses,
each behind its headword, and in the King James Bible. Its table of pieces started from a singular
value decomposition of positive pointwise mutual information in the same lines.
""",
}
GROUNDED = """\
Grounded: in the last round it also had to choose, by the mean over a word's {places} in the last
block, the picture of the word among those of all {pictured} pictured concepts (InfoNCE over
EfficientNet-Lite0 features; one random art style a step; scale learnt from {scale:g}). {held_out}
further concepts never met a picture. {way}
"""
WAY = {
    Modality.SPEECH: """\
It chose twice: by a linear map, and over the names
of the concepts. `picture_head.safetensors` holds the second way: names by linear discriminant
analysis, fitted to the training clips after the last step, then the typical picture of each.""",
    Modality.TEXT: """\
`picture_head.safetensors` holds the linear map by
which it chose.""",
}
PARTNER = """\
Not grounded: the partner of the grounded encoder. Its last round had the same data and as many
steps, without pictures.
"""
CONTROL = """\
A control. Trained like {grounded}, but every word met the picture of another word (always the same
one of the {pictured} pictured concepts): it shows what any further objective would change. What it
shares with the grounded encoder is not due to what the pictures show.
"""
SAME_RUN = """\
Its run also trained both partners again; they equal those that ship, weight by weight.
"""
OWN_RUN = """\
It comes from a later run than the other encoders, with the same seed, steps and sources. Both
partners were trained again in that run, and are not those that ship:

{rows}
A difference between the control and an encoder that ships is therefore a difference between runs,
too. How much runs differ is shown by the seeds in `docs/starter-models.md`.
"""
GOODNESS = """\
## How good it is

Measured by layer, beside its untrained twin, a control that met shuffled pictures, and a baseline,
over several seeds: the tables are in `docs/starter-models.md`.
"""
HEADLINE = """
Whether pictures help depends on measure, labels and layer: see *What the headline depends on* there
before you quote a single number.
"""
CLEAN = """
EfficientNet-Lite0 learnt from ImageNet, whose photographs are for research; only features that it
computes from the drawings above were used, as is common. Nothing under a share-alike or GPL licence
entered the weights; {unseen} pictures and recordings of people are used for tests only.
"""


@dataclass(frozen=True, slots=True)
class Subject:
    """An encoder with a card; `stage` is the name of its last round."""

    modality: Modality
    title: str
    stage: str

    @classmethod
    def of_cell(cls, cell: Cell) -> Self:
        return cls(cell.modality, cell.title, "grounded" if cell.is_grounded else "plain")

    @classmethod
    def of_control(cls, modality: Modality) -> Self:
        return cls(modality, control_title(modality), "shuffled")

    @property
    def met_pictures(self) -> bool:
        return self.stage != "plain"


def card(
    work: Work, plan: Plan, subject: Subject, agreements: Mapping[str, Agreement] | None = None
) -> str:
    """Return the text of a model card.

    Parameters
    ----------
    agreements
        For a control: how far the partners of its run agree with those that ship, by title.
    """
    is_speech = subject.modality is Modality.SPEECH
    shape = plan.speech_shape if is_speech else plan.text_shape
    counts = role_counts(work)
    what = WHAT[subject.modality].format(
        blocks=shape.blocks, dim=shape.dim, middle=shape.blocks * 2 // 3
    )
    parts = [
        HEAD.format(
            tags="speech" if is_speech else "text",
            title=subject.title,
            what=f"{what}\n{met(subject, counts, agreements or {})}".rstrip(),
        ),
        data_section(work, plan, counts, is_speech=is_speech),
        training_section(work, plan, subject),
        GOODNESS + HEADLINE,
        sources_section(work, is_speech=is_speech, is_grounded=subject.met_pictures),
    ]
    return "\n".join(parts)


def met(subject: Subject, counts: Mapping[Role, int], agreements: Mapping[str, Agreement]) -> str:
    """Describe the last round."""
    if not subject.met_pictures:
        return PARTNER
    grounded = GROUNDED.format(
        places="frames"
        if subject.modality is Modality.SPEECH
        else "tokens (or those of its gloss)",
        pictured=counts[Role.PICTURED],
        held_out=counts[Role.HELD_OUT],
        scale=FIRST_SCALE,
        way=WAY[subject.modality],
    )
    if subject.stage == "grounded":
        return grounded
    own = CONTROL.format(
        grounded=grounded_cell(subject.modality).title, pictured=counts[Role.PICTURED]
    )
    return f"{own}\n{origin(agreements)}"


def origin(agreements: Mapping[str, Agreement]) -> str:
    """Tell whether a control comes from the run of the encoders that ship."""
    if all(agreement.is_exact for agreement in agreements.values()):
        return SAME_RUN
    head = ("partner", "largest difference of a weight", "SD of the weights", "of a demo vector")
    rows = [
        (
            title,
            f"{one.weights:.3g}",
            f"{one.weight_sd:.3g}",
            "" if one.vectors is None else f"{one.vectors:.0%} of its length",
        )
        for title, one in agreements.items()
    ]
    return OWN_RUN.format(rows=table(head, rows))


def role_counts(work: Work) -> dict[Role, int]:
    """Return the number of words of each role."""
    roles = [word.role for word in read_words(work)]
    return {role: roles.count(role) for role in Role}


def data_section(work: Work, plan: Plan, counts: dict[Role, int], *, is_speech: bool) -> str:
    """Describe the training data."""
    if not is_speech:
        read = sum(len(line.split()) for line in read_corpus(work, plan))
        return f"""\
## Data

WordNet 3.0 glosses, each behind up to three of its words, and the King James Bible: {read:,} words.
"""
    voices = {*plan.training_voices, HIBARI}
    spoken = sum(clip.parent.name in voices for clip in work.clips.rglob("[!.]*.flac"))
    blends = sum("+" in voice for voice in plan.training_voices)
    return f"""\
## Data

Synthetic speech only: {spoken:,} clips by {len(plan.training_voices)} Kokoro voices ({blends} of
them means of two) and the Hibari voice, of {counts[Role.PICTURED]} pictured concepts,
{counts[Role.HELD_OUT]} concepts without pictures and {counts[Role.PLAIN]:,} other words, and
{plan.sentences:,} of WordNet's example sentences. Nobody's recorded voice was used.
"""


def training_section(work: Work, plan: Plan, subject: Subject) -> str:
    """Describe the duration of training and the machine."""
    is_speech = subject.modality is Modality.SPEECH
    steps: Steps = plan.speech_steps if is_speech else plan.text_steps
    rounds = [f"round-{number + 1}" for number in range(len(steps.rounds))]
    rounds.append(subject.stage)
    times = ((name, spent(work, subject.modality, name) / 60) for name in rounds)
    told = ", ".join(f"{name} {minutes:.0f} min" for name, minutes in times)
    unit = "clips" if is_speech else "lines"
    return f"""\
## Training

Steps: {", ".join(map(str, steps.rounds))} without pictures, then {steps.paired}, of {steps.batch}
{unit}; AdamW, bfloat16 products. Time on {machine()}:
{told}. The shipped encoder is that of seed {SHIPPED_SEED}.
Versions: torch {version("torch")}, transformers {version("transformers")}. `python -m training all`
makes it again.
"""


def machine() -> str:
    """Describe the training machine."""
    if DEVICE.type == "cuda":
        return torch.cuda.get_device_name()
    return f"one core of a {os.cpu_count()}-core {platform.machine()} processor, no GPU"


def spent(work: Work, modality: Modality, name: str) -> float:
    """Return the training time of a round of the shipped encoder, in seconds."""
    file = work.runs / modality.value / f"seed-{SHIPPED_SEED}" / f"{name}.safetensors"
    return float(load_file(file)["seconds"])


def sources_section(work: Work, *, is_speech: bool, is_grounded: bool) -> str:
    """List all external sources used for the weights."""
    known: Iterable[dict[str, Any]] = json.loads(
        (work.sources / "sources.json").read_text("utf-8")
    ).values()
    rows = [
        (row["name"], row["version"], row["licence"], row["use"], row["sha256"][:16])
        for row in known
        if row["use"] != TEST and concerns(row["use"], is_speech=is_speech, is_grounded=is_grounded)
    ]
    return (
        "## Sources\n\n"
        + table(("package", "version", "licence", "use", "sha256 (start)"), rows)
        + CLEAN.format(unseen=UNSEEN_STYLE)
    )


def concerns(use: str, *, is_speech: bool, is_grounded: bool) -> bool:
    """Whether a source of this use contributed to such an encoder."""
    if "picture" in use:
        return is_grounded
    if use.startswith("speech"):
        return is_speech
    return True


def table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Return a table in Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "".join("| " + " | ".join(map(str, line)) + " |\n" for line in lines)
