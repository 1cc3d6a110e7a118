"""Put this Python's environment right after its folder was moved, renamed or copied. It needs no network.

    .venv/bin/python tools/move_environment.py

A virtual environment holds its own path: in the first lines of its programs, in the scripts that activate it, in its
configuration, and in what says where the course is. Python itself finds its environment without. On Windows the
programs in `Scripts` (`jupyter.exe`) hold it inside and keep the old one; `python -m jupyterlab` does without them.
"""

import importlib.metadata
import json
import os
import re
import shutil
import sys
import sysconfig
import venv
from pathlib import Path
from urllib.parse import urlparse
from urllib.request import url2pathname

ROOT = Path(os.path.realpath(__file__)).parent.parent
PROGRAM = re.compile(rb"#!(/bin/sh\n'''exec' [^\n]*\n' '''|[^\n]*python[^\n]*)\n")
"""How a Python program begins as pip writes it: plainly, or by way of a shell where the path is long or has spaces."""


def main() -> None:
    scripts = Path(sysconfig.get_path("scripts"))
    for file in scripts.iterdir():
        if file.is_file() and not file.is_symlink():
            give_python(file, os.fsencode(scripts / "python"))
    # What the environment's maker writes, but for the Python, which stays: it is running.
    builder = venv.EnvBuilder()
    context = builder.ensure_directories(sys.prefix)
    builder.create_configuration(context)
    builder.setup_scripts(context)
    move_course()


def give_python(file: Path, python: bytes) -> None:
    """Let the program `file` begin with the path of this environment's Python, as pip would write it."""
    content = file.read_bytes()
    begins = PROGRAM.match(content)
    if begins is None:
        return
    first = b"#!" + python
    if b" " in python or len(first) > 126:  # more than every system reads of such a line
        first = b"#!/bin/sh\n'''exec' \"" + python + b'" "$0" "$@"\n\' \'\'\''
    replace(file, first + b"\n" + content[begins.end() :])


def move_course() -> None:
    """Let `import pipeline_helpers` find the course where it is now."""
    try:
        course = importlib.metadata.distribution("pipeline-helpers")
    except importlib.metadata.PackageNotFoundError:
        return  # its installation broke off before
    direct = next((course.locate_file(file) for file in course.files or () if file.name == "direct_url.json"), None)
    if direct is None:
        return  # not installed from a folder
    direct = Path(str(direct))
    said = json.loads(direct.read_text(encoding="utf-8"))
    old = url2pathname(urlparse(said["url"]).path)
    if old == str(ROOT):
        return
    print(f"The course was in {old}: its environment is put right.", flush=True)
    for file in direct.parent.parent.glob("*.pth"):
        lines = file.read_text(encoding="utf-8").splitlines()
        moved = [str(ROOT) + line[len(old) :] if Path(line).is_relative_to(old) else line for line in lines]
        if moved != lines:
            replace(file, "\n".join(moved).encode())
    # Last, since it is what says that there is something left to do.
    replace(direct, json.dumps({**said, "url": ROOT.as_uri()}).encode())


def replace(file: Path, content: bytes) -> None:
    """Write `file` anew, whole or not at all."""
    new = file.with_name(file.name + ".new")
    new.write_bytes(content)
    shutil.copymode(file, new)
    os.replace(new, file)


if __name__ == "__main__":
    main()
