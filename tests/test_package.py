"""The package as a whole: what importing it costs, what it serves, that its lists of packages agree."""

import json
import re
import subprocess
import sys
import tomllib
from contextlib import suppress
from importlib import metadata
from pathlib import Path

import pytest

import pipeline_helpers as ph
from tools import make_environment

ROOT = Path(__file__).parent.parent
HEAVY = ("torch", "transformers", "matplotlib", "ipywidgets", "numpy", "anywidget", "huggingface_hub")


def test_importing_loads_nothing_heavy():
    code = f"import sys, pipeline_helpers; print([name for name in {HEAVY} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("name", [name for name in ph.__all__ if name != "__version__"])
def test_every_public_name_is_served_and_described(name):
    assert getattr(ph, name).__doc__


def test_a_name_that_is_not_there_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no_such_name"):
        ph.no_such_name  # noqa: B018


def test_conda_takes_its_packages_from_the_project_alone():
    # A second list would drift apart from the first one.
    text = (ROOT / "environment.yml").read_text(encoding="utf-8")
    entries = re.findall(r"^\s*- (.+)$", text.split("dependencies:")[1], re.MULTILINE)
    names = [re.split("[=<>]", entry)[0] for entry in entries if not entry.startswith("--extra-index-url ")]
    assert names == ["python", "pip", "pip:", "-c constraints.txt", "."]


def test_every_direct_dependency_is_pinned_within_its_range():
    packaging = pytest.importorskip("packaging.requirements")
    from packaging.utils import canonicalize_name

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    pins = {}
    for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            name, version = line.split("==")
            pins[canonicalize_name(name)] = version
    extras = project["optional-dependencies"]
    for text in [*project["dependencies"], *extras["test"], *extras["export"], *extras["assignment"]]:
        requirement = packaging.Requirement(text)
        name = canonicalize_name(requirement.name)
        if name == project["name"]:  # an extra inside an extra
            continue
        assert name in pins, f"{name} is in pyproject.toml and not in constraints.txt"
        assert requirement.specifier.contains(pins[name]), f"{name} {pins[name]} is outside {requirement.specifier}"


def test_every_pin_can_be_had_by_the_first_release_of_the_oldest_python():
    # Debian 12 has 3.11.2: a pin that wants 3.11.5 keeps the whole course from being installed there.
    packaging = pytest.importorskip("packaging.specifiers")
    pins = re.findall(r"^([\w.-]+)==", (ROOT / "constraints.txt").read_text(encoding="utf-8"), re.MULTILINE)
    asked = {}
    for name in pins:
        with suppress(metadata.PackageNotFoundError):  # an extra that is not installed here
            asked[name] = metadata.metadata(name)["Requires-Python"] or ""
    oldest = ".".join(map(str, (*make_environment.OLDEST, 0)))
    assert len(asked) > 100
    assert {name: wants for name, wants in asked.items() if oldest not in packaging.SpecifierSet(wants)} == {}


def test_no_file_names_a_machine():
    # What is committed has to mean something on everybody's machine.
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True)
    if listed.returncode:
        pytest.skip("not a git checkout")
    machine = re.compile(r"(?<![\w.])/(?:home|Users|root|work)/\w")
    for name in listed.stdout.splitlines():
        path = ROOT / name
        if path.suffix in (".safetensors", ".png") or name == "tests/test_package.py":
            continue
        found = machine.search(path.read_text(encoding="utf-8"))
        assert found is None, f"{name} names {found and found.group()}"


@pytest.mark.parametrize("version", ["standard", "editable"])
def test_both_kinds_of_install_bring_the_settings_of_jupyterlab(version, tmp_path):
    import zipfile

    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", f"wheel:{version}", "-d", str(tmp_path)],
        cwd=ROOT, check=True, capture_output=True,
    )  # fmt: skip
    (built,) = tmp_path.iterdir()
    with zipfile.ZipFile(built) as archive:
        (placed,) = [name for name in archive.namelist() if ".data/data/" in name]
        settings = json.loads(archive.read(placed))
    assert placed.split(".data/data/")[1] == "share/jupyter/lab/settings/overrides.d/pipeline_helpers.json"
    assert settings["@jupyter-widgets/jupyterlab-manager:plugin"] == {"saveState": True}
    assert settings["@jupyterlab/apputils-extension:notification"] == {"fetchNews": "false", "checkForUpdates": False}


@pytest.mark.parametrize("kind", ["wheel", "sdist"])
def test_what_is_published_carries_the_checkpoint_and_the_words(kind, tmp_path):
    import tarfile
    import zipfile

    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", kind, "-d", str(tmp_path)],
        cwd=ROOT, check=True, capture_output=True,
    )  # fmt: skip
    (built,) = tmp_path.iterdir()
    if kind == "wheel":
        with zipfile.ZipFile(built) as archive:
            names = archive.namelist()
    else:
        with tarfile.open(built) as source:
            names = ["/".join(name.split("/")[1:]) for name in source.getnames()]
        assert "notebooks/00_behind_the_pipeline.ipynb" in names
    for file in (
        "classroom/model.safetensors",
        "classroom/README.md",
        "measured/everyday.tsv",
        "measured/everyday_es.tsv",
        "measured/others.tsv",
        "language/words/stages.toml",
        "language/browser/switch.css",
        "figures/show.css",
        "language/browser/corner.js",
        "language/browser/switch.js",
        "language/glossary.csv",
    ):
        assert f"pipeline_helpers/{file}" in names
    assert not [name for name in names if "__pycache__" in name or name.startswith(".venv")]
