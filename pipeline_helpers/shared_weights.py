"""The classroom checkpoint as float32: one copy of its weights in memory for all kernels and users of a machine.

The package carries float16 weights, and whoever loads those has a float32 copy of 90 MB of their own. Weights that lie
on the disk as float32 are mapped as they are: every kernel looks at the same pages.

    python -m pipeline_helpers.shared_weights       makes that folder beside the environment, for all who use it

Who finds none there makes one in their own cache.
"""

import errno
import hashlib
import os
import shutil
import stat
import sys
from contextlib import suppress
from functools import cache
from pathlib import Path
from uuid import uuid4

from pipeline_helpers.language import say

SOURCE = Path(__file__).parent / "classroom"
WEIGHTS = "model.safetensors"
PATIENCE = 60.0  # seconds to wait for another process that is making the same folder


def shared_folder() -> Path:
    """Where it lies for all users of this environment."""
    return Path(sys.prefix) / "share" / "pipeline_helpers" / "classroom"


def own_folder() -> Path:
    """Where it lies for this user alone; each environment has one, since its course may be of another version.

    Raises:
        RuntimeError: this user has no home.
    """
    from platformdirs import user_cache_path

    return user_cache_path("pipeline_helpers") / hashlib.sha256(bytes(SOURCE)).hexdigest()[:12] / "classroom"


def classroom() -> Path:
    """The folder to load the classroom checkpoint from: the shared one, else one's own, else the package's."""
    if is_current(shared_folder()):
        return shared_folder()
    with suppress(RuntimeError):
        _try_to_make(own_folder())
        if is_current(own_folder()):
            return own_folder()
    return SOURCE


@cache
def _try_to_make(folder: Path) -> None:
    # Once a process: a full disk is not asked again by each view. Whatever goes wrong, the package's folder is there.
    with suppress(Exception):
        make(folder)


def is_current(folder: Path) -> bool:
    """Whether `folder` is whole, made from what the package holds now, and nobody but root and oneself can change it.

    All files but the weights are compared. Of the weights the beginning of each tensor is: their sum was compared when
    they were made, and would take longer than loading them.
    """
    from safetensors import SafetensorError

    try:
        return (
            _safe(folder)
            and _names(folder) == _names(SOURCE)
            and all(_safe(folder / name) and _matches(folder / name, SOURCE / name) for name in _names(SOURCE))
        )
    except (OSError, SafetensorError):
        return False


def _names(folder: Path) -> list[str]:
    """Its files, without what a file browser or an editor hides in a folder."""
    return sorted(name for name in os.listdir(folder) if not name.startswith("."))


def _safe(path: Path) -> bool:
    """Whether it is a file or folder itself and no link, of root or of this user, and not for everybody to write."""
    found = path.lstat()
    plain = stat.S_ISREG(found.st_mode) or stat.S_ISDIR(found.st_mode)
    if not hasattr(os, "getuid"):  # Windows has neither such owners nor such modes
        return plain
    return plain and found.st_uid in (0, os.getuid()) and not found.st_mode & stat.S_IWOTH


def _matches(file: Path, source: Path) -> bool:
    if file.name != WEIGHTS:
        return file.read_bytes() == source.read_bytes()
    import numpy
    from safetensors import safe_open

    # Values and not times: a copy of the course has other times, and a reproducible archive has the same for all.
    with safe_open(file, "numpy") as ours, safe_open(source, "numpy") as theirs:
        return sorted(ours.keys()) == sorted(theirs.keys()) and all(
            ours.get_slice(name).get_dtype() == "F32"
            and ours.get_slice(name).get_shape() == theirs.get_slice(name).get_shape()
            and numpy.array_equal(ours.get_slice(name)[:1], theirs.get_slice(name)[:1])
            for name in theirs.keys()  # noqa: SIM118 (it is no mapping)
        )


def make(folder: Path) -> None:
    """Make `folder`, whole or not at all; one that is current stays as it is, and another one is replaced.

    Kernels that have mapped the old one keep it: its pages stay until the last of them ends.

    Raises:
        OSError: it can't be written (TimeoutError: another process has been at it for a minute), or what was read back
            is not what was written.
    """
    from filelock import FileLock

    folder.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(folder.with_suffix(".lock"), timeout=PATIENCE, fallback_to_soft=False):
        if is_current(folder):
            return
        # Whoever holds the lock is the only one at work: what else lies here was left by one that was killed.
        for left in folder.parent.glob("draft-*"):
            shutil.rmtree(left, ignore_errors=True)
        drafts = folder.with_name(f"draft-{uuid4().hex}")
        try:
            draft = drafts / "new" / folder.name
            draft.mkdir(parents=True)
            _fill(draft)
            if os.path.lexists(folder):
                folder.rename(drafts / "old")
            os.replace(draft, folder)
        finally:
            shutil.rmtree(drafts, ignore_errors=True)


def _fill(folder: Path) -> None:
    import numpy
    from safetensors.numpy import load_file, save

    for name in _names(SOURCE):
        if name != WEIGHTS:
            shutil.copyfile(SOURCE / name, folder / name)
    weights = {name: values.astype(numpy.float32) for name, values in load_file(SOURCE / WEIGHTS).items()}
    content = save(weights, metadata={"format": "pt"})
    with (folder / WEIGHTS).open("wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    with (folder / WEIGHTS).open("rb") as stream:
        read_back = hashlib.file_digest(stream, "sha256").digest()
    for path in (folder, *folder.iterdir()):  # to be read by all and written by one, whatever the umask says
        path.chmod(0o755 if path == folder else 0o644)
    if read_back != hashlib.sha256(content).digest() or not is_current(folder):
        raise OSError(errno.EIO, os.strerror(errno.EIO), str(folder))


def main() -> int:
    """Make the shared folder and say so in one sentence; 1 when it can't be made."""
    folder = shared_folder()
    os.umask(0o022)  # the folders above it too are there for all, whatever root keeps to itself otherwise
    if is_current(folder):
        print(say("checkpoints.shared", folder=folder))
        return 0
    try:
        make(folder)
    except OSError as error:
        print(say("checkpoints.not_shared", folder=folder, reason=error.strerror or error), file=sys.stderr)
        return 1
    print(say("checkpoints.shared", folder=folder))
    return 0


if __name__ == "__main__":
    sys.exit(main())
