"""A memory limit for all that one student runs, by the kernel's control groups, version 1 or 2.

A limit on addresses (RLIMIT_AS) would count the weights that all students map from one file; a group counts what is
private, and gives mapped files back when it gets tight. The process that takes most dies alone: a Jupyter kernel, and
JupyterLab says so.
"""

import os
import signal
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Groups:
    """The control groups of a class.

    Attributes:
        folder: where each student's group is a folder.
        version: 1 or 2, of the kernel's control groups.
    """

    folder: Path
    version: int

    def make(self, name: str, limit: int) -> None:
        """A group `name` whose processes may take `limit` bytes together, and no swap.

        Raises:
            OSError: the system does not let us.
        """
        group = self.folder / name
        group.mkdir(exist_ok=True)
        if self.version == 2:
            (group / "memory.max").write_text(str(limit))
            with suppress(FileNotFoundError):  # a system without swap
                (group / "memory.swap.max").write_text("0")
            return
        memory_and_swap = group / "memory.memsw.limit_in_bytes"
        with suppress(FileNotFoundError):  # this one is never below the other, so it is lifted first
            memory_and_swap.write_text("-1")
        (group / "memory.limit_in_bytes").write_text(str(limit))
        with suppress(FileNotFoundError):
            memory_and_swap.write_text(str(limit))

    def join(self, name: str) -> None:
        """Put this process, and all that it starts, into the group `name`."""
        (self.folder / name / "cgroup.procs").write_text(str(os.getpid()))

    def remove(self, name: str) -> bool:
        """End what still runs in the group `name` and remove it; False while something there is still ending."""
        group = self.folder / name
        try:
            for pid in (group / "cgroup.procs").read_text().split():
                with suppress(ProcessLookupError):
                    os.kill(int(pid), signal.SIGKILL)
            group.rmdir()
        except FileNotFoundError:
            return True
        except OSError:
            return False
        return True


def find_groups(name: str, root: Path = Path("/sys/fs/cgroup")) -> Groups | None:
    """The groups of the class `name`; None where the system has none that we may write to, and so no limit holds."""
    if (root / "cgroup.controllers").exists():
        groups = Groups(root / name, 2)
    elif (root / "memory" / "memory.limit_in_bytes").exists():
        groups = Groups(root / "memory" / name, 1)
    else:
        return None
    trial = "trial"
    try:
        if groups.version == 2:
            (root / "cgroup.subtree_control").write_text("+memory")
        groups.folder.mkdir(exist_ok=True)
        if groups.version == 2:
            (groups.folder / "cgroup.subtree_control").write_text("+memory")
        groups.make(trial, 1024**3)
    except OSError:  # read-only, as in most containers; or a kernel without the memory controller
        return None
    groups.remove(trial)
    return groups
