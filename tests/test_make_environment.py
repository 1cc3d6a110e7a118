"""tools/make_environment.py and the Makefile: one clear message, and nothing installed twice."""

import builtins
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tools import make_environment

ROOT = Path(__file__).parent.parent


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A project of two files, whose pip is never called but noted."""
    for name in ("pyproject.toml", "constraints.txt"):
        (tmp_path / name).write_text("a = 1\n")
    python = tmp_path / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.touch()
    calls = []
    monkeypatch.setattr(make_environment, "ROOT", str(tmp_path))
    monkeypatch.setattr(make_environment, "VENV", str(tmp_path / ".venv"))
    monkeypatch.setattr(make_environment.subprocess, "call", lambda command: calls.append(command) or 0)
    return tmp_path, calls


def test_the_second_time_nothing_is_installed(project):
    _, calls = project
    make_environment.main([])
    make_environment.main([])
    assert len(calls) == 1
    assert "-c" in calls[0]


def test_a_changed_list_of_packages_is_installed(project):
    folder, calls = project
    make_environment.main(["test"])
    (folder / "constraints.txt").write_text("a = 2\n")
    make_environment.main(["test"])
    assert len(calls) == 2
    assert calls[0][-1].endswith("[test]")


def test_what_did_not_finish_is_taken_up_again(project, monkeypatch):
    _, calls = project
    monkeypatch.setattr(make_environment.subprocess, "call", lambda command: calls.append(command) or 1)
    for _ in range(2):
        with pytest.raises(SystemExit, match="did not finish"):
            make_environment.main([])
    assert len(calls) == 2


@pytest.mark.parametrize("version", [(3, 9, 18), (3, 10, 13), (3, 14, 0)])
def test_another_python_is_told_which_ones_will_do(monkeypatch, version):
    monkeypatch.setattr(sys, "version_info", version)
    with pytest.raises(SystemExit, match=r"the course needs 3\.11, 3\.12 or 3\.13"):
        make_environment.check_python()


def test_a_python_without_venv_is_told_what_to_install(monkeypatch):
    real = builtins.__import__

    def without_venv(name, *args, **kwargs):
        if name == "ensurepip":
            raise ImportError(name)
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", without_venv)
    with pytest.raises(SystemExit, match="apt install python3"):
        make_environment.check_python()


def test_help_lists_every_target_that_people_call():
    done = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True)
    listed = re.findall(r"^([a-z]+) ", done.stdout, re.MULTILINE)
    assert {"lab", "test", "quick", "check", "lessons", "demo", "slides", "handout"} <= set(listed)


def test_a_kernel_gets_one_thread_unless_told_otherwise():
    def threads(**environment):
        command = ["make", "--no-print-directory", "-s", "--eval=show: ; @echo $$OMP_NUM_THREADS", "show"]
        clean = {"PATH": "/usr/bin:/bin", **environment}
        return subprocess.run(command, cwd=ROOT, env=clean, capture_output=True, text=True, check=True).stdout.strip()

    assert threads() == "1"
    assert threads(OMP_NUM_THREADS="4") == "4"
