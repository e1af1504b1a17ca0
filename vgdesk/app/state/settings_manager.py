from collections.abc import Callable
from dataclasses import replace

from vgdesk.app.state.settings import Settings, load_settings, save_settings, user_folder
from vgdesk.app.workers.background import UNTIL_WRITTEN, Background
from vgdesk.app.workers.child_process import Post
from vgdesk.core.errors import VgdeskError


class SettingsManager:
    """The settings of this user, written in a separate thread.

    Attributes
    ----------
    notices
        Problems found while reading the file.
    """

    def __init__(self, post: Post, *, failed: Callable[[VgdeskError], object]) -> None:
        self._file = user_folder("config") / "settings.json"
        self._failed = failed
        self._thread = Background("settings", post)
        self.settings, self.notices = load_settings(self._file)

    def configure(self, **changes: object) -> None:
        """Change settings by name and save them."""
        self.change(lambda settings: replace(settings, **changes))  # type: ignore[arg-type]

    def change(self, change: Callable[[Settings], Settings]) -> None:
        """Change settings and save them; changes made in another window are kept."""
        self.settings = change(self.settings)
        self._thread.run(lambda: save_settings(self._file, change), failed=self._failed)

    def close(self) -> None:
        """Wait until the last change is written."""
        self._thread.close(UNTIL_WRITTEN)
