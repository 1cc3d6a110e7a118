"""A class at one server: n students at once on JupyterHub, and what that takes.

    python benchmarks/class.py --students 20 30 [--lesson notebooks/03_heads.ipynb]

Each student logs in, starts a server, opens a lesson, runs all of its cells, saves it, and types 40 sentences into a
live view, the next one when the answer to the last is there, without a pause: all at the same time, so no class
is as fast. All of them are in the same lesson, as in a class; the one that takes the most memory, unless told
otherwise. What they send is what JupyterLab sends, over the same websocket; the page itself is asked for, but no
browser draws it.

An answer counts from the sentence sent to the panel that shows this sentence's tokens, so the view's wait for
more typing (150 ms) is part of it. Memory is read when all are done and all servers and kernels still run.

The hub is ours (hub/), with its Unix users, so this needs root and `make hub`'s environment; users, servers and hub
are gone when it ends. The table is Markdown, for the README. Ends with status 1 after an error or a lost answer.
"""

import argparse
import asyncio
import re
import statistics
import sys
import time
import unicodedata
from dataclasses import dataclass, field
from html import unescape
from itertools import chain, product
from pathlib import Path
from typing import Any

import psutil

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.hub_client import CellError, HubError, Kernel, KernelGone, Student, view_of  # noqa: E402

SENTENCES = 40
LESSON = Path("notebooks/03_heads.ipynb")
ANSWER = 120.0
"""Seconds after which an answer counts as lost."""
SERVER_BYTES = 24e9
"""The memory of the server that a class is counted for."""
SYSTEM_BYTES = 1e9
"""What of it is left to the system, the hub and its proxy."""
VIEW = "import pipeline_helpers as ph\nph.LivePipeline('{first}')"
FIRST = "I love this film"


def sentences() -> list[str]:
    """What each student types: `SENTENCES` of them, in two languages, none twice."""
    english = product(
        ("The film", "This song", "The lesson", "My new phone", "Her last book"),
        ("is good and I love it.", "was not bad at all.", "is slow, but it ends well.", "left me without words."),
    )
    spanish = product(
        ("La película", "Esta canción", "La clase", "Mi bicicleta", "Su novela"),
        ("es buena y me encanta.", "no estuvo nada mal.", "es lenta, pero acaba bien.", "me dejó sin palabras."),
    )
    return [" ".join(words) for words in chain(english, spanish)]


@dataclass
class Day:
    """What one student saw: when the server was up and all was done, how long each answer took, what went wrong."""

    up: float = 0.0
    done: float = 0.0
    answers: list[float] = field(default_factory=list)
    lost: int = 0
    error: str = ""


async def lesson(student: Student, path: str) -> Kernel:
    """Open the notebook at `path` on the student's server, run every cell, save it; the kernel that ran it.

    Raises:
        CellError: a cell raised that is not tagged `raises-exception`.
        KernelGone, HubError: what a kernel or a server may do.
    """
    notebook = await student.get(path, content=1)
    kernel = await student.start_kernel(path)
    for cell in notebook["content"]["cells"]:
        if cell["cell_type"] == "code":
            cell["outputs"] = await _outputs(kernel, cell)
    await student.put(path, {"type": "notebook", "format": "json", "content": notebook["content"]})
    return kernel


async def _outputs(kernel: Kernel, cell: dict[str, Any]) -> list[dict[str, Any]]:
    try:
        outputs = await kernel.execute(cell["source"])
    except CellError as error:
        if "raises-exception" not in cell["metadata"].get("tags", ()):
            raise
        return [{"output_type": "error", "ename": error.name, "evalue": error.value, "traceback": error.traceback}]
    # What only passes by on the wire is no part of a notebook.
    return [{key: value for key, value in output.items() if key != "transient"} for output in outputs]


async def typing(kernel: Kernel, day: Day) -> None:
    """Open a live view and type into it, sentence after sentence; notes each answer's seconds in `day`."""
    view = view_of(await kernel.execute(VIEW.format(first=FIRST)))
    parts = [widget for widget in below(kernel.widgets, view) if "_anywidget_id" in kernel.widgets[widget]]
    box = next(widget for widget in parts if "hint" in kernel.widgets[widget])
    panel = [widget for widget in parts if "html" in kernel.widgets[widget]][-1]
    for sentence in sentences():
        began = time.perf_counter()
        try:
            async with asyncio.timeout(ANSWER):
                await kernel.set_widget(box, value=sentence)
                await kernel.until(lambda widgets, asked=letters(sentence): shown(widgets[panel]["html"]) == asked)
        except TimeoutError:
            day.lost += 1
        else:
            day.answers.append(time.perf_counter() - began)


def below(widgets: dict[str, dict[str, Any]], top: str) -> list[str]:
    """The widgets inside of `top`, in the order in which they stand."""
    children = [child.removeprefix("IPY_MODEL_") for child in widgets[top].get("children", ())]
    return [found for child in children for found in [child, *below(widgets, child)]]


def letters(sentence: str) -> str:
    """A sentence as the tokens of an uncased model spell it: no capitals, no accents, no spaces."""
    bare = "".join(c for c in unicodedata.normalize("NFD", sentence.lower()) if not unicodedata.combining(c))
    return "".join(bare.split())


def shown(html: str) -> str:
    """The letters of the tokens that an answer shows; nothing where it shows no answer."""
    tokens = [unescape(token) for token in re.findall(r'<b lang="en">(.*?)</b>', html) if "ph-answer" in html]
    return "".join(token.removeprefix("##") for token in tokens if token not in ("[CLS]", "[SEP]"))


async def attend(url: str, name: str, password: str, path: str, began: float) -> Day:
    """One student's lesson, from the login to the last sentence. The server and the kernel stay."""
    day = Day()
    try:
        async with await Student.login(url, name, password) as student:
            await student.start_server()
            day.up = time.perf_counter() - began
            async with await lesson(student, path) as kernel:
                await typing(kernel, day)
        day.done = time.perf_counter() - began
    except (HubError, KernelGone, CellError, TimeoutError) as error:
        day.error = f"{name}: {type(error).__name__}: {error}"
        day.lost = SENTENCES - len(day.answers)
    return day
