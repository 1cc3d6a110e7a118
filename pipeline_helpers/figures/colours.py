"""One meaning a colour, in every figure, view and slide: this is the list, and nothing else has a hue.

The solid colours were searched for the largest least distance between any two of them, as seen with normal sight, with
each of the three dichromacies, and in grey print; `tests/test_figures_colours.py` measures it. Nothing is said by
colour alone.
"""

from collections.abc import Sequence

INK = "#1b1b1b"
"""Text and lines."""
MUTED = "#595959"
"""Text that comes second, and frames; 7:1 on the background."""
PAPER = "#ffffff"
"""The background: opaque, so that a figure reads the same in JupyterLab's dark theme."""
FAINT = "#ececec"
"""Padding, grid, bands and boxes: what is there but takes no part, or only holds something."""
NEGATIVE, POSITIVE = "#b5522f", "#2f9a9d"
"""The two classes of the course, by their place among the labels: 0 and 1."""
CLASS = "#585858"
"""A class of a model that has more than two, or one."""
MINUS, PLUS = "#c19e50", "#4e107b"
"""The sign of a number."""
WORDS = ("#b4d9f4", "#ffe5bd")
"""Two light backgrounds that alternate from word to word."""
SPECIAL = "#bdbdbd"
"""The background of special tokens."""
MEANINGS = {
    "class 0": NEGATIVE,
    "class 1": POSITIVE,
    "another class": CLASS,
    "a number below 0": MINUS,
    "a number above 0": PLUS,
    "a word": WORDS[0],
    "the next word": WORDS[1],
    "a special token": SPECIAL,
    "nothing": PAPER,
}
"""What each colour that fills something says."""


def class_colours(labels: Sequence[object]) -> list[str]:
    """A colour for each label: `NEGATIVE` and `POSITIVE` where there are two, else `CLASS`, and the name tells them."""
    return [NEGATIVE, POSITIVE] if len(labels) == 2 else [CLASS] * len(labels)


def variables() -> str:
    """The colours as CSS variables, for the views and the exported pages: `--ph-negative` and so on."""
    named = {
        "ink": INK, "muted": MUTED, "paper": PAPER, "faint": FAINT, "negative": NEGATIVE, "positive": POSITIVE,
        "class": CLASS, "minus": MINUS, "plus": PLUS, "word0": WORDS[0], "word1": WORDS[1], "special": SPECIAL,
    }  # fmt: skip
    return ":root { " + " ".join(f"--ph-{name}: {colour};" for name, colour in named.items()) + " }\n"
