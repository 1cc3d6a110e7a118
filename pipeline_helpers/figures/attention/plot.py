"""Who attends to whom, drawn: one head's matrix, or many heads tiled on one `Axes`."""

from collections.abc import Sequence
from math import ceil
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import PowerNorm
from matplotlib.image import AxesImage

from pipeline_helpers.figures import canvas, style
from pipeline_helpers.figures.attention import paper, words
from pipeline_helpers.figures.attention.numbers import Attention, attention, columns_of
from pipeline_helpers.language import resolve, say

_TICKS = (0, 0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 1)
_NAME = 0.28
"""Inches that the name of an axis takes."""
_GAP = 0.05
"""The gap between the squares of a table, as a share of one."""
_BETWEEN = 0.12
"""Inches between squares that are named one by one."""


@style.styled
def plot_attention(
    data: Any,
    *,
    layer: int | None = None,
    head: int | None = None,
    sentence: int = 0,
    tokens: Any = None,
    attention_mask: Any = None,
    padding: bool = False,
    ax: Axes | None = None,
    lang: str | None = None,
) -> Axes:
    """Draw who attends to whom: rows are queries (the tokens that look), columns keys (those looked at).

    With `layer` and `head` one matrix is drawn; with `layer` alone its heads, with `head` alone that head in each
    layer, with neither all layers × heads, as tiles on the one `Axes`. The colours of all go from 0 to 1.

        plot_attention(trace(texts, attentions=True), layer=1, head=9)
        plot_attention(outputs.attentions, tokens=inputs)

    Long sentences are pooled before they are drawn (see `Attention.weights`), so that the picture of a long one is
    no larger than that of a short one; it says so.

    Args:
        data: a `Trace` with attentions; a model's `attentions` (L of `[B, A, S, S]`); those of one layer
            (`[B, A, S, S]` or `[A, S, S]`); or one matrix (`[S, S]`).
        layer, head: which, counted from 0 as in `attentions[layer][sentence, head]`; None: all.
        sentence: which of a batch, counted from 0.
        tokens: a tokenizer's output (its padding is then known too) or lists of tokens; a `Trace` brings its own.
        attention_mask: 1 for a token, 0 for padding, `[B, S]` or `[S]`; goes before what `tokens` says.
        padding: show the tokens of padding, hatched, instead of leaving them out.
        ax: where to draw; None makes a new figure.
        lang: one of `LANGUAGES`; None is the language in force.

    Raises:
        TypeError: `data` is nothing of the kind; an index is no integer.
        ValueError: there is no such layer, head or sentence; sizes that do not fit each other; weights that are NaN,
            infinite or negative; a sentence of nothing but padding.
    """
    lang = resolve(lang)
    options: dict[str, Any] = {"tokens": tokens, "attention_mask": attention_mask, "padding": padding}
    prepared = attention(data, layer=layer, head=head, sentence=sentence, **options)
    draw = _draw_one if prepared.alone else _draw_tiles
    ax = draw(ax, prepared, lang)
    style.set_alt_text(ax, words.describe(prepared, lang))
    return ax


def _draw_one(ax: Axes | None, prepared: Attention, lang: str) -> Axes:
    length, names = prepared.length, _names(prepared)
    left = _left(names)
    width = paper.width_of(ax, left)
    step, needed = 0, 1
    while needed > step:  # with fewer names there is another note, and other room under the picture
        step = needed
        lines = paper.lines_under(names[::step], np.arange(0, length, step) * width / length)
        form = _form(width / length) if step == 1 else ""
        below = paper.depth_of(names[::step], lines) + _NAME
        page = paper.Paper(prepared, step, lang, left=left, below=below, numbered=bool(form))
        height = min(page.height, max(3.2, 0.45 * length)) if ax is None else canvas.size_in_inches(ax)[1]
        needed = _step(length, height)
    ax = page.axes(ax, height)
    image = _draw_weights(ax, prepared.weights[0, 0], (-0.5, length - 0.5, length - 0.5, -0.5), lang)
    places = range(0, length, step)
    _name_axes(ax, lang)
    ax.set_yticks(places, names[::step], fontsize=style.SMALL)
    paper.name_columns(ax, places, names[::step], lines)
    if form:
        _write_weights(ax, image, prepared.attended, form)
    _hatch_padding(ax, prepared, [(-0.5, -0.5)], length)
    return ax


def _draw_tiles(ax: Axes | None, prepared: Attention, lang: str) -> Axes:
    layers, heads = prepared.weights.shape[:2]
    return (_draw_table if layers > 1 and heads > 1 else _draw_squares)(ax, prepared, lang)


def _draw_table(ax: Axes | None, prepared: Attention, lang: str) -> Axes:
    """Layers × heads, with the layers named at the left and the heads along the top."""
    layers, heads = prepared.weights.shape[:2]
    left = canvas.MARGIN + 0.1 + canvas.said_width("attention.axis.layer", number=layers, layer=layers - 1)
    width = paper.width_of(ax, left)
    page = paper.Paper(prepared, 0, lang, left=left, above=2 * paper.LINE, below=0)
    height = min(page.height, width / (heads * (1 + _GAP)) * layers * (1 + _GAP))
    if ax is not None:
        height = canvas.size_in_inches(ax)[1]
    ax = page.axes(ax, height)
    places = _draw_mosaic(ax, prepared, heads, _GAP, _GAP, lang)
    ax.xaxis.set_ticks_position("top")
    ax.xaxis.set_label_position("top")
    ax.set_xlabel(say("attention.axis.heads", lang), fontsize=style.SMALL)
    every = ceil(0.28 * heads / width)
    ax.set_xticks([x + 0.5 for x, _ in places[:heads:every]], map(str, range(0, heads, every)), fontsize=style.SMALL)
    every = ceil(paper.LINE * layers / height)
    rows = [say("attention.axis.layer", lang, number=layer + 1, layer=layer) for layer in range(layers)][::every]
    if height / layers < 2 * paper.LINE:
        rows = [row.split("\n")[1] for row in rows]
    ax.set_yticks([y + 0.5 for _, y in places[:: heads * every]], rows, fontsize=style.SMALL)
    ax.tick_params(length=0)
    return ax


def _draw_squares(ax: Axes | None, prepared: Attention, lang: str) -> Axes:
    """Many heads of a layer or one of many layers: each named above it; the tokens too where most have room."""
    layers, heads = prepared.weights.shape[:2]
    columns = columns_of(layers, heads)
    rows = ceil(layers * heads / columns)
    above = paper.LINE * (2 if layers > 1 else 1) + 0.05

    def laid(names: list[str], step: int) -> tuple[paper.Paper, float, tuple[float, float]]:
        left, below = (_left(names), paper.depth_of(names, 0) + _NAME) if names else (canvas.MARGIN, 0.0)
        page = paper.Paper(prepared, step, lang, left=left, below=below)
        height = min(page.height, 2.2 * rows) if ax is None else canvas.size_in_inches(ax)[1]
        width = paper.width_of(ax, left)
        return page, height, ((width - (columns - 1) * _BETWEEN) / columns, height / rows - above)

    names, step = _names(prepared), 1
    page, height, side = laid(names, step)
    if _step(prepared.length, min(side)) > 1:
        names, step = names[::2], 2
        page, height, side = laid(names, step)
    if _step(prepared.length, min(side)) > step:
        names, step = [], 0
        page, height, side = laid(names, step)
    ax = page.axes(ax, height)
    places = _draw_mosaic(ax, prepared, columns, _BETWEEN / side[0], above / side[1], lang)
    ax.set_ylim(top=-above / side[1])
    said = "attention.axis.layer" if layers > 1 else "attention.title.head"
    for place, (x, y) in enumerate(places):
        named = say(said, lang, number=place + 1, layer=place, head=place)
        ax.text(x, y - 0.03 / side[1], named, fontsize=style.SMALL, va="bottom", gid="square")
    if names:
        _name_axes(ax, lang)
    middles = (np.arange(0, prepared.length, step or prepared.length)[: len(names)] + 0.5) / prepared.length
    lefts, tops = sorted({x for x, _ in places}), sorted({y for _, y in places})
    ax.set_yticks(np.add.outer(tops, middles).ravel(), names * len(tops), fontsize=style.SMALL)
    paper.name_columns(ax, np.add.outer(lefts, middles).ravel().tolist(), names * len(lefts), 0)
    return ax


def _draw_mosaic(
    ax: Axes, prepared: Attention, columns: int, across: float, down: float, lang: str
) -> list[tuple[float, float]]:
    """All matrices as squares of 1 × 1, `columns` in a row, with gaps between; and where each begins."""
    cells = prepared.weights.shape[-1]
    # Each weight is repeated, so that the gaps can be narrower than a cell of a short sentence.
    side = cells * ceil(48 / cells)
    tiles = prepared.weights.reshape(-1, cells, cells).repeat(side // cells, axis=1).repeat(side // cells, axis=2)
    right, lower = side + ceil(across * side), side + ceil(down * side)
    corners = [(place % columns * right, place // columns * lower) for place in range(len(tiles))]
    whole = np.full((corners[-1][1] + side, corners[columns - 1][0] + side), np.nan)
    for tile, (x, y) in zip(tiles, corners, strict=True):
        whole[y : y + side, x : x + side] = tile
    high, wide = whole.shape
    _draw_weights(ax, np.ma.masked_invalid(whole), (0, wide / side, high / side, 0), lang)
    ax.spines[:].set_visible(False)
    places = [(x / side, y / side) for x, y in corners]
    _hatch_padding(ax, prepared, places, 1.0)
    return places


def _draw_weights(ax: Axes, weights: np.ndarray, box: canvas.Box, lang: str) -> AxesImage:
    # Most weights of a long sentence are far below 0.1: the square root tells them apart, and a note says so.
    scale = PowerNorm(0.5, vmin=0, vmax=1)
    image = ax.imshow(
        weights, cmap=style.SEQUENTIAL, norm=scale, interpolation=canvas.interpolation(ax, weights.shape[1]),
        extent=box, aspect="auto",
    )  # fmt: skip
    canvas.colour_scale(ax, image, (1.02, 0, 0.02, 1), _TICKS, label=say("attention.axis.weight", lang))
    ax.tick_params(length=0)
    return image


def _form(room: float) -> str:
    """How weights are written in cells of `room` inches: 0.25, else .25, else not at all."""
    return next((form for form in ("0.00", ".00") if style.text_width(form, style.SMALL) + 0.05 <= room), "")


def _write_weights(ax: Axes, image: AxesImage, attended: np.ndarray, form: str) -> None:
    """The weights of what is no padding in their cells; those that would read 0.00 would drown the others."""
    for (query, key), weight in np.ndenumerate(image.get_array()):
        if attended[query] and attended[key] and weight >= words.LEAST:
            said = f"{weight:.2f}"
            if form == ".00":
                said = said[:3] if weight >= 0.995 else said[1:]  # 1.0
            colour = style.text_on(image.cmap(image.norm(weight)))
            ax.text(key, query, said, ha="center", va="center", size=style.SMALL, color=colour, gid="number")


def _hatch_padding(ax: Axes, prepared: Attention, corners: Sequence[tuple[float, float]], side: float) -> None:
    """Hatch the columns and the rows of padding in each square of `side` that begins at one of `corners`."""
    if prepared.attended.all():
        return
    cell = side / prepared.length
    columns = [(first * cell, 0.0, count * cell, side) for first, count in canvas.runs(~prepared.attended)]
    marks = columns + [(y, x, height, width) for x, y, width, height in columns]
    canvas.hatched(ax, [(left + x, top + y, w, h) for left, top in corners for x, y, w, h in marks], style.PAPER)


def _name_axes(ax: Axes, lang: str) -> None:
    ax.set_xlabel(say("attention.axis.keys", lang), fontsize=style.SMALL)
    ax.set_ylabel(say("attention.axis.queries", lang), fontsize=style.SMALL)


def _names(prepared: Attention) -> list[str]:
    return [canvas.shortened(prepared.name(place), paper.LONGEST, style.SMALL) for place in range(prepared.length)]


def _left(names: Sequence[str]) -> float:
    """Inches for `names` at the left of a picture, and the name of their axis beside them."""
    return canvas.MARGIN + 2 * paper.LINE + 0.15 + max(style.text_width(name, style.SMALL) for name in names)


def _step(length: int, side: float) -> int:
    """Every how-manieth of `length` tokens can be named along `side` inches."""
    return ceil(length * paper.LINE / side - 1e-9)
