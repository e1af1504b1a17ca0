"""The main job on recordings of people: is a word nearer to the same word than to another?"""

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.app.test_workspace import Desk
from tests.main_thread import MainThread
from tests.voices import DEMO, ROOT, people, recordings, similarity, vectors
from vgdesk.app.encoding.embedding_messages import SpeechItem
from vgdesk.app.project.project_file import open_project
from vgdesk.core.arrays import FloatArray
from vgdesk.core.model import Cell, TakeId, WordId
from vgdesk.core.viewing import Rows, Shown
from vgdesk.encoders import ENCODERS, SPECTRUM, inspect_folder
from vgdesk.encoders.base import EncoderSpec
from vgdesk.encoders.starter import starter_id

pytestmark = pytest.mark.slow
VOICES = ("Adam (synthetic)", "Bella (synthetic)")
WHISPER = ROOT.parent / "shared/data/models/whisper-tiny.en-encoder"


@pytest.fixture(params=list(people()), ids=lambda source: source[0])
def spoken(request: pytest.FixtureRequest) -> list[SpeechItem]:
    """Recordings of demo words by people."""
    name, folder, reason = request.param
    if not folder.is_dir():
        pytest.skip(f"no {name} recordings in {_shown(folder)}: {reason}")
    found = recordings(folder, list(open_project(DEMO).session.words))
    assert len(found) >= 10
    return found


def _shown(folder: Path) -> str:
    return folder.relative_to(ROOT.parent).as_posix()


@cache
def _demo_vectors(spec: EncoderSpec, speaker: str) -> FloatArray:
    takes = open_project(DEMO).session.takes.values()
    items = [SpeechItem(t.id, t.file, t.start, t.end) for t in takes if t.speaker == speaker]
    return vectors(spec, items)


def _alike(
    spec: EncoderSpec, spoken: Sequence[SpeechItem], *speakers: str
) -> tuple[FloatArray, list[int]]:
    """Return [layers, spoken, demo words], averaged over demo voices, and the right answers."""
    theirs = vectors(spec, spoken)
    alike = [similarity(theirs, _demo_vectors(spec, speaker)) for speaker in speakers]
    words = list(open_project(DEMO).session.words)
    return np.mean(alike, axis=0), [words.index(WordId(item.row)) for item in spoken]


def test_the_spectrum_knows_the_words_of_people_above_chance(spoken: list[SpeechItem]) -> None:
    alike, right = _alike(SPECTRUM, spoken, *VOICES)
    finest = alike[-1]
    deal = np.random.default_rng(0)
    chance = [np.mean(_ranks(finest, deal.permutation(right))) for _ in range(2000)]
    assert np.mean(_ranks(finest, right)) < np.quantile(chance, 0.01)


def _ranks(alike: FloatArray, right: Sequence[int]) -> list[int]:
    """Return how many other words are more alike than the right one, for each row."""
    return [int((row > row[answer]).sum()) for row, answer in zip(alike, right, strict=True)]


@pytest.mark.weights
def test_word_identity_rises_with_the_depth_of_a_trained_encoder(spoken: list[SpeechItem]) -> None:
    if not WHISPER.is_dir():
        pytest.skip(f"no model in {_shown(WHISPER)}: not part of the project")
    alike, right = _alike(inspect_folder(WHISPER, is_grounded=False), spoken, VOICES[0])
    found = (alike.argmax(axis=2) == right).mean(axis=1)
    assert found[0] < 0.5
    assert found[-2] > 0.9


@pytest.fixture
def desk() -> Iterator[Desk]:
    made = Desk(MainThread())
    yield made
    made.workspace.close()


@pytest.mark.parametrize("cell", [Cell.SPEECH, Cell.SPEECH_GROUNDED])
def test_the_program_finds_the_words_of_people_among_those_of_the_demo(
    desk: Desk, spoken: list[SpeechItem], cell: Cell, tmp_path: Path
) -> None:
    """The best layer is compared with the best layers that chance gives: p below .001."""
    if starter_id(cell) not in ENCODERS:
        pytest.skip("the starter encoders are not in resources/models")
    desk.open_demo()
    demo = set(desk.workspace.session.takes)
    files = [Path(shutil.copy(item.file, tmp_path / f"{item.row}.ogg")) for item in spoken]
    desk.workspace.imports.take_in(files)
    desk.until(lambda: len(desk.workspace.session.takes) == len(demo) + len(files))
    layers = range(len(ENCODERS[starter_id(cell)].layers))
    found = np.array([_nearest_words(desk, cell, layer, demo) for layer in layers])
    right = np.array([t.word for t in desk.workspace.session.takes.values() if t.id not in demo])
    deal = np.random.default_rng(0)
    chance = [_best(found, deal.permutation(right)) for _ in range(2000)]
    assert _best(found, right) > np.quantile(chance, 0.999)


def _nearest_words(desk: Desk, cell: Cell, layer: int, demo: set[TakeId]) -> list[WordId]:
    """Return the word of the demo take that the word heatmap shows nearest to each new take."""
    name, count = str(layer), len(desk.workspace.session.takes)
    desk.workspace.view_state.change(
        lambda recipe: replace(recipe, a=cell, shown=Shown.A, rows=Rows.TAKES).with_layer(
            cell, layer
        )
    )
    desk.until(
        lambda: (
            len(desk.words[-1].rows) == count
            and desk.words[-1].layer == name
            and desk.words[-1].trace.encoders == (starter_id(cell),)
        )
    )
    shown = desk.words[-1]
    is_demo = np.array([row in demo for row in shown.rows])
    words = np.array(shown.words)
    return list(words[is_demo][shown.values[~is_demo][:, is_demo].argmax(axis=1)])


def _best(found: NDArray[np.str_], right: NDArray[np.str_]) -> float:
    """Return the share of right answers at the layer that has most of them."""
    return float((found == right).mean(axis=1).max())
