"""The choice of a checkpoint, and the published one out of a hub of our own, through the real client.

The client reads its settings when it is imported, so each talk with a hub has a process of its own.
"""

import importlib.util
import json
import os
import re
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

import pipeline_helpers as ph
from pipeline_helpers.checkpoints import ENVIRONMENT, FILES, REPOSITORY, REVISION, WEIGHTS
from tests.loopback_hub import LoopbackHub, Stop

ROOT = Path(__file__).parents[1]
CONTENT = {name: f'{{"file": "{name}"}}\n'.encode() for name in FILES} | {WEIGHTS: bytes(range(256)) * 400}
OTHERS = "README.md", "pytorch_model.bin"  # the hub has them, the lessons do not use them

TALK = """
import json, time
from pipeline_helpers.checkpoints import checkpoint
began = time.monotonic()
try:
    said = {"folder": checkpoint("sst2")}
except Exception as error:
    said = {"kinds": [kind.__name__ for kind in type(error).__mro__], "message": str(error)}
    assert error.__cause__ is None and error.__suppress_context__ or error.__context__ is None
print(json.dumps(said | {"seconds": time.monotonic() - began}))
"""

# The client's own download of the same files into the same cache.
CLIENT = f"""
from huggingface_hub import hf_hub_download
for file in {FILES!r}:
    print(hf_hub_download({REPOSITORY!r}, file, revision={REVISION!r}))
"""


@pytest.fixture
def hub():
    files = CONTENT | dict.fromkeys(OTHERS, b"not for us")
    with LoopbackHub(REPOSITORY, REVISION, files, large=WEIGHTS) as hub:
        yield hub


@pytest.fixture
def start(tmp_path):
    """Run a program as a student's machine would, its cache in `tmp_path`; gives the process."""

    def start(program, endpoint, **settings):
        clean = {name: value for name, value in os.environ.items() if not name.startswith(("HF_", "TRANSFORMERS_"))}
        environment = clean | {
            "HF_HOME": str(tmp_path),
            "HF_ENDPOINT": endpoint,
            "NO_PROXY": "*",
            "PIPELINE_HELPERS_LANG": "en",
        }
        return subprocess.Popen(
            [sys.executable, "-c", program],
            cwd=ROOT,
            env=environment | settings,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    return start


@pytest.fixture
def talk(start):
    """`ph.checkpoint("sst2")` in a process of its own: what it said, and its stderr."""

    def talk(endpoint, **settings):
        process = start(TALK, endpoint, **settings)
        output, errors = process.communicate(timeout=60)
        assert process.returncode == 0, errors
        return json.loads(output) | {"stderr": errors}

    return talk


@pytest.fixture
def repository(tmp_path):
    """Where the client keeps the published checkpoint."""
    return tmp_path / "hub" / f"models--{REPOSITORY.replace('/', '--')}"


def assert_whole(said):
    assert "folder" in said, said
    folder = Path(said["folder"])
    assert folder.name == REVISION
    assert {file.name: file.read_bytes() for file in folder.iterdir()} == CONTENT


def assert_refused(said, kind, *words):
    assert "folder" not in said
    assert kind in said["kinds"], said
    for word in (*words, "ph.checkpoint()"):
        assert word in said["message"]


# The choice of a name


def test_the_classroom_checkpoint_is_the_default_and_a_folder_in_the_package(monkeypatch):
    monkeypatch.delenv(ENVIRONMENT, raising=False)
    assert ph.checkpoint() == ph.checkpoint("classroom") == str(ROOT / "pipeline_helpers" / "classroom")
    assert (Path(ph.checkpoint()) / "config.json").is_file()


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


def test_the_revision_is_the_one_that_transformers_pins():
    # Read, not imported: that takes seconds.
    folder = Path(importlib.util.find_spec("transformers").origin).parent
    pinned = re.search(rf'"{REPOSITORY}", "([0-9a-f]+)"', (folder / "pipelines/__init__.py").read_text("utf-8"))
    assert REVISION.startswith(pinned[1])


def test_the_module_loads_without_the_hubs_client():
    program = "import sys, pipeline_helpers.checkpoints; print('huggingface_hub' in sys.modules)"
    output = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert output.stdout.strip() == "False"


# A hub that is well


def test_a_good_download_is_whole_and_found_again_without_a_question(hub, talk, start):
    said = talk(hub.url, HF_TOKEN="hf_somebodys")
    assert_whole(said)
    assert "Downloading model.safetensors: 100%" in said["stderr"]
    assert not [call for call in hub.log if call.path.endswith(OTHERS)]
    # Not even what the client itself would take through Xet.
    assert not [call for call in hub.log if "xet" in call.path]
    # A token is the hub's business, not the storage's.
    assert {bool(call.token) for call in hub.log if "/storage/" in call.path} == {False}
    asked = len(hub.log)
    again = talk(hub.url)
    assert_whole(again)
    assert again["stderr"] == ""
    assert len(hub.log) == asked
    assert_whole(talk("http://127.0.0.1:9", HF_HUB_OFFLINE="1"))
    # The client, and with it transformers, finds what we stored.
    process = start(CLIENT, "http://127.0.0.1:9", HF_HUB_OFFLINE="1")
    found, errors = process.communicate(timeout=60)
    assert [Path(path).read_bytes() for path in found.split()] == [CONTENT[name] for name in FILES], errors


def test_two_kernels_at_once_download_once(hub, start):
    hub.delay = 1.5
    kernels = [start(TALK, hub.url) for _ in range(2)]
    for kernel in kernels:
        output, errors = kernel.communicate(timeout=60)
        assert kernel.returncode == 0, errors
        assert_whole(json.loads(output))
    assert hub.downloads(WEIGHTS) == [None]
    # Both asked whether the hub is there; the one that waited asked nothing else.
    asked = [call.path.rpartition("/")[2] for call in hub.log if call.method == "HEAD" and "/resolve/" in call.path]
    assert sorted(asked) == sorted([*FILES, FILES[0]])


def test_a_folder_copied_from_another_machine_is_found(hub, talk, start, repository):
    talk(hub.url)
    copy = repository.with_name("copied without links")
    shutil.copytree(repository, copy)
    shutil.rmtree(repository)
    shutil.rmtree(copy / "blobs")
    copy.rename(repository)
    for file in (repository / "snapshots" / REVISION).iterdir():
        assert not file.is_symlink()
        os.utime(file, (1, 1))
    assert_whole(talk("http://127.0.0.1:9", HF_HUB_OFFLINE="1"))


def test_what_the_client_downloaded_is_checked_and_used_without_a_network(hub, talk, start):
    assert start(CLIENT, hub.url, HF_HUB_DISABLE_XET="1").wait(60) == 0
    assert_whole(talk("http://127.0.0.1:9"))


def test_where_no_links_can_be_made_the_files_lie_in_the_snapshot(hub, talk):
    said = talk(hub.url, HF_HUB_DISABLE_SYMLINKS="1")
    assert_whole(said)
    assert not [file for file in Path(said["folder"]).iterdir() if file.is_symlink()]
    assert_whole(talk("http://127.0.0.1:9"))


# A hub or a network that is not


def test_a_cut_is_taken_up_where_it_was(hub, talk):
    hub.stops[WEIGHTS] = [Stop(40_000, "cut")]
    assert_whole(talk(hub.url))
    assert hub.downloads(WEIGHTS) == [None, "bytes=40000-"]


def test_a_hub_that_knows_no_ranges_sends_the_whole_file_again(hub, talk):
    hub.knows_ranges = False
    hub.stops[WEIGHTS] = [Stop(40_000, "cut")]
    assert_whole(talk(hub.url))
    assert hub.downloads(WEIGHTS) == [None, "bytes=40000-"]


def test_a_hub_that_falls_silent_is_given_up_and_the_next_kernel_goes_on(hub, talk):
    hub.stops[WEIGHTS] = [Stop(40_000, "silent"), Stop(0, "cut"), Stop(0, "cut"), Stop(0, "cut")]
    said = talk(hub.url, HF_HUB_DOWNLOAD_TIMEOUT="1")
    assert_refused(said, "HubUnreachableError", WEIGHTS, "40,000 of 102,400", hub.url)
    # Half a download is none, whoever asks.
    assert_refused(talk("http://127.0.0.1:9", HF_HUB_OFFLINE="1"), "HubUnreachableError", "HF_HUB_OFFLINE")
    hub.log.clear()
    assert_whole(talk(hub.url))
    assert hub.downloads(WEIGHTS) == ["bytes=40000-"]
    assert hub.downloads("config.json") == []


def test_a_hub_that_has_only_the_beginning_is_given_up(hub, talk):
    hub.sends[WEIGHTS] = CONTENT[WEIGHTS][:50_000]
    assert_refused(talk(hub.url), "HubUnreachableError", WEIGHTS, "of 102,400", "too short")


def test_a_file_that_is_not_there_is_named(hub, talk):
    del hub.files[WEIGHTS]
    assert_refused(talk(hub.url), "CheckpointError", WEIGHTS, REPOSITORY, hub.url, "404")


@pytest.mark.parametrize("name", [WEIGHTS, "vocab.txt"])
def test_a_wrong_checksum_is_refused_and_deleted(hub, talk, repository, name):
    hub.sends[name] = CONTENT[name][:-1] + b"!"
    said = talk(hub.url)
    assert_refused(said, "ChecksumError", name, hub.checksum(name))
    assert not [blob for blob in (repository / "blobs").iterdir() if hub.checksum(name) in blob.name]
    hub.sends.clear()
    hub.log.clear()
    assert_whole(talk(hub.url))
    assert hub.downloads(name) == [None]


def test_weights_without_a_sha256_are_not_even_downloaded(hub, talk):
    hub.checksums[WEIGHTS] = "an-etag-of-some-mirror"
    assert_refused(talk(hub.url), "ChecksumError", WEIGHTS, "sha256")
    assert hub.downloads(WEIGHTS) == []


def test_a_small_file_under_a_mirrors_own_mark_is_taken(hub, talk):
    hub.checksums["vocab.txt"] = "../an etag of some mirror"
    assert_whole(talk(hub.url))
    assert_whole(talk("http://127.0.0.1:9"))


def test_wrong_weights_that_the_client_took_are_not_given_out(hub, talk, start):
    hub.sends[WEIGHTS] = CONTENT[WEIGHTS][:-1] + b"!"
    assert start(CLIENT, hub.url, HF_HUB_DISABLE_XET="1").wait(60) == 0  # the client does not look
    assert_refused(talk("http://127.0.0.1:9", HF_HUB_OFFLINE="1"), "HubUnreachableError", "HF_HUB_OFFLINE")
    hub.sends.clear()
    assert_whole(talk(hub.url))


def test_weights_damaged_in_the_cache_are_not_given_out_but_downloaded_again(hub, talk):
    folder = Path(talk(hub.url)["folder"])
    os.truncate(folder / WEIGHTS, 1_000)
    assert_refused(talk("http://127.0.0.1:9", HF_HUB_OFFLINE="1"), "HubUnreachableError", "HF_HUB_OFFLINE")
    hub.log.clear()
    assert_whole(talk(hub.url))
    assert hub.downloads(WEIGHTS) == [None]
    assert hub.downloads("vocab.txt") == []


def test_another_revision_is_not_taken_for_ours(hub, talk):
    hub.commit = "0" * 40
    assert_refused(talk(hub.url), "CheckpointError", REVISION, "0" * 40)


def test_an_error_of_the_hub_is_passed_on(hub, talk):
    hub.status = 503
    assert_refused(talk(hub.url), "CheckpointError", "503", hub.url)


def test_a_silent_hub_costs_less_than_ten_seconds_in_both_languages(hub, start):
    hub.silent = True
    words = {"es": "no respondió en", "en": "did not answer within"}
    kernels = {lang: start(TALK, hub.url, PIPELINE_HELPERS_LANG=lang) for lang in words}
    for lang, kernel in kernels.items():
        said = json.loads(kernel.communicate(timeout=60)[0])
        assert_refused(said, "HubUnreachableError", words[lang], hub.url, REPOSITORY, "HF_ENDPOINT")
        assert "ConnectionError" in said["kinds"]
        assert said["seconds"] < 10


def test_a_hub_that_refuses_connections_costs_less_than_ten_seconds(talk):
    with socket.socket() as nobody_listens:
        nobody_listens.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{nobody_listens.getsockname()[1]}"
        said = talk(url, PIPELINE_HELPERS_LANG="es")
    assert_refused(said, "HubUnreachableError", "no se pudo conectar", url, REPOSITORY, "HF_ENDPOINT")
    assert said["seconds"] < 10


def test_a_hub_whose_name_nobody_knows_costs_less_than_ten_seconds(talk):
    said = talk("http://hub.invalid")
    assert_refused(said, "HubUnreachableError", "http://hub.invalid")
    assert said["seconds"] < 10


def test_offline_with_nothing_cached_asks_nobody(hub, talk):
    said = talk(hub.url, HF_HUB_OFFLINE="1")
    assert_refused(said, "HubUnreachableError", "HF_HUB_OFFLINE", "forbids asking the hub")
    assert hub.log == []


def test_a_cache_that_cannot_be_written_is_named(hub, talk, tmp_path):
    (tmp_path / "hub").write_text("a file where the cache should be")
    assert_refused(talk(hub.url), "CheckpointError", str(tmp_path / "hub"), "HF_HOME")
