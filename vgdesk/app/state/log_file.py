import logging
from logging.handlers import RotatingFileHandler
from pathlib import Path

from vgdesk.app.state.settings import user_folder

LOG_FILE = "vgdesk.log"


def keep_log() -> Path | None:
    """Also write the log to a file in the user's folder; returns the file.

    None if it cannot be written; the log then goes only to standard error.
    """
    file = user_folder("data") / LOG_FILE
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        handler = RotatingFileHandler(file, maxBytes=500_000, backupCount=1, encoding="utf-8")
    except OSError:
        return None
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    logging.getLogger("vgdesk").addHandler(handler)
    return file
