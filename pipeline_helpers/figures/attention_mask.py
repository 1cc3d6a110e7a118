"""A batch of sentences, one row each: which cells are tokens that the model attends to, and which are padding."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap
from matplotlib.font_manager import FontProperties
from matplotlib.path import Path
from matplotlib.textpath import TextPath

from pipeline_helpers.figures import canvas, style
from pipeline_helpers.figures.inputs import as_array, read_rows
from pipeline_helpers.language import resolve, say

WIDTH, WIDEST = 9.6, 11.4
"""Inches of a new figure, and of one that can write its tokens upright if it is a little wider."""
MAX_ROWS, MAX_COLUMNS = 8, 48
"""Up to so many sentences and tokens there is text in the cells: beyond that nobody could read it."""
MAX_NAMED = 20
"""Up to so many sentences each says by its name how many of its tokens were cut off; beyond that a note does."""
LABEL, CELL, DIGIT = 11, 10.5, 10
"""Points."""
_AIR = 0.06
"""Inches between the text of a cell and the next."""
_LONGEST = 1.0
"""Inches that the text of a token may take in its cell before its middle is left out."""


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


@style.styled
def plot_attention_mask(data: Any, *, tokens: Any = None, ax: Axes | None = None, lang: str | None = None) -> Axes:
    """Draw the attention mask of a batch: a row a sentence, a column a position, from the left.

    Cells that are attended to are coloured and hold a 1, padding is grey, hatched and holds a 0. Up to 8 × 48 cells
    each has its token, where the tokens are known; beyond that the text is left out and the picture says so.

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
    with_text = batch <= MAX_ROWS and length <= MAX_COLUMNS
    names = [_row_name(prepared, row, lang) for row in range(batch)]
    left = max(style.text_width(line, LABEL) for name in names for line in name.split("\n")) + 0.2
    cells = prepared.tokens if with_text else None
    width = _width(cells, left, length) if ax is None else canvas.size_in_inches(ax)[0]
    texts, turned, per_row = _cell_texts(cells, width / length)
    if not with_text:
        per_row = 0.42 if batch <= MAX_ROWS else max(0.1, min(0.3, 6.5 / batch))
    title = canvas.wrapped(
        say("attention_mask.title", lang, batch=batch, length=length), width, canvas.TITLE_SIZE, "bold"
    )
    lines = canvas.packed(_notes(prepared, with_text, lang), width)
    scale = 1.0
    if ax is None:
        bottom = 0.6 + 0.22 * len(lines)
        ax = canvas.placed_axes(
            per_row * batch, left=left, right=0.2, top=canvas.title_height(title) + 0.22, bottom=bottom
        )
    else:
        scale = min(1.0, canvas.size_in_inches(ax)[1] / (per_row * batch))
    ax.imshow(
        prepared.mask, cmap=ListedColormap([style.FAINT, style.WORDS[0]]), vmin=0, vmax=1, aspect="auto",
        interpolation=canvas.interpolation(ax, length),
    )  # fmt: skip
    padded = [(row, *run) for row, cells in enumerate(prepared.mask) for run in canvas.runs(cells == 0)]
    canvas.hatched(ax, [(first - 0.5, row - 0.5, count, 1) for row, first, count in padded], "#b4b4b4")
    if with_text:
        _draw_cells(ax, prepared.mask, texts, turned, scale)
    ax.set_title("\n".join(title))
    _label(ax, names, length, "\n".join([say("attention_mask.position", lang), *lines]))
    style.set_alt_text(ax, _describe(prepared, lang))
    return ax


def _row_name(prepared: MaskRows, row: int, lang: str) -> str:
    name = say("attention_mask.sentence", lang, n=row)
    if not prepared.cut_off[row]:
        return name
    cut_off = say("attention_mask.cut_off", lang, n=prepared.cut_off[row])
    rows = len(prepared.mask)
    return f"{name}\n{cut_off}" if rows <= MAX_ROWS else f"{name} · {cut_off}" if rows <= MAX_NAMED else name


def _width(cells: list[list[str]] | None, left: float, length: int) -> float:
    """Inches of the cells in a new figure: as wide as their tokens need to stand upright, if that can be had."""
    widest = max((style.text_width(t, CELL) for row in cells or [] for t in row), default=0.5)
    upright = (widest + _AIR) * length
    if length <= MAX_COLUMNS and upright <= WIDEST - left:
        return max(upright, min(WIDTH - left, 0.9 * length), 6.0)
    return WIDTH - left


def _cell_texts(cells: list[list[str]] | None, width: float) -> tuple[list[list[str]] | None, bool, float]:
    """The tokens as they are written, whether they have to be turned by 90°, and the height of a cell in inches."""
    if cells is None:
        return None, False, 0.5
    flat = [token for row in cells for token in row]
    widest = max(style.text_width(token, CELL) for token in flat)
    turned = widest > width - _AIR + 0.01
    texts = [[canvas.shortened(token, _LONGEST if turned else width, CELL) for token in row] for row in cells]
    return texts, turned, (min(_LONGEST, widest) + 0.42 if turned else 0.62)


def _draw_cells(ax: Axes, mask: np.ndarray, texts: list[list[str]] | None, turned: bool, scale: float) -> None:
    batch, length = mask.shape
    ax.set_xticks(np.arange(length + 1) - 0.5, minor=True)
    ax.set_yticks(np.arange(batch + 1) - 0.5, minor=True)
    ax.grid(which="minor", color=style.PAPER, linewidth=2)
    ax.tick_params(which="minor", length=0)
    for value in (0, 1):
        rows, columns = np.nonzero(mask == value)
        digit_at = 0.0 if texts is None else 0.36 if turned else 0.26
        ax.plot(
            columns, rows + digit_at, linestyle="none", marker=_digit(value), markersize=DIGIT * scale * 0.8,
            color=style.INK, markeredgewidth=0, gid=f"mask {value}",
        )  # fmt: skip
    for row, names in enumerate(texts or []):
        for column, name in enumerate(names):
            ax.text(
                column, row - 0.12, name, size=CELL * scale, rotation=90 if turned else 0, ha="center", va="center",
                gid="token",
            )  # fmt: skip


def _digit(value: int) -> Path:
    """A digit as a marker: one artist for all cells that have it, where a text a cell takes a second."""
    weight = "bold" if value else "normal"
    path = TextPath((0, 0), str(value), size=10, prop=FontProperties(family="DejaVu Sans", weight=weight))
    box = path.get_extents()
    return Path(path.vertices - (box.p0 + box.p1) / 2, path.codes)


def _label(ax: Axes, names: list[str], length: int, xlabel: str) -> None:
    batch = len(names)
    width, height = canvas.size_in_inches(ax)
    every_row = canvas.every_nth(batch, height / (0.36 if "\n" in "".join(names) else 0.2))
    every = canvas.every_nth(length, width / (style.text_width(str(length), LABEL) + 0.12))
    ax.set_yticks(range(0, batch, every_row), names[::every_row], size=LABEL)
    ax.set_xticks(range(0, length, every), [str(place) for place in range(0, length, every)], size=LABEL)
    ax.set_xlabel(xlabel, size=LABEL, linespacing=1.35)
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)


def _notes(prepared: MaskRows, with_text: bool, lang: str) -> list[str]:
    notes = [say("attention_mask.attended", lang)]
    if not prepared.mask.all():
        notes.append(say("attention_mask.padding", lang))
    if not with_text:
        notes.append(say("attention_mask.no_text", lang, rows=MAX_ROWS, columns=MAX_COLUMNS))
    if len(prepared.mask) > MAX_NAMED and any(prepared.cut_off):
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
    parts = [say("attention_mask.title", lang, batch=batch, length=length) + ".", "; ".join(rows) + "."]
    if counts[8:]:
        parts.append(say("attention_mask.alt_more", lang, n=batch - 8, attended=sum(counts), cells=batch * length))
    if any(prepared.cut_off):
        parts.append(_truncated(prepared, lang) + ".")
    return " ".join(parts)
