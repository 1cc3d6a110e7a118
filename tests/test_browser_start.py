"""`make lab` as it is typed: what it prints, and what it opens, is lesson 0 in a real Chromium."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests import browser

pytestmark = pytest.mark.browser

ROOT = Path(__file__).parent.parent
ALONE = (
    "--ip=127.0.0.1 --ServerApp.port=0 "
    "--LabApp.news_url=None --LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate"
)
"""Any free port, and no question to anybody outside."""


@pytest.fixture
def lab(tmp_path):
    """Starts `make lab` with these LAB_ARGS, on the environment that runs the tests, and yields what it prints."""
    started = []

    def start(arguments: str, **environment: str):
        home = {
            "HOME": tmp_path,
            "JUPYTER_CONFIG_DIR": tmp_path / "config",
            "JUPYTER_RUNTIME_DIR": tmp_path / "runtime",
            "JUPYTERLAB_WORKSPACES_DIR": tmp_path / "workspaces",
        }
        command = ["make", "-o", "environment", "lab", f"BIN={Path(sys.executable).parent}", f"LAB_ARGS={arguments}"]
        environment = {**os.environ, **{name: str(path) for name, path in home.items()}, **environment}
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            start_new_session=True,
        )  # fmt: skip
        started.append(process)
        return process

    yield start
    for process in started:
        browser.end(process)  # make tells Jupyter; told twice, it would stop in the middle of stopping


def address(lines) -> str:
    """The first address on this machine with a token."""
    said = []
    for line in lines:
        said.append(line)
        if found := re.search(r"http://127\.0\.0\.1:\d+/\S*token=\w+", line):
            return found[0]
    raise AssertionError("no address was printed:\n" + "".join(said))


def is_lesson_0(page, url: str, process) -> bool:
    """Open the address, token and all, and look at the notebook in front."""
    browser.answering(url.partition("/lab")[0], process, Path(os.devnull))  # it is printed before it can be reached
    page.goto(url, timeout=browser.PATIENCE)
    page.wait_for_selector(".jp-Notebook .jp-Cell, .jp-Launcher", state="visible", timeout=browser.PATIENCE)
    front = page.locator(".jp-NotebookPanel:visible h1").first
    return page.locator(".jp-Launcher:visible").count() == 0 and "pipeline" in front.inner_text(
        timeout=browser.PATIENCE
    )


def test_the_printed_address_is_lesson_0(lab, page):
    process = lab(f"--no-browser {ALONE}")
    assert is_lesson_0(page, address(process.stdout), process)


def test_the_browser_opens_lesson_0(lab, page, tmp_path):
    """A browser that writes down what it is asked to show: a page of Jupyter's that leads on."""
    opener = tmp_path / "opener"
    opener.write_text(f'#!/bin/sh\nprintf %s "$1" > {tmp_path / "asked"}\n')
    opener.chmod(0o755)
    os.mkfifo(tmp_path / "asked")
    process = lab(ALONE, BROWSER=str(opener))
    asked = (tmp_path / "asked").read_text()  # waits for the browser
    file = Path(asked.removeprefix("file://"))
    assert is_lesson_0(page, address([file.read_text()]), process)
