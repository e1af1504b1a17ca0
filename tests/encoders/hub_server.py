"""A hub of one model on this machine: as much of the real one's interface as a download uses."""

import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

REPO = "somebody/some-model"
COMMIT = "c" * 40
_FILES = f"/{REPO}/resolve/{COMMIT}/"


@dataclass
class Hub:
    """What the server offers and what it was asked for.

    Attributes
    ----------
    cut
        The connection breaks after so many bytes of a file; None never.
    asked
        Path and Range header of every request for a file.
    """

    files: dict[str, bytes]
    cut: int | None = None
    gated: bool = False
    spoil: bool = False
    asked: list[tuple[str, str | None]] = field(default_factory=list)
    endpoint: str = ""

    def listing(self) -> dict[str, object]:
        siblings = [
            {
                "rfilename": name,
                "size": len(content),
                "blobId": hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest(),
                **({"lfs": self._large(content)} if name.endswith(".safetensors") else {}),
            }
            for name, content in self.files.items()
        ]
        return {"id": REPO, "sha": COMMIT, "siblings": siblings}

    def _large(self, content: bytes) -> dict[str, object]:
        digest = hashlib.sha256(content).hexdigest()
        return {"sha256": digest, "size": len(content), "pointerSize": 134}


class _Handler(BaseHTTPRequestHandler):
    hub: Hub

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        if self.hub.gated:
            self._answer(403, b"{}", {"X-Error-Code": "GatedRepo"})
        elif self.path.split("?")[0] == f"/api/models/{REPO}":
            self._answer(200, json.dumps(self.hub.listing()).encode())
        elif self.path.startswith(_FILES):
            self._send_file(self.hub.files[self.path.removeprefix(_FILES)])
        else:
            self._answer(404, b"{}", {"X-Error-Code": "RepoNotFound"})

    def _send_file(self, content: bytes) -> None:
        wanted = self.headers.get("Range")
        self.hub.asked.append((self.path.rsplit("/", 1)[1], wanted))
        start = int(wanted.removeprefix("bytes=").rstrip("-")) if wanted else 0
        rest = content[start:] if not self.hub.spoil else bytes(len(content) - start)
        self.send_response(206 if wanted else 200)
        self.send_header("Content-Length", str(len(rest)))
        self.end_headers()
        self.wfile.write(rest if self.hub.cut is None else rest[: self.hub.cut])
        self.close_connection = True

    def _answer(self, code: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response(code)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def serve(hub: Hub) -> Iterator[Hub]:
    """Run the hub until the block ends."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"hub": hub}))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    hub.endpoint = f"http://127.0.0.1:{server.server_port}"
    try:
        yield hub
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
