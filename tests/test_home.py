"""A home that can't be written (a quota, a read-only disk, no home at all): the lessons run and say nothing of it."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from pipeline_helpers.files import replace_text
from pipeline_helpers.language import choice

ROOT = Path(__file__).parents[1]
FIGURE = """
import os, pipeline_helpers as ph
ph.choose_language("en")
ph.save(ph.plot_logits_to_probs([1.0, -1.0]), os.environ["OUT"] + "/figure.png")
import matplotlib
print(matplotlib.get_cachedir(), matplotlib.rcParams["lines.linewidth"], ph.current_language())
"""


@pytest.fixture
def run(tmp_path):
    """A program in a process of its own, with what is said of its environment; no setting of ours is left in it."""

    def run(program, **settings):
        ours = "PIPELINE_HELPERS", "XDG_", "MPL"
        clean = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
        return subprocess.run(
            [sys.executable, "-c", program],
            cwd=ROOT, env=clean | {"OUT": str(tmp_path), "MPLBACKEND": "agg"} | settings,
            capture_output=True, text=True, check=True,
        )  # fmt: skip

    return run


@pytest.mark.parametrize("variable", ["HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "MPLCONFIGDIR", "a file as HOME"])
def test_a_figure_and_the_language_need_no_home(run, tmp_path, variable):
    place = "/proc/home"  # where root can't write either
    if variable == "a file as HOME":
        place = str(tmp_path / "file")
        Path(place).write_text("")
    done = run(FIGURE, **{variable.split()[-1]: place})
    assert done.stderr == ""
    assert done.stdout.split()[-1] == "en"
    if variable != "XDG_CONFIG_HOME":
        folder = done.stdout.split(" ")[0]
        assert not folder.startswith(place)
        assert not Path(folder).exists()  # a temporary one, gone with the kernel


def test_a_home_that_can_be_written_and_a_folder_of_ones_own_are_used(run, tmp_path):
    (tmp_path / "matplotlibrc").write_text("lines.linewidth: 7\nno.such.key: 1\n")
    done = run(FIGURE, MPLCONFIGDIR=str(tmp_path), HOME="/proc")
    assert done.stderr == ""
    assert done.stdout.split()[:2] == [str(tmp_path), "7.0"]
    done = run(FIGURE, HOME=str(tmp_path))
    assert done.stdout.split()[0] == str(tmp_path / ".cache" / "matplotlib")


def test_a_list_of_fonts_that_takes_long_is_nobodys_news(run, tmp_path):
    # matplotlib waits five seconds before it says so; here none.
    slow = """
import threading
Timer = threading.Timer
threading.Timer = lambda seconds, say: Timer(0.0, say)
"""
    assert run(slow + FIGURE, HOME=str(tmp_path)).stderr == ""


def test_what_matplotlib_has_to_say_later_is_said(run):
    later = "import pipeline_helpers.figures, logging; logging.getLogger('matplotlib').warning('a warning')"
    assert run(later).stderr == "a warning\n"


def test_a_lesson_runs_as_it_is_stored_without_a_home(run, tmp_path):
    nbval = f"""
import sys, pytest
sys.exit(pytest.main(["-q", "-p", "no:cacheprovider", "-p", "tests.nbval_rounding", "--nbval",
                      "--nbval-sanitize-with", "tests/nbval.cfg", "--nbval-cell-timeout", "300",
                      "--rootdir", {str(ROOT)!r}, "notebooks/01_tokenizer.ipynb"]))
"""
    jupyter = {name: str(tmp_path / name) for name in ("JUPYTER_RUNTIME_DIR", "JUPYTER_DATA_DIR", "IPYTHONDIR")}
    done = run(nbval.replace("import sys", "import os, sys", 1), HOME="/proc", PIPELINE_HELPERS_LANG="es", **jupyter)
    assert done.stderr == ""


# The memory of the language


def test_a_user_without_a_home_has_no_memory_and_no_folder_called_tilde(run, tmp_path):
    homeless = "import os, pwd\ndel os.environ['HOME']\npwd.getpwuid = lambda uid: {}[uid]\n"
    chooses = "import pipeline_helpers as ph\nph.current_language(), ph.choose_language('en')\nprint(os.listdir('.'))"
    done = run(f"import os\nos.chdir({str(tmp_path)!r})\n{homeless}{chooses}", PYTHONPATH=str(ROOT))
    assert (done.stdout, done.stderr) == ("[]\n", "")


@pytest.fixture
def memory(tmp_path, monkeypatch):
    file = tmp_path / "folder" / "language"
    monkeypatch.setattr(choice, "_memory", lambda: file)
    return file


def test_the_memory_is_read_whole_while_kernels_write_it(memory):
    choice._remember("es")
    writes = 2000

    def write(lang):
        for _ in range(writes):
            choice._remember(lang)

    with ThreadPoolExecutor(2) as kernels:
        written = [kernels.submit(write, lang) for lang in ("es", "en")]
        read = []
        while not all(future.done() for future in written):
            read.append(choice._remembered())
    assert len(read) > 100
    assert set(read) <= {"es", "en"}
    assert list(memory.parent.iterdir()) == [memory]


def test_a_memory_that_cannot_be_replaced_is_kept_and_no_draft_is_left(memory, monkeypatch):
    choice._remember("es")
    with monkeypatch.context() as broken:
        broken.setattr(Path, "replace", lambda *_: (_ for _ in ()).throw(PermissionError("no")))
        choice._remember("en")
    assert choice._remembered() == "es"
    assert list(memory.parent.iterdir()) == [memory]


def test_a_place_that_is_a_folder_is_not_replaced(tmp_path):
    (tmp_path / "taken").mkdir()
    with pytest.raises(OSError, match="taken"):
        replace_text(tmp_path / "taken", "text")
    assert [entry.name for entry in tmp_path.iterdir()] == ["taken"]
