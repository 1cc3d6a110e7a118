"""How much memory each lesson's kernel has for itself when all its cells have run, beside one that only imports.

    python benchmarks/memory.py

What a kernel has for itself is `Private_Dirty` of Linux's smaps_rollup: pages that no other process shares and that
are no file's, so each student costs that much. Prints a Markdown table; ends with status 1 when a lesson has more than
`BOUND` times what the imports take.
"""

import sys
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_notebook

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from pipeline_helpers import shared_weights  # noqa: E402
from tools.run_lessons import KERNEL, NOTEBOOKS, run  # noqa: E402

BOUND = 1.4
# The union of what the lessons import, as tests/test_lessons.py checks, and what their figures and views are made with.
IMPORTS = """import math, torch, unicodedata
from torch.nn import functional
from huggingface_hub import ModelCard
from tempfile import TemporaryDirectory
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, trainers
from transformers import (
    AutoConfig, AutoModel, AutoModelForCausalLM, AutoModelForMaskedLM, AutoModelForMultipleChoice,
    AutoModelForQuestionAnswering, AutoModelForSequenceClassification, AutoModelForTokenClassification,
    AutoTokenizer, GPT2Config, pipeline,
)
from transformers.utils import logging
import pipeline_helpers as ph
import anywidget, ipywidgets, matplotlib.pyplot"""
MEASURE = """import re
from pathlib import Path
print(re.search(r"^Private_Dirty:\\s+(\\d+) kB", Path("/proc/self/smaps_rollup").read_text(), re.MULTILINE)[1])"""


def megabytes(measured: nbformat.NotebookNode) -> float:
    """What a cell of `MEASURE` that was run has printed, in 10⁶ bytes."""
    return int(measured.outputs[0].text) * 1024 / 1e6


def private_megabytes(notebook: nbformat.NotebookNode) -> float:
    """What the kernel of `notebook` has for itself behind its last cell, in 10⁶ bytes."""
    notebook.cells.append(new_code_cell(MEASURE))
    return megabytes(run(notebook).cells[-1])


def imports_alone() -> float:
    """The same of a kernel that imports what the lessons import, and does nothing."""
    return private_megabytes(new_notebook(cells=[new_code_cell(IMPORTS)], metadata={"kernelspec": KERNEL}))


def lessons() -> list[Path]:
    """Every notebook under notebooks/, also in its folders."""
    return sorted(path for path in NOTEBOOKS.rglob("*.ipynb") if ".ipynb_checkpoints" not in path.parts)


def main() -> int:
    weights = shared_weights.classroom()  # made now, where this user has none yet: no lesson's work
    if weights == shared_weights.SOURCE:
        print("Nothing can be written here to share the weights from; each model has a copy.", file=sys.stderr)
    bare = imports_alone()
    print("| | MB | × |")
    print("| --- | ---: | ---: |")
    print(f"| kernel + imports | {bare:.0f} | 1.00 |", flush=True)
    over = False
    for path in lessons():
        private = private_megabytes(nbformat.read(path, as_version=4))
        over |= private > BOUND * bare
        print(f"| {path.relative_to(NOTEBOOKS).with_suffix('')} | {private:.0f} | {private / bare:.2f} |", flush=True)
    if over:
        print(f"A lesson has more than {BOUND} times what the imports take.", file=sys.stderr)
    return int(over)


if __name__ == "__main__":
    sys.exit(main())
