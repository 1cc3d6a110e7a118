"""Install torch's build for the CPU into this Python's environment, where pip alone would bring the one with CUDA.

    .venv/bin/python tools/install_torch.py

That is so on Linux x86-64: the usual index has torch with CUDA there, PyTorch's own index has it without. This asks
that index for torch and nothing else, and leaves torch to pip

- where it is installed already, at the version of `constraints.txt`;
- on other systems, for which the usual index has the build for the CPU;
- where pip's own settings (its configuration, `PIP_FIND_LINKS`, ...) name a source of packages: they count;
- where that index does not answer within two seconds or does not have that version: then it says what that may cost.

`TORCH_INDEX` names another index, which counts before all of these; `TORCH_INDEX=none` asks none.
"""

import importlib.metadata
import os
import platform
import re
import subprocess
import sys
import threading
import urllib.parse
import urllib.request
from http.client import HTTPException
from pathlib import Path

INDEX = "https://download.pytorch.org/whl/cpu"
PATIENCE = 2.0  # seconds for the whole question, name lookup and silence included
CONSTRAINTS = Path(__file__).absolute().parent.parent / "constraints.txt"


def main() -> None:
    """See above. Whatever happens, pip can go on."""
    version = wanted()
    index = os.environ.get("TORCH_INDEX") or (INDEX if cuda_by_default() and not chosen_by_user() else "none")
    if index == "none" or is_installed(version):
        return
    install = ["install", "--quiet", "--disable-pip-version-check", "--no-deps", "--index-url", index]
    if not offers(index, version) or pip(*install, f"torch=={version}").returncode != 0:
        print(
            f"torch {version} can't be had from {index} now, so pip takes the build that it finds. On Linux that may "
            "be the one for CUDA: 5.2 GB in all instead of 1.5. TORCH_INDEX=... names another index.",
            flush=True,
        )


def wanted() -> str:
    """The version of torch in `constraints.txt`."""
    found = re.search(r"^torch==(\S+)$", CONSTRAINTS.read_text(encoding="utf-8"), re.MULTILINE)
    assert found, "constraints.txt has no line torch==..."
    return found[1]


def cuda_by_default() -> bool:
    return sys.platform == "linux" and platform.machine() == "x86_64"


def chosen_by_user() -> bool:
    """Whether pip's configuration or its environment variables say where packages come from."""
    settings = pip("config", "list", stdout=subprocess.PIPE, text=True).stdout
    source = r"^(global|install|:env:)\.(find-links|index-url|extra-index-url|no-index)=(?!''$)"
    return re.search(source, settings, re.MULTILINE) is not None


def is_installed(version: str) -> bool:
    """Whether torch is here at that version, of whatever build (`2.13.0+cpu`)."""
    try:
        return importlib.metadata.version("torch").split("+")[0] == version
    except importlib.metadata.PackageNotFoundError:
        return False


def offers(index: str, version: str, patience: float = PATIENCE) -> bool:
    """Whether `index` says within `patience` seconds that it has torch at that version.

    The limit holds for all of it. That of a socket would hold for each piece: a name lookup has none, and a server
    that sends a byte now and then would never exceed it.
    """
    answers: list[str] = []

    def ask() -> None:
        try:
            with urllib.request.urlopen(f"{index.rstrip('/')}/torch/", timeout=patience) as page:
                answers.append(urllib.parse.unquote(page.read().decode("utf-8", "replace")))
        except (OSError, ValueError, HTTPException):
            pass  # not reached, not an address, not an answer

    question = threading.Thread(target=ask, daemon=True)
    question.start()
    question.join(patience)
    return any(re.search(rf"\btorch-{re.escape(version)}[+-]", page) for page in answers)


def pip(*arguments: str, **options) -> subprocess.CompletedProcess:  # type: ignore[no-untyped-def]
    return subprocess.run([sys.executable, "-m", "pip", *arguments], check=False, **options)


if __name__ == "__main__":
    main()
