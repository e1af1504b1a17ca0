"""What every test gets, and what none may leave behind.

A test gets no screen, no network and settings of its own. It fails if it leaves threads, processes,
windows or running timers, or if something was logged at WARNING or above that it did not announce
with ``@pytest.mark.logs("part of the message")``.
"""

import gc
import logging
import multiprocessing
import multiprocessing.resource_tracker
import os
import socket
import sys
import threading
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from tests import warm_children

# Read by Qt and by the number libraries when they are imported, so set before anything else.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

# How long an example takes is the affair of the machine, of its disk above all.
settings.register_profile("any speed", settings.default, deadline=None)
settings.load_profile("any speed")

PATIENCE_SECONDS = 3.0


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "logs(part, ...): log messages that this test provokes")


@pytest.fixture(autouse=True)
def own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the settings and caches of the person who runs the tests out of them."""
    monkeypatch.setenv("VGDESK_HOME", str(tmp_path_factory.mktemp("home")))


@pytest.fixture(autouse=True, scope="session")
def no_server_left() -> Iterator[None]:
    """End the server of warm children after the last test."""
    yield
    warm_children.stop_server()


@pytest.fixture(autouse=True, scope="session")
def no_network() -> Iterator[None]:
    """Refuse every connection that leaves this machine."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("connect", "connect_ex"):
            patch.setattr(socket.socket, name, _only_local(getattr(socket.socket, name)))
        yield


def _only_local(connect: Callable[..., Any]) -> Callable[[socket.socket, Any], Any]:
    def connect_here(self: socket.socket, address: Any) -> Any:
        is_local = self.family == getattr(socket, "AF_UNIX", None)
        if not is_local and not str(address[0]).startswith(("127.", "::1", "localhost")):
            raise AssertionError(f"a test tried to reach {address}")
        return connect(self, address)

    return connect_here


@pytest.fixture(autouse=True)
def no_unexpected_log(
    request: pytest.FixtureRequest, caplog: pytest.LogCaptureFixture
) -> Iterator[None]:
    """Fail on warnings in the log, and on announced ones that did not come."""
    yield
    expected = [part for mark in request.node.iter_markers("logs") for part in mark.args]
    records = [
        record.getMessage()
        for phase in ("setup", "call", "teardown")
        for record in caplog.get_records(phase)
        if record.levelno >= logging.WARNING
    ]
    strange = [text for text in records if not any(part in text for part in expected)]
    absent = [part for part in expected if not any(part in text for text in records)]
    if strange or absent:
        pytest.fail(f"unexpected log records: {strange}; announced but absent: {absent}")


@pytest.fixture(autouse=True)
def nothing_left_running() -> Iterator[None]:
    """Fail if threads or child processes outlive the test."""
    threads, children = _threads(), _children()
    yield
    _expect_none("threads", lambda: _threads() - threads)
    _expect_none("child processes", lambda: _children() - children)


@pytest.fixture(autouse=True)
def nothing_left_on_screen() -> Iterator[None]:
    """Fail if windows or running timers outlive the test."""
    windows = _windows()
    gc.freeze()  # so that only what the test itself makes has to be searched for timers
    timers = _timers()
    yield
    try:
        _expect_none("windows", lambda: _windows() - windows)
        _expect_none("running timers", lambda: _timers() - timers)
    finally:
        gc.unfreeze()


def _expect_none(what: str, find: Callable[[], Collection[object]]) -> None:
    """Give what is about to end a moment; what is only held by a reference cycle is collected."""
    if not find():
        return
    give_up = time.monotonic() + PATIENCE_SECONDS
    gc.collect()
    while left := find():
        if time.monotonic() > give_up:
            pytest.fail(f"{what} left behind: {sorted(map(repr, left))}")
        time.sleep(0.02)
        gc.collect()  # a thread that has just ended may have been the last to hold others


def _threads() -> set[threading.Thread]:
    # Threads of C libraries that called Python once stay listed for ever, and so does the one
    # monitor of all progress bars that transformers shows.
    ignored = ("_DummyThread", "TMonitor")
    return {t for t in threading.enumerate() if type(t).__name__ not in ignored}


def _children() -> set[int]:
    """Return the process ids of the children; multiprocessing keeps one of its own."""
    found = {child.pid or 0 for child in multiprocessing.active_children()}
    for listing in Path("/proc/self/task").glob("*/children"):
        with suppress(FileNotFoundError):  # of a thread that has just ended
            found.update(map(int, listing.read_text().split()))
    own = getattr(multiprocessing.resource_tracker._resource_tracker, "_pid", None)
    return found - {own, warm_children.server()}


def _windows() -> set[Any]:
    widgets = sys.modules.get("PySide6.QtWidgets")
    app = widgets and widgets.QApplication.instance()
    if not app:
        return set()
    app.sendPostedEvents(None, sys.modules["PySide6.QtCore"].QEvent.Type.DeferredDelete.value)
    return set(app.topLevelWidgets())


def _timers() -> set[Any]:
    """Return the running timers: those not frozen, and those that the application owns."""
    core = sys.modules.get("PySide6.QtCore")
    app = core and core.QCoreApplication.instance()
    if not core or not app:
        return set()
    is_valid = sys.modules["shiboken6"].isValid
    made = [thing for thing in gc.get_objects() if issubclass(type(thing), core.QTimer)]
    seen = [timer for timer in made if is_valid(timer)]
    return {timer for timer in (*seen, *app.findChildren(core.QTimer)) if timer.isActive()}
