"""How a student's server saves: a notebook is on the disk whole, in its old state or in its new one, whoever is killed.

Jupyter's own way copies the old file aside, then empties the notebook and writes into it: a server that is killed
there leaves half a notebook, and one that was saved for the first time is lost.
"""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from jupyter_server.services.contents.largefilemanager import AsyncLargeFileManager

from hub.copy_lessons import HALF


class WholeFiles(AsyncLargeFileManager):
    """Jupyter's files, saved by writing beside and putting in place in one step."""

    @contextmanager
    def atomic_writing(self, os_path: str, text: bool = True, encoding: str = "utf-8", **kwargs: Any) -> Iterator[Any]:
        """A file to write to that takes the place of `os_path` when all is written; on an error nothing has changed.

        Who may read and write it stays as it was. Behind a symbolic link the file that it leads to is replaced.
        """
        path = os.path.realpath(os_path)
        with self.perm_to_403(os_path):
            if os.path.exists(path) and not os.access(path, os.W_OK):  # a file that is protected stays so
                raise PermissionError(13, "Permission denied", path)
            # In the same folder, where replacing is one step; hidden, so that nobody sees it come and go; and named so
            # that Jupyter does not take it for the copy that it looks for beside a notebook that it can't read.
            handle, draft = tempfile.mkstemp(prefix=".", suffix=HALF, dir=os.path.dirname(path))
            try:
                kwargs = {"encoding": encoding, "newline": "\n"} | kwargs if text else kwargs
                with open(handle, "w" if text else "wb", **kwargs) as file:
                    yield file
                    file.flush()
                    os.fsync(file.fileno())
                os.chmod(draft, _mode(path))
                os.replace(draft, path)
            except BaseException:
                with suppress(OSError):
                    os.unlink(draft)
                raise


def _mode(path: str) -> int:
    """The mode that the file has, or what a new one would get."""
    with suppress(FileNotFoundError):
        return os.stat(path).st_mode & 0o7777
    os.umask(mask := os.umask(0o077))
    return 0o666 & ~mask
