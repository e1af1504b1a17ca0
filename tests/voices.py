"""The same words from several voices: how well does an encoder find one in the other?"""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from vgdesk.app.encoding.embedding_messages import EmbeddedItem, SpeechItem
from vgdesk.app.encoding.embedding_worker import embed
from vgdesk.audio.files import read
from vgdesk.audio.speech_activity import find_word
from vgdesk.core.arrays import FloatArray
from vgdesk.encoders.base import EncoderSpec, Pooling

ROOT = Path(__file__).parents[1]
DEMO = ROOT / "resources/demo.vgdesk"


def people() -> Iterator[tuple[str, Path, str]]:
    """Where recordings of people may lie, with the reason to skip if they do not."""
    yield "KTuberling", ROOT / "build/people/ktuberling", "installer/test fetches them from Debian"
    yield "GCompris", ROOT.parent / "shared/data/people/en_gcompris", "not part of the project"


def recordings(folder: Path, wanted: Sequence[str]) -> list[SpeechItem]:
    """Find recordings of these words, trimmed the way the program proposes it."""
    # KTuberling puts the scene before the word: tv_car.ogg
    files = {file.stem.rpartition("_")[2]: file for file in sorted(folder.glob("*.ogg"))}
    there = [word for word in wanted if word in files]
    return [SpeechItem(w, files[w], *(find_word(read(files[w])) or (0.0, None))) for w in there]


def vectors(spec: EncoderSpec, items: Sequence[SpeechItem]) -> FloatArray:
    """Embed recordings; returns [layers, items, dim]."""
    found = embed(spec, items, cache_folder=None, device="cpu", pooling=Pooling.MEAN)
    of_row = {news.row: news.embedding.values for news in found if isinstance(news, EmbeddedItem)}
    return np.stack([of_row[item.row] for item in items], axis=1)


def similarity(a: FloatArray, b: FloatArray) -> FloatArray:
    """Return the correlation-like cosine of every item of one voice with every item of another.

    The mean of each voice is taken out first: it is the speaker, not the word.
    """
    a, b = (x - x.mean(axis=-2, keepdims=True) for x in (a, b))
    a, b = (x / np.linalg.norm(x, axis=-1, keepdims=True) for x in (a, b))
    return a @ b.swapaxes(-1, -2)
