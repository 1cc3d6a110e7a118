"""The choice of a checkpoint by its name; what a download does is in test_hub.py."""

import hashlib
import importlib.util
import re
import subprocess
import sys
from pathlib import Path

import pytest

import pipeline_helpers as ph
from pipeline_helpers import hub, shared_weights
from pipeline_helpers.checkpoints import ENVIRONMENT, FILES, REPOSITORY, REVISION

ROOT = Path(__file__).parents[1]


def test_the_classroom_checkpoint_is_the_default_and_a_folder_on_this_machine(monkeypatch):
    monkeypatch.delenv(ENVIRONMENT, raising=False)
    assert ph.checkpoint() == ph.checkpoint("classroom") == str(shared_weights.classroom())
    assert (Path(ph.checkpoint()) / "config.json").is_file()


@pytest.mark.parametrize("name", [None, "classroom"])
def test_whichever_way_it_is_named_its_weights_are_the_shared_ones(monkeypatch, name):
    monkeypatch.setattr(shared_weights, "classroom", lambda: Path("/shared/classroom"))
    monkeypatch.setenv(ENVIRONMENT, "" if name else "classroom")
    assert ph.checkpoint(name) == str(Path("/shared/classroom"))


@pytest.mark.parametrize("name", ["someone/some-model", "/tmp/a folder", "SST2"])
def test_any_other_string_comes_back_as_it_is(name):
    assert ph.checkpoint(name) == name


def test_the_environment_chooses_for_a_whole_class_when_no_name_is_given(monkeypatch):
    monkeypatch.setenv(ENVIRONMENT, "/srv/class/checkpoint")
    assert ph.checkpoint() == "/srv/class/checkpoint"
    assert ph.checkpoint("someone/some-model") == "someone/some-model"
    assert ph.checkpoint("classroom").endswith("classroom")
    monkeypatch.setenv(ENVIRONMENT, " ")
    assert ph.checkpoint().endswith("classroom")


@pytest.mark.parametrize("name", ["", "  ", "\n"])
def test_an_empty_name_is_refused_by_its_name(name):
    with pytest.raises(ValueError, match=r"^name = "):
        ph.checkpoint(name)


@pytest.mark.parametrize("name", [7, b"sst2", ["sst2"], Path("sst2"), False])
def test_a_name_that_is_no_string_is_refused_by_its_name(name):
    with pytest.raises(TypeError, match=f"^name es de tipo {type(name).__name__};"):
        ph.checkpoint(name)


def test_the_published_one_is_the_verified_download(monkeypatch):
    asked = []
    monkeypatch.setattr(hub, "download", lambda *what: asked.append(what) or "its folder")
    assert ph.checkpoint("sst2") == "its folder"
    assert asked == [(REPOSITORY, REVISION, FILES)]


def test_the_revision_is_the_one_that_transformers_pins():
    # Read, not imported: that takes seconds.
    folder = Path(importlib.util.find_spec("transformers").origin).parent
    pinned = re.search(rf'"{REPOSITORY}", "([0-9a-f]+)"', (folder / "pipelines/__init__.py").read_text("utf-8"))
    assert REVISION.startswith(pinned[1])


def test_the_checksums_are_of_these_files():
    # The one that can be held against something here: both checkpoints have the vocabulary of bert-base-uncased.
    vocabulary = (Path(ph.checkpoint("classroom")) / "vocab.txt").read_bytes()
    assert FILES["vocab.txt"] == hashlib.sha256(vocabulary).hexdigest()
    assert all(re.fullmatch("[0-9a-f]{64}", checksum) for checksum in FILES.values())
    assert len(set(FILES.values())) == len(FILES)


def test_the_module_loads_without_the_hubs_client():
    program = "import sys, pipeline_helpers.checkpoints; print('huggingface_hub' in sys.modules)"
    output = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert output.stdout.strip() == "False"
