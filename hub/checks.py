"""What has to be so before a class may come in. Each fault is one sentence that says what to do."""

import os
import stat
import sys
import sysconfig
from collections.abc import Iterable
from pathlib import Path

from hub.settings import COURSE


def not_root() -> str | None:
    """Only root can give each student a user and a folder of their own."""
    if os.geteuid() == 0:
        return None
    return "The hub makes a Unix user for each student, which needs root: sudo make hub"


def not_shareable(paths: Iterable[Path] | None = None) -> str | None:
    """Every student runs the environment, so all must be able to read it, and nobody but root may write to it.

    Args:
        paths: files and folders, each of which is held to this with all folders above it; those of this environment
            where none are given.
    """
    for path in paths or _environment():
        if fault := _fault(path):
            interpreter = not path.is_relative_to(COURSE) and not path.is_relative_to(sys.prefix)
            advice = (
                "use a Python that all may run, as /usr/bin/python3 is: make clean hub PYTHON=/usr/bin/python3"
                if interpreter
                else "move the course to a folder that only root can write to, such as /opt/pipeline, and start there"
            )
            return f"{fault}; students need {path}: {advice}."
    return None


def _environment() -> list[Path]:
    python = Path(sys.executable)
    folders = [COURSE, COURSE / "notebooks", COURSE / "hub", COURSE / "pipeline_helpers", Path(sys.prefix)]
    library = [Path(sysconfig.get_path(name)) for name in ("stdlib", "purelib")]
    return [*folders, python, python.resolve(), Path(sys.base_prefix), *library]


def _fault(path: Path) -> str | None:
    """What is wrong with `path`, or with the first folder above it that is wrong, seen from the root."""
    for step in [*reversed(path.parents), path]:
        state = step.stat()
        mode = state.st_mode
        needed = stat.S_IXOTH if stat.S_ISDIR(mode) and step != path else stat.S_IXOTH | stat.S_IROTH
        if mode & needed != needed:
            return f"{step} can't be read by all"
        if state.st_uid != 0:
            return f"{step} belongs to another user than root"
        others = mode & stat.S_IWOTH or (mode & stat.S_IWGRP and state.st_gid != 0)
        if others and not (mode & stat.S_ISVTX and step != path):  # in /tmp nobody removes what is another's
            return f"{step} can be written to by others than root"
    return None
