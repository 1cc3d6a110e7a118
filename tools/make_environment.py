"""Make `.venv` beside this project and install the project into it, at the versions of `constraints.txt`.

    python3 tools/make_environment.py           what the course needs
    python3 tools/make_environment.py test      and what its tests need

Runs once for each change of `pyproject.toml` or `constraints.txt`: a stamp in `.venv` says what is installed.
It uses nothing newer than Python 3.6, so that an old Python too gets as far as the sentence that tells it so.
"""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).absolute().parent.parent
VENV = ROOT / ".venv"
OLDEST, NEWEST = (3, 11), (3, 13)


def main(extras: list) -> None:
    stamp = Path(VENV, "installed-" + ("-".join(extras) or "course"))
    wanted = fingerprint()
    if stamp.exists() and stamp.read_text() == wanted:
        return
    check_python()
    python = os.path.join(VENV, *(("Scripts", "python.exe") if os.name == "nt" else ("bin", "python")))
    if not os.path.exists(python):
        import venv

        print("Making .venv ...", flush=True)
        venv.EnvBuilder(with_pip=True, clear=os.path.exists(VENV)).create(VENV)
    print("Installing: 1.5 GB, about two minutes on a fast network ...", flush=True)
    project = str(ROOT) + ("[" + ",".join(extras) + "]" if extras else "")
    pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    if subprocess.call([*pip, "-c", str(Path(ROOT, "constraints.txt")), "-e", project]) != 0:
        sys.exit("The installation did not finish: see above. The same command takes it up again.")
    quiet_first_start()
    stamp.write_text(wanted)


def check_python() -> None:
    """One clear message for a Python that can't do it."""
    here = ".".join(map(str, sys.version_info[:2]))
    if not OLDEST <= sys.version_info[:2] <= NEWEST:
        sys.exit(f"This is Python {here}; the course needs 3.11, 3.12 or 3.13. Name one: make lab PYTHON=python3.12")
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError:
        install = f"sudo apt install python{here}-venv"
        sys.exit(f"This Python can't make virtual environments. On Debian and Ubuntu: {install}; then try again.")


def fingerprint() -> str:
    """What the stamp says: the Python, and the two files that decide what is installed."""
    digest = hashlib.sha256(sys.version.encode())
    for name in ("pyproject.toml", "constraints.txt"):
        digest.update(Path(ROOT, name).read_bytes())
    return digest.hexdigest()


def quiet_first_start() -> None:
    """JupyterLab asks on its first start whether it may fetch news; a lesson does not begin with that question."""
    settings = Path(VENV, "share", "jupyter", "lab", "settings", "overrides.json")
    settings.parent.mkdir(parents=True, exist_ok=True)
    settings.write_text(
        '{"@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": false}}\n'
    )


if __name__ == "__main__":
    main(sys.argv[1:])
