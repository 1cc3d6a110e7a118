"""tools/make_environment.py and the Makefile: one clear message, and nothing installed twice."""

import builtins
import errno
import json
import os
import re
import subprocess
import sys
import tomllib
import types
import venv
from pathlib import Path

import pytest
import yaml

from tests.small_course import clean, small_course
from tools import install_torch, make_environment

ROOT = Path(__file__).parent.parent


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A project of two files and an environment that runs, whose programs are never called but noted."""
    for name in ("pyproject.toml", "constraints.txt"):
        (tmp_path / name).write_text("a = 1\n")
    (tmp_path / ".venv").mkdir()
    calls = []
    ends = {}

    def call(command, **options):
        if command[1:] != ["-c", "import pip"]:
            calls.append(command)
        return next((ends[name] for word in command if (name := Path(word).name) in ends), 0)

    monkeypatch.setattr(make_environment, "ROOT", tmp_path)
    monkeypatch.setattr(make_environment, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(make_environment.subprocess, "call", call)
    return types.SimpleNamespace(folder=tmp_path, calls=calls, ends=ends)


def installations(project) -> list[str]:
    """What pip was asked for, each time."""
    return [command[-1].removeprefix(str(project.folder)) for command in project.calls if "install" in command]


def test_the_second_time_nothing_is_installed(project):
    make_environment.main([])
    once = len(project.calls)
    make_environment.main([])
    assert len(project.calls) == once
    assert str(project.folder / "constraints.txt") in project.calls[-2]


def test_the_order_is_torch_then_the_rest_then_the_weights(project):
    make_environment.main([])
    assert [next(word for word in command[1:] if word != "-m") for command in project.calls[1:]] == [
        str(project.folder / "tools" / "install_torch.py"), "pip", "pipeline_helpers.shared_weights",
    ]  # fmt: skip


def test_a_changed_list_of_packages_is_installed(project):
    make_environment.main(["test"])
    (project.folder / "constraints.txt").write_text("a = 2\n")
    make_environment.main(["test"])
    assert installations(project) == ["[test]", "[test]"]


def test_an_extra_that_is_there_is_not_installed_again(project):
    make_environment.main(["test", "hub"])
    for extras in ([], ["hub"], ["test"], ["hub", "test"]):
        make_environment.main(extras)
    make_environment.main(["export"])
    make_environment.main(["test"])
    assert installations(project) == ["[test,hub]", "[export]"]
    (project.folder / "constraints.txt").write_text("a = 2\n")
    make_environment.main([])
    make_environment.main(["export"])  # at its old version: it counts no more
    assert installations(project)[2:] == ["", "[export]"]


def test_what_did_not_finish_is_taken_up_again(project):
    project.ends["install"] = 1
    for _ in range(2):
        with pytest.raises(SystemExit, match="did not finish"):
            make_environment.main([])
    assert installations(project) == ["", ""]


def test_without_shared_weights_the_course_is_installed_all_the_same(project, capsys):
    project.ends["pipeline_helpers.shared_weights"] = 1
    make_environment.main([])
    make_environment.main([])
    assert installations(project) == [""]
    assert capsys.readouterr().out.count("The weights could not be shared") == 1


def test_nbgrader_has_an_environment_of_its_own(project):
    (project.folder / ".venv-assignment").mkdir()
    make_environment.main(["assignment"])
    assert installations(project) == ["[assignment]"]
    assert {Path(command[0]).parents[1].name for command in project.calls} == {".venv-assignment"}
    assert not (project.folder / ".venv" / "installed.json").exists()
    assert json.loads((project.folder / ".venv-assignment" / "installed.json").read_text())["extras"] == ["assignment"]


def test_new_weights_are_shared_again_and_new_settings_installed(project):
    make_environment.main([])
    for file, then in (("pipeline_helpers/classroom/model.safetensors", [""]), ("share/settings.json", ["", ""])):
        path = project.folder / file
        path.parent.mkdir(parents=True)
        path.write_text("new")
        before = len(project.calls)
        make_environment.main([])
        assert installations(project) == then
        assert ("pipeline_helpers.shared_weights" in project.calls[-1]) == (len(then) == 1)
        assert len(project.calls) > before


def test_an_environment_that_can_not_be_put_right_is_not_thrown_away(project):
    project.ends["move_environment.py"] = 1
    with pytest.raises(SystemExit, match="make clean"):
        make_environment.main([])
    assert installations(project) == []


@pytest.mark.parametrize("version", [(2, 7, 18), (3, 9, 18), (3, 10, 13)])
def test_an_older_python_is_told_which_ones_will_do(monkeypatch, version):
    monkeypatch.setattr(sys, "version_info", version)
    with pytest.raises(SystemExit, match=r"the course needs 3\.11 or newer, up to 3\.14") as end:
        make_environment.check_python()
    assert "\n" not in str(end.value)


@pytest.mark.parametrize(("version", "warned"), [((3, 11, 0), 0), ((3, 14, 9), 0), ((3, 15, 0), 1), ((4, 0, 0), 1)])
def test_a_newer_python_goes_on_with_a_warning(monkeypatch, capsys, version, warned):
    monkeypatch.setattr(sys, "version_info", version)
    make_environment.check_python()
    assert capsys.readouterr().out.count("was tried on 3.11 to 3.14. Going on") == warned


def test_another_python_is_told_that_it_is_not_used(project, monkeypatch, capsys):
    (project.folder / ".venv" / "pyvenv.cfg").write_text("home = /usr/bin\nversion = 3.12.1\n")
    for same_or_too_old in ((3, 12, 9), (3, 10, 1)):
        monkeypatch.setattr(sys, "version_info", same_or_too_old)
        make_environment.main([])
        assert "make clean" not in capsys.readouterr().out
    monkeypatch.setattr(sys, "version_info", (3, 14, 0))
    make_environment.main([])
    assert capsys.readouterr().out == ".venv has Python 3.12; after make clean it can be made with 3.14.\n"


def test_a_python_that_is_too_old_can_read_as_far_as_the_sentence():
    """Python 3.7 is the oldest whose grammar `ast` knows; annotations are kept to what 3.6 evaluates by hand."""
    import ast

    ast.parse(Path(make_environment.__file__).read_text(encoding="utf-8"), feature_version=(3, 7))


def test_the_versions_of_python_are_the_same_everywhere():
    oldest, newest = make_environment.OLDEST, make_environment.NEWEST
    versions = [f"3.{minor}" for minor in range(oldest[1], newest[1] + 1)]
    assert oldest[0] == newest[0] == 3
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "test.yml").read_text())
    assert workflow["jobs"]["test"]["strategy"]["matrix"]["python"] == versions
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    assert project["project"]["requires-python"] == f">={versions[0]}"
    assert project["tool"]["mypy"]["python_version"] == versions[0]
    named = [name.split(" :: ")[-1] for name in project["project"]["classifiers"] if "Python :: 3." in name]
    assert named == versions
    conda = yaml.safe_load((ROOT / "environment.yml").read_text())
    python = next(one for one in conda["dependencies"] if str(one).startswith("python="))
    assert python.removeprefix("python=") in versions


def test_conda_and_uv_ask_for_the_build_for_the_cpu_too():
    conda = yaml.safe_load((ROOT / "environment.yml").read_text())
    pip = next(one["pip"] for one in conda["dependencies"] if isinstance(one, dict))
    assert f"--extra-index-url {install_torch.INDEX}" in pip
    uv = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["uv"]
    (index,) = uv["index"]
    assert (index["url"], index["explicit"]) == (install_torch.INDEX, True)
    (source,) = uv["sources"]["torch"]
    assert source == {"index": index["name"], "marker": "sys_platform == 'linux' and platform_machine == 'x86_64'"}


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


PIP = """
import os, sys
from pathlib import Path
if "install" in sys.argv:
    log = Path("log")
    begun = log.read_text().count("begins") if log.exists() else 0
    with log.open("a") as written:
        print("begins", file=written, flush=True)
        Path(f"gate{begun + 1}").open().read()
        print("ends", file=written)
"""
"""A pip that writes down when it begins and ends, and goes on when the test lets it: a gate for each installation."""


@pytest.fixture
def course(tmp_path):
    """A course whose pip is `PIP`, what starts `make_environment.py` there, and where its pip waits."""
    folder = small_course(tmp_path / "course")
    venv.EnvBuilder(symlinks=os.name != "nt").create(folder / ".venv")
    pip = next((folder / ".venv" / "lib").glob("python*/site-packages")) / "pip"
    pip.mkdir()
    (pip / "__init__.py").touch()
    (pip / "__main__.py").write_text(PIP)
    for gate in ("gate1", "gate2"):
        os.mkfifo(folder / gate)
    started = []

    def start():
        environment = clean(TORCH_INDEX="none")
        command = [sys.executable, folder / "tools" / "make_environment.py"]
        started.append(subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True))
        return started[-1]

    yield types.SimpleNamespace(start=start, folder=folder)
    for process in started:
        process.kill()
        process.communicate()


def test_the_second_of_two_waits_and_finds_all_done(course):
    first = course.start()
    with (course.folder / "gate1").open("w"):  # opens when pip is there
        second = course.start()
        assert "waiting for it" in second.stdout.readline()
    assert (first.wait(), second.wait()) == (0, 0)
    assert second.stdout.read() == ""
    assert (course.folder / "log").read_text() == "begins\nends\n"


def test_a_pip_that_outlives_its_killed_parent_is_waited_for(course):
    first = course.start()
    with (course.folder / "gate1").open("w"):
        first.kill()
        first.wait()
        second = course.start()
        assert "waiting for it" in second.stdout.readline()
    with (course.folder / "gate2").open("w"):  # the killed one had not written down that all was installed
        assert (course.folder / "log").read_text() == "begins\nends\nbegins\n"
    assert second.wait() == 0


def test_a_folder_that_can_not_be_written_is_one_sentence(project, monkeypatch):
    monkeypatch.setattr(make_environment, "ROOT", project.folder / "pyproject.toml")
    monkeypatch.setattr(make_environment, "packages", lambda: "")
    with pytest.raises(SystemExit, match=r"Nothing can be installed into .*: Not a directory\. Copy the course"):
        make_environment.main([])


def test_on_windows_the_lock_and_the_paths_are_its_own(project, monkeypatch, capsys):
    """Not Windows, but what would run there: its lock says no at once, then after ten seconds, then yes."""
    answers = [OSError(errno.EACCES, "taken"), OSError(errno.EDEADLK, "taken still"), None]
    asked = []

    def locking(lock, how, many):
        asked.append(how)
        if (answer := answers.pop(0)) is not None:
            raise answer

    monkeypatch.setitem(sys.modules, "msvcrt", types.SimpleNamespace(locking=locking, LK_LOCK=1, LK_NBLCK=2))
    monkeypatch.setattr(make_environment, "WINDOWS", True)
    make_environment.main([])
    assert asked == [2, 1, 1]
    assert capsys.readouterr().out.count("waiting for it") == 1
    assert {command[0] for command in project.calls} == {str(project.folder / ".venv" / "Scripts" / "python.exe")}


def test_a_file_system_without_locks_is_no_obstacle(project, monkeypatch):
    def flock(*arguments):
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr("fcntl.flock", flock)
    make_environment.main([])
    assert json.loads((project.folder / ".venv" / "installed.json").read_text())["extras"] == []
