"""A batch of sentences, one row each: which cells are tokens that the model attends to, and which are padding."""

from dataclasses import dataclass
from math import ceil
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.colors import ListedColormap
from matplotlib.font_manager import FontProperties
from matplotlib.path import Path
from matplotlib.textpath import TextPath

from pipeline_helpers.figures import canvas, style
from pipeline_helpers.figures.inputs import as_array, read_rows
from pipeline_helpers.language import LANGUAGES, resolve, say

TEXT = style.SMALL
"""Points."""
_GREY = "#b4b4b4"
"""Of hatches, and of frames that stand so close that ink would be all one saw."""
_AIR = 0.12
"""Inches between the text of a cell and the next."""
_LONGEST = (1.0, 0.7)
"""Inches that the text of a token may take in its cell before its middle is left out; the second if the first is too
many."""
_WIDEST, _NARROWEST = 0.9, 0.14
"""Inches of a cell that has room enough, and of one that has just room for a digit."""
_ROW, _DIGITS_ROW = 0.48, 0.3
"""Inches of a row of tokens and digits, and of one of digits alone."""
_POSITIONS, _LEGEND = 0.36, 0.42
"""Inches under each block of cells for the positions; under all of them, for what the cells mean."""


@dataclass(frozen=True, eq=False)
class MaskRows:
    """The numbers of `plot_attention_mask`."""

    mask: np.ndarray
    """1 = attended, 0 = padding; integers, `[B, S]`."""
    tokens: list[list[str]] | None
    """The tokens of each sentence, `[B][S]`, where they are known."""
    cut_off: list[int]
    """How many tokens of each sentence were cut off; `[B]`."""


def mask_rows(data: Any, *, tokens: Any = None) -> MaskRows:
    """Read what `plot_attention_mask` takes.

    Raises:
        TypeError: `data` is no mask and has none.
        ValueError: it is empty, holds something else than 0 and 1, or `tokens` has another shape.
    """
    mask = getattr(data, "attention_mask", None)
    if mask is None:
        mask = data["attention_mask"] if hasattr(data, "keys") and "attention_mask" in data else data
    ids_alone = hasattr(data, "keys") and not getattr(data, "encodings", None)  # a slow tokenizer's output, or a dict
    if tokens is None and mask is not data and not ids_alone:
        tokens = data
    rows = None if tokens is None else read_rows(tokens)
    if isinstance(mask, list) and len({len(row) for row in mask if hasattr(row, "__len__")}) > 1:
        raise ValueError(
            "attention_mask has rows of different length; tokenize with padding=True, so that all are equally long"
        )
    array = np.atleast_2d(as_array(mask, "attention_mask", dims=(1, 2)))
    if not np.isin(array, (0, 1)).all():
        other = array[~np.isin(array, (0, 1))][0]
        raise ValueError(f"attention_mask holds {other:g}; expected 1 (attended) and 0 (padding)")
    names = None if rows is None else [row.tokens for row in rows]
    if names is not None and [len(row) for row in names] != [array.shape[1]] * len(array):
        raise ValueError(
            f"tokens has rows of {[len(row) for row in names]}; expected those of the mask: {list(array.shape)}"
        )
    return MaskRows(array.astype(int), names, [0] * len(array) if rows is None else [row.cut_off for row in rows])


@dataclass(frozen=True)
class _Layout:
    """Where the cells stand, in inches: in blocks of columns, one under the other; in all languages the same."""

    left: float
    """Room for the names of the rows."""
    columns: int
    """How many columns a block has; the last one may have fewer."""
    blocks: int
    cell: float
    row: float
    token: float
    """Inches of a token's text at most; 0: there is no room for any."""
    digits: bool

    def top(self, block: int, batch: int) -> float:
        """Where a block begins, or the one after the last ends."""
        return block * (batch * self.row + _POSITIONS)


@style.styled
def plot_attention_mask(data: Any, *, tokens: Any = None, ax: Axes | None = None, lang: str | None = None) -> Axes:
    """Draw the attention mask of a batch: a row a sentence, a column a position, from the left; in inches, y downwards.

    A cell that is attended to is white, framed, and holds a bold 1; padding is grey, hatched, and holds a 0. Each cell
    has its token, where they are known. What does not fit beside one another goes on in a block below; where that
    makes more than fits a screen, tokens are left out, then digits too, and the picture says so.

        plot_attention_mask(trace(sentences))
        plot_attention_mask(tokenizer(sentences, padding=True))
        plot_attention_mask([[1, 1, 1], [1, 1, 0]])

    Args:
        data: a `Trace`, a tokenizer's output, or a mask alone: array-like or tensor, `[B, S]`, 1 = attended.
        tokens: the tokens of each sentence, `[B][S]`, for a mask alone.
        ax: where to draw; None makes a new figure.
        lang: one of `LANGUAGES`; None is the language in force.

    Raises:
        TypeError: `data` is no mask and has none.
        ValueError: it is empty, holds something else than 0 and 1, has rows of different length, or `tokens` has
            another shape.
    """
    lang = resolve(lang)
    prepared = mask_rows(data, tokens=tokens)
    batch, length = prepared.mask.shape
    layout = _layout(prepared)
    notes = {lang: canvas.packed(_notes(prepared, layout, lang), canvas.WIDTH) for lang in LANGUAGES}
    lines = notes[lang] + [""] * (max(map(len, notes.values())) - len(notes[lang]))
    title = say("attention_mask.title", lang, batch=batch, length=length)
    below = layout.top(layout.blocks, batch)
    ax, scale = canvas.canvas(ax, below + _LEGEND, title, lines)
    for block in range(layout.blocks):
        _draw_block(ax, prepared, layout, block, scale)
        _name_block(ax, prepared, layout, block, scale, lang)
    _draw_legend(ax, prepared, below + 0.06, scale, lang)
    style.set_alt_text(ax, _describe(prepared, lang))
    return ax


def _layout(prepared: MaskRows) -> _Layout:
    """The first of these that is no higher than a screen: tokens and digits, tokens cut short, digits, neither."""
    batch, length = prepared.mask.shape
    names = [canvas.said_width("attention_mask.sentence", n=batch - 1), canvas.said_width("attention_mask.position")]
    if any(prepared.cut_off):
        names.append(canvas.said_width("attention_mask.cut_off", n=max(prepared.cut_off)))
    left = max(names) + 0.15
    across = canvas.WIDTH - left - 0.02  # the frame's own width
    room = canvas.TALLEST - 2 * canvas.MARGIN - 0.12 - canvas.title_height([""]) - _LEGEND
    widest = max((style.text_width(token, TEXT) for row in prepared.tokens or [] for token in row), default=0.0)
    ways = [(min(longest, widest) + _AIR, _ROW, longest) for longest in _LONGEST if prepared.tokens is not None]
    for cell, row, token in [*ways, (_NARROWEST, _DIGITS_ROW, 0.0)]:
        room -= 0 if token else 2 * canvas.NOTE_LINE  # without tokens there are notes
        blocks = ceil(length / max(1, int(across / cell)))
        if blocks * (batch * row + _POSITIONS) <= room:
            columns = ceil(length / blocks)
            return _Layout(left, columns, blocks, min(max(_WIDEST, cell), across / columns), row, token, True)
    row = min(_DIGITS_ROW, (room - _POSITIONS) / batch)
    return _Layout(left, length, 1, across / length, row, 0.0, False)


def _draw_block(ax: Axes, prepared: MaskRows, layout: _Layout, block: int, scale: float) -> None:
    """The cells of a block: paper, hatch, frames, digits and tokens."""
    first = block * layout.columns
    mask = prepared.mask[:, first : first + layout.columns]
    batch, length = mask.shape
    left, top, cell, row = layout.left, layout.top(block, batch), layout.cell, layout.row
    ax.imshow(
        mask, cmap=ListedColormap([style.FAINT, style.PAPER]), vmin=0, vmax=1,
        extent=(left, left + length * cell, top + batch * row, top),
        interpolation=canvas.interpolation(ax, ceil(length * canvas.WIDTH / (length * cell))),
    )  # fmt: skip

    def boxes(value: int) -> list[canvas.Box]:
        found = [(at, *run) for at, cells in enumerate(mask) for run in canvas.runs(cells == value)]
        return [(left + start * cell, top + at * row, count * cell, row) for at, start, count in found]

    canvas.hatched(ax, boxes(0), _GREY)
    framed = boxes(1)
    if layout.digits:
        framed = [(x + at * cell, y, cell, row) for x, y, wide, _ in framed for at in range(round(wide / cell))]
    _frame(ax, framed, scale, style.INK if layout.digits or layout.row > 0.2 else _GREY)
    if not layout.digits:
        return
    for value in (0, 1):
        rows, columns = np.nonzero(mask == value)
        at = 0.74 if layout.token else 0.5
        _write_digits(ax, left + (columns + 0.5) * cell, top + (rows + at) * row, value, scale, f"mask {value}")
    for at, names in enumerate(prepared.tokens or [] if layout.token else []):
        for column, name in enumerate(names[first : first + length]):
            name = canvas.shortened(name, layout.token, TEXT)
            x, y = left + (column + 0.5) * cell, top + (at + 0.32) * row
            ax.text(x, y, name, size=TEXT * scale, ha="center", va="center", gid="token")


def _frame(ax: Axes, boxes: list[canvas.Box], width: float, colour: str = style.INK) -> None:
    corners = [[(x, y), (x + w, y), (x + w, y + h), (x, y + h)] for x, y, w, h in boxes]
    frames = PolyCollection(corners, facecolors="none", edgecolors=colour, linewidths=width, clip_on=False)
    ax.add_collection(frames, autolim=False)


def _write_digits(ax: Axes, x: Any, y: Any, value: int, scale: float, gid: str) -> None:
    ax.plot(
        x, y, linestyle="none", marker=_digit(value), markersize=0.8 * TEXT * scale, color=style.INK,
        markeredgewidth=0, gid=gid,
    )  # fmt: skip


def _digit(value: int) -> Path:
    """A digit as a marker: one artist for all cells that have it, where a text a cell takes a second."""
    weight = "bold" if value else "normal"
    path = TextPath((0, 0), str(value), size=10, prop=FontProperties(family="DejaVu Sans", weight=weight))
    box = path.get_extents()
    return Path(path.vertices - (box.p0 + box.p1) / 2, path.codes)


def _name_block(ax: Axes, prepared: MaskRows, layout: _Layout, block: int, scale: float, lang: str) -> None:
    """The sentences at the left of a block, the positions under it; as many of them as have room."""
    batch, length = prepared.mask.shape
    first, top = block * layout.columns, layout.top(block, batch)
    look: dict[str, Any] = {"size": TEXT * scale, "va": "center"}
    for at in range(0, batch, canvas.every_nth(batch, batch * layout.row / 0.2)):
        name = say("attention_mask.sentence", lang, n=at)
        if layout.token and prepared.cut_off[at]:
            name += "\n" + say("attention_mask.cut_off", lang, n=prepared.cut_off[at])
        ax.text(0, top + (at + 0.5) * layout.row, name, gid="sentence", **look)
    y = top + batch * layout.row + 0.14
    ax.text(0, y, say("attention_mask.position", lang), gid="positions", color=style.MUTED, **look)
    widest = style.text_width(str(length), TEXT) + 0.12
    for column in range(0, layout.columns, canvas.every_nth(layout.columns, layout.columns * layout.cell / widest)):
        if first + column < length:
            x = layout.left + (column + 0.5) * layout.cell
            ax.text(x, y, str(first + column), gid="position", color=style.MUTED, ha="center", **look)


def _draw_legend(ax: Axes, prepared: MaskRows, top: float, scale: float, lang: str) -> None:
    """A cell of each kind that there is, and what it means."""
    x, (wide, high) = 0.0, (0.3, 0.28)
    for value, key in ((1, "attention_mask.attended"), (0, "attention_mask.padding")):
        if not (prepared.mask == value).any():
            continue
        box = (x, top, wide, high)
        if value:
            _frame(ax, [box], scale)
        else:
            canvas.boxes(ax, [box], [style.FAINT], linewidth=0)
            canvas.hatched(ax, [box], _GREY).set_gid("legend")
        _write_digits(ax, [x + wide / 2], [top + high / 2], value, scale, "legend")
        ax.text(x + wide + 0.1, top + high / 2, say(key, lang), size=TEXT * scale, va="center", gid="legend")
        x += wide + 0.1 + canvas.said_width(key) + 0.4


def _notes(prepared: MaskRows, layout: _Layout, lang: str) -> list[str]:
    notes = []
    if prepared.tokens is not None and not layout.token:
        notes.append(say("attention_mask.no_tokens", lang))
    if any(prepared.cut_off) and not layout.token:
        notes.append(_truncated(prepared, lang))
    return notes


def _truncated(prepared: MaskRows, lang: str) -> str:
    cut = [(row, n) for row, n in enumerate(prepared.cut_off) if n]
    listed = ", ".join(f"{row} (−{n})" for row, n in cut[:12]) + (", …" if cut[12:] else "")
    return say("attention_mask.truncated", lang, n=sum(n for _, n in cut), sentences=listed)


def _describe(prepared: MaskRows, lang: str) -> str:
    batch, length = prepared.mask.shape
    counts = prepared.mask.sum(axis=1).tolist()
    rows = [
        say("attention_mask.alt_row", lang, sentence=row, attended=count, padding=length - count)
        for row, count in enumerate(counts[:8])
    ]
    rows[0] = rows[0][0].upper() + rows[0][1:]  # it begins a sentence
    parts = [say("attention_mask.title", lang, batch=batch, length=length) + ".", "; ".join(rows) + "."]
    if counts[8:]:
        parts.append(say("attention_mask.alt_more", lang, n=batch - 8, attended=sum(counts), cells=batch * length))
    if any(prepared.cut_off):
        parts.append(_truncated(prepared, lang) + ".")
    return " ".join(parts)
