"""Gates by way of the encoder process, without a process: the job is run where it is asked for."""

import inspect
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from vgdesk.app.encoding.encoding_queue import EncodeOptions
from vgdesk.app.encoding.gate_encoding import KEPT, SHOWN, GateEncoding
from vgdesk.app.project.project_file import open_project
from vgdesk.app.state.events import Events
from vgdesk.app.workers.child_process import Job
from vgdesk.core.errors import VgdeskError
from vgdesk.core.model import Take, TakeId
from vgdesk.core.resources import resource
from vgdesk.encoders import ENCODERS

SPECTRUM = ENCODERS["spectrum"]


class Here:
    """Takes jobs as a child process does; `work` does all that wait."""

    def __init__(self) -> None:
        self.jobs: list[Job] = []

    def submit(self, job: Job) -> Job:
        for other in [one for one in self.jobs if one.slot == job.slot]:
            self.jobs.remove(other)
            other.on_end(False)
        self.jobs.append(job)
        return job

    def work(self) -> None:
        jobs, self.jobs = self.jobs, []
        for job in jobs:
            made: Any = job.call(*job.arguments())
            assert inspect.isgenerator(made)
            is_done = True
            try:
                for value in made:
                    job.on_value(value)
            except VgdeskError as error:
                is_done = False
                job.on_error(error)
            job.on_end(is_done)


@pytest.fixture
def here() -> Here:
    return Here()


@pytest.fixture
def takes() -> list[Take]:
    return list(open_project(resource("demo.vgdesk")).session.takes.values())


def encoding(here: Here, events: Events | None = None) -> GateEncoding:
    return GateEncoding(
        here,  # type: ignore[arg-type]
        events or Events(),
        spec_of=ENCODERS.get,
        options=lambda: EncodeOptions(None, "cpu"),
    )


def test_gates_come_after_a_while_and_stay(here: Here, takes: list[Take]) -> None:
    events, news = Events(), []
    events.gates_ready.subscribe(news.append)
    gates = encoding(here, events)
    assert gates.of(SPECTRUM.id, takes[0], "mean") is None
    assert gates.of(SPECTRUM.id, takes[0], "mean") is None
    assert len(here.jobs) == 1
    here.work()
    assert news == [takes[0].id]
    found = gates.of(SPECTRUM.id, takes[0], "mean")
    assert isinstance(found, tuple)
    assert [one.heard.condition for one in found] == list(SHOWN)
    for one in found:
        assert len(one.stack.rows) == len(one.heard.times)
        assert one.stack.layers == SPECTRUM.layers
    start, end, padded = found
    # The whole word is the same, however one got there; its first part is not.
    for other in (end, padded):
        assert np.array_equal(start.stack.values[:, -1], other.stack.values[:, -1])
        assert not np.array_equal(start.stack.values[:, 0], other.stack.values[:, 0])
    assert gates.of(SPECTRUM.id, takes[0], "mean") is found
    assert not here.jobs


def test_the_newest_word_replaces_one_that_waits(here: Here, takes: list[Take]) -> None:
    gates = encoding(here)
    for take in takes[:3]:
        gates.of(SPECTRUM.id, take, "mean")
    assert len(here.jobs) == 1
    here.work()
    assert isinstance(gates.of(SPECTRUM.id, takes[2], "mean"), tuple)
    assert gates.of(SPECTRUM.id, takes[0], "mean") is None


def test_another_trim_is_another_word(here: Here, takes: list[Take]) -> None:
    gates = encoding(here)
    gates.of(SPECTRUM.id, takes[0], "mean")
    here.work()
    assert gates.of(SPECTRUM.id, replace(takes[0], end=0.4), "mean") is None


@pytest.mark.slow
def test_only_the_last_few_words_are_kept(here: Here, takes: list[Take]) -> None:
    gates = encoding(here)
    for take in takes[: KEPT + 1]:
        gates.of(SPECTRUM.id, take, "mean")
        here.work()
    assert isinstance(gates.of(SPECTRUM.id, takes[KEPT], "mean"), tuple)
    assert gates.of(SPECTRUM.id, takes[0], "mean") is None


def test_a_missing_file_is_reported_and_retried_later(here: Here, takes: list[Take]) -> None:
    gates = encoding(here)
    gone = replace(takes[0], id=TakeId("gone"), file=takes[0].file.with_name("gone.flac"))
    gates.of(SPECTRUM.id, gone, "mean")
    here.work()
    answer = gates.of(SPECTRUM.id, gone, "mean")
    assert isinstance(answer, VgdeskError)
    assert "gone.flac" in answer.message
    gates.of(SPECTRUM.id, takes[1], "mean")
    here.work()
    assert gates.of(SPECTRUM.id, gone, "mean") is None


def test_a_missing_model_is_reported(here: Here, takes: list[Take]) -> None:
    found = encoding(here).of(SPECTRUM.id.__class__("nobody"), takes[0], "mean")
    assert isinstance(found, VgdeskError)
