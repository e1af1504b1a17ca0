"""Signatures that prove that vgdesk wrote something for this user on this computer.

Between an import and the next save, a journal names sound files outside its project. Such lines
could be forged, so they count only with a signature, whose key never leaves the user's folder.
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
    """Sign a text; empty if no key can be stored."""
    key = _key(user_folder("data") / KEY_FILE)
    return _digest(key, text) if key else ""


def is_signed(text: str, signature: str) -> bool:
    """Return whether `sign` made this signature for this user."""
    key = _key(user_folder("data") / KEY_FILE)
    return bool(key) and hmac.compare_digest(_digest(key, text), signature)


def _digest(key: bytes, text: str) -> str:
    content = text.encode("utf-8", "surrogatepass")
    return hmac.new(key, content, hashlib.sha256).hexdigest()


@lru_cache(maxsize=4)
def _key(file: Path) -> bytes:
    """Read or create the key; empty if that is not possible."""
    try:
        if not file.exists() or file.stat().st_size != _KEY_BYTES:
            file.parent.mkdir(parents=True, exist_ok=True)
            replace_bytes(file, secrets.token_bytes(_KEY_BYTES))
            file.chmod(0o600)
        return file.read_bytes()
    except OSError:
        return b""
