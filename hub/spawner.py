"""Starts a student's server: a Unix user, a folder with the lessons, a memory limit, nothing of root's."""

import asyncio
import os
import pwd
import sys
from collections.abc import Callable
from pathlib import Path

from jupyterhub.spawner import LocalProcessSpawner
from traitlets import Any

from hub.memory import Groups
from hub.ports import free_ports
from hub.settings import COURSE, Settings
from hub.users import unix_name, unix_user

LESSONS = COURSE / "notebooks"
PATIENCE = 120.0
"""Seconds that copying the lessons may take; a folder that a student has filled with oddities costs no more."""


class ClassSpawner(LocalProcessSpawner):
    """JupyterHub's spawner for Unix users, who are made here and kept apart.

    Attributes:
        settings: the class, a `Settings`.
        groups: where memory is limited; None where the system has no place for it.
    """

    settings: Settings = Any().tag(config=True)
    groups: Groups | None = Any(None, allow_none=True).tag(config=True)

    @property
    def unix_name(self) -> str:
        """The student's Unix user."""
        return unix_name(self.user.name, self.settings.prefix)

    async def start(self) -> tuple[str, int]:
        """Make what the server needs, then start it."""
        entry = await unix_user(self.user.name, self.settings.prefix, self.settings.homes)
        await self._copy_lessons(entry)
        if self.groups:
            self.groups.make(self.unix_name, self.settings.memory)
        self.notebook_dir = f"{entry.pw_dir}/notebooks"
        self.port = free_ports()
        return await super().start()

    async def _copy_lessons(self, entry: pwd.struct_passwd) -> None:
        """As the student, in whose folder a link may lead anywhere. A failure costs the lessons, not the server."""
        script = Path(__file__).with_name("copy_lessons.py")
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-I", str(script), str(LESSONS), f"{entry.pw_dir}/notebooks",
            user=entry.pw_uid, group=entry.pw_gid, extra_groups=[], umask=0o077, cwd="/", env=self._plain_environment(),
            stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        try:
            _, said = await asyncio.wait_for(process.communicate(), PATIENCE)
        except TimeoutError:
            process.kill()
            _, said = await process.communicate()
        if process.returncode != 0:
            self.log.error("%s has not got all lessons: %s", self.unix_name, said.decode(errors="replace"))

    def make_preexec_fn(self, name: str) -> Callable[[], None]:  # noqa: ARG002 - the hub's name, not the machine's
        """What the new process does as root before it becomes the student: it goes where its memory is limited."""
        become_the_student = super().make_preexec_fn(self.unix_name)
        groups, group = self.groups, self.unix_name

        def prepare() -> None:
            if groups:
                groups.join(group)
            os.umask(0o077)  # in /tmp too
            become_the_student()

        return prepare

    def user_env(self, env: dict[str, str]) -> dict[str, str]:
        """Who the student is on this machine."""
        entry = pwd.getpwnam(self.unix_name)
        return env | {"USER": self.unix_name, "LOGNAME": self.unix_name, "HOME": entry.pw_dir, "SHELL": entry.pw_shell}

    def get_env(self) -> dict[str, str]:
        """The server's environment: what JupyterHub gives it, and what a lesson needs."""
        lang = {"PIPELINE_HELPERS_LANG": self.settings.lang} if self.settings.lang else {}
        # Thirty kernels on one machine must not fight for its cores: one thread each.
        return super().get_env() | self._plain_environment() | {"OMP_NUM_THREADS": "1"} | lang

    def _plain_environment(self) -> dict[str, str]:
        """Of root's environment the language and where a library lies; the rest is nobody's business."""
        kept = {key: os.environ[key] for key in self.env_keep if key in os.environ}
        return kept | {"PATH": f"{Path(sys.executable).parent}:/usr/local/bin:/usr/bin:/bin"}

    async def _signal(self, sig: int) -> bool:
        """Send a signal to the server; False where it is gone.

        After a restart of the hub its number is all that is known of it, and the system may have given that number to
        another process since: what is not the student's is not the server.
        """
        try:
            if os.stat(f"/proc/{self.pid}").st_uid != pwd.getpwnam(self.unix_name).pw_uid:
                return False
        except (FileNotFoundError, KeyError):
            return False
        return await super()._signal(sig)

    async def run_post_stop_hook(self) -> None:
        """End what the student left running, and give its memory back."""
        for _ in range(50):  # what was killed takes a moment to be gone; what takes longer is ended at the next stop
            if not self.groups or self.groups.remove(self.unix_name):
                return
            await asyncio.sleep(0.1)
