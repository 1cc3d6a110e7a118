"""A sheet of paper measured in inches, for figures that are diagrams; and text that fits into it."""

from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PatchCollection
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch, PathPatch
from matplotlib.path import Path

from pipeline_helpers.figures import style

TITLE_SIZE = 14
MARGIN = 0.12
"""Inches of paper around a canvas."""
ELLIPSIS = "…"


def placed_axes(width: float, height: float, *, left: float, right: float, top: float, bottom: float) -> Axes:
    """An `Axes` of `width` × `height` inches in a new pyplot figure, with these margins around it, in inches."""
    import matplotlib.pyplot as plt

    whole, tall = left + width + right, top + height + bottom
    figure = plt.figure(figsize=(whole, tall))
    return figure.add_axes((left / whole, bottom / tall, width / whole, height / tall))


def canvas(ax: Axes | None, width: float, height: float, title: str) -> tuple[Axes, float]:
    """An `Axes` whose units are inches, `(0, 0)` at the upper left, with `title`, and the scale of its text.

    A new figure is as large as asked for and its scale is 1. On somebody's `Axes` the whole is made to fit, larger or
    smaller, and text sizes are to be multiplied by the scale.
    """
    scale, size = 1.0, float(TITLE_SIZE)
    if ax is None:
        lines = wrapped(title, width, size, "bold")
        ax = placed_axes(
            width, height, left=MARGIN, right=MARGIN, bottom=MARGIN, top=MARGIN + 0.12 + title_height(lines)
        )
    else:
        across, down = size_in_inches(ax)
        scale = min(across / width, down / height)
        size *= min(1.0, max(0.7, scale))
        lines = wrapped(title, across, size, "bold")
    ax.set(xlim=(0, width), ylim=(height, 0))
    ax.set_aspect("equal", anchor="NW")
    ax.axis("off")
    ax.set_title("\n".join(lines), size=size)
    return ax, scale


def title_height(lines: Sequence[str]) -> float:
    """Inches that a title of so many lines takes."""
    return 0.25 * len(lines)


def figure_of(ax: Axes) -> Figure:
    """The whole figure that `ax` stands in.

    Raises:
        ValueError: it was taken out of its figure.
    """
    figure = ax.get_figure(root=True)
    if figure is None:
        raise ValueError("ax has no figure any more; draw it again")
    return figure


def size_in_inches(ax: Axes) -> tuple[float, float]:
    """How wide and how high `ax` is."""
    box = ax.get_position(original=True)
    width, height = figure_of(ax).get_size_inches()
    return float(box.width * width), float(box.height * height)


def wrapped(text: str, width: float, size: float, weight: str = "normal") -> list[str]:
    """`text` in lines of at most `width` inches; a word that is wider than that is shortened."""
    lines: list[str] = []
    for word in style.drawable(text).split(" "):
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and style.text_width(longer, size, weight) <= width:
            lines[-1] = longer
        else:
            lines.append(shortened(word, width, size, weight))
    return lines


def packed(notes: Sequence[str], width: float, size: float) -> list[str]:
    """`notes` in lines of at most `width` inches, as many on each as fit beside one another."""
    lines: list[str] = []
    for note in notes:
        beside = f"{lines[-1]}   ·   {note}" if lines else note
        if lines and style.text_width(style.drawable(beside), size) <= width:
            lines[-1] = beside
        else:
            lines += wrapped(note, width, size)
    return lines


def shortened(text: str, width: float, size: float, weight: str = "normal") -> str:
    """`text`, made drawable; with its middle left out where it is wider than `width` inches."""
    text = style.drawable(text)
    if style.text_width(text, size, weight) <= width:
        return text
    # Each try measures a text: halve the interval of what may be kept.
    least, most = 0, len(text) - 1
    while least < most:
        keep = (least + most + 1) // 2
        if style.text_width(_without_middle(text, keep), size, weight) <= width:
            least = keep
        else:
            most = keep - 1
    return _without_middle(text, least)


def _without_middle(text: str, keep: int) -> str:
    front = (keep + 1) // 2
    return text[:front] + ELLIPSIS + text[len(text) - (keep - front) :]


def every_nth(count: int, room: float) -> int:
    """The smallest round n (1, 2, 5, 10, …) with which every n-th of `count` labels finds room for itself."""
    step = 1
    while count / step > max(room, 1.0):
        step = {1: 2, 2: 5, 5: 10}[step // 10 ** (len(str(step)) - 1)] * 10 ** (len(str(step)) - 1)
    return step


def boxes(
    ax: Axes, rectangles: Sequence[tuple[float, float, float, float]], colours: Sequence[str], **look: Any
) -> PatchCollection:
    """Rounded rectangles `(left, top, width, height)` as one artist."""
    patches = [FancyBboxPatch((x, y), w, h, boxstyle="round,pad=0,rounding_size=0.05") for x, y, w, h in rectangles]
    collection = PatchCollection(patches, facecolors=list(colours), **look)
    ax.add_collection(collection, autolim=False)
    return collection


@cache
def _unit() -> tuple[tuple[float, float], ...]:
    return ((0, 0), (1, 0), (1, 1), (0, 1), (0, 0))


def hatched(
    ax: Axes, rectangles: Sequence[tuple[float, float, float, float]], colour: str = style.MUTED, pattern: str = "///"
) -> PathPatch:
    """One artist that hatches all `rectangles` `(left, top, width, height)`, however many they are."""
    vertices = [(x + u * w, y + v * h) for x, y, w, h in rectangles for u, v in _unit()]
    codes = [Path.MOVETO, Path.LINETO, Path.LINETO, Path.LINETO, Path.CLOSEPOLY] * len(rectangles)
    patch = PathPatch(
        Path(np.array(vertices).reshape(-1, 2), codes), facecolor="none", edgecolor=colour, linewidth=0, hatch=pattern
    )
    ax.add_artist(patch)
    return patch
