"""The page of `vgdesk reproduce` that explains its tables and figures."""

from collections.abc import Iterator, Sequence

from vgdesk import __version__
from vgdesk.app.commands.study.panels import Depth, Panel
from vgdesk.app.commands.study.published import SUBSPACE_CORRELATION
from vgdesk.app.commands.study.reproduce import Correlation
from vgdesk.app.commands.study.study_stacks import Request
from vgdesk.core.model import Cell
from vgdesk.encoders import levelling_files
from vgdesk.encoders.base import EncoderSpec

STUDY = """The study is Sauter, Zuidema and de Heer Kloots (2025), *The curious case of visual
grounding*, arXiv 2509.15837. It used other words and other, larger models: its values are drawn as
landmarks, not as a target. *As published* follows the study's own choices: the first subword of a
written word, a row for each speaker of a spoken word, biased CKA, silhouettes along discriminants
of the same words, pairs of takes from five samples, a different stage of normalisation for the
grounded speech model. Intervals are Student's t, over repeats that leave out one category each
(over the five samples for pairs; alignment has no interval in the study and gets the same one
here). *Corrected* uses sounder choices: all subwords, words, debiased CKA, held-out discriminants,
intervals over words, one normalisation. Bands show the chance level; points inside the band of
their line are hollow. Chance of alignment deals out words, each with all its speakers and takes,
in both editions."""
UNEQUAL = """Some models have more blocks than others, so alignment is shown in two ways. *Same
block* compares block 1 with block 1, block 2 with block 2 and so on; the last blocks of the deeper
model have no partner. *Same relative depth* compares each block of the deeper model with the
nearest one of the other, so that first meets first and last meets last; a block of the other model
may then occur twice. The columns *layer* and *partner* of `results.tsv` name both."""
EQUAL = """All models that are compared have the same number of blocks, so that the same block is
also the same relative depth."""


def page_of(request: Request, panels: Sequence[Panel], related: Sequence[Correlation]) -> str:
    """Format the page in Markdown."""
    encoders = "\n".join(
        f"- {name}: {spec.title} (`{spec.id}`, revision {spec.revision}, {_size(spec)})"
        for name, spec in request.named.items()
    )
    missing = [f"- {panel.heading}: {panel.missing}" for panel in panels if panel.missing]
    is_unequal = any(panel.depth is Depth.BLOCK for panel in panels)
    return f"""# The study's analyses, reproduced

vgdesk {__version__}; words: `{request.words}`, labels: {request.label}, seed {request.seed}.

{encoders}

{STUDY}

{normalisation(request)}

A is alignment (`A.tsv`, `A.svg`), B pairs of takes, C groups of words; `results.tsv` lists every
number with its interval, chance level and false discovery rate.

## Layers of different models

{UNEQUAL if is_unequal else EQUAL}

## Subspaces

Over the layers: the similarity of the discriminant subspaces of the grounded and the ungrounded
model (debiased CKA), correlated with the change in silhouette through grounding. The layers of a
model build on each other and are not independent: r describes these layers, and no p or interval
can be given.

{chr(10).join(_correlations(related)) or "- not available for these words"}

## What could not be computed

{chr(10).join(missing) or "- nothing"}
"""


def _size(spec: EncoderSpec) -> str:
    if spec.file is not None:
        return "word vectors"
    blocks = max(len(spec.layers) - 1, 1)  # the first layer is the input of the first block
    return f"{blocks} block{'s' * (blocks != 1)}"


def _correlations(related: Sequence[Correlation]) -> Iterator[str]:
    for one in related:
        study = SUBSPACE_CORRELATION[one.name]
        yield (
            f"- {one.name}, {one.depth.value}: r = {one.r:+.2f} over n = {one.n} layers "
            f"(study {study:+.2f} over 12)"
        )


def normalisation(request: Request) -> str:
    """Describe in a sentence when the published edition normalises the sound."""
    spec = request.encoders[Cell.SPEECH_GROUNDED]
    if levelling_files(spec) is None:
        return (
            f"“{spec.title}” does not normalise its sound, so there is no choice of when to do so: "
            "both editions use the same input."
        )
    return (
        f"As published, the sound for “{spec.title}” is normalised over the whole file before "
        "words are extracted, and that for the ungrounded model over each word; corrected, both "
        "are normalised over each word."
    )
