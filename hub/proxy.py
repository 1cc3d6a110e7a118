"""JupyterHub's proxy, which is no Python: configurable-http-proxy, from npm, at one version, inside the environment."""

import json
import os
import shutil
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

VERSION = "5.1.0"  # the last one for Node.js 18, which Debian 12 and Ubuntu 24.04 have
OLDEST_NODE = 18
_PACKAGE = "configurable-http-proxy"


def command(environment: Path = Path(sys.prefix)) -> list[str]:
    """What starts the proxy of `environment`."""
    return ["node", str(_folder(environment) / "bin" / _PACKAGE)]


def install(environment: Path = Path(sys.prefix)) -> None:
    """Put the proxy into `environment`, where it is not there at this version.

    Raises:
        RuntimeError: npm is missing, or did not get it.
    """
    with suppress(FileNotFoundError, ValueError, KeyError):
        if json.loads((_folder(environment) / "package.json").read_text())["version"] == VERSION:
            return
    if not shutil.which("npm") or _node() < OLDEST_NODE:
        raise RuntimeError(
            f"The hub's proxy needs npm and Node.js {OLDEST_NODE} or newer. On Debian or Ubuntu: apt install nodejs npm"
        )
    place = environment / "proxy"
    place.mkdir(exist_ok=True)
    # --prefix and not cwd: npm would look for a package.json in the folders above.
    got = subprocess.call(
        ["npm", "install", "--prefix", str(place), "--no-save", "--no-package-lock", "--no-audit", "--no-fund",
         "--ignore-scripts", "--loglevel=error", f"{_PACKAGE}@{VERSION}"], stdout=subprocess.DEVNULL
    )  # fmt: skip
    if got != 0:
        raise RuntimeError(f"npm could not install {_PACKAGE} {VERSION}: see above. The same command tries again.")


def _node() -> int:
    """The major version of Node.js; 0 where there is none."""
    try:
        said = subprocess.run(["node", "--version"], capture_output=True, text=True).stdout
    except FileNotFoundError:
        return 0
    return int(said.strip().lstrip("v").partition(".")[0] or 0)


def forget_stale(pid_file: Path) -> None:
    """Remove the note of a proxy that is gone: JupyterHub would end whatever process has its number today."""
    with suppress(FileNotFoundError, ValueError):
        pid = int(pid_file.read_text())
        with suppress(FileNotFoundError, ProcessLookupError):
            if _PACKAGE.encode() in Path(f"/proc/{pid}/cmdline").read_bytes():
                return
        os.unlink(pid_file)


def _folder(environment: Path) -> Path:
    return environment / "proxy" / "node_modules" / _PACKAGE
