"""Proof that vgdesk wrote something for this user on this computer.

A journal names sound files outside of its project between an import and the next save. Anybody
can write such a line, so it counts only with a signature, which needs a key that never leaves the
user's own folder.
"""

import hashlib
import hmac
import secrets
from functools import lru_cache
from pathlib import Path

from vgdesk.app.formats.text_file import replace_bytes
from vgdesk.app.state.settings import user_folder

KEY_FILE = "signing.key"
_KEY_BYTES = 32


def sign(text: str) -> str:
    """Sign a text; empty if no key can be kept."""
    key = _key(user_folder("data") / KEY_FILE)
    return _digest(key, text) if key else ""


def is_signed(text: str, signature: str) -> bool:
    """Tell whether `sign` made this signature for this user."""
    key = _key(user_folder("data") / KEY_FILE)
    return bool(key) and hmac.compare_digest(_digest(key, text), signature)


def _digest(key: bytes, text: str) -> str:
    content = text.encode("utf-8", "surrogatepass")
    return hmac.new(key, content, hashlib.sha256).hexdigest()


@lru_cache(maxsize=4)
def _key(file: Path) -> bytes:
    """Read the key, or make one; empty if that is not possible."""
    try:
        if not file.exists() or file.stat().st_size != _KEY_BYTES:
            file.parent.mkdir(parents=True, exist_ok=True)
            replace_bytes(file, secrets.token_bytes(_KEY_BYTES))
            file.chmod(0o600)
        return file.read_bytes()
    except OSError:
        return b""
