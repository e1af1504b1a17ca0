import errno
import stat
from pathlib import Path


def expect_plain_file(file: Path) -> None:
    """Raise OSError unless this is a regular file: a pipe would block, a device may never end."""
    mode = file.stat().st_mode
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, "it is a folder", str(file))
    if not stat.S_ISREG(mode):
        raise OSError(errno.EINVAL, "it is not a file", str(file))
