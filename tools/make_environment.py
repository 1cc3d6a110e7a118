"""Make `.venv` beside this project and install the project into it, at the versions of `constraints.txt`.

    python3 tools/make_environment.py                what the course needs
    python3 tools/make_environment.py test export    and what its tests and its exports need
    python3 tools/make_environment.py assignment     the course and nbgrader, in `.venv-assignment`

Whatever is done already is not done again: `.venv/installed.json` says what was installed, and where the folder was.
So it also puts right an environment whose folder was moved, whose Python is gone, or whose installation broke off.
It uses nothing newer than Python 3.6, so that an old Python too gets as far as the sentence that tells it so; what
`.venv`'s own Python can do is in scripts of their own, `install_torch.py` and `move_environment.py`.
"""

import errno
import hashlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(os.path.realpath(__file__)).parent.parent
VENV = ROOT / ".venv"
WINDOWS = os.name == "nt"
OLDEST, NEWEST = (3, 11), (3, 14)  # the Pythons that this course was tried on; a test holds CI and conda to them


def main(extras: list) -> None:
    global VENV
    if "assignment" in extras:  # nbgrader puts its buttons and its server's pages into the JupyterLab that it is beside
        VENV = VENV.with_name(".venv-assignment")
    say_if_another_python()
    if not installed(extras):
        with only_one():
            if not installed(extras):  # it was not the one that we waited for
                install(extras)


def installed(extras: list) -> bool:
    """Whether nothing is left to do: packages, weights and folder as they were, and a Python that runs."""
    then = recorded()
    same = then.get("weights") == weights() and then.get("folder") == os.path.realpath(str(VENV))
    return same and has_packages(extras) and runs()


def has_packages(extras: list) -> bool:
    """Whether pip has done its part: the same packages, and at least these extras."""
    then = recorded()
    return then.get("packages") == packages() and set(extras) <= set(then["extras"])


def install(extras: list) -> None:
    """Do what is left to do; end with one sentence where that is impossible."""
    folder = os.path.realpath(str(VENV))
    if not runs():
        make()
    elif moved(folder) and call("move_environment.py") != 0:
        sys.exit(f"The environment in {VENV.name} can't be put right: see above. make clean lets it be made anew.")
    record(folder=folder)
    if not has_packages(extras):
        install_packages(extras)
    if recorded().get("weights") != weights():
        if call("-m", "pipeline_helpers.shared_weights") != 0:
            print("The weights could not be shared between users: the course works all the same.")
        record(weights=weights())


def moved(folder: str) -> bool:
    """Whether the environment that is in `folder` now was made in another; a link leads to another course's own."""
    return recorded().get("folder") != folder and not VENV.is_symlink()


def install_packages(extras: list) -> None:
    print("Installing: 1.5 GB with torch's build for the CPU, about two minutes on a fast network ...", flush=True)
    call("install_torch.py")
    project = str(ROOT) + ("[" + ",".join(extras) + "]" if extras else "")
    pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    if call(*pip, "-c", str(ROOT / "constraints.txt"), "-e", project) != 0:
        sys.exit("The installation did not finish: see above. The same command takes it up again.")
    before = recorded()
    kept = set(before["extras"]) if before.get("packages") == packages() else set()
    record(packages=packages(), extras=sorted(kept | set(extras)))


def call(*arguments: str) -> int:
    """Run `.venv`'s Python, on a script of this folder or with other arguments, and return how it ended."""
    if arguments[0].endswith(".py"):
        arguments = (str(ROOT / "tools" / arguments[0]), *arguments[1:])
    # It inherits the lock: a pip that outlives us keeps it to its end.
    return subprocess.call([python(), *arguments], cwd=str(ROOT), close_fds=False)


def python() -> str:
    return str(VENV / "Scripts" / "python.exe" if WINDOWS else VENV / "bin" / "python")


def runs() -> bool:
    """Whether `.venv` has a Python with pip. Not so when the Python that it was made from is gone, or another now."""
    try:
        return subprocess.call([python(), "-c", "import pip"], stderr=subprocess.DEVNULL) == 0
    except OSError:
        return False


def say_if_another_python() -> None:
    """`make lab PYTHON=...` does not change the Python of an environment that works."""
    here = dotted(sys.version_info)
    try:
        then = re.search(r"^version = (\d+\.\d+)", (VENV / "pyvenv.cfg").read_text(encoding="utf-8"), re.MULTILINE)
    except OSError:
        return
    if then and then.group(1) != here and sys.version_info[:2] >= OLDEST:
        print(f"{VENV.name} has Python {then.group(1)}; after make clean it can be made with {here}.", flush=True)


def make() -> None:
    """Make `.venv` anew, with this Python."""
    check_python()
    import venv

    print(f"Making {VENV.name} ...", flush=True)
    venv.EnvBuilder(with_pip=True, clear=VENV.exists(), symlinks=not WINDOWS).create(str(VENV))


def check_python() -> None:
    """One clear message for a Python that can't do it, and a warning for one that nobody has tried."""
    here, oldest, newest = map(dotted, (sys.version_info, OLDEST, NEWEST))
    if sys.version_info[:2] < OLDEST:
        name = f"make lab PYTHON=python{newest}"
        sys.exit(f"This is Python {here}; the course needs {oldest} or newer, up to {newest}. Name one: {name}")
    if sys.version_info[:2] > NEWEST:
        print(f"This is Python {here}; the course was tried on {oldest} to {newest}. Going on with it ...", flush=True)
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError:
        package = f"sudo apt install python{here}-venv"
        sys.exit(f"This Python can't make virtual environments. On Debian and Ubuntu: {package}; then try again.")


def dotted(version: tuple) -> str:
    """`3.14` of any longer version."""
    return ".".join(map(str, version[:2]))


def packages() -> str:
    """A sum of what decides what is installed."""
    return sum_of("pyproject.toml", "constraints.txt", "share")


def weights() -> str:
    """A sum of what the shared weights are made from."""
    return sum_of("pipeline_helpers/classroom")


def sum_of(*names: str) -> str:
    """The sha256 of these files, and of all in these folders; what is missing counts as nothing."""
    digest = hashlib.sha256()
    for name in names:
        place = ROOT / name
        for path in [place, *sorted(place.rglob("*"))]:
            if path.is_file():
                digest.update(path.read_bytes())
    return digest.hexdigest()


def recorded() -> dict:
    """What `.venv` says of itself: `packages`, `extras`, `weights`, `folder`; nothing before it is installed."""
    try:
        return json.loads((VENV / "installed.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}


def record(**now: object) -> None:
    then = recorded()
    then.update(now)
    (VENV / "installed.json").write_text(json.dumps(then), encoding="utf-8")


@contextmanager
def only_one() -> "Iterator[None]":
    """Wait until no other process installs here. The system takes the lock back when a process dies."""
    try:
        lock = os.open(str(ROOT / ".venv.lock"), os.O_RDWR | os.O_CREAT, 0o666)
    except OSError as error:
        sys.exit(f"Nothing can be installed into {ROOT}: {error.strerror}. Copy the course to a folder of your own.")
    try:
        os.set_inheritable(lock, True)
        if not locked(lock, wait=False):
            print("The course is being installed by another command: waiting for it ...", flush=True)
            while not locked(lock, wait=True):
                pass
        yield
    finally:
        os.close(lock)


def locked(lock: int, wait: bool) -> bool:
    """Whether we hold the lock now; on Windows a wait ends without it after ten seconds."""
    try:
        if WINDOWS:
            import msvcrt

            msvcrt.locking(lock, msvcrt.LK_LOCK if wait else msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]
        else:
            import fcntl

            fcntl.flock(lock, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        # Any other error comes from a file system that has no locks: then go on without.
        return error.errno not in (errno.EAGAIN, errno.EACCES, errno.EDEADLK)
    return True


if __name__ == "__main__":
    main(sys.argv[1:])
