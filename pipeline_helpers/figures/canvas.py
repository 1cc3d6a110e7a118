"""A sheet of paper measured in inches, for figures that are diagrams; and text that fits into it."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PatchCollection
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from matplotlib.patches import FancyBboxPatch, PathPatch, Rectangle
from matplotlib.path import Path

from pipeline_helpers.figures import style
from pipeline_helpers.language import say, say_in_each

TITLE_SIZE = 14
DPI = 144
"""Pixels an inch of a shown figure: sharp on a laptop's screen and on a projector."""
MARGIN = 0.12
"""Inches of paper around a canvas."""
FIGURE = 8.28
"""Inches of every new figure: the 828 px that JupyterLab has for an output on a screen of 1280."""
WIDTH = FIGURE - 2 * MARGIN
"""Inches of a canvas, and of a title over `placed_axes`."""
TALLEST = 5.6
"""Inches that a figure should not exceed: what a slide of 720 px and a laptop's screen show at once."""
ELLIPSIS = "…"
NOTE, NOTE_LINE = style.SMALL, 0.25
"""Points of a note, and inches of its line."""
Box = tuple[float, float, float, float]
"""Left, top, width and height, in inches."""


def placed_axes(height: float, *, left: float, right: float, top: float, bottom: float) -> Axes:
    """An `Axes` in a new pyplot figure of `FIGURE` inches: `height` and these margins around it are in inches."""
    import matplotlib.pyplot as plt

    tall = top + height + bottom
    figure = plt.figure(figsize=(FIGURE, tall), FigureClass=style.Paper)
    return figure.add_axes((left / FIGURE, bottom / tall, 1 - (left + right) / FIGURE, height / tall))


def canvas(ax: Axes | None, height: float, title: str, notes: Sequence[str] = ()) -> tuple[Axes, float]:
    """An `Axes` of `WIDTH` × `height` whose units are inches, `(0, 0)` at the upper left, and the scale of its text.

    `notes`, a line each, stand below `height`, in type that comes second.

    A new figure is `FIGURE` wide and its scale is 1. On somebody's `Axes` the whole is made to fit, larger or smaller,
    and text sizes are to be multiplied by the scale.
    """
    scale = 1.0
    height += NOTE_LINE * len(notes)
    if ax is None:
        lines = wrapped(title, WIDTH, TITLE_SIZE, "bold")
        top = MARGIN + 0.12 + title_height(lines)
        ax = placed_axes(height, left=MARGIN, right=MARGIN, bottom=MARGIN, top=top)
    else:
        across, down = size_in_inches(ax)
        scale = min(across / WIDTH, down / height)
    ax.set(xlim=(0, WIDTH), ylim=(height, 0))
    ax.set_aspect("equal", anchor="NW")
    ax.axis("off")
    set_title(ax, title, scale)
    for place, note in enumerate(notes):
        y = height - NOTE_LINE * (len(notes) - place - 0.5)
        ax.text(0, y, note, size=NOTE * scale, color=style.MUTED, va="center", gid="note")
    return ax, scale


def set_title(ax: Axes, title: str, scale: float = 1.0) -> None:
    """Write `title` over `ax`, from the left edge of a figure of ours, in as many lines as it needs."""
    width, _ = size_in_inches(ax)
    size = TITLE_SIZE * min(1.0, max(0.7, scale))
    if not isinstance(figure_of(ax), style.Paper):
        ax.set_title("\n".join(wrapped(title, width, size, "bold")), size=size)
        return
    left = ax.get_position(original=True).x0 * FIGURE - MARGIN
    ax.set_title("\n".join(wrapped(title, WIDTH, size, "bold")), size=size, x=-left / width, ha="left")


def said_width(key: str, size: float = style.SMALL, face: str = "normal", **values: object) -> float:
    """Inches of the catalogue's text for `key` in its widest language: a layout is the same in all of them."""
    return max(
        style.text_width(line, size, face) for said in say_in_each(key, **values).values() for line in said.split("\n")
    )


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


def wrapped(text: str, width: float, size: float, face: str = "normal") -> list[str]:
    """`text` in lines of at most `width` inches in `face`; a word that is wider than that is shortened."""
    lines: list[str] = []
    for word in style.drawable(text, face).split(" "):
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and style.text_width(longer, size, face) <= width:
            lines[-1] = longer
        else:
            lines.append(shortened(word, width, size, face))
    return lines


def packed(notes: Sequence[str], width: float) -> list[str]:
    """`notes` in lines of at most `width` inches, as many on each as fit beside one another."""
    lines: list[str] = []
    for note in notes:
        beside = f"{lines[-1]}   ·   {note}" if lines else note
        if lines and style.text_width(beside, NOTE) <= width:
            lines[-1] = beside
        else:
            lines += wrapped(note, width, NOTE)
    return lines


def shortened(text: str, width: float, size: float, face: str = "normal") -> str:
    """`text`, made drawable in `face`; with its middle left out where it is wider than `width` inches."""
    text = style.drawable(text, face)
    if style.text_width(text, size, face) <= width:
        return text

    def without_middle(keep: int) -> str:
        return text[: (keep + 1) // 2] + ELLIPSIS + text[len(text) - keep // 2 :]

    # Each try measures a text: halve the interval of what may be kept.
    keep = bisect_right(range(1, len(text)), width, key=lambda kept: style.text_width(without_middle(kept), size, face))
    return without_middle(keep)


def every_nth(count: int, room: float) -> int:
    """The smallest round n (1, 2, 5, 10, …) with which every n-th of `count` labels finds room for itself."""
    step = 1
    while count / step > max(room, 1.0):
        step = {1: 2, 2: 5, 5: 10}[step // 10 ** (len(str(step)) - 1)] * 10 ** (len(str(step)) - 1)
    return step


def boxes(ax: Axes, rectangles: Sequence[Box], colours: Sequence[str], **look: Any) -> PatchCollection:
    """Rounded rectangles `(left, top, width, height)` as one artist."""
    patches = [FancyBboxPatch((x, y), w, h, boxstyle="round,pad=0,rounding_size=0.05") for x, y, w, h in rectangles]
    collection = PatchCollection(patches, facecolors=list(colours), **look)
    ax.add_collection(collection, autolim=False)
    return collection


def hatched(ax: Axes, rectangles: Sequence[Box], colour: str) -> PathPatch:
    """One artist that hatches all `rectangles` `(left, top, width, height)`, however many they are."""
    corners = [((x, y), (x + w, y), (x + w, y + h), (x, y + h), (x, y)) for x, y, w, h in rectangles]
    codes = [Path.MOVETO, *[Path.LINETO] * 3, Path.CLOSEPOLY] * len(rectangles)
    patch = PathPatch(
        Path(np.reshape(corners, (-1, 2)), codes), facecolor="none", edgecolor=colour, linewidth=0, hatch="///"
    )
    ax.add_artist(patch)
    return patch


def arrow(
    ax: Axes, start: tuple[float, float], stop: tuple[float, float], *, size: float = 12, kind: str = "-|>", **look: Any
) -> None:
    """An arrow with a head of `size` points."""
    look = {"arrowstyle": kind, "color": style.INK, "lw": 0.12 * size, "shrinkA": 0, "shrinkB": 0} | look
    ax.annotate("", stop, start, arrowprops=look | {"mutation_scale": size})


def strip(ax: Axes, values: np.ndarray, box: Box, limit: float, **look: Any) -> AxesImage:
    """Numbers as colours, from -limit to limit, in a framed `box` (left, top, width, height) of a canvas."""
    x, y, width, height = box
    across, down = size_in_inches(ax)
    pixels = max(1, int(width * DPI * min(across / ax.get_xlim()[1], down / ax.get_ylim()[0])))
    image = ax.imshow(
        averaged(values, pixels), cmap=style.DIVERGING, vmin=-limit, vmax=limit, aspect="equal",
        extent=(x, x + width, y + height, y), interpolation="nearest", **look,
    )  # fmt: skip
    ax.add_patch(Rectangle((x, y), width, height, fill=False, edgecolor=style.INK, zorder=image.zorder + 0.02))
    return image


def averaged(values: np.ndarray, most: int) -> np.ndarray:
    """`values` in at most `most` columns: the means of neighbours, since of a pixel's columns one alone would show."""
    if values.shape[1] <= most:
        return values
    return np.stack([part.mean(axis=1) for part in np.array_split(values, most, axis=1)], axis=1)


def interpolation(ax: Axes, columns: int) -> str:
    """How to draw so many columns across `ax`: each as it is where each has a pixel, else averaged."""
    return "nearest" if columns <= size_in_inches(ax)[0] * DPI else "auto"


def colour_scale(
    ax: Axes, image: AxesImage, box: Box, ticks: Sequence[float], size: float = style.SMALL, **look: Any
) -> None:
    """The colours of `image` and what they mean, in `box` (left, bottom, width, height, as shares of `ax`)."""
    bar = figure_of(ax).colorbar(image, cax=ax.inset_axes(box), **look)
    bar.set_ticks(ticks, labels=[f"{tick:.3g}" for tick in ticks])
    bar.ax.tick_params(labelsize=size, length=2)
    bar.outline.set_visible(False)


def runs(flags: np.ndarray) -> Iterator[tuple[int, int]]:
    """Where each run of True begins, and how long it is."""
    edges = np.flatnonzero(np.diff(flags.astype(int), prepend=0, append=0))
    for first, end in edges.reshape(-1, 2).tolist():
        yield first, end - first


def write_numbers(ax: Axes, image: AxesImage, left: float = 0.0) -> None:
    """Each cell of `image`, the first of them at `left`, with its number; `–` where there is none."""
    cells: np.ndarray = np.ma.array(image.get_array()).filled(np.nan)
    for (row, column), value in np.ndenumerate(cells):
        said = "–" if np.isnan(value) else style.number(value)
        look: dict[str, Any] = {"size": style.SMALL, "color": style.text_on(image.cmap(image.norm(value)))}
        ax.text(left + column, row, said, ha="center", va="center_baseline", gid="number", **look)


def legend_of_signs(ax: Axes, height: float, scale: float, lang: str) -> None:
    """The two colours of the sign of a number, and that they are the stronger the further from 0, on one line."""
    left = 0.0
    for colour, key in ((style.MINUS, "head.minus"), (style.PLUS, "head.plus"), (None, "head.stronger")):
        if colour:
            ax.add_patch(Rectangle((left, height - 0.08), 0.16, 0.16, facecolor=colour, edgecolor=style.INK, lw=0.6))
            left += 0.24
        ax.text(left, height, say(key, lang), size=style.SMALL * scale, va="center", gid="legend")
        left += said_width(key) + 0.25
