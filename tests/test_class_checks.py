"""What `make hub` looks at before a class may come in: names, folders, the command line."""

import json
import os
import stat
from pathlib import Path

import pytest

from hub import checks, proxy, settings, words
from hub.__main__ import read
from hub.users import known_form, unix_name
from pipeline_helpers.language.choice import LANGUAGES


@pytest.mark.parametrize("typed", ["ana", "Ana", " ana ", "ANA"])
def test_one_student_however_the_name_is_typed(typed):
    assert known_form(typed) == "ana"


@pytest.mark.parametrize(
    "typed",
    ["", " ", ".", "..", "../ana", "ana/..", "/ana", "ana/", "a b", "-x", "_x", "x" * 25, "ana\n", "ana\0", "ana;id",
     "$(id)", "~", "a.b", "a%2fb", "ana\u200b", "\u0430na", "mar\u00eda", "\u212aim", "\u0130a",
     "\uff41na", "\u00a0ana"],
)  # fmt: skip
def test_what_is_no_name_is_nobody(typed):
    assert known_form(typed) is None
    with pytest.raises(ValueError, match="no name"):
        unix_name(typed, "ph-")


def test_a_student_never_gets_an_account_of_the_machine():
    assert unix_name("root", "ph-") == "ph-root"
    assert len(unix_name("x" * 24, "ph-")) <= 32, "what Linux takes as a user's name"


@pytest.fixture
def tree(tmp_path, monkeypatch):
    """A path of three folders of root's that all may read; `tree(name, mode, uid, gid)` changes one."""
    states = {}
    (tmp_path / "home" / "course").mkdir(parents=True)
    real = Path.stat

    def state(self, **kwargs):
        mode, uid, gid = states.get(self.name, (0o755, 0, 0))
        fields = list(real(self, **kwargs))[:10]
        fields[0], fields[4], fields[5] = stat.S_IFDIR | mode, uid, gid
        return os.stat_result(fields)

    monkeypatch.setattr(Path, "stat", state)

    def change(name, mode=0o755, uid=0, gid=0):
        states[name] = (mode, uid, gid)
        return tmp_path / "home" / "course"

    return change


def test_a_folder_of_roots_that_all_may_read_is_good(tree):
    assert checks.not_shareable([tree("course")]) is None


@pytest.mark.parametrize(
    ("name", "state", "says"),
    [
        ("home", (0o700, 0, 0), "home can't be read by all"),
        ("course", (0o711, 0, 0), "course can't be read by all"),
        ("course", (0o754, 0, 0), "course can't be read by all"),
        ("home", (0o755, 1000, 0), "home belongs to another user than root"),
        ("course", (0o755, 1000, 0), "course belongs to another user than root"),
        ("home", (0o777, 0, 0), "home can be written to by others"),
        ("home", (0o775, 0, 50), "home can be written to by others"),
        ("course", (0o1777, 0, 0), "course can be written to by others"),
    ],
)
def test_a_folder_of_no_use_is_named_with_where_to_go(tree, name, state, says):
    fault = checks.not_shareable([tree(name, *state)])

    assert fault is not None
    assert says in fault
    assert fault.count(". ") == 0, "one sentence"
    assert "make hub" in fault or "/opt/pipeline" in fault or "make clean hub" in fault


@pytest.mark.parametrize(
    ("name", "state"),
    [("home", (0o711, 0, 0)), ("home", (0o1777, 0, 0)), ("home", (0o775, 0, 0))],
    ids=["entered, not listed", "as /tmp is", "the group is root's"],
)
def test_what_is_no_danger_is_no_fault(tree, name, state):
    assert checks.not_shareable([tree(name, *state)]) is None


def test_a_python_of_somebodys_is_told_from_a_course_of_somebodys(tree, monkeypatch):
    path = tree("home", 0o700)
    assert "PYTHON=/usr/bin/python3" in checks.not_shareable([path])
    monkeypatch.setattr(checks, "COURSE", path)
    assert "move the course" in checks.not_shareable([path])


def test_who_is_not_root_is_told_in_one_sentence(monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert "sudo make hub" in checks.not_root()
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert checks.not_root() is None


def test_the_command_line_is_a_class(tmp_path):
    (tmp_path / "names").write_text("ana\nbeto\n\n")

    found = read(["--lang", "es", "--port", "9000", "--memory", "700M", "--idle", "0.5", "--class", "/srv/x",
                  "--names", str(tmp_path / "names"), "--teacher", "eva, luis"])  # fmt: skip

    assert found == settings.Settings(
        "/srv/x", lang="es", port=9000, memory=700 * 1024**2, idle=0.5, names=("ana", "beto"), teachers=("eva", "luis")
    )


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--memory", "700"], "no size"),
        (["--memory", "0G"], "no size"),
        (["--memory", "1.5G"], "no size"),
        (["--lang", "xx"], "invalid choice"),
        (["--teacher", "../eva"], "no name"),
        (["--teacher", "Eva"], "no name"),
        (["--names", "/nowhere"], "can't be read"),
        (["--names", "/dev/null"], "names nobody"),
        (["--certificate", "a.pem"], "go together"),
    ],
)
def test_a_command_line_that_is_none_says_so(arguments, says, capsys):
    with pytest.raises(SystemExit):
        read(arguments)
    assert says in capsys.readouterr().err


def test_a_class_is_handed_over_whole(monkeypatch):
    monkeypatch.delenv("PIPELINE_CLASS", raising=False)
    with pytest.raises(RuntimeError, match="make hub"):
        settings.handed_over()
    given = settings.Settings("/srv/x", names=("ana",), certificate=("a", "b"), idle=0.5)
    monkeypatch.setenv("PIPELINE_CLASS", "")
    settings.hand_over(given)
    assert settings.handed_over() == given


@pytest.mark.parametrize("key", words._WORDS)
def test_the_hub_speaks_each_language(key):
    assert list(words._WORDS[key]) == list(LANGUAGES)
    assert len(set(words._WORDS[key].values())) == len(LANGUAGES)
    assert all(sentence in words.words(key, "") for sentence in words._WORDS[key].values())


def test_only_a_proxy_is_ended_as_one(tmp_path):
    note = tmp_path / "proxy.pid"
    note.write_text(str(os.getpid()))  # a process that has the number today, and is no proxy

    proxy.forget_stale(note)

    assert not note.exists()
    proxy.forget_stale(note)  # none is none


def test_a_proxy_that_is_there_asks_no_network(tmp_path, monkeypatch):
    package = tmp_path / "proxy" / "node_modules" / "configurable-http-proxy" / "package.json"
    package.parent.mkdir(parents=True)
    package.write_text(json.dumps({"version": proxy.VERSION}))
    monkeypatch.setenv("PATH", "")
    proxy.install(tmp_path)

    package.write_text(json.dumps({"version": "0.0.1"}))
    with pytest.raises(RuntimeError, match="apt install nodejs npm"):
        proxy.install(tmp_path)
