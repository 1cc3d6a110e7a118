"""The page for a lecture (`make demo`) in a real Chromium: its language, its title, its letters, its first screen."""

import os
import re
import socket
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import pytest

from pipeline_helpers.language import LANGUAGES
from pipeline_helpers.language.prose import read_prose
from tests import browser
from tools.demo import __main__ as demo

ROOT = Path(__file__).parent.parent
NOTEBOOK = nbformat.read(demo.NOTEBOOK, as_version=4)
LARGE = 1.5
"""How many times larger than JupyterLab's 14 pixels the letters are, at least."""

# The answer to the first sentence: the innermost part of the first view that says a label and its score.
ANSWER = """() => {
  const says = (part) => /(POSITIVE|NEGATIVE)\\s+[01]\\.\\d+/.test(part.innerText);
  const found = [...(document.querySelector(".ph-view")?.querySelectorAll("*") ?? [])].filter(says);
  const answer = found.find((part) => ![...part.children].some(says));
  return answer && { bottom: answer.getBoundingClientRect().bottom, size: pixels(answer) };
}"""
PIXELS = "window.pixels = (part) => parseFloat(getComputedStyle(part).fontSize) * (part.currentCSSZoom ?? 1)"


def test_the_prose_has_every_language_and_speaks_of_no_cells():
    for cell in NOTEBOOK.cells:
        if cell.cell_type == "markdown":
            for prose in read_prose(cell.source).values():
                assert not re.search(r"\b(celda|cell|ejecuta|run)", str(prose), re.IGNORECASE)
    assert NOTEBOOK.metadata["page"].keys() == LANGUAGES.keys()
    assert NOTEBOOK.cells[2].source == "ph.LivePipeline()"  # after the switch and one sentence


def test_it_opens_in_the_language_of_the_class(monkeypatch):
    monkeypatch.setenv("PIPELINE_HELPERS_LANG", "en")
    monkeypatch.setenv("JUPYTER_PATH", "/elsewhere")
    started = []
    monkeypatch.setattr("voila.app.Voila.launch_instance", started.append)
    demo.main(["--no-browser"])
    assert started == [[*demo.arguments("en"), "--no-browser", str(demo.NOTEBOOK)]]
    assert os.environ["JUPYTER_PATH"] == os.pathsep.join([str(demo.FOLDER), "/elsewhere"])


@pytest.fixture
def demo_page(chromium, tmp_path):
    """The demo, opened by somebody who chose English last."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    memory = tmp_path / "xdg" / "pipeline_helpers" / "language"
    memory.parent.mkdir(parents=True)
    memory.write_text("en\n")
    environment = {
        **{name: value for name, value in os.environ.items() if name != "PIPELINE_HELPERS_LANG"},
        "HOME": str(tmp_path),
        "XDG_CONFIG_HOME": str(tmp_path / "xdg"),
        "JUPYTER_CONFIG_DIR": str(tmp_path / "config"),
        "JUPYTER_RUNTIME_DIR": str(tmp_path / "runtime"),
        "OMP_NUM_THREADS": "1",
    }
    command = [sys.executable, "-m", "tools.demo", "--no-browser", f"--port={port}", "--Voila.ip=127.0.0.1"]
    with (tmp_path / "log").open("w") as log:
        server = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log, start_new_session=True)
    context = chromium.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    page.set_default_timeout(browser.PATIENCE)
    page.add_init_script(PIXELS)
    page.asked = []
    own = (f"http://127.0.0.1:{port}/", f"ws://127.0.0.1:{port}/", "data:", "blob:")
    page.on("request", lambda request: None if request.url.startswith(own) else page.asked.append(request.url))
    try:
        wait_for(port, server, tmp_path / "log")
        page.goto(f"http://127.0.0.1:{port}/", timeout=2 * browser.PATIENCE)
        page.wait_for_function(ANSWER)
        yield page
    finally:
        context.close()
        browser.end(server)


def wait_for(port, server, log):
    """Wait until something listens on `port`; where `server` has ended instead, its log is the error."""
    for _ in range(900):
        if server.poll() is not None:
            break
        with socket.socket() as tried:
            if tried.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise RuntimeError(f"the demo did not start:\n{log.read_text()[-2000:]}")


@pytest.mark.browser
def test_the_first_screen_is_the_view_and_its_answer_in_large_letters(demo_page):
    opened = demo_page
    headings = {lang: prose.heading.lstrip("# ") for lang, prose in read_prose(NOTEBOOK.cells[1].source).items()}
    for lang in ("en", "es"):
        if lang != "en":
            opened.get_by_role("button", name=LANGUAGES[lang]).click()
            opened.wait_for_function(f"document.documentElement.lang === '{lang}'")
        assert opened.locator("html").get_attribute("lang") == lang
        assert opened.title() == NOTEBOOK.metadata["page"][lang]["title"]
        assert opened.locator("h1").inner_text() == headings[lang]
    for width, height in ((1280, 800), (1024, 768)):
        opened.set_viewport_size({"width": width, "height": height})
        opened.wait_for_function(f"innerWidth === {width}")
        answer = opened.evaluate(ANSWER)
        assert answer["bottom"] <= height
        assert answer["size"] >= 14 * LARGE
        prose = opened.locator(".jp-RenderedMarkdown p:visible").evaluate_all("all => all.map(pixels)")
        assert min(prose) >= 14 * LARGE
        assert opened.evaluate("document.documentElement.scrollWidth") == width
        over = opened.evaluate(
            "() => ['h1 > span:not(:empty)', '.ph-switch'].map((s) => [...document.querySelectorAll(s)]"
            ".map((e) => e.getBoundingClientRect().toJSON()).find((box) => box.width))"
        )
        assert over[0]["right"] <= over[1]["left"], "the switch covers the heading"
    assert opened.asked == []
