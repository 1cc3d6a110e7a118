"""A student's save: whole or not at all, whoever is killed in the middle of it."""

import json
import os
import signal
import subprocess
import sys

import pytest
from tornado.web import HTTPError

from hub.contents import WholeFiles
from tests.loops import finish


def notebook(text):
    cell = {"cell_type": "markdown", "id": "a", "metadata": {}, "source": text}
    content = {"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    return {"type": "notebook", "format": "json", "content": content}


def save(folder, model, path="a.ipynb"):
    return finish(WholeFiles(root_dir=str(folder)).save(model, path))


def text_of(path):
    (cell,) = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return "".join(cell["source"])


def test_a_save_replaces_the_notebook_and_leaves_nothing_beside_it(tmp_path):
    save(tmp_path, notebook("old"))
    save(tmp_path, notebook("nuevo ñ 漢"))

    assert text_of(tmp_path / "a.ipynb") == "nuevo ñ 漢"
    assert [name for name in os.listdir(tmp_path) if name != ".ipynb_checkpoints"] == ["a.ipynb"]


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o755])
def test_who_may_read_a_file_stays_as_it_was(tmp_path, mode):
    save(tmp_path, notebook("old"))
    (tmp_path / "a.ipynb").chmod(mode)

    save(tmp_path, notebook("new"))

    assert (tmp_path / "a.ipynb").stat().st_mode & 0o777 == mode


def test_a_new_file_gets_the_mode_that_any_new_file_gets(tmp_path):
    before = os.umask(0o027)
    try:
        save(tmp_path, notebook("new"))
    finally:
        os.umask(before)

    assert (tmp_path / "a.ipynb").stat().st_mode & 0o777 == 0o640


def test_behind_a_link_the_file_that_it_leads_to_is_written(tmp_path):
    (tmp_path / "real").mkdir()
    save(tmp_path, notebook("old"), "real/a.ipynb")
    (tmp_path / "link.ipynb").symlink_to("real/a.ipynb")

    save(tmp_path, notebook("new"), "link.ipynb")

    assert (tmp_path / "link.ipynb").is_symlink()
    assert text_of(tmp_path / "real" / "a.ipynb") == "new"


def test_a_protected_file_is_refused_and_stays(tmp_path, monkeypatch):
    save(tmp_path, notebook("old"))
    monkeypatch.setattr(os, "access", lambda path, mode: not str(path).endswith("a.ipynb"))  # root may write anything

    with pytest.raises(HTTPError, match="403"):
        save(tmp_path, notebook("new"))

    assert text_of(tmp_path / "a.ipynb") == "old"


def test_an_error_in_the_middle_changes_nothing(tmp_path):
    save(tmp_path, notebook("old"))
    manager = WholeFiles(root_dir=str(tmp_path))

    def half():
        with manager.atomic_writing(str(tmp_path / "a.ipynb")) as file:
            file.write("half")
            raise ValueError("full")

    with pytest.raises(ValueError, match="full"):
        half()

    assert text_of(tmp_path / "a.ipynb") == "old"
    assert [name for name in os.listdir(tmp_path) if name.endswith(".saving")] == []


def test_other_files_are_saved_byte_by_byte(tmp_path):
    save(tmp_path, {"type": "file", "format": "base64", "content": "AP8KDQ=="}, "b.bin")

    assert (tmp_path / "b.bin").read_bytes() == b"\x00\xff\n\r"


KILLED = """
import os, signal, sys
from hub.contents import WholeFiles as Manager

with Manager(root_dir=sys.argv[1]).atomic_writing(sys.argv[1] + "/a.ipynb") as file:
    file.write('{"half":')
    file.flush()
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.parametrize("there_was_one", [True, False])
def test_a_server_that_is_killed_while_it_writes_leaves_the_old_state_on_the_disk(tmp_path, there_was_one):
    if there_was_one:
        save(tmp_path, notebook("old"))

    ended = subprocess.run([sys.executable, "-c", KILLED, tmp_path], check=False)

    assert ended.returncode == -signal.SIGKILL
    assert (tmp_path / "a.ipynb").exists() == there_was_one
    if there_was_one:
        assert text_of(tmp_path / "a.ipynb") == "old"
    listed = finish(WholeFiles(root_dir=str(tmp_path)).get(""))["content"]
    assert [entry["name"] for entry in listed] == ["a.ipynb"] * there_was_one, "what is half is not shown"
