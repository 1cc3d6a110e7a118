"""How long the lessons take beside what no lesson can do without: a kernel's start and its imports.

    python benchmarks/lessons.py [--rounds 3]

Both are measured in turns in one run, so that what else the machine does falls on both; a lesson's time is its
median. Prints a Markdown table.
"""

import argparse
import statistics
import sys
import time
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_notebook

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tools.run_lessons import KERNEL, NOTEBOOKS, run  # noqa: E402

IMPORTS = """import torch, matplotlib.pyplot, ipywidgets
from transformers import pipeline, AutoTokenizer, AutoModel, AutoModelForSequenceClassification"""


def seconds(notebook: nbformat.NotebookNode) -> float:
    """From a kernel that is not there yet to the last cell's answer."""
    began = time.perf_counter()
    run(notebook)
    return time.perf_counter() - began


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3, help="times that each is run (default: 3)")
    rounds = parser.parse_args().rounds
    paths = sorted(NOTEBOOKS.glob("*.ipynb"))
    bare_times: list[float] = []
    lesson_times: dict[str, list[float]] = {path.stem: [] for path in paths}
    for _ in range(rounds):
        for path in paths:
            bare_times.append(seconds(new_notebook(cells=[new_code_cell(IMPORTS)], metadata={"kernelspec": KERNEL})))
            lesson_times[path.stem].append(seconds(nbformat.read(path, as_version=4)))
            print(f"{path.stem}: {lesson_times[path.stem][-1]:.1f} s beside {bare_times[-1]:.1f} s", file=sys.stderr)
    bare = statistics.median(bare_times)
    medians = {name: statistics.median(times) for name, times in lesson_times.items()}
    print("| | seconds | times a kernel's start and imports |")
    print("| --- | ---: | ---: |")
    print(f"| a kernel's start and imports | {bare:.1f} | 1.00 |")
    for name, median in medians.items():
        print(f"| {name} | {median:.1f} | {median / bare:.2f} |")
    print(f"| all {len(paths)} | {sum(medians.values()):.1f} | {sum(medians.values()) / (bare * len(paths)):.2f} |")


if __name__ == "__main__":
    main()
