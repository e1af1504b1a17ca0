"""Vectors of the test words in every encoder, computed with the code of the program and cached."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file, save_file

from training.plan import Plan
from training.voices import SAMPLE_RATE
from training.work import Work, replacing
from vgdesk.audio.files import read, resample
from vgdesk.audio.speech_activity import find_word
from vgdesk.core.model import EncoderId, Modality
from vgdesk.encoders import ENCODERS, inspect_folder, load, untrained_twin
from vgdesk.encoders.base import EncoderSpec, Pooling

BASELINES = {Modality.SPEECH: "spectrum", Modality.TEXT: "spelling"}
BATCH = 16
Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Examined:
    """An encoder under evaluation.

    Attributes
    ----------
    stage
        `plain`, `grounded`, `shuffled`, `untrained`, or `baseline`.
    seed
        Of its training, or of its random weights; 0 for a baseline.
    """

    modality: Modality
    stage: str
    seed: int


def examined(plan: Plan, modality: Modality) -> list[Examined]:
    """List all encoders of a modality, the seeds of a stage together."""
    stages = ("plain", "grounded", "shuffled", "untrained")
    return [
        *(Examined(modality, stage, seed) for stage in stages for seed in plan.seeds),
        Examined(modality, "baseline", 0),
    ]


def run_folder(work: Work, encoder: Examined) -> Path:
    """Return the folder of a trained encoder, or that of the original of an untrained twin."""
    stage = "plain" if encoder.stage == "untrained" else encoder.stage
    return work.runs / encoder.modality.value / f"seed-{encoder.seed}" / stage


@cache
def spec_of(work: Work, encoder: Examined) -> EncoderSpec:
    """Return the program's description of an encoder."""
    if encoder.stage == "baseline":
        return ENCODERS[EncoderId(BASELINES[encoder.modality])]
    spec = inspect_folder(run_folder(work, encoder), is_grounded=encoder.stage == "grounded")
    return untrained_twin(spec, encoder.seed) if encoder.stage == "untrained" else spec


def text_vectors(work: Work, encoder: Examined, words: Sequence[str]) -> Floats:
    """Return the vectors of written words, [layers, words, dim]."""
    return kept(work, spec_of(work, encoder), list(words), lambda part: list(part))


def speech_vectors(work: Work, encoder: Examined, files: Sequence[Path]) -> Floats:
    """Return the vectors of recordings of words, [layers, files, dim]."""
    names = [str(file) for file in files]
    return kept(work, spec_of(work, encoder), names, lambda part: [heard(work, n) for n in part])


@cache
def heard(work: Work, name: str) -> Floats:
    """Read a recording at the rate of the encoders, trimmed to the word.

    Synthetic clips are already trimmed; if no word is found, the whole recording is used.
    """
    file = Path(name)
    recording = read(file)
    if work.clips not in file.parents and (found := find_word(recording)):
        recording = read(file, start=found[0], end=found[1])
    return resample(recording, SAMPLE_RATE).samples


def kept(
    work: Work,
    spec: EncoderSpec,
    items: list[str],
    prepare: Callable[[Sequence[str]], Sequence[Any]],
) -> Floats:
    """Encode items, or read their cached vectors."""
    name = hashlib.sha256("\n".join((spec.id, spec.revision, *items)).encode()).hexdigest()[:24]
    file = work.root / "vectors" / f"{name}.safetensors"
    if not file.exists():
        encoder = load(spec, "cpu")
        found = []
        for start in range(0, len(items), BATCH):
            found += encoder.encode(prepare(items[start : start + BATCH]), Pooling.MEAN)
        with replacing(file) as partial:
            save_file({"vectors": np.stack(found, axis=1).astype(np.float32)}, partial)
    return load_file(file)["vectors"]
