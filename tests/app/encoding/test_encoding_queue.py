"""Encoding by way of the encoder process, without a process: jobs run where they are asked for."""

from dataclasses import replace
from pathlib import Path

from tests.app.encoding.test_gate_encoding import Here
from vgdesk.app.encoding.encoding_queue import AT_ONCE, EncodeOptions, EncodingQueue
from vgdesk.app.project.project_file import open_project
from vgdesk.app.state.events import Events
from vgdesk.core.model import Cell, EncoderId, Session
from vgdesk.core.notices import Notice
from vgdesk.core.resources import resource
from vgdesk.core.stack import Embedding
from vgdesk.core.viewing import Rows, ViewRecipe
from vgdesk.encoders import ENCODERS


def encode_all(session: Session, cache: Path) -> tuple[list[Embedding], list[Notice]]:
    """Encode a session from beginning to end."""
    events = Events()
    arrived: list[Embedding] = []
    notices: list[Notice] = []
    events.notice.subscribe(notices.append)
    events.vector_ready.subscribe(arrived.append)
    encoded(session, cache, events)
    return arrived, notices


def encoded(session: Session, cache: Path, events: Events) -> EncodingQueue:
    here = Here()
    encoding = EncodingQueue(
        here,  # type: ignore[arg-type]
        events,
        spec_of=ENCODERS.get,
        options=lambda: EncodeOptions(cache, "cpu"),
    )
    encoding.session_changed(session, ViewRecipe())
    while here.jobs:
        here.work()
    return encoding


def test_damaged_vectors_are_computed_again_and_counted_once(tmp_path: Path) -> None:
    demo = open_project(resource("demo.vgdesk")).session
    session = replace(demo, encoders={Cell.SPEECH: EncoderId("spectrum")})
    before, quiet = encode_all(session, tmp_path)
    assert not quiet
    damaged = AT_ONCE + 2  # more than one job meets
    files = sorted(tmp_path.rglob("*.safetensors"))
    for file in files[:damaged]:
        content = bytearray(file.read_bytes())
        content[-2] ^= 1
        file.write_bytes(content)
    after, notices = encode_all(session, tmp_path)
    assert [n.message for n in notices] == [
        f"{damaged} cached vectors were damaged and recomputed."
    ]
    assert {e.key: e.values.tobytes() for e in after} == {e.key: e.values.tobytes() for e in before}
    assert encode_all(session, tmp_path)[1] == []


def test_takes_of_a_word_are_averaged_by_speaker(tmp_path: Path) -> None:
    demo = open_project(resource("demo.vgdesk")).session
    word = next(iter(demo.words))
    first, *others = demo.takes_of(word)
    speakers = {first.id: "anna", **{take.id: "" for take in others}}
    takes = {take.id: replace(take, speaker=speakers[take.id]) for take in (first, *others)}
    session = replace(demo, takes=takes, encoders={Cell.SPEECH: EncoderId("spectrum")})
    encoding = encoded(session, tmp_path, Events())
    single, words = (encoding.plan(Cell.SPEECH, rows) for rows in (Rows.TAKES, Rows.WORDS))
    assert single is not None
    assert words is not None
    key = {row: key for row, _, ((key,),) in single.rows}
    voices = ((key[first.id],), tuple(key[take.id] for take in others))
    assert words.rows == ((word, word, voices),)
