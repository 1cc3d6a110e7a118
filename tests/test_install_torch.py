"""tools/install_torch.py with the real pip, in a small real environment, against indexes on this machine."""

import importlib.metadata
import json
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

import pytest

from tests import loopback_index
from tests.small_course import clean, small_course, wheel
from tools import install_torch

RUN = """
import sys
sys.path.insert(0, sys.argv[1])
import install_torch
install_torch.INDEX = sys.argv[2]
install_torch.cuda_by_default = lambda: True
install_torch.main()
"""
"""The tool as it runs on Linux x86-64, in a world where PyTorch's own index has another address."""


@pytest.fixture(scope="module")
def environment(tmp_path_factory):
    """A course whose environment has pip and nothing else."""
    course = small_course(tmp_path_factory.mktemp("course") / "course", "torch==1.0")
    venv.EnvBuilder(with_pip=True, symlinks=os.name != "nt").create(course / ".venv")
    return course


@pytest.fixture
def course(environment):
    """The same without torch."""
    yield environment
    for left in packages(environment).glob("*torch*"):
        shutil.rmtree(left) if left.is_dir() else left.unlink()


@pytest.fixture(scope="module")
def indexes(tmp_path_factory):
    """PyTorch's index, the usual one, and one that has another version: (address, what it was asked for)."""
    wheels = {"cpu": ["1.0+cpu"], "usual": ["1.0"], "older": ["0.9+cpu", "1.0.1+cpu", "11.0+cpu"]}
    folders = {name: tmp_path_factory.mktemp(name) for name in wheels}
    for name, versions in wheels.items():
        for version in versions:
            wheel(folders[name], "torch", version, {"torch.py": ""}, "Requires-Dist: what-torch-needs\n")
    wheel(folders["usual"], "what-torch-needs", "1.0", {})
    with (
        loopback_index.index(folders["cpu"]) as cpu,
        loopback_index.index(folders["usual"]) as usual,
        loopback_index.index(folders["older"]) as older,
    ):
        yield {"cpu": cpu, "usual": usual, "older": older}


def packages(course: Path) -> Path:
    return next((course / ".venv" / "lib").glob("python*/site-packages"))


def torch_in(course: Path) -> str | None:
    """The version of torch in the course's environment."""
    installed = importlib.metadata.distributions(path=[str(packages(course))])
    found = [one.version for one in installed if one.name == "torch"]
    return found[0] if found else None


def run(course: Path, index: str, **environment: str) -> str:
    """Run the tool in the course's environment and return what it printed."""
    command = [str(course / ".venv" / "bin" / "python"), "-c", RUN, str(course / "tools"), index]
    done = subprocess.run(command, env=clean(**environment), capture_output=True, text=True, check=True)
    return done.stdout


def test_torch_alone_comes_from_pytorchs_index(course, indexes):
    url, asked = indexes["cpu"]
    del asked[:]
    assert run(course, url) == ""
    assert torch_in(course) == "1.0+cpu"
    assert set(asked) == {"/torch/", "/torch-1.0+cpu-py3-none-any.whl"}


def test_another_version_is_not_offered(indexes):
    assert not install_torch.offers(indexes["older"][0], "1.0", patience=60)
    assert install_torch.offers(indexes["older"][0], "1.0.1", patience=60)


def test_an_installed_torch_is_left_as_it_is(course, indexes):
    url, asked = indexes["cpu"]
    run(course, url, TORCH_INDEX=indexes["usual"][0])
    assert torch_in(course) == "1.0"
    del asked[:]
    assert run(course, url, TORCH_INDEX=url) == ""
    assert (torch_in(course), asked) == ("1.0", [])


@pytest.mark.parametrize("setting", ["FIND_LINKS", "EXTRA_INDEX_URL", "INDEX_URL", "NO_INDEX"])
def test_an_environment_variable_of_pips_counts(course, indexes, tmp_path, setting):
    url, asked = indexes["cpu"]
    del asked[:]
    value = {"FIND_LINKS": str(tmp_path), "NO_INDEX": "1"}.get(setting, indexes["usual"][0])
    assert run(course, url, **{f"PIP_{setting}": value}) == ""
    assert (torch_in(course), asked) == (None, [])


@pytest.mark.parametrize("section", ["global", "install"])
def test_pips_configuration_counts(course, indexes, tmp_path, section):
    url, asked = indexes["cpu"]
    del asked[:]
    (tmp_path / "pip.conf").write_text(f"[{section}]\nextra-index-url = {indexes['usual'][0]}\n")
    assert run(course, url, PIP_CONFIG_FILE=str(tmp_path / "pip.conf")) == ""
    assert (torch_in(course), asked) == (None, [])


def test_a_setting_that_names_no_source_does_not_count(course, indexes, tmp_path):
    (tmp_path / "pip.conf").write_text("[global]\ntimeout = 20\n[download]\nfind-links = /nowhere\n")
    run(course, indexes["cpu"][0], PIP_CONFIG_FILE=str(tmp_path / "pip.conf"), PIP_FIND_LINKS="")
    assert torch_in(course) == "1.0+cpu"


def test_an_index_that_the_user_names_counts_before_all(course, indexes, tmp_path):
    run(course, indexes["older"][0], TORCH_INDEX=indexes["cpu"][0] + "/", PIP_FIND_LINKS=str(tmp_path))
    assert torch_in(course) == "1.0+cpu"


def test_the_user_can_switch_it_off(course, indexes):
    assert run(course, indexes["cpu"][0], TORCH_INDEX="none") == ""
    assert torch_in(course) is None


@pytest.mark.parametrize("index", ["refusing", "silent", "older", "not an address"])
def test_an_index_that_can_not_give_it_costs_one_sentence(course, indexes, index):
    with loopback_index.refusing() as refusing, loopback_index.silent() as silent:
        others = {"refusing": refusing, "silent": silent, "not an address": "torch"}
        said = run(course, others.get(index) or indexes[index][0])
    assert "5.2 GB in all instead of 1.5" in said
    assert said.count("\n") == 1
    assert torch_in(course) is None


def test_a_wheel_that_pip_refuses_costs_the_same_sentence(course, tmp_path):
    (tmp_path / "torch-1.0+cpu-py3-none-any.whl").write_text("not a wheel")
    with loopback_index.index(tmp_path) as (url, _):
        assert "5.2 GB" in run(course, url)
    assert torch_in(course) is None


def test_the_limit_holds_for_the_whole_answer():
    page = b"torch-1.0+cpu-" * 10
    with loopback_index.dripping(page, pause=0.02) as url:  # some four seconds in all
        assert not install_torch.offers(url, "1.0", patience=0.2)
    with loopback_index.dripping(page, pause=0) as url:
        assert install_torch.offers(url, "1.0", patience=60)


@pytest.mark.parametrize(
    ("system", "machine", "expected"),
    [("linux", "x86_64", True), ("linux", "aarch64", False), ("darwin", "x86_64", False), ("win32", "AMD64", False)],
)
def test_only_linux_on_x86_64_gets_cuda_from_the_usual_index(monkeypatch, system, machine, expected):
    monkeypatch.setattr(sys, "platform", system)
    monkeypatch.setattr("platform.machine", lambda: machine)
    assert install_torch.cuda_by_default() == expected


def test_the_version_is_the_one_that_the_course_asks_for():
    import tomllib

    project = tomllib.loads((install_torch.CONSTRAINTS.parent / "pyproject.toml").read_text())["project"]
    assert f"torch=={install_torch.wanted()}" in project["dependencies"]


@pytest.mark.parametrize(("index", "expected"), [("refusing", "1.0"), ("cpu", "1.0+cpu")])
def test_the_whole_installation_takes_one_of_the_two(course, indexes, index, expected):
    (course / ".venv" / "installed.json").unlink(missing_ok=True)
    usual, asked = indexes["usual"]
    del asked[:]
    with loopback_index.refusing() as refusing:
        environment = clean(PIP_INDEX_URL=usual, TORCH_INDEX=refusing if index == "refusing" else indexes["cpu"][0])
        command = [sys.executable, course / "tools" / "make_environment.py"]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert torch_in(course) == expected
    assert ("5.2 GB" in done.stdout) == (expected == "1.0")
    assert "/what-torch-needs/" in asked
    assert ("/torch/" in asked) == (expected == "1.0"), "the usual index was asked though torch was there"
    assert json.loads((course / ".venv" / "installed.json").read_text())["extras"] == []
