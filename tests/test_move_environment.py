"""A course is moved, renamed or copied with its environment, or the Python under it goes: `make lab` puts it right."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.small_course import clean, small_course

PLACES = ("plain", "it's here", "plain again", "a" * 240)
"""Names that a program's first line holds, and names that it does not: a space, or too long for Linux."""

IMPORT = """
import importlib.metadata, json, pipeline_helpers
pipeline_helpers.hello()
print(json.loads(importlib.metadata.distribution("pipeline-helpers").read_text("direct_url.json"))["url"])
"""


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """A course that has been installed for real, with the extra `hub`; nobody runs it where it is."""
    course = small_course(tmp_path_factory.mktemp("first") / "course")
    assert "Installing" in make(course, "hub")
    return course


def make(course: Path, *extras: str) -> str:
    """What `tools/make_environment.py` prints. It has no network: pip may take nothing from anywhere."""
    command = [sys.executable, str(course / "tools" / "make_environment.py"), *extras]
    done = subprocess.run(command, env=clean(PIP_NO_INDEX="1"), cwd="/", stdout=subprocess.PIPE, text=True, check=True)
    return done.stdout


def printed(*command: object) -> str:
    done = subprocess.run([str(word) for word in command], cwd="/", env=clean(), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def check(course: Path) -> None:
    """The environment of `course` is of this folder in all that it is used by."""
    bin_ = course / ".venv" / "bin"
    hello = f"hello from {course / 'pipeline_helpers' / '__init__.py'}"
    assert printed(bin_ / "course-hello") == hello
    assert printed(bin_ / "python", "-c", IMPORT).splitlines() == [hello, course.as_uri()]
    activated = printed("sh", "-c", '. "$0" && echo "$VIRTUAL_ENV" && course-hello', bin_ / "activate")
    assert activated.splitlines() == [str(course / ".venv"), hello]
    assert json.loads((course / ".venv" / "installed.json").read_text())["folder"] == str(course / ".venv")


def holds(environment: Path, path: Path) -> list[str]:
    """The files of an environment that name the folder `path`, but for compiled ones, which Python sees through."""
    files = [file for file in environment.rglob("*") if file.is_file() and file.suffix != ".pyc"]
    return [str(file) for file in files if f"{path}/".encode() in file.read_bytes()]


def test_a_folder_that_moves_takes_its_environment_along(installed, tmp_path):
    course = shutil.copytree(installed, tmp_path / "copied", symlinks=True)
    assert "course-hello" in "".join(holds(course / ".venv", installed)), "nothing to put right"
    for place in PLACES:
        course = course.rename(tmp_path / place)
        said = make(course)
        assert said.count("\n") == 1
        assert "its environment is put right" in said
        assert holds(course / ".venv", installed) == []
        check(course)
        assert make(course, "hub") == ""  # nothing is left to do, and the extra is still known
    older = course / ".venv" / "bin" / "course-older"
    assert printed(older) == printed(course / ".venv" / "bin" / "course-hello")
    assert os.access(older, os.X_OK)


def test_what_was_moved_and_has_changed_is_installed(installed, tmp_path):
    course = shutil.copytree(installed, tmp_path / "changed", symlinks=True)
    (course / "constraints.txt").write_text("torch==2.0\n")
    assert "Installing" in make(course)
    check(course)
    assert json.loads((course / ".venv" / "installed.json").read_text())["extras"] == []


def test_an_environment_that_a_link_leads_to_is_not_taken(installed, tmp_path):
    moved = shutil.copytree(installed, tmp_path / "moved", symlinks=True)
    for number, course in enumerate((installed, moved)):
        worktree = small_course(tmp_path / f"worktree{number}")
        (worktree / ".venv").symlink_to(course / ".venv")
        before = (course / ".venv" / "bin" / "pip").read_bytes()
        make(worktree)
        assert (course / ".venv" / "bin" / "pip").read_bytes() == before


def test_a_python_that_is_gone_has_the_environment_made_anew(installed, tmp_path):
    course = shutil.copytree(installed, tmp_path / "gone", symlinks=True)
    make(course)
    python = course / ".venv" / "bin" / "python"
    python.unlink()
    python.symlink_to(tmp_path / "nowhere" / "python")
    said = make(course)
    assert "Making .venv" in said
    assert "Installing" in said
    check(course)


def test_another_python_in_its_place_has_the_environment_made_anew(installed, tmp_path):
    course = shutil.copytree(installed, tmp_path / "another", symlinks=True)
    make(course)
    library = next((course / ".venv" / "lib").glob("python*"))
    library.rename(library.with_name("python3.2"))  # the packages of the Python that was there before
    assert "Making .venv" in make(course)
    check(course)
