"""The vectors of each token, drawn as a table of numbers a sentence."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import Normalize

from pipeline_helpers.figures import style
from pipeline_helpers.figures.canvas import (
    ELLIPSIS,
    WIDTH,
    arrow,
    canvas,
    hatched,
    packed,
    said_width,
    shortened,
    strip,
)
from pipeline_helpers.figures.hidden_states.numbers import HiddenVectors, hidden_vectors, layer_name
from pipeline_helpers.language import LANGUAGES, resolve, say

MAX_ROWS, FIRST_ROWS, LAST_ROWS = 16, 11, 3
"""Up to so many tokens each has its row; of a longer sentence, so many of the first and of the last do."""
_ROW = 0.21
"""Inches."""
_GUTTER, _GAP = 0.36, 0.28
"""Inches between two sentences, and of the column that stands for the numbers left out."""
_NAME, _CELL = 0.95, 0.8
"""Inches that the name of a token, and a cell, take at most."""
_HEAD = 0.86
"""Inches above the first row: the shape, the sentence, the places of the numbers."""


@dataclass(frozen=True)
class _Grid:
    """Where the cells of a sentence are, in inches; None stands for what is left out."""

    columns: list[int | None]
    rows: list[int | None]
    names: float
    cell: float

    @property
    def edges(self) -> np.ndarray:
        """The sides of the columns, from the left of the first."""
        return np.cumsum([0.0, *(_GAP if column is None else self.cell for column in self.columns)])


def _grid(prepared: HiddenVectors) -> _Grid:
    _, length, hidden = prepared.values.shape
    rows: list[int | None] = list(range(length))
    if length > MAX_ROWS:
        rows[FIRST_ROWS : length - LAST_ROWS] = [None]
    shown = [row for row in rows if row is not None]
    names = [shortened(row.tokens[place], _NAME, style.SMALL) for row in prepared.rows for place in shown]
    wide = max(style.text_width(name, style.SMALL) for name in names)
    left = max(wide, said_width("hidden_states.tokens", n=length)) + 0.1
    sheets = len(prepared.sentences)
    room = (WIDTH - _GUTTER * (sheets - 1)) / sheets - left
    for count in range(min(hidden, int(room / 0.4)), 0, -1):
        columns: list[int | None] = list(range(hidden))
        if count < hidden:
            columns[max(1, count - 1) :] = [None, hidden - 1]
        places = [column for column in columns if column is not None]
        values = prepared.values[np.ix_(prepared.sentences, shown, places)]
        widest = max(style.text_width(style.number(value), style.SMALL) for value in values.flat)
        free = room - _GAP * (len(columns) - len(places))
        if widest + 0.08 <= free / len(places):
            break
    return _Grid(columns, rows, left, min(max(_CELL, widest + 0.1), free / len(places)))


@style.styled
def plot_hidden_states(
    data: Any,
    *,
    sentence: int | None = None,
    layer: int = -1,
    tokens: Any = None,
    ax: Axes | None = None,
    lang: str | None = None,
) -> Axes:
    """Draw the hidden states of one layer as tables of numbers: a row is the vector of a token.

    The first sentences of the batch stand side by side, or one alone, of which more numbers have room. Each vector is
    cut as `print` cuts a tensor: its first numbers, "…" and its last one; so is a sentence of more than 16 tokens. The
    colour is the number's. Between two sentences stands where they have the same token: = with the same vector, ≠ with
    another. Padding is hatched.

        plot_hidden_states(trace(sentences), layer=3)
        plot_hidden_states(model(**inputs).last_hidden_state, tokens=[["[CLS]", …], …])

    Args:
        data: a `Trace`; a model's output with `hidden_states` or `last_hidden_state`; all layers, embeddings first;
            or the array of one layer, `[B, S, H]` or `[S, H]`.
        sentence: the row of the batch that is drawn alone; None draws the first two.
        layer: 0 = the embeddings, n = the output of layer n, -1 = the last.
        tokens: the tokens, `[B][S]` or a tokenizer's output, for data that does not know them.
        ax: where to draw, scaled to fit; None makes a new figure.
        lang: one of `LANGUAGES`; None is the language in force.

    Raises:
        TypeError: `data` holds no numbers.
        ValueError: other dimensions, nothing in it, NaN or infinities, no such layer or sentence, or tokens of
            another shape.
    """
    lang = resolve(lang)
    prepared = hidden_vectors(data, sentence=sentence, layer=layer, tokens=tokens)
    grid = _grid(prepared)
    # As many lines in each language, so that the figure is as high.
    lines = max(len(packed(_notes(prepared, each), WIDTH)) for each in LANGUAGES)
    notes = packed(_notes(prepared, lang), WIDTH)
    bottom = _HEAD + _ROW * len(grid.rows)
    ax, scale = canvas(ax, bottom + 0.46, _title(prepared, lang), [*notes, *[""] * (lines - len(notes))])
    shape = say("hidden_states.shape", lang, shape=list(prepared.values.shape), **_counted(prepared, lang))
    ax.text(0, 0.12, shape, size=style.SMALL * scale, va="center", gid="shape")
    limit = _limit(prepared, grid)
    width = grid.names + grid.edges[-1]
    for place in range(len(prepared.sentences)):
        left = place * (width + _GUTTER)
        _name(ax, prepared, grid, place, left, scale, lang)
        _draw_cells(ax, prepared, grid, place, left + grid.names, limit, scale)
    for row, same in prepared.shared.items():
        if row in grid.rows:
            look: dict[str, Any] = {"size": style.SMALL * scale, "weight": "bold", "ha": "center", "gid": "shared"}
            ax.text(
                width + _GUTTER / 2, _middle(grid.rows.index(row)), "=" if same else "≠", va="center_baseline", **look
            )
    _draw_scale(ax, limit, bottom + 0.27, scale, lang)
    style.set_alt_text(ax, _describe(prepared, lang))
    return ax


def _middle(line: int) -> float:
    return _HEAD + (line + 0.5) * _ROW


def _limit(prepared: HiddenVectors, grid: _Grid) -> float:
    """The number farthest from zero of those that are written: its colour is the end of the scale."""
    columns = [column for column in grid.columns if column is not None]
    written = [
        prepared.values[sentence, token, columns]
        for sentence, row in zip(prepared.sentences, prepared.rows, strict=True)
        for token in grid.rows if token is not None and row.attended[token]
    ]  # fmt: skip
    return float(np.abs(written).max(initial=0.0)) or 1.0


def _name(ax: Axes, prepared: HiddenVectors, grid: _Grid, place: int, left: float, scale: float, lang: str) -> None:
    """What stands around the cells of a sentence: which it is, its tokens, how many numbers, and their places."""
    look: dict[str, Any] = {"size": style.SMALL * scale, "va": "center_baseline"}
    cells, end, counted = left + grid.names, left + grid.names + float(grid.edges[-1]), _counted(prepared, lang)
    sentence = say("hidden_states.sentence", lang, n=prepared.sentences[place])
    ax.text(left, 0.46, sentence, weight="bold", gid="sentence", **look)
    ax.text(left, 0.74, counted["tokens"], gid="dimension", **look)
    start = max(cells, left + said_width("hidden_states.sentence", face="bold", n=prepared.sentences[place]) + 0.1)
    half = said_width("hidden_states.numbers", n=prepared.values.shape[2]) / 2 + 0.08
    between = max((cells + end) / 2, start + half)
    ax.text(between, 0.46, counted["numbers"], ha="center", gid="dimension", **look)
    if between - half - start > 0.2:
        for tail, tip in ((between - half, start), (between + half, end)):
            arrow(ax, (tail, 0.46), (tip, 0.46), size=11 * scale, kind="->")
    look["color"] = style.MUTED
    for column, x in zip(grid.columns, cells + (grid.edges[:-1] + grid.edges[1:]) / 2, strict=True):
        ax.text(x, 0.74, ELLIPSIS if column is None else str(column), ha="center", gid="column", **look)
    row = prepared.rows[place]
    for line, token in enumerate(grid.rows):
        said = "⋮" if token is None else shortened(row.tokens[token], _NAME, style.SMALL)
        look["color"] = style.INK if token is not None and row.attended[token] else style.MUTED
        gid = "gap" if token is None else "token"
        ax.text(cells - 0.08, _middle(line), said, ha="right", gid=gid, **look)


def _draw_cells(
    ax: Axes, prepared: HiddenVectors, grid: _Grid, place: int, left: float, limit: float, scale: float
) -> None:
    values, attended = prepared.values[prepared.sentences[place]], prepared.rows[place].attended
    cells = np.full((len(grid.rows), len(grid.columns)), np.nan)
    for line, column in np.ndindex(cells.shape):
        token, number = grid.rows[line], grid.columns[column]
        if token is not None and number is not None and attended[token]:
            cells[line, column] = values[token, number]
    edges, tops = left + grid.edges, _HEAD + _ROW * np.arange(len(grid.rows) + 1)
    norm = Normalize(-limit, limit)
    look: dict[str, Any] = {"edgecolors": style.PAPER, "linewidth": 1, "gid": f"sentence {prepared.sentences[place]}"}
    ax.pcolormesh(edges, tops, np.ma.masked_invalid(cells), cmap=style.DIVERGING, norm=norm, **look)
    padded = [line for line, token in enumerate(grid.rows) if token is not None and not attended[token]]
    if padded:
        width = float(edges[-1] - edges[0])
        veil = hatched(ax, [(left, float(tops[line]), width, _ROW) for line in padded], "#b4b4b4")
        veil.set(facecolor=style.FAINT, gid="padding")
    text: dict[str, Any] = {"size": style.SMALL * scale, "ha": "center", "va": "center_baseline"}
    for (line, column), value in np.ndenumerate(cells):
        x = (edges[column] + edges[column + 1]) / 2
        if not np.isnan(value):
            colour = style.text_on(style.DIVERGING(norm(value)))
            ax.text(x, _middle(line), style.number(value), color=colour, gid="number", **text)
        elif line not in padded:
            said = ELLIPSIS if grid.rows[line] is not None else "⋮" if grid.columns[column] is not None else ""
            ax.text(x, _middle(line), said, color=style.MUTED, gid="gap", **text)


def _draw_scale(ax: Axes, limit: float, y: float, scale: float, lang: str) -> None:
    """The colours and the numbers at their ends, on one line."""
    look: dict[str, Any] = {"size": style.SMALL * scale, "va": "center_baseline", "gid": "scale"}
    ends = f"{-limit:.3g}", f"{limit:.3g}"
    left = style.text_width(ends[0], style.SMALL) + 0.1
    ax.text(0, y, ends[0], **look)
    strip(ax, np.linspace(-1, 1, 101)[None], (left, y - 0.09, 1.6, 0.18), 1.0)
    said = f"{ends[1]}   ·   {say('hidden_states.scale', lang)}"
    ax.text(left + 1.7, y, said, **look)


def _counted(prepared: HiddenVectors, lang: str) -> dict[str, str]:
    """How many sentences, tokens and numbers there are, in words."""
    batch, length, hidden = prepared.values.shape
    return {
        "sentences": say("hidden_states.one_sentence" if batch == 1 else "hidden_states.sentences", lang, n=batch),
        "tokens": say("hidden_states.one_token" if length == 1 else "hidden_states.tokens", lang, n=length),
        "numbers": say("hidden_states.one_number" if hidden == 1 else "hidden_states.numbers", lang, n=hidden),
    }


def _title(prepared: HiddenVectors, lang: str) -> str:
    title = say("hidden_states.title", lang, numbers=_counted(prepared, lang)["numbers"])
    return title if prepared.layer is None else f"{title} · {layer_name(prepared.layer, prepared.layers, lang)}"


def _notes(prepared: HiddenVectors, lang: str) -> list[str]:
    batch, length, _ = prepared.values.shape
    notes = [] if all(all(row.attended) for row in prepared.rows) else [say("hidden_states.padding", lang)]
    kinds = set(prepared.shared.values())
    if False in kinds:
        notes.append(say("hidden_states.other", lang))
    if True in kinds:
        notes.append(say("hidden_states.same", lang))
    if batch > len(prepared.sentences):
        notes.append(say("hidden_states.some_sentences", lang, shown=len(prepared.sentences), batch=batch))
    if length > MAX_ROWS:
        notes.append(say("hidden_states.some_tokens", lang, shown=FIRST_ROWS + LAST_ROWS, length=length))
    return notes


def _describe(prepared: HiddenVectors, lang: str) -> str:
    parts = [_title(prepared, lang) + "."]
    for sentence, row in zip(prepared.sentences, prepared.rows, strict=True):
        names = row.tokens
        numbers = [style.number(value) for value in prepared.values[sentence, 0]]
        beginning = ", ".join(numbers[:3]) + (", …" if numbers[3:] else "")
        listed = " ".join(names[:24]) + (" …" if names[24:] else "")
        values = {"tokens": listed, "padding": row.attended.count(False), "first": names[0], "numbers": beginning}
        parts.append(say("hidden_states.alt", lang, sentence=sentence, **values))
    others = [prepared.rows[0].tokens[place] for place, same in prepared.shared.items() if not same]
    if others:
        parts.append(say("hidden_states.alt_other", lang, tokens=", ".join(others[:12])))
    return " ".join(parts)
