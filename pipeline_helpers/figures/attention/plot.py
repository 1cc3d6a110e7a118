"""Who attends to whom, drawn: one head's matrix, or many heads tiled on one `Axes`."""

from collections.abc import Sequence
from math import ceil
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import PowerNorm
from matplotlib.image import AxesImage

from pipeline_helpers.figures import canvas, style
from pipeline_helpers.figures.attention.numbers import Attention, attention, columns_of
from pipeline_helpers.language import resolve, say

NUMBERED = 10
"""Up to so many tokens the weights stand in the cells of a single head."""
_LABEL = 10.0
"""Points of a token's name."""
_PITCH = _LABEL * 1.2 / 72
"""Inches from one name to the next: 48 names on the largest matrix."""
_TICKS = (0, 0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 1)


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
    style.set_alt_text(ax, _describe(prepared, lang))
    return ax


def _draw_one(ax: Axes | None, prepared: Attention, lang: str) -> Axes:
    length = prepared.length
    names = _names(prepared)
    side = min(8.0, max(3.4, (0.55 if length <= NUMBERED else 0.35) * length))
    if ax is not None:
        side = min(canvas.size_in_inches(ax))
    step = _step(length, side)
    ax = _titled(ax, side, side, names[::step], step, prepared, lang)
    image = _draw_weights(ax, prepared.weights[0, 0], (-0.5, length - 0.5, length - 0.5, -0.5), lang)
    places = range(0, length, step)
    ax.set_xticks(places, names[::step], rotation=90, fontsize=_LABEL)
    ax.set_yticks(places, names[::step], fontsize=_LABEL)
    ax.set_xlabel(say("attention.axis.keys", lang))
    ax.set_ylabel(say("attention.axis.queries", lang))
    if length <= NUMBERED:
        canvas.write_numbers(ax, image, _LABEL)
    _hatch_padding(ax, prepared, [(-0.5, -0.5)], length)
    return ax


def _draw_tiles(ax: Axes | None, prepared: Attention, lang: str) -> Axes:
    layers, heads, cells, _ = prepared.weights.shape
    grid = layers > 1 and heads > 1
    tiles = prepared.weights.reshape(layers * heads, cells, cells)
    columns = columns_of(layers, heads)
    # Each weight is repeated, so that the gaps between tiles can be narrower than a cell of a short sentence.
    fine = ceil(48 / cells)
    whole, corners = _tiled(tiles.repeat(fine, axis=1).repeat(fine, axis=2), columns, 0.05 if grid else 0.16)
    places = [(x / (cells * fine), y / (cells * fine)) for x, y in corners]
    down, across = (size / (cells * fine) for size in whole.shape)

    width = 9.0
    if ax is not None:
        wide, high = canvas.size_in_inches(ax)
        width = min(wide, high * across / down)
    step = _step(prepared.length, width / across)
    names = [] if grid else _names(prepared)[::step]
    ax = _titled(ax, width, width * down / across, names, 1 if grid else step, prepared, lang)
    _draw_weights(ax, whole, (0, across, down, 0), lang)
    ax.spines[:].set_visible(False)
    if grid:
        _name_grid(ax, prepared, places, ceil(0.28 * across / width), lang)
    else:
        _name_tiles(ax, prepared, places, names, step, lang)
    _hatch_padding(ax, prepared, places, 1.0)
    return ax


def _tiled(tiles: np.ndarray, columns: int, gap: float) -> tuple[np.ma.MaskedArray, list[tuple[int, int]]]:
    """All tiles in one masked array, row by row, and the (column, row) at which each begins; `gap` in tiles."""
    side = tiles.shape[-1]
    pitch = side + max(1, round(gap * side))
    corners = [(place % columns * pitch, place // columns * pitch) for place in range(len(tiles))]
    whole = np.full((corners[-1][1] + side, corners[columns - 1][0] + side), np.nan)
    for tile, (x, y) in zip(tiles, corners, strict=True):
        whole[y : y + side, x : x + side] = tile
    return np.ma.masked_invalid(whole), corners


def _draw_weights(ax: Axes, weights: np.ndarray, box: canvas.Box, lang: str) -> AxesImage:
    # Most weights of a long sentence are far below 0.1: the square root tells them apart, and the bar says so.
    scale = PowerNorm(0.5, vmin=0, vmax=1)
    image = ax.imshow(
        weights, cmap=style.SEQUENTIAL, norm=scale, interpolation=canvas.interpolation(ax, weights.shape[1]), extent=box
    )
    canvas.colour_scale(ax, image, (1.02, 0, 0.02, 1), _TICKS, label=say("attention.axis.weight", lang))
    ax.tick_params(length=0)
    return image


def _hatch_padding(ax: Axes, prepared: Attention, corners: Sequence[tuple[float, float]], side: float) -> None:
    """Hatch the columns and the rows of padding in each square of `side` that begins at one of `corners`."""
    if prepared.attended.all():
        return
    cell = side / prepared.length
    columns = [(first * cell, 0.0, count * cell, side) for first, count in canvas.runs(~prepared.attended)]
    marks = columns + [(y, x, height, width) for x, y, width, height in columns]
    canvas.hatched(ax, [(left + x, top + y, w, h) for left, top in corners for x, y, w, h in marks], style.PAPER)


def _name_grid(ax: Axes, prepared: Attention, corners: Sequence[tuple[float, float]], step: int, lang: str) -> None:
    """Layers at the left, heads along the top; every `step`-th of them."""
    heads = len(prepared.heads)
    ax.xaxis.set_ticks_position("top")
    ax.xaxis.set_label_position("top")
    across, down = corners[:heads:step], corners[:: heads * step]
    ax.set_xticks([x + 0.5 for x, _ in across], map(str, prepared.heads[::step]), fontsize=canvas.NOTE)
    ax.set_yticks([y + 0.5 for _, y in down], map(str, prepared.layers[::step]), fontsize=canvas.NOTE)
    ax.set_xlabel(say("attention.axis.heads", lang))
    ax.set_ylabel(say("attention.axis.layers", lang))


def _name_tiles(
    ax: Axes, prepared: Attention, corners: Sequence[tuple[float, float]], names: list[str], step: int, lang: str
) -> None:
    """Each square's head (or layer) above it; the tokens along the left and the lower edge of them all."""
    several = "head" if len(prepared.heads) > 1 else "layer"
    for number, (x, y) in zip(prepared.heads if several == "head" else prepared.layers, corners, strict=True):
        ax.text(x, y - 0.02, " ".join(_places(lang, **{several: number})), fontsize=canvas.NOTE, va="bottom")
    middles = (np.arange(0, prepared.length, step) + 0.5) / prepared.length
    lefts, tops = sorted({x for x, _ in corners}), sorted({y for _, y in corners})
    ax.set_xticks(np.add.outer(lefts, middles).ravel(), names * len(lefts), rotation=90, fontsize=_LABEL)
    ax.set_yticks(np.add.outer(tops, middles).ravel(), names * len(tops), fontsize=_LABEL)
    ax.set_xlabel(say("attention.axis.keys", lang))
    ax.set_ylabel(say("attention.axis.queries", lang))


def _names(prepared: Attention) -> list[str]:
    return [canvas.shortened(prepared.name(place), 1.6, _LABEL) for place in range(prepared.length)]


def _step(length: int, side: float) -> int:
    """Every how-manieth of `length` tokens can be named along `side` inches."""
    return ceil(length * _PITCH / side - 1e-9)


def _titled(
    ax: Axes | None, width: float, height: float, names: list[str], step: int, prepared: Attention, lang: str
) -> Axes:
    """`ax`, or a new one with room for the names around it, with the title and what is to be known under it."""
    title = canvas.wrapped(_title(prepared, lang), width + 0.6, canvas.TITLE_SIZE, "bold")
    notes = [line for note in _notes(prepared, step, lang) for line in canvas.wrapped(note, width + 0.6, canvas.NOTE)]
    tiled, named = not prepared.alone, bool(names)
    above = (0.3 if named else 0.55) if tiled else 0.08  # inches that the names of layers and heads take
    above += 0.19 * len(notes)
    if ax is None:
        around = max((style.text_width(name, _LABEL) for name in names), default=0.25) + 0.5
        top = above + canvas.title_height(title) + 0.1
        bottom = around if named else 0.15
        ax = canvas.placed_axes(height, left=around + 0.05, right=0.02 * width + 0.95, top=top, bottom=bottom)
    heading = ax.set_title("\n".join(title), pad=72 * above)
    under: dict[str, Any] = {"xycoords": heading, "xytext": (0, -3), "textcoords": "offset points", "va": "top"}
    ax.annotate("\n".join(notes), (0, 0), fontsize=canvas.NOTE, **under)
    return ax


def _title(prepared: Attention, lang: str) -> str:
    places = [say("attention.title.main", lang)]
    for what, numbers in (("layer", prepared.layers), ("head", prepared.heads)):
        if len(numbers) > 1:
            places.append(say(f"attention.title.{what}s", lang, count=len(numbers)))
        else:
            places += _places(lang, **{what: numbers[0]})
    if prepared.batch > 1:
        places.append(say("attention.title.sentence", lang, sentence=prepared.sentence))
    return " · ".join(places)


def _places(lang: str, **numbers: int | None) -> list[str]:
    """The layer and the head of those numbers in words, where they are known."""
    named = {what: number for what, number in numbers.items() if number is not None}
    return [say(f"attention.title.{what}", lang, **{what: number}) for what, number in named.items()]


def _notes(prepared: Attention, step: int, lang: str) -> list[str]:
    """What the picture has to say about itself."""
    notes = []
    if not prepared.alone:
        first, last = prepared.name(0), prepared.name(prepared.length - 1)
        notes.append(say("attention.note.tiles", lang, first=first, last=last, count=prepared.length))
    if prepared.pooled > 1:
        notes.append(say("attention.note.pooled", lang, size=prepared.pooled))
    if step > 1:
        notes.append(say("attention.note.every", lang, step=step))
    if prepared.hidden:
        notes.append(say("attention.note.hidden", lang, count=prepared.hidden))
    if padded := int((~prepared.attended).sum()):
        notes.append(say("attention.note.padding", lang, count=padded))
    return notes


def _describe(prepared: Attention, lang: str) -> str:
    layers, heads = prepared.weights.shape[:2]
    title, notes = _title(prepared, lang) + ".", _notes(prepared, 1, lang)
    if prepared.alone:
        links = [
            say("attention.alt.link", lang, looking=prepared.name(q), seen=prepared.name(k), weight=f"{weight:z.2f}")
            for q, k, weight in prepared.strongest
        ]
        described = say("attention.alt.one", lang, size=prepared.length, links=", ".join(links) or "–")
        return " ".join([title, described, *notes])
    names = {}
    for which, place in (("sharpest", int(prepared.peaks.argmax())), ("flattest", int(prepared.peaks.argmin()))):
        layer, head = prepared.layers[place // heads], prepared.heads[place % heads]
        names[which] = ", ".join(_places(lang, layer=layer, head=head))
    described = say(
        "attention.alt.tiles",
        lang,
        count=layers * heads,
        size=prepared.length,
        first=prepared.name(0),
        last=prepared.name(prepared.length - 1),
        sharp=style.number(prepared.peaks.max()),
        flat=style.number(prepared.peaks.min()),
        **names,
    )
    return " ".join([title, described, *notes[1:]])  # the first says what `described` does
