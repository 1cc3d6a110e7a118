"""The classroom checkpoint as float32: the same numbers, mapped, made whole or not at all, taken from nobody else."""

import errno
import os
import re
import stat
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import platformdirs
import pytest
import safetensors.numpy
import torch
from transformers import AutoModel, AutoModelForSequenceClassification, AutoTokenizer

from pipeline_helpers import shared_weights
from pipeline_helpers.shared_weights import SOURCE, WEIGHTS, classroom, is_current, make, shared_folder
from tests.notes import SENTENCES

ROOT = Path(__file__).parents[1]
A_PLACE = "una carpeta con eñe"
SOMEBODY_ELSE = os.getuid() + 1


@pytest.fixture
def source(tmp_path, monkeypatch):
    """A small checkpoint in the place of the package's, and places of our own for what is made of it."""
    folder = tmp_path / "source"
    folder.mkdir()
    weights = {name: np.linspace(-3, 3, size).astype(np.float16) for name, size in (("one", 70), ("other", 1001))}
    safetensors.numpy.save_file(weights, folder / WEIGHTS, metadata={"format": "pt"})
    for name in ("README.md", "config.json", "tokenizer.json", "vocab.txt"):
        (folder / name).write_text(f"this is {name}")
    monkeypatch.setattr(shared_weights, "SOURCE", folder)
    monkeypatch.setattr(sys, "prefix", str(tmp_path / A_PLACE))
    monkeypatch.setattr(shared_weights, "own_folder", lambda: tmp_path / "cache" / A_PLACE / "classroom")
    return folder


@pytest.fixture
def shared(source):
    make(shared_folder())
    assert is_current(shared_folder())
    return shared_folder()


def left_beside(folder):
    """What lies there but the folder and the lock."""
    return {entry.name for entry in folder.parent.iterdir()} - {"classroom", "classroom.lock"}


# What is made


@pytest.fixture(scope="module")
def real(tmp_path_factory):
    """The classroom checkpoint itself, as float32."""
    folder = tmp_path_factory.mktemp(A_PLACE) / "classroom"
    make(folder)
    return folder


@pytest.mark.parametrize("auto_class", [AutoModel, AutoModelForSequenceClassification])
def test_it_gives_the_same_numbers_to_the_last_bit(real, auto_class):
    texts = [*SENTENCES, "Me encanta el español 😀", "so bad " * 40, ""]
    inputs, outputs = [], []
    for folder in (SOURCE, real):
        inputs.append(AutoTokenizer.from_pretrained(folder)(texts, padding=True, return_tensors="pt"))
        model = auto_class.from_pretrained(folder)
        assert {parameter.dtype for parameter in model.parameters()} == {torch.float32}
        with torch.no_grad():
            outputs.append(model(**inputs[-1], output_hidden_states=True))
    assert torch.equal(inputs[0]["input_ids"], inputs[1]["input_ids"])
    assert len(outputs[0].hidden_states) == 7
    for one, other in zip(outputs[0].to_tuple(), outputs[1].to_tuple(), strict=True):
        assert all(map(torch.equal, one, other)) if isinstance(one, tuple) else torch.equal(one, other)


def test_it_has_every_file_and_names_no_path(real):
    for file in SOURCE.iterdir():
        copy = (real / file.name).read_bytes()
        assert copy == file.read_bytes() or file.name == WEIGHTS
        for path in (real, SOURCE, Path.home(), Path(sys.prefix)):
            assert len(bytes(path)) < 3 or bytes(path) not in copy


PRIVATE = """
import re, sys
from pathlib import Path
from transformers import AutoModel, AutoModelForSequenceClassification, logging
logging.set_verbosity_error()
logging.disable_progress_bar()
models, sizes = [], []
for folder in (sys.argv[1], *sys.argv[1:]):  # the first model loads half of transformers
    for auto_class in (AutoModelForSequenceClassification, AutoModel):
        models.append(auto_class.from_pretrained(folder))
        rollup = Path("/proc/self/smaps_rollup").read_text()
        sizes.append(int(re.search(r"^Private_Dirty:\\s+(\\d+)", rollup, re.MULTILINE)[1]) / 1000)
print(*(after - before for before, after in zip(sizes[1:], sizes[2:])))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells what a process has for itself")
def test_a_further_model_costs_next_to_nothing(real):
    command = [sys.executable, "-c", PRIVATE, real, SOURCE]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    one, other, *without = map(float, done.stdout.split())
    assert max(one, other) < 10
    assert min(without) > 80  # what a model costs otherwise, so that this test can fail


# What is taken


def test_what_is_shared_is_taken_and_without_it_one_of_ones_own(shared, capfd):
    assert classroom() == shared
    (shared / "config.json").unlink()
    own = shared_weights.own_folder()
    assert not own.exists()
    assert classroom() == own
    made = (own / WEIGHTS).stat().st_ino
    assert classroom() == own
    assert (own / WEIGHTS).stat().st_ino == made
    assert left_beside(own) == set()
    assert capfd.readouterr() == ("", "")


def test_where_nothing_can_be_written_it_is_the_packages_own(source, monkeypatch, capfd):
    (source.parent / "cache").write_text("a file, in which not even root can make a folder")
    asked = []
    monkeypatch.setattr(shared_weights, "make", lambda folder: asked.append(folder) or make(folder))
    assert classroom() == source
    assert classroom() == source
    assert asked == [shared_weights.own_folder()]  # once a process
    assert capfd.readouterr() == ("", "")


def test_a_user_without_a_home_takes_the_packages_own(source, monkeypatch):
    def no_home():
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(shared_weights, "own_folder", no_home)
    assert classroom() == source


def test_ones_own_lies_in_the_users_cache_one_for_each_environment(monkeypatch):
    here = shared_weights.own_folder()
    assert here.is_relative_to(platformdirs.user_cache_path("pipeline_helpers"))
    monkeypatch.setattr(shared_weights, "SOURCE", Path("/another/environment/classroom"))
    assert shared_weights.own_folder() != here
    assert shared_weights.own_folder().name == here.name == "classroom"


@pytest.mark.parametrize("name", ["README.md", "config.json", "tokenizer.json", "vocab.txt"])
def test_another_version_of_any_file_makes_it_stale(source, shared, name):
    (source / name).write_text("another version")
    assert classroom() == shared_weights.own_folder()
    make(shared)
    assert classroom() == shared
    assert (shared / name).read_text() == "another version"
    assert left_beside(shared) == set()


@pytest.mark.parametrize("change", ["values", "shape", "names"])
def test_other_weights_make_it_stale(source, shared, change):
    now = safetensors.numpy.load_file(source / WEIGHTS)
    if change == "values":  # trained again: another beginning, the same size
        now["other"][:3] += 1
    elif change == "shape":
        now["one"] = now["one"].reshape(1, -1)
    else:
        now["third"] = now.pop("one")
    times = (source / WEIGHTS).stat()
    safetensors.numpy.save_file(now, source / WEIGHTS, metadata={"format": "pt"})
    os.utime(source / WEIGHTS, ns=(times.st_atime_ns, times.st_mtime_ns))  # as from a reproducible archive
    assert not is_current(shared)
    make(shared)
    assert is_current(shared)


def test_the_same_weights_at_another_time_are_current(source, shared):
    os.utime(source / WEIGHTS, (1_600_000_000, 1_600_000_000))  # as after the course was copied
    assert is_current(shared)


def test_weights_that_are_still_float16_are_not_taken(source, shared):
    (shared / WEIGHTS).write_bytes((source / WEIGHTS).read_bytes())
    assert not is_current(shared)


@pytest.mark.parametrize("where", ["source", "shared"])
def test_a_file_more_makes_it_stale_but_not_one_that_is_hidden(source, shared, where):
    folder = source if where == "source" else shared
    (folder / ".ipynb_checkpoints").mkdir()
    assert is_current(shared)
    (folder / "merges.txt").write_text("")
    assert not is_current(shared)
    make(shared)
    assert is_current(shared)


@pytest.mark.parametrize("size", [0, 4, 300, -1])
def test_cut_weights_are_not_taken(shared, size):
    os.truncate(shared / WEIGHTS, size % (shared / WEIGHTS).stat().st_size)
    assert not is_current(shared)


def owned_by(monkeypatch, path, user):
    """Make it look as if `path` belonged to `user`: to give files away takes root."""
    lstat = Path.lstat

    def looks(self):
        found = lstat(self)
        return SimpleNamespace(st_mode=found.st_mode, st_uid=user) if self == path else found

    monkeypatch.setattr(Path, "lstat", looks)


@pytest.mark.parametrize("name", ["", WEIGHTS, "config.json"])
def test_what_belongs_to_somebody_else_is_not_taken(shared, monkeypatch, name):
    owned_by(monkeypatch, shared / name, SOMEBODY_ELSE)
    assert classroom() == shared_weights.own_folder()


def test_what_belongs_to_root_is_taken_by_all(shared, monkeypatch):
    monkeypatch.setattr(os, "getuid", lambda: SOMEBODY_ELSE)
    lstat = Path.lstat
    monkeypatch.setattr(Path, "lstat", lambda self: SimpleNamespace(st_mode=lstat(self).st_mode, st_uid=0))
    assert classroom() == shared


def test_where_users_have_no_numbers_it_is_taken(shared, monkeypatch):
    owned_by(monkeypatch, shared, 0)
    monkeypatch.delattr(os, "getuid")
    assert classroom() == shared


@pytest.mark.parametrize("name", ["", WEIGHTS, "config.json"])
def test_what_everybody_can_write_is_not_taken(shared, name):
    path = shared / name
    path.chmod(path.stat().st_mode | stat.S_IWOTH)
    assert not is_current(shared)


@pytest.mark.parametrize("name", ["", WEIGHTS, "config.json"])
def test_a_link_to_somewhere_else_is_not_taken(shared, tmp_path, name):
    path = shared / name
    path.rename(tmp_path / "elsewhere")
    path.symlink_to(tmp_path / "elsewhere")
    assert not is_current(shared)
    make(shared)
    assert is_current(shared)
    assert (tmp_path / "elsewhere").exists()  # replaced is the link, not what it leads to


# Whole or not at all


def broken(*_):
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def flipped(descriptor):
    os.pwrite(descriptor, b"\x55", os.fstat(descriptor).st_size - 1)


@pytest.mark.parametrize("fsync", [broken, flipped])
@pytest.mark.parametrize("before", ["nothing", "an old one"])
def test_what_cannot_be_written_or_read_back_leaves_what_was_there(source, monkeypatch, fsync, before):
    folder = shared_folder()
    if before != "nothing":
        make(folder)
        (source / "config.json").write_text("a new version")
    with monkeypatch.context() as disk:
        disk.setattr(os, "fsync", fsync)
        with pytest.raises(OSError, match=r"No space left|Input/output"):
            make(folder)
    assert left_beside(folder) == set()
    assert folder.exists() == (before != "nothing")
    assert not folder.exists() or (folder / "config.json").read_text() == "this is config.json"
    make(folder)
    assert is_current(folder)


def test_a_second_time_changes_nothing(shared):
    before = {path: path.stat() for path in (shared, *shared.iterdir())}
    make(shared)
    assert {path: path.stat() for path in (shared, *shared.iterdir())} == before


PROGRAM = """
import os, signal, sys
from pathlib import Path
import safetensors.numpy
from pipeline_helpers import shared_weights

sys.prefix, shared_weights.SOURCE, shared_weights.PATIENCE = sys.argv[1], Path(sys.argv[2]), float(sys.argv[3])
save = safetensors.numpy.save

def told(*data, **options):
    print("made", file=sys.stderr)
    return save(*data, **options)

def wait(*_):
    print("waits", flush=True)
    sys.stdin.readline()

safetensors.numpy.save = told
STOP
sys.exit(shared_weights.main())
"""


@pytest.fixture
def maker(source):
    """Start `python -m pipeline_helpers.shared_weights` in a process of its own; it stops where `stop` says."""
    started = []

    def maker(stop="", patience=60.0, umask=0o022, lang="es"):
        arguments = sys.prefix, str(source), str(patience)
        process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM.replace("STOP", stop), *arguments],
            cwd=ROOT, env=os.environ | {"PIPELINE_HELPERS_LANG": lang, "PYTHONPATH": str(ROOT)}, umask=umask,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        started.append(process)
        if stop:
            assert process.stdout.readline() == "waits\n"
        return process

    yield maker
    for process in started:
        process.kill()
        process.communicate()


def test_makers_at_once_make_it_once(maker, source):
    makers = [maker("wait()") for _ in range(4)]  # all have loaded what they need
    for one in makers:
        one.stdin.write("\n")
        one.stdin.flush()
    answers = [one.communicate() for one in makers]
    assert [one.returncode for one in makers] == [0] * 4
    assert "".join(said for _, said in answers) == "made\n"
    assert is_current(shared_folder())
    assert left_beside(shared_folder()) == set()


@pytest.mark.parametrize("step", ["shared_weights.shutil.copyfile", "os.fsync", "os.replace"])
@pytest.mark.parametrize("before", ["nothing", "an old one"])
def test_a_killed_maker_leaves_a_whole_folder_or_none_and_the_next_one_cleans_up(maker, source, step, before):
    folder = shared_folder()
    if before != "nothing":
        make(folder)
        (source / "config.json").write_text("a new version")
    one = maker(f"{step} = wait")
    assert left_beside(folder)
    one.kill()
    one.wait()
    assert left_beside(folder)
    assert folder.exists() == (before != "nothing" and step != "os.replace")
    if folder.exists():
        assert {file.name for file in folder.iterdir()} == {file.name for file in source.iterdir()}
    assert classroom() == shared_weights.own_folder()
    make(folder)
    assert is_current(folder)
    assert left_beside(folder) == set()


def test_a_living_maker_is_not_harmed_by_another_one(maker, source):
    first = maker("fsync = os.fsync\nos.fsync = lambda file: [wait(), fsync(file)]")
    drafts = left_beside(shared_folder())
    second = maker(patience=0.0)
    said, complained = second.communicate()
    assert (second.returncode, said) == (1, "")
    assert "No se pudieron poner los pesos" in complained
    assert left_beside(shared_folder()) == drafts
    first.communicate("\n")
    assert first.returncode == 0
    assert is_current(shared_folder())


# The command


@pytest.mark.parametrize(
    ("lang", "said"), [("es", "Los pesos del checkpoint del curso están en"), ("en", "The classroom weights are in")]
)
def test_the_command_says_one_sentence_and_again_does_nothing(maker, lang, said):
    for complaint in ("made\n", ""):
        one = maker(lang=lang)
        answer = one.communicate()
        assert re.fullmatch(rf"{said} {re.escape(str(shared_folder()))}: .*\n", answer[0])
        assert answer[1] == complaint
        assert one.returncode == 0


@pytest.mark.parametrize("umask", [0o077, 0o000])
def test_whatever_the_umask_all_can_read_it_and_one_can_write_it(maker, umask):
    one = maker(umask=umask)
    one.communicate()
    assert one.returncode == 0
    folder = shared_folder()
    for path in (folder, *folder.parents[:2]):
        assert stat.S_IMODE(path.stat().st_mode) == 0o755
    assert {stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()} == {0o644}


def test_ones_own_is_taken_although_the_umask_lets_everybody_write(source):
    before = os.umask(0)
    try:
        assert classroom() == shared_weights.own_folder()
    finally:
        os.umask(before)


@pytest.mark.parametrize(("lang", "said"), [("es", "No se pudieron poner"), ("en", "could not be put into")])
def test_where_it_cannot_be_written_the_command_says_so(maker, source, lang, said):
    Path(sys.prefix).write_text("a file, in which not even root can make a folder")
    one = maker(lang=lang)
    answer = one.communicate()
    assert one.returncode == 1
    assert answer[0] == ""
    assert len(answer[1].splitlines()) == 1
    assert said in answer[1]
    assert str(shared_folder()) in answer[1]


def test_the_module_is_the_command_and_loads_nothing_heavy_to_look(real):
    # `real` is not the shared one here: this looks, and makes nothing.
    program = (
        "import sys; sys.prefix = sys.argv[1]; import pipeline_helpers.shared_weights as w; w.is_current(w.SOURCE);"
        "print([name for name in ('torch', 'transformers', 'filelock', 'platformdirs') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(real)], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"
