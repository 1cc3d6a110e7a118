"""The hub's client: the real one, against a hub of our own, a hub that is ill, and no hub at all.

The client reads its settings when it is imported, so each talk with a hub has a process of its own.
"""

import json
import os
import shutil
import socket
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pytest

from tests.loopback_hub import LoopbackHub, Stop

ROOT = Path(__file__).parents[1]
CLASSROOM = ROOT / "pipeline_helpers" / "classroom"
REPOSITORY, REVISION = "someone/some-model", "714eb0fa89d2f80546fda750413ed43d93601a13"
WEIGHTS = "model.safetensors"
SMALL = "config.json", "tokenizer_config.json", "vocab.txt"
CONTENT = {name: f'{{"file": "{name}"}}\n'.encode() for name in SMALL} | {WEIGHTS: bytes(range(256)) * 400}
OTHERS = "README.md", "pytorch_model.bin"  # the hub has them, nobody asks for them
FILES = {name: sha256(content).hexdigest() for name, content in CONTENT.items()}

TALK = """
import json, time
{imports}
began = time.monotonic()
try:
    said = {{"gives": {call}}}
except Exception as error:
    said = {{"kinds": [kind.__name__ for kind in type(error).__mro__], "message": str(error)}}
    assert error.__suppress_context__ or error.__context__ is None
print(json.dumps(said | {{"seconds": time.monotonic() - began}}))
"""
DOWNLOAD = TALK.format(
    imports="from pipeline_helpers import hub", call=f"hub.download({REPOSITORY!r}, {REVISION!r}, {FILES!r})"
)
# The client's own download of the same files into the same cache.
CLIENT = f"""
from huggingface_hub import hf_hub_download
for file in {tuple(FILES)!r}:
    print(hf_hub_download({REPOSITORY!r}, file, revision={REVISION!r}))
"""
# The libraries are what a lesson's first cell has loaded.
LIBRARIES = """
import pipeline_helpers as ph
from transformers import AutoModelForSequenceClassification, AutoTokenizer
ph.trace, ph.LivePipeline
"""
TRACE = TALK.format(
    imports=LIBRARIES,
    call=f"ph.trace('I like it', checkpoint={REPOSITORY!r}).predictions[0]['label']",
)
# A view that is typed into again: the second answer has to be there at once.
VIEW = TALK.format(
    imports=LIBRARIES,
    call=f"[(view := ph.{{view}}(checkpoint={REPOSITORY!r})) and str(view.result), again(view)]",
).replace(
    "began",
    """
def again(view):
    began = time.monotonic()
    view.children[0].value = "something else"
    view.refresh()
    return time.monotonic() - began
began""",
    1,
)
NOBODY = "http://127.0.0.1:9"


@pytest.fixture
def hub():
    files = CONTENT | dict.fromkeys(OTHERS, b"not for us")
    with LoopbackHub(REPOSITORY, REVISION, files, large=WEIGHTS) as hub:
        yield hub


@pytest.fixture
def classroom_hub():
    files = {file.name: file.read_bytes() for file in CLASSROOM.iterdir()}
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
    """A program in a process of its own: what it said, and its stderr."""

    def talk(endpoint, program=DOWNLOAD, **settings):
        process = start(program, endpoint, **settings)
        output, errors = process.communicate(timeout=100)
        assert process.returncode == 0, errors
        return json.loads(output) | {"stderr": errors}

    return talk


@pytest.fixture
def repository(tmp_path):
    """Where the client keeps the repository."""
    return tmp_path / "hub" / f"models--{REPOSITORY.replace('/', '--')}"


@pytest.fixture
def closed():
    """The address of a port where nobody listens."""
    with socket.socket() as nobody_listens:
        nobody_listens.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{nobody_listens.getsockname()[1]}"


def assert_whole(said):
    assert "gives" in said, said
    folder = Path(said["gives"])
    assert folder.name == REVISION
    assert {file.name: file.read_bytes() for file in folder.iterdir()} == CONTENT


def assert_nothing_but_the_bar(said):
    assert not [line for line in said["stderr"].split("\n") if line and "Downloading model.safetensors" not in line]


def assert_refused(said, kind, *words):
    assert "gives" not in said
    assert kind in said["kinds"], said
    for word in (*words, "ph.checkpoint()"):
        assert word in said["message"]
    assert_nothing_but_the_bar(said)


# A hub that is well


def test_a_good_download_is_whole_and_found_again_without_a_question(hub, talk, start):
    said = talk(hub.url, HF_TOKEN="hf_somebodys")
    assert_whole(said)
    assert "Downloading model.safetensors: 100%" in said["stderr"]
    assert_nothing_but_the_bar(said)
    assert not [call for call in hub.log if call.path.endswith(OTHERS)]
    # Not even what the client itself would take through Xet, nor who is asking.
    assert not [call for call in hub.log if "/resolve" not in call.path and "/storage/" not in call.path]
    # A token is the hub's business, not the storage's.
    assert {bool(call.token) for call in hub.log if "/storage/" in call.path} == {False}
    asked = len(hub.log)
    again = talk(hub.url)
    assert_whole(again)
    assert again["stderr"] == ""
    assert len(hub.log) == asked
    assert_whole(talk(NOBODY, HF_HUB_OFFLINE="1"))
    # The client, and with it transformers, finds what we stored.
    process = start(CLIENT, NOBODY, HF_HUB_OFFLINE="1")
    found, errors = process.communicate(timeout=60)
    assert [Path(path).read_bytes() for path in found.split()] == [CONTENT[name] for name in FILES], errors


def test_what_is_verified_is_not_hashed_again(hub, talk):
    talk(hub.url)
    never = DOWNLOAD.replace("began", "hub.hashlib = None\nbegan", 1)
    assert_whole(talk(NOBODY, never))


def test_two_kernels_at_once_download_once(hub, start):
    hub.delay = 1.5
    kernels = [start(DOWNLOAD, hub.url) for _ in range(2)]
    for kernel in kernels:
        output, errors = kernel.communicate(timeout=60)
        assert kernel.returncode == 0, errors
        assert_whole(json.loads(output))
    assert hub.downloads(WEIGHTS) == [None]


def test_a_folder_copied_from_another_machine_is_found(hub, talk, repository):
    talk(hub.url)
    copy = repository.with_name("copied without links")
    shutil.copytree(repository, copy)
    shutil.rmtree(repository)
    shutil.rmtree(copy / "blobs")
    copy.rename(repository)
    for file in (repository / "snapshots" / REVISION).iterdir():
        assert not file.is_symlink()
        os.utime(file, (1, 1))
    assert_whole(talk(NOBODY, HF_HUB_OFFLINE="1"))


def test_what_the_client_downloaded_is_checked_and_used_without_a_network(hub, talk, start):
    assert start(CLIENT, hub.url, HF_HUB_DISABLE_XET="1").wait(60) == 0
    assert_whole(talk(NOBODY))


def test_where_no_links_can_be_made_the_files_lie_in_the_snapshot(hub, talk):
    said = talk(hub.url, HF_HUB_DISABLE_SYMLINKS="1")
    assert_whole(said)
    assert not [file for file in Path(said["gives"]).iterdir() if file.is_symlink()]
    assert_whole(talk(NOBODY))


def test_a_mirror_may_put_marks_of_its_own(hub, talk):
    hub.checksums |= {"vocab.txt": "an etag of some mirror", WEIGHTS: "another"}
    assert_whole(talk(hub.url))


# A hub or a network that is not


def test_a_cut_is_mended_within_the_call(hub, talk):
    hub.stops[WEIGHTS] = [Stop(40_000, "cut")]
    said = talk(hub.url)
    assert_whole(said)
    assert len(hub.downloads(WEIGHTS)) == 2
    assert_nothing_but_the_bar(said)


def test_a_hub_that_falls_silent_is_given_up_and_the_next_kernel_begins_anew(hub, talk, repository):
    hub.stops[WEIGHTS] = [Stop(40_000, "silent"), *[Stop(0, "silent")] * 6]
    said = talk(hub.url, HF_HUB_DOWNLOAD_TIMEOUT="1")
    assert_refused(said, "HubUnreachableError", hub.url, "cut", "timed out")
    assert not list((repository / "blobs").glob("*.incomplete"))
    # Half a download is none, whoever asks.
    assert_refused(talk(NOBODY, HF_HUB_OFFLINE="1"), "HubUnreachableError", "HF_HUB_OFFLINE")
    hub.stops.clear()
    hub.log.clear()
    assert_whole(talk(hub.url))
    assert hub.downloads(WEIGHTS) == [None]
    assert hub.downloads("config.json") == []


def test_a_hub_that_has_only_the_beginning_is_given_up(hub, talk):
    hub.sends[WEIGHTS] = CONTENT[WEIGHTS][:50_000]
    assert_refused(talk(hub.url), "HubUnreachableError", "102400", "50000")


@pytest.mark.parametrize("name", ["config.json", WEIGHTS])
def test_a_file_that_is_not_there_is_said(hub, talk, name):
    del hub.files[name]
    assert_refused(talk(hub.url), "CheckpointError", hub.url, "404")


@pytest.mark.parametrize("name", [WEIGHTS, "vocab.txt"])
def test_a_wrong_file_is_refused_and_deleted(hub, talk, repository, name):
    hub.sends[name] = CONTENT[name][:-1] + b"!"
    assert_refused(talk(hub.url), "ChecksumError", name, FILES[name])
    assert not [blob for blob in (repository / "blobs").iterdir() if hub.checksum(name) in blob.name]
    hub.sends.clear()
    hub.log.clear()
    assert_whole(talk(hub.url))
    assert hub.downloads(name) == [None]


def test_wrong_weights_that_the_client_took_are_not_given_out(hub, talk, start):
    hub.sends[WEIGHTS] = CONTENT[WEIGHTS][:-1] + b"!"
    assert start(CLIENT, hub.url, HF_HUB_DISABLE_XET="1").wait(60) == 0  # the client does not look
    assert_refused(talk(NOBODY, HF_HUB_OFFLINE="1"), "HubUnreachableError", "HF_HUB_OFFLINE")
    hub.sends.clear()
    assert_whole(talk(hub.url))


def test_weights_damaged_in_the_cache_are_not_given_out_but_downloaded_again(hub, talk):
    folder = Path(talk(hub.url)["gives"])
    os.truncate(folder / WEIGHTS, 1_000)
    assert_refused(talk(NOBODY, HF_HUB_OFFLINE="1"), "HubUnreachableError", "HF_HUB_OFFLINE")
    hub.log.clear()
    assert_whole(talk(hub.url))
    assert hub.downloads(WEIGHTS) == [None]
    assert hub.downloads("vocab.txt") == []


@pytest.mark.parametrize("commit", ["0" * 40, ""])
def test_another_revision_or_a_login_page_is_not_taken_for_the_hub(hub, talk, commit):
    hub.commit = commit
    assert_refused(talk(hub.url), "CheckpointError", "is not the hub", REVISION, commit or "None", "Wi-Fi")


@pytest.mark.parametrize("status", [403, 429, 503])
def test_an_error_of_the_hub_is_passed_on_at_once(hub, talk, status):
    hub.status = status
    said = talk(hub.url)
    assert_refused(said, "CheckpointError", str(status), hub.url)
    assert said["seconds"] < 10


# What a hub that is not there costs, for the published checkpoint and for any other name

HANGS = "import socket, time; socket.getaddrinfo = lambda *a, **k: time.sleep(100)\n"


@pytest.mark.parametrize("program", [DOWNLOAD, TRACE], ids=["download", "trace"])
@pytest.mark.parametrize("how", ["silent", "closed", "unknown", "hanging"])
def test_no_hub_costs_less_than_ten_seconds_and_not_a_line(hub, talk, closed, program, how):
    hub.silent = True
    url = {"silent": hub.url, "closed": closed}.get(how, "http://hub.invalid")
    said = talk(url, HANGS * (how == "hanging") + program)
    words = {"silent": "did not answer within", "hanging": "did not answer within", "closed": "could not be reached"}
    assert_refused(said, "HubUnreachableError", REPOSITORY, url, "HF_ENDPOINT", words.get(how, ""))
    assert "ConnectionError" in said["kinds"]
    assert said["seconds"] < 10
    assert said["stderr"] == ""


@pytest.mark.parametrize("view", ["LiveTokenizer", "LivePipeline"])
@pytest.mark.parametrize("how", ["silent", "closed"])
def test_a_view_says_so_in_ten_seconds_and_does_not_ask_again_at_each_key(hub, talk, closed, view, how):
    hub.silent = True
    said = talk({"silent": hub.url, "closed": closed}[how], VIEW.replace("{view}", view))
    sentence, seconds_again = said["gives"]
    assert "is not complete on this machine" in sentence
    assert sentence.endswith("from a machine that has it.")
    assert said["seconds"] < 10
    assert seconds_again < 0.5
    assert said["stderr"] == ""


def test_it_is_said_in_spanish_too(closed, talk):
    said = talk(closed, PIPELINE_HELPERS_LANG="es")
    assert_refused(said, "HubUnreachableError", "no se pudo conectar", closed, "Qué puedes hacer")


@pytest.mark.parametrize("program", [DOWNLOAD, TRACE], ids=["download", "trace"])
def test_offline_with_nothing_cached_asks_nobody(hub, talk, program):
    said = talk(hub.url, program, HF_HUB_OFFLINE="1")
    assert_refused(said, "HubUnreachableError", "HF_HUB_OFFLINE", "forbids asking the hub")
    assert hub.log == []


def test_a_name_that_is_on_no_hub_is_no_matter_of_the_network(hub, talk):
    said = talk(hub.url, TRACE.replace(repr(REPOSITORY), "'/nowhere/at all'"))
    assert "ValueError" in said["kinds"]
    assert "Repo id" in said["message"]
    assert hub.log == []


def test_any_name_is_downloaded_once_and_then_loaded_without_a_question(classroom_hub, talk):
    first = talk(classroom_hub.url, TRACE)
    assert first.get("gives") == "POSITIVE", first
    assert first["stderr"] == ""
    assert not [call for call in classroom_hub.log if "xet" in call.path or "harness" in call.path]
    asked = len(classroom_hub.log)
    for url in (classroom_hub.url, NOBODY):
        again = talk(url, TRACE)
        assert again["gives"] == "POSITIVE"
        assert again["stderr"] == ""
    assert len(classroom_hub.log) == asked
    again = talk("http://hub.invalid", HANGS + TRACE)
    assert again["gives"] == "POSITIVE"
    assert again["seconds"] < 5


def test_half_a_cache_is_no_tokenizer(classroom_hub, talk, repository):
    assert talk(classroom_hub.url, TRACE)["gives"] == "POSITIVE"
    for file in (repository / "snapshots" / REVISION).glob("*"):
        if file.name in ("vocab.txt", "tokenizer.json"):
            file.unlink()
    # transformers makes a tokenizer of the special tokens alone, which knows no word.
    assert_refused(talk(NOBODY, TRACE), "HubUnreachableError")
    assert talk(classroom_hub.url, TRACE)["gives"] == "POSITIVE"


def test_a_folder_without_a_vocabulary_is_refused(tmp_path):
    from pipeline_helpers import hub

    for name in ("config.json", "tokenizer_config.json"):
        shutil.copy(CLASSROOM / name, tmp_path)
    with pytest.raises(OSError, match="vocabulario del tokenizador"):
        hub.load_tokenizer(str(tmp_path))


# The disk


def test_a_cache_that_cannot_be_written_is_named(hub, talk, tmp_path):
    (tmp_path / "hub").write_text("a file where the cache should be")
    said = talk(hub.url)
    assert_refused(said, "CheckpointError", str(tmp_path / "hub"), "HF_HOME")


def test_a_full_disk_is_said_and_nothing_is_left_of_the_file(hub, talk, repository):
    full = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))\n"
    assert_refused(talk(hub.url, full + DOWNLOAD), "CheckpointError", "HF_HOME", str(repository))
    assert max(file.stat().st_size for file in (repository / "blobs").iterdir()) < 1000
