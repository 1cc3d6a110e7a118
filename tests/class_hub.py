"""A hub for the tests: started as `make hub` starts it, on loopback, with users of its own who are removed afterwards.

It needs root, and an environment that all may read. Where this one can't be read by all (a checkout in somebody's
home, a Python of root's), one is put together from copies, in a folder of root's under /tmp.
"""

import contextlib
import os
import pwd
import secrets
import select
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

from hub import checks
from hub.memory import find_groups
from hub.ports import free_ports

ROOT = Path(__file__).parent.parent
LIBRARY = f"lib/python{sys.version_info.major}.{sys.version_info.minor}"
# pytest is started with a language, a backend and more of its own; a hub gets what a teacher's shell has.
PLAIN = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "HOME": "/root"}


@contextlib.contextmanager
def shared_environment() -> Iterator[Path]:
    """The folder of a course whose environment, `.venv`, all may read and only root may write to."""
    folder = Path("/tmp", f"class-{secrets.token_hex(4)}")
    try:
        folder.mkdir(mode=0o755)
        course = folder / "course"
        for part in ("hub", "notebooks", "pipeline_helpers"):
            shutil.copytree(
                ROOT / part, course / part, ignore=shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints")
            )
        _environment(course, _interpreter(folder))
        _copy(ROOT / "tests" / "stopped_saves.py", course / "stopped_saves.py")
        subprocess.run(["chmod", "-R", "go=u-w", folder], check=True)
        yield course
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _interpreter(folder: Path) -> Path:
    """A Python that all may run: this one, or a copy of it without what was installed into it."""
    base = Path(sys.base_prefix)
    python = base / "bin" / LIBRARY.removeprefix("lib/")
    if checks.not_shareable([python.resolve(), base / LIBRARY]) is None:
        return python
    (folder / "python" / "bin").mkdir(parents=True)
    _copy(python, folder / "python" / "bin" / python.name)
    left = shutil.ignore_patterns("site-packages", "test", "tests", "config-*", "*.a")
    shutil.copytree(base / LIBRARY, folder / "python" / LIBRARY, ignore=left, symlinks=True)
    for library in (base / "lib").glob("libpython*.so*"):
        _copy(library, folder / "python" / "lib" / library.name)
    return folder / "python" / "bin" / python.name


def _environment(course: Path, python: Path) -> None:
    environment = course / ".venv"
    subprocess.run([python, "-m", "venv", "--without-pip", environment], check=True, env=PLAIN | libraries(course))
    installed = [Path(entry) for entry in sys.path if Path(entry).name in ("site-packages", "dist-packages")]
    lines = [str(course)]
    for number, packages in enumerate(installed):
        if checks.not_shareable([packages]) is not None:
            subprocess.run(["cp", "-a", "--reflink=auto", packages, course.parent / f"packages{number}"], check=True)
            packages = course.parent / f"packages{number}"
        lines.append(str(packages))
    (environment / LIBRARY / "site-packages" / "class.pth").write_text("\n".join(lines) + "\n")
    for part in ("share", "proxy"):
        source = Path(sys.prefix, part)
        if checks.not_shareable([source]) is not None:
            subprocess.run(["cp", "-a", "--reflink=auto", source, course.parent / part], check=True)
            source = course.parent / part
        (environment / part).symlink_to(source)
    shutil.copytree(Path(sys.prefix, "etc"), environment / "etc", dirs_exist_ok=True)
    extension = environment / "etc" / "jupyter" / "jupyter_server_config.d" / "stopped_saves.json"
    extension.parent.mkdir(parents=True, exist_ok=True)
    extension.write_text('{"ServerApp": {"jpserver_extensions": {"stopped_saves": true}}}')


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(source, target)


def libraries(course: Path) -> dict[str, str]:
    """Where a copied Python finds its own library."""
    return {"LD_LIBRARY_PATH": str(course.parent / "python" / "lib")}


class Hub:
    """A hub that runs: `url`, `folder` (the class's), `groups`, and `process`, its own. Start it again after a kill."""

    def __init__(self, course: Path, **options: str) -> None:
        self.course, self.prefix = course, f"t{secrets.token_hex(2)}-"
        self.folder = Path("/tmp", f"class-{secrets.token_hex(4)}")
        self.port = free_ports(3)
        self.url = f"http://127.0.0.1:{self.port}"
        self.options = options
        self.said: list[str] = []

    @property
    def groups(self):
        """Where the students' memory is limited, if anywhere."""
        return find_groups(f"pipeline-{self.prefix.strip('-')}")

    def start(self) -> None:
        """`make hub`'s own command, up to the moment when the hub says that it is there."""
        command: list[str | Path] = [
            self.course / ".venv" / "bin" / "python", "-m", "hub", "--class", self.folder, "--prefix", self.prefix,
            "--address", "127.0.0.1", "--port", str(self.port),
        ]  # fmt: skip
        for name, value in self.options.items():
            command += [f"--{name}", value]
        self.process = subprocess.Popen(
            command, cwd=self.course, env=PLAIN | libraries(self.course) | {"SECRET_OF_ROOT": "not for students"},
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
        )  # fmt: skip
        ready = threading.Event()
        threading.Thread(target=self._listen, args=(ready, self.process.stdout), daemon=True).start()
        ready.wait()
        assert self.process.poll() is None, "".join(self.said)

    def _listen(self, ready: threading.Event, stream) -> None:
        # Read to its end: the students' servers, which outlive a hub that was killed, write here too.
        for line in stream:
            self.said.append(line)
            if "JupyterHub is now running" in line:
                ready.set()
        ready.set()

    def kill(self) -> None:
        """SIGKILL to the hub alone."""
        self.process.kill()
        self.process.wait()

    def user(self, name: str) -> pwd.struct_passwd:
        """The Unix user of a student."""
        return pwd.getpwnam(self.prefix + name)

    def home(self, name: str) -> Path:
        """The folder of a student."""
        return Path(self.user(name).pw_dir)

    def server(self, name: str) -> int:
        """The process of a student's server."""
        (found,) = [pid for pid in _processes(self.user(name).pw_uid) if "jupyterhub.singleuser" in _line(pid)]
        return found

    def remove(self) -> None:
        """Stop the hub and take away all that it has made, whatever has happened before."""
        if (process := getattr(self, "process", None)) is not None:
            process.terminate()
            process.wait()
        with contextlib.suppress(FileNotFoundError, ValueError, ProcessLookupError):
            os.kill(int((self.folder / "state" / "proxy.pid").read_text()), signal.SIGKILL)
        for entry in pwd.getpwall():
            if entry.pw_name.startswith(self.prefix):
                for pid in _processes(entry.pw_uid):
                    kill_and_wait(pid)
                subprocess.run(["userdel", entry.pw_name], check=True)
        if (groups := self.groups) is not None:
            for group in groups.folder.iterdir():
                if group.is_dir():
                    groups.remove(group.name)
            groups.folder.rmdir()
        shutil.rmtree(self.folder, ignore_errors=True)


def wait_for_end(pid: int) -> None:
    """Return when the process `pid` is gone."""
    with contextlib.suppress(ProcessLookupError):
        handle = os.pidfd_open(pid)
        select.select([handle], [], [])
        os.close(handle)


def kill_and_wait(pid: int) -> None:
    """SIGKILL, and return when it has come to pass."""
    with contextlib.suppress(ProcessLookupError):
        handle = os.pidfd_open(pid)
        os.kill(pid, signal.SIGKILL)
        select.select([handle], [], [])
        os.close(handle)


def _processes(uid: int) -> list[int]:
    found = []
    for entry in Path("/proc").iterdir():
        with contextlib.suppress(FileNotFoundError):
            if entry.name.isdigit() and entry.stat().st_uid == uid and _line(int(entry.name)):
                found.append(int(entry.name))
    return found


def _line(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
    except (FileNotFoundError, ProcessLookupError):
        return ""
