"""When a model makes up its mind: its head read at every token after every layer, a cell each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import Colormap, LinearSegmentedColormap
from matplotlib.image import AxesImage
from matplotlib.patches import Rectangle

from pipeline_helpers.figures import canvas, style
from pipeline_helpers.figures.inputs import as_array, as_index
from pipeline_helpers.interpretability import LogitLens
from pipeline_helpers.language import LANGUAGES, resolve, say

_NAME = 1.2
"""Inches that the name of a token takes at most."""
_AXIS = 0.42
"""Inches of the name of an axis, with some air."""
_LINE, _ROW = 0.2, 0.3
"""Inches of a row at least, where it has its numbers, and at most."""
_AIR = 0.06
"""Inches between the numbers of two cells."""
_ABOVE = 0.08
"""Inches more between the title and the upper end of the scale."""
_RIGHT = 0.75
"""Inches of the scale of colours."""
TWO_CLASSES = LinearSegmentedColormap.from_list("class 0 to class 1", [style.NEGATIVE, style.PAPER, style.POSITIVE])
"""For the probability of label 1 of two."""
ONE_CLASS = LinearSegmentedColormap.from_list("nothing to a class", [style.PAPER, style.CLASS])
"""For the probability of one label or of one of many."""


@style.styled
def plot_logit_lens(
    lens: LogitLens,
    *,
    sentence: int = 0,
    label: int | str | None = None,
    ax: Axes | None = None,
    lang: str | None = None,
) -> Axes:
    """Draw what the head would answer at every token after every layer: the probability of one label.

    A row is a token, a column a layer; padding is left out. The cell that the model itself uses is framed: the head
    was trained for it alone, and the others are a reading aid. Of many layers every n-th is drawn, the last among
    them; of long sentences the cells have no numbers, and those under 0.5 are hatched.

        plot_logit_lens(logit_lens("I hate this so much!", model, tokenizer))

    Args:
        lens: what `logit_lens` returns.
        sentence: which row of the batch.
        label: which label, by its place or its name; None is the one that the model answers.
        ax: where to draw; None makes a new figure.
        lang: one of `LANGUAGES`; None is the language in force.

    Raises:
        TypeError: `lens` is no `LogitLens`, or `sentence` no integer.
        ValueError: there is no such sentence or label.
    """
    lang = resolve(lang)
    cells = _cells(lens, sentence, label)
    lay = _layout(cells, ax)
    notes = canvas.packed(_notes(cells, lay, lang), canvas.WIDTH if ax is None else lay.width)
    if ax is None:
        right, below = canvas.FIGURE - lay.left - lay.width, lay.below + canvas.NOTE_LINE * lay.lines + canvas.MARGIN
        ax = canvas.placed_axes(lay.height, left=lay.left, right=right, top=lay.above, bottom=below)
    _draw(ax, cells, lay)
    ax.set_yticks(range(0, len(lay.names), lay.every_token), lay.names[:: lay.every_token], size=style.SMALL)
    ax.set_xticks(range(len(lay.layers)), [str(layer) for layer in lay.layers], size=style.SMALL)
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
    ax.set_ylabel(say("logit_lens.tokens", lang, n=cells.sentence), size=style.SMALL)
    ax.set_xlabel(say("logit_lens.layers", lang), size=style.SMALL)
    with mpl.rc_context({"axes.titlepad": 6 + 72 * _ABOVE}):
        canvas.set_title(ax, _title(cells, lang))
    x = (canvas.MARGIN - lay.left) / lay.width if lay.left else 0
    for line, note in enumerate(notes):
        y = -(lay.below + canvas.NOTE_LINE * (line + 0.5)) / lay.height
        look: dict[str, Any] = {"size": style.SMALL, "color": style.MUTED, "va": "center", "transform": ax.transAxes}
        ax.text(x, y, note, gid="note", **look)
    style.set_alt_text(ax, _describe(cells, lang))
    return ax


@dataclass(frozen=True, eq=False)
class _Cells:
    """One sentence and one label of a `LogitLens`, padding left out."""

    values: np.ndarray
    """Token, layer; `[S, L + 1]`."""
    tokens: list[str]
    own: int
    """The token that the model's head reads."""
    sentence: int
    label: int
    labels: list[str]

    @property
    def shares(self) -> bool:
        """Whether they are probabilities; a regression's are any numbers."""
        return bool(self.values.min() >= 0 and self.values.max() <= 1)

    @property
    def hue(self) -> tuple[Colormap, float, float]:
        """The colour map and its ends."""
        if not self.shares:
            limit = float(np.abs(self.values).max())
            return style.DIVERGING, -limit, limit
        if len(self.labels) != 2:
            return ONE_CLASS, 0.0, 1.0
        return (TWO_CLASSES if self.label else TWO_CLASSES.reversed()), 0.0, 1.0


def _cells(lens: LogitLens, sentence: Any, label: Any) -> _Cells:
    if not isinstance(lens, LogitLens):
        raise TypeError(f"lens is of type {type(lens).__name__}; it takes what logit_lens(source, model) returns")
    place = as_index(sentence, "sentence", len(lens.rows))
    values = as_array(lens.probabilities[:, place], "lens.probabilities", dims=(3,))
    labels = [lens.id2label[column] for column in range(values.shape[-1])]
    if label is None:
        column = int(values[-1, lens.head_positions[place]].argmax())
    elif isinstance(label, str):
        if label not in labels:
            raise ValueError(f"label is {label!r}; the labels are {', '.join(labels)}")
        column = labels.index(label)
    else:
        column = as_index(label, "label", len(labels))
    row = lens.rows[place]
    kept = np.flatnonzero(row.attended)
    own = kept.tolist().index(lens.head_positions[place])
    return _Cells(values[:, kept, column].T, row.without_padding().tokens, own, place, column, labels)


@dataclass(frozen=True)
class _Layout:
    """Where everything is, in inches; the same in every language."""

    left: float
    """0 on somebody's `Axes`."""
    above: float
    width: float
    height: float
    below: float
    """What the names of the layers take, before the notes."""
    lines: int
    """Of the notes."""
    names: list[str]
    every_token: int
    layers: list[int]
    """Those that are drawn."""
    every_layer: int
    numbers: bool
    """Whether the cells have theirs."""


def _layout(cells: _Cells, ax: Axes | None) -> _Layout:
    names = [canvas.shortened(token, _NAME, style.SMALL) for token in cells.tokens]
    left = max(style.text_width(name, style.SMALL) for name in names) + _AXIS if ax is None else 0.0
    width, height = (canvas.FIGURE - left - _RIGHT, 0.0) if ax is None else canvas.size_in_inches(ax)
    count, last = len(names), cells.values.shape[1] - 1
    number = max(style.text_width(style.number(value), style.SMALL) for value in cells.values.ravel().tolist())
    every = canvas.every_nth(last + 1, width / (number + _AIR))
    layers = list(range(last, -1, -every))[::-1]
    titles = [canvas.wrapped(_title(cells, lang), canvas.WIDTH, canvas.TITLE_SIZE, "bold") for lang in LANGUAGES]
    above = 2 * canvas.MARGIN + _ABOVE + canvas.title_height(max(titles, key=len))
    below = _LINE + 0.35

    def laid_out(height: float, lines: int) -> _Layout:
        every_token = canvas.every_nth(count, height / _LINE + 0.01)
        fits = height >= count * _LINE - 0.01 and width >= len(layers) * (number + _AIR)
        return _Layout(left, above, width, height, below, lines, names, every_token, layers, every, fits)

    def lines(lay: _Layout) -> int:
        return max(len(canvas.packed(_notes(cells, lay, lang), canvas.WIDTH)) for lang in LANGUAGES)

    if ax is not None:
        return laid_out(height, 0)
    most = lines(laid_out(_LINE, 0)) if count * _LINE > 3 else lines(laid_out(count * _ROW, 0))
    highest = canvas.TALLEST - above - below - canvas.NOTE_LINE * most - canvas.MARGIN
    axis = max(style.text_width(say("logit_lens.tokens", lang, n=cells.sentence), style.SMALL) for lang in LANGUAGES)
    return laid_out(min(max(count * _ROW, axis), highest), most)


def _draw(ax: Axes, cells: _Cells, lay: _Layout) -> None:
    """The cells, a row being one high and a column one wide; the model's own framed; the scale of colours beside."""
    shown = cells.values[:, lay.layers]
    colours, least, most = cells.hue
    image: AxesImage = ax.imshow(
        shown, cmap=colours, vmin=least, vmax=most, aspect="auto", gid="lens",
        interpolation=canvas.interpolation(ax, len(lay.layers)),
    )  # fmt: skip
    if lay.numbers:
        canvas.write_numbers(ax, image)
    elif _hatches(cells, lay):
        under = [(layer - 0.5, first - 0.5, 1, size) for layer in range(len(lay.layers))
                 for first, size in canvas.runs(shown[:, layer] < 0.5)]  # fmt: skip
        canvas.hatched(ax, under, style.MUTED)
    for colour, width in ((style.PAPER, 5.0), (style.INK, 2.5)):
        box = Rectangle((len(lay.layers) - 1.5, cells.own - 0.5), 1, 1, fill=False, edgecolor=colour, linewidth=width,
                        clip_on=False, gid="own" if colour == style.INK else None)  # fmt: skip
        ax.add_patch(box)
    ax.set(xlim=(-0.5, len(lay.layers) - 0.5), ylim=(len(shown) - 0.5, -0.5))
    middle = (least + most) / 2
    canvas.colour_scale(ax, image, (1 + 0.2 / lay.width, 0, 0.16 / lay.width, 1), (least, middle, most))


def _hatches(cells: _Cells, lay: _Layout) -> bool:
    """Whether the two sides of 0.5 have to be told without numbers: in grey print their colours are alike."""
    return not lay.numbers and cells.shares and len(cells.labels) == 2


def _title(cells: _Cells, lang: str) -> str:
    key = "title" if cells.shares else "title_value"
    return say(f"logit_lens.{key}", lang, label=cells.labels[cells.label])


def _notes(cells: _Cells, lay: _Layout, lang: str) -> list[str]:
    notes = [say("logit_lens.own", lang)]
    if lay.every_layer > 1:
        notes.append(say("logit_lens.every_layer", lang, n=lay.every_layer))
    if lay.every_token > 1:
        notes.append(say("logit_lens.every_token", lang, n=lay.every_token))
    if _hatches(cells, lay):
        notes.append(say("logit_lens.hatched", lang))
    return notes


def _describe(cells: _Cells, lang: str) -> str:
    last = cells.values.shape[1] - 1
    said = say(
        "logit_lens.alt", lang, sentence=cells.sentence, tokens=len(cells.tokens), layers=last,
        label=cells.labels[cells.label], token=cells.tokens[cells.own],
        own=style.number(float(cells.values[cells.own, -1])),
    )  # fmt: skip
    layers = (
        say("logit_lens.alt_layer", lang, layer=layer, least=style.number(float(column.min())),
            most=style.number(float(column.max())))
        for layer, column in enumerate(cells.values.T)
    )  # fmt: skip
    return " ".join([said, *layers])
