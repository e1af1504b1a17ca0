import queue
import time
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass
class MainThread:
    """Plays the event loop: calls that were posted run while a test waits for something."""

    calls: queue.SimpleQueue[Callable[[], object]] = field(default_factory=queue.SimpleQueue)

    def post(self, call: Callable[[], object]) -> None:
        self.calls.put(call)

    def run_until(self, is_true: Callable[[], object], seconds: float = 60.0) -> None:
        """Run what was posted until something is true; queue.Empty if it takes too long."""
        deadline = time.monotonic() + seconds
        while not is_true():
            self.calls.get(timeout=max(0.001, deadline - time.monotonic()))()
