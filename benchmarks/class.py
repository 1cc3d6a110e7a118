"""A class at one server: n students at once on JupyterHub, and what that takes.

    sudo .venv/bin/python benchmarks/class.py --students 20 30 [--lesson notebooks/03_heads.ipynb] [--sentences 40]

Each student logs in, starts a server, opens a lesson, runs all of its cells, saves it, and types 40 sentences into a
live view, the next one when the answer to the last is there, without a pause: all at the same moment, which is more
than people ask. All are in the same lesson, as in a class. What they send is what JupyterLab sends, over the same
websocket; its page is asked for, but no browser draws it.

An answer counts from the sentence sent until the panel shows this sentence's tokens; the 150 ms for which the view
waits for more typing are part of it. Memory is read when all are done, while all servers and kernels still run.

The hub is the one in hub/, with a Unix user for each student, so this needs root and JupyterHub; users, folders,
servers and hub are gone when it ends. The table is Markdown, for the README: memory is what is a student's alone, and
in brackets with the share of what several have mapped; of the machine it is what is free before and after. Ends with
status 1 after an error or a lost answer.
"""

import argparse
import asyncio
import importlib.util
import re
import statistics
import sys
import time
import unicodedata
from collections.abc import Callable
from contextlib import nullcontext, suppress
from dataclasses import dataclass, field
from html import unescape
from itertools import chain, product
from pathlib import Path
from typing import Any

import psutil  # type: ignore[import-untyped]  # comes with ipykernel

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from hub import checks, proxy  # noqa: E402
from tests.class_hub import Hub, shared_environment  # noqa: E402
from tests.hub_client import CellError, HubError, Kernel, KernelGone, Student, view_of  # noqa: E402

SENTENCES = 40
LESSON = Path("notebooks/03_heads.ipynb")
PASSWORD = "a long password"
ANSWER = 120.0
"""Seconds after which an answer counts as lost."""
SERVER_BYTES = 24e9
"""The memory of the server that a class is counted for."""
SYSTEM_BYTES = 1e9
"""What of it is left to the system, the hub and its proxy."""
COLUMNS = (
    "students", "servers up", "all done", "median answer", "slowest", "kernel, MB (Pss)", "server, MB (Pss)",
    "of the machine, MB", "fit on 24 GB", "errors", "answers lost",
)  # fmt: skip
VIEW = "import pipeline_helpers as ph\nph.LivePipeline('I love this film')"


def sentences() -> list[str]:
    """What a student types: 40 sentences, in two languages, none twice."""
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


async def typing(kernel: Kernel, day: Day, count: int) -> None:
    """Open a live view and type `count` sentences into it; notes each answer's seconds in `day`."""
    view = view_of(await kernel.execute(VIEW))
    parts = [widget for widget in below(kernel.widgets, view) if "_anywidget_id" in kernel.widgets[widget]]
    box = next(widget for widget in parts if "hint" in kernel.widgets[widget])
    panel = [widget for widget in parts if "html" in kernel.widgets[widget]][-1]
    for sentence in sentences()[:count]:
        began = time.perf_counter()
        try:
            async with asyncio.timeout(ANSWER):
                await kernel.set_widget(box, value=sentence)
                await kernel.until(answers(panel, sentence))
        except TimeoutError:
            day.lost += 1
        else:
            day.answers.append(time.perf_counter() - began)


def answers(panel: str, sentence: str) -> Callable[[dict[str, dict[str, Any]]], bool]:
    """Whether `panel` shows the answer to `sentence`, as `Kernel.until` asks for it."""
    asked = letters(sentence)
    return lambda widgets: shown(widgets[panel]["html"]) == asked


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
    tokens = [unescape(token) for token in re.findall(r'<b lang="">(.*?)</b>', html) if "ph-answer" in html]
    return "".join(token.removeprefix("##") for token in tokens if token not in ("[CLS]", "[SEP]"))


async def attend(url: str, name: str, path: str, count: int) -> Day:
    """One student's lesson, from the login to the last sentence. The server and the kernel stay."""
    day, began = Day(), time.perf_counter()
    try:
        async with await Student.login(url, name, PASSWORD) as student:
            await student.start_server()
            day.up = time.perf_counter() - began
            async with await lesson(student, path) as kernel:
                await typing(kernel, day, count)
        day.done = time.perf_counter() - began
    except (HubError, KernelGone, CellError, TimeoutError) as error:
        day.error = f"{name}: {type(error).__name__}: {error}"
        day.lost = count - len(day.answers)
    return day


@dataclass
class Memory:
    """Bytes that a student's processes take: what is theirs alone, and their share of what several have mapped."""

    private: int = 0
    shared: int = 0

    def add(self, pid: int) -> None:
        """Add a process, as Linux counts it in smaps_rollup."""
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]:
            name, kilobytes, *_ = line.split()
            self.private += 1024 * int(kilobytes) * (name == "Private_Dirty:")
            self.shared += 1024 * int(kilobytes) * (name == "Pss:")


def memory_of(users: set[int]) -> tuple[Memory, Memory]:
    """What the kernels of `users` take together, and what all else of theirs takes: their servers."""
    kernels, servers = Memory(), Memory()
    for process in psutil.process_iter():
        with suppress(psutil.NoSuchProcess, ProcessLookupError, FileNotFoundError):
            if process.uids().real in users:
                (kernels if "ipykernel_launcher" in process.cmdline() else servers).add(process.pid)
    return kernels, servers


def measure(course: Path, students: int, path: str, count: int) -> tuple[str, list[str]]:
    """Hold a class; the row of the table, and what went wrong."""
    names = [f"s{number:02}" for number in range(students)]
    hub = Hub(course, idle="0")
    try:
        hub.start()
        free = psutil.virtual_memory().available
        days = asyncio.run(_together(hub.url, names, path, count))
        machine = (free - psutil.virtual_memory().available) / students
        kernels, servers = memory_of({hub.user(name).pw_uid for name, day in zip(names, days, strict=True) if day.up})
    finally:
        hub.remove()
    faults = [day.error for day in days if day.error]
    lost = sum(day.lost for day in days)
    seconds = [answer for day in days for answer in day.answers] or [0.0]
    taken = max((kernels.private + servers.private) / students, machine, 1)  # never 0, where nobody came in
    row = [
        str(students),
        f"{max(day.up for day in days):.0f} s",
        f"{max(day.done for day in days):.0f} s",
        f"{statistics.median(seconds):.2f} s",
        f"{max(seconds):.2f} s",
        f"{kernels.private / students / 1e6:.0f} ({kernels.shared / students / 1e6:.0f})",
        f"{servers.private / students / 1e6:.0f} ({servers.shared / students / 1e6:.0f})",
        f"{machine / 1e6:.0f}",
        str(int((SERVER_BYTES - SYSTEM_BYTES) / taken)),
        str(len(faults)),
        str(lost),
    ]
    return f"| {' | '.join(row)} |", faults + [f"{lost} answers lost"] * bool(lost)


async def _together(url: str, names: list[str], path: str, count: int) -> list[Day]:
    return list(await asyncio.gather(*(attend(url, name, path, count) for name in names)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--students", type=int, nargs="+", default=[20, 30], help="how many at once (default: 20 30)")
    parser.add_argument("--lesson", type=Path, default=LESSON, help=f"the lesson of the class (default: {LESSON})")
    parser.add_argument("--sentences", type=int, default=SENTENCES, help=f"typed by each (default: {SENTENCES})")
    given = parser.parse_args()
    if not importlib.util.find_spec("jupyterhub"):
        sys.exit("JupyterHub is not in this environment; it comes with: python3 tools/make_environment.py test hub")
    if fault := checks.not_root():
        sys.exit(fault)
    proxy.install()
    print(f"| {' | '.join(COLUMNS)} |")
    print("| ---: " * len(COLUMNS) + "|")
    faults = []
    with shared_environment() if checks.not_shareable() else nullcontext(ROOT) as course:
        for students in given.students:
            row, found = measure(course, students, given.lesson.name, given.sentences)
            print(row, flush=True)
            faults += found
    if faults:
        sys.exit("\n".join(faults))


if __name__ == "__main__":
    main()
