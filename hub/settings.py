"""What `make hub` was asked for, handed from its command to JupyterHub's configuration in one environment variable."""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

COURSE = Path(__file__).resolve().parent.parent
"""The folder of the course: its lessons are copied from here."""
_VARIABLE = "PIPELINE_CLASS"


@dataclass(frozen=True)
class Settings:
    """A class.

    Attributes:
        folder: where the students' folders and the hub's own files lie; absolute.
        lang: the language that lessons open in, a code of ISO 639-1; "" leaves it to each student.
        address: the address to listen on; "" is all of this machine's.
        port: where the class finds the hub; the two ports after it are used on loopback alone.
        memory: bytes that one student's server and kernels may take together.
        idle: minutes without activity after which a student's server is stopped; 0 is never.
        names: who may come in; empty is whoever reaches the port.
        teachers: who may see the hub's admin page, and every student's server through it.
        certificate: paths of a certificate and its key, for HTTPS; empty is HTTP.
        prefix: what a student's Unix user has before the student's name, so that nobody gets an account of the machine.
    """

    folder: str
    lang: str = ""
    address: str = ""
    port: int = 8000
    memory: int = 2 * 1024**3
    idle: float = 60.0
    names: tuple[str, ...] = ()
    teachers: tuple[str, ...] = ()
    certificate: tuple[str, ...] = ()
    prefix: str = "ph-"

    @property
    def homes(self) -> Path:
        """Where each student has a folder."""
        return Path(self.folder, "homes")

    @property
    def state(self) -> Path:
        """The hub's own files: passwords, cookie secret, database. Nobody but root may look into it."""
        return Path(self.folder, "state")

    @property
    def passwords(self) -> str:
        """The file of hashed passwords; what its name ends in depends on Python's `dbm`."""
        return str(self.state / "passwords")


def hand_over(settings: Settings) -> None:
    """Put `settings` where `handed_over` finds it, in this process and what it becomes."""
    os.environ[_VARIABLE] = json.dumps(asdict(settings))


def handed_over() -> Settings:
    """What `hand_over` put there.

    Raises:
        RuntimeError: JupyterHub was not started by `make hub`.
    """
    if _VARIABLE not in os.environ:
        raise RuntimeError("This configuration belongs to `make hub`, or `python -m hub`: start the hub with that.")
    fields: dict[str, Any] = json.loads(os.environ[_VARIABLE])
    lists = {key: tuple(value) for key, value in fields.items() if isinstance(value, list)}
    return Settings(**(fields | lists))
