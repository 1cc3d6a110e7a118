"""How near the tokens of two sentences are to each other, drawn: a panel a layer, on the one `Axes`."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PatchCollection
from matplotlib.patches import Rectangle

from pipeline_helpers.figures import canvas, style
from pipeline_helpers.figures.hidden_states import layer_name
from pipeline_helpers.figures.token_similarity.numbers import STANDS_OUT, TokenSimilarity, token_similarities
from pipeline_helpers.language import LANGUAGES, resolve, say

_LONGEST = 1.0
"""Inches that the name of a token takes at most."""
_LINE = 0.19
"""Inches of a line of the smallest letters: what a name needs."""
_GAP = 0.2
"""Inches between two panels."""
_WIDEST, _HIGHEST = 1.1, 0.36
"""Inches of a cell at most."""
_AIR = 0.06
"""Inches between the text of a cell and the next."""
_RIGHT = 0.7
"""Inches of the scale of colours."""
_PANEL = 0.28
"""Inches of the name of a panel."""


@style.styled
def plot_token_similarity(
    data: Any,
    *,
    sentences: tuple[int, int] = (0, 1),
    layer: int | Sequence[int] = -1,
    tokens: Any = None,
    ax: Axes | None = None,
    lang: str | None = None,
) -> Axes:
    """Draw how near the tokens of two sentences are to each other: the cosine similarity of their hidden states.

    A row is a token of the first sentence, a column one of the second; padding is left out. The nearest token of a row
    is framed where it is ahead of the second by 0.05. Cells have their number where it has room. Several layers stand
    side by side, in one scale of colours.

        plot_token_similarity(trace(["The bank of the river.", "The bank lends money."]), layer=(0, 3, 6))
        plot_token_similarity((vectors, others), tokens=(["a", "b"], ["c"]))

    Args:
        data: what `plot_hidden_states` takes, or two matrices of vectors, `[S, H]` and `[T, H]`.
        sentences: which two rows of the batch; the same one twice compares a sentence with itself.
        layer: 0 = the embeddings, n = the output of layer n, -1 = the last; several, as (0, 3, 6): a panel for each.
        tokens: the names of the rows and of the columns, for data that does not know them.
        ax: where to draw; None makes a new figure.
        lang: one of `LANGUAGES`; None is the language in force.

    Raises:
        TypeError: `data` holds no numbers, or a layer is no integer.
        ValueError: other dimensions, nothing in it, NaN or infinities, no such layer or sentence, or tokens of
            another number.
    """
    lang = resolve(lang)
    panels = token_similarities(data, sentences=sentences, layer=layer, tokens=tokens)
    lay = _layout(panels, ax)
    notes = canvas.packed(_notes(panels, lay.every, lang), canvas.WIDTH if ax is None else lay.width)
    if ax is None:
        right, below = canvas.FIGURE - lay.left - lay.width, lay.below + canvas.NOTE_LINE * lay.lines + canvas.MARGIN
        ax = canvas.placed_axes(lay.height, left=lay.left, right=right, top=lay.above, bottom=below)
    _draw(ax, panels, lay)
    _name(ax, panels, lay, lang)
    with mpl.rc_context({"axes.titlepad": 6 + 72 * _PANEL * (panels[0].layer is not None)}):
        canvas.set_title(ax, say("token_similarity.title", lang))
    look: dict[str, Any] = {"size": style.SMALL, "color": style.MUTED, "va": "center", "transform": ax.transAxes}
    x = (canvas.MARGIN - lay.left) / lay.width if lay.left else 0
    for line, note in enumerate(notes):
        ax.text(x, -(lay.below + canvas.NOTE_LINE * (line + 0.5)) / lay.height, note, gid="note", **look)
    style.set_alt_text(ax, _describe(panels, lang))
    return ax


@dataclass(frozen=True)
class _Layout:
    """Where everything is, in inches; the same in every language."""

    left: float
    """0 on somebody's `Axes`."""
    above: float
    width: float
    height: float
    below: float
    """What the names of the columns take, before the notes."""
    lines: int
    """Of the notes."""
    cell: float
    gap: float
    """From panel to panel; in cells."""
    turned: bool
    """Whether the names of the columns are."""
    rows: list[str]
    columns: list[str]
    every_row: int
    every_column: int

    @property
    def every(self) -> int:
        """One token in so many is named, at least."""
        return max(self.every_row, self.every_column)


def _layout(panels: list[TokenSimilarity], ax: Axes | None) -> _Layout:
    rows, columns = ([canvas.shortened(token, _LONGEST, style.SMALL) for token in names]
                     for names in (panels[0].rows, panels[0].columns))  # fmt: skip
    left = max(style.text_width(name, style.SMALL) for name in rows) + 0.5 if ax is None else 0.0
    width, height = (canvas.FIGURE - left - _RIGHT, 0.0) if ax is None else canvas.size_in_inches(ax)
    gap = min(_GAP, width / 4 / len(panels))
    cell = ((width + gap) / len(panels) - gap) / len(columns)
    if ax is None:
        cell = min(cell, _WIDEST)
        width = (cell * len(columns) + gap) * len(panels) - gap
    longest = max(style.text_width(name, style.SMALL) for name in columns)
    turned = longest + _AIR > cell
    below = (longest if turned else _LINE) + 0.38
    every_column = canvas.every_nth(len(columns), cell * len(columns) / _LINE) if turned else 1
    above = 2 * canvas.MARGIN + canvas.title_height([""]) + _PANEL * (panels[0].layer is not None)

    def room(every: int) -> tuple[int, float]:
        """The lines of the notes, as many in each language, and the height that they leave for the panels."""
        lines = max(len(canvas.packed(_notes(panels, every, lang), canvas.WIDTH)) for lang in LANGUAGES)
        return lines, canvas.TALLEST - above - below - canvas.NOTE_LINE * lines - canvas.MARGIN

    some = every_column > 1 or len(rows) * _LINE > room(1)[1]
    lines, highest = room(2 if some else 1)
    if ax is None:
        names = [style.text_width(_axis_name(panels[0], 0, lang), style.SMALL) for lang in LANGUAGES]
        height = max(len(rows) * max(_LINE, min(cell, _HIGHEST)), *names)
        height = min(height, highest)
    every_row = canvas.every_nth(len(rows), height / _LINE + 0.01)
    return _Layout(
        left, above, width, height, below, lines, cell, gap / cell, turned, rows, columns, every_row, every_column
    )


def _draw(ax: Axes, panels: list[TokenSimilarity], lay: _Layout) -> None:
    """The panels from left to right, a cell being one wide and one high; the scale of colours beside them."""
    count, across = panels[0].cosine.shape
    columns = (across + lay.gap) * len(panels) - lay.gap
    colours = style.DIVERGING.with_extremes(bad=style.FAINT)
    widest = max(
        style.text_width(style.number(value), style.SMALL)
        for panel in panels
        for value in panel.cosine.ravel().tolist()
    )
    for place, panel in enumerate(panels):
        left = place * (across + lay.gap)
        image = ax.imshow(
            np.ma.masked_invalid(panel.cosine), cmap=colours, vmin=-1, vmax=1, aspect="auto", gid="cosine",
            interpolation=canvas.interpolation(ax, round(columns)),
            extent=(left - 0.5, left + across - 0.5, count - 0.5, -0.5),
        )  # fmt: skip
        if lay.cell >= widest + _AIR and lay.height >= count * _LINE:
            canvas.write_numbers(ax, image, left)
        _frame(ax, panel.nearest, left, 1.8 if lay.height > count * _LINE else 1.0)
    ax.set(xlim=(-0.5, columns - 0.5), ylim=(count - 0.5, -0.5))
    canvas.colour_scale(ax, image, (1 + 0.15 / lay.width, 0, 0.16 / lay.width, 1), (-1, 0, 1))


def _frame(ax: Axes, nearest: list[int | None], left: float, linewidth: float) -> None:
    """Frame the nearest token of each row, in ink on paper, so that it shows on dark cells and on light ones."""
    cells = [
        Rectangle((left + column - 0.5, row - 0.5), 1, 1) for row, column in enumerate(nearest) if column is not None
    ]
    for colour, width in ((style.PAPER, linewidth + 2), (style.INK, linewidth)):
        gid = "nearest" if colour == style.INK else None
        look: dict[str, Any] = {"edgecolors": colour, "linewidths": width, "clip_on": False, "gid": gid}
        ax.add_collection(PatchCollection(cells, facecolors="none", **look), autolim=False)


def _name(ax: Axes, panels: list[TokenSimilarity], lay: _Layout, lang: str) -> None:
    """The names of rows, columns and panels: every n-th where not all have room."""
    across = len(lay.columns)
    lefts = [place * (across + lay.gap) for place in range(len(panels))]
    ax.set_yticks(range(0, len(lay.rows), lay.every_row), lay.rows[:: lay.every_row], size=style.SMALL)
    columns = range(0, across, lay.every_column)
    names = [lay.columns[column] for column in columns] * len(panels)
    ax.set_xticks([left + column for left in lefts for column in columns], names, size=style.SMALL)
    for label in ax.get_xticklabels():
        label.set_rotation(90 if lay.turned and len(label.get_text()) > 1 else 0)  # a turned "'" would be a dash
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
    ax.set_ylabel(_axis_name(panels[0], 0, lang), size=style.SMALL)
    ax.set_xlabel(_axis_name(panels[0], 1, lang), size=style.SMALL)
    look: dict[str, Any] = {"size": style.SMALL, "weight": "bold", "ha": "center", "va": "center", "gid": "panel"}
    for left, name in zip(lefts, _panel_names(panels, lay, lang), strict=True):
        at = left + (across - 1) / 2, 1 + _PANEL / 2 / lay.height
        ax.text(*at, name, transform=ax.get_xaxis_transform(), **look)


def _panel_names(panels: list[TokenSimilarity], lay: _Layout, lang: str) -> list[str]:
    """Which layer each panel is, in the longest words that have room in every language."""
    known = [(panel.layer, panel.layers) for panel in panels if panel.layer is not None]
    ways: list[Callable[..., str]] = [
        layer_name,
        lambda layer, _, lang: say("token_similarity.short", lang, layer=layer),
        lambda layer, *_: str(layer),
    ]
    room = (len(lay.columns) + lay.gap) * lay.cell - _AIR
    for way in ways:
        said = [way(*each, other) for each in known for other in LANGUAGES]
        if len(panels) == 1 or max(style.text_width(name, style.SMALL, "bold") for name in said) <= room:
            break
    return [way(*each, lang) for each in known] or [""]


def _axis_name(prepared: TokenSimilarity, axis: int, lang: str) -> str:
    if prepared.sentences is None:
        return say(("token_similarity.first", "token_similarity.second")[axis], lang)
    return say("token_similarity.sentence", lang, n=prepared.sentences[axis])


def _notes(panels: list[TokenSimilarity], every: int, lang: str) -> list[str]:
    marked = [any(column is not None for column in panel.nearest) for panel in panels]
    notes = [say("token_similarity.framed" if any(marked) else "token_similarity.none", lang, least=STANDS_OUT)]
    without = [_layer(panel, lang) for panel, one in zip(panels, marked, strict=True) if not one]
    if without and any(marked):
        notes.append(say("token_similarity.none_in", lang, panels=", ".join(without)))
    if any(np.isnan(panel.cosine).any() for panel in panels):
        notes.append(say("token_similarity.nowhere", lang))
    if every > 1:
        notes.append(say("token_similarity.every", lang, n=every))
    return notes


def _layer(panel: TokenSimilarity, lang: str) -> str:
    return "" if panel.layer is None else layer_name(panel.layer, panel.layers, lang)


def _describe(panels: list[TokenSimilarity], lang: str) -> str:
    parts = [say("token_similarity.title", lang) + "."]
    for panel in panels:
        if np.isnan(panel.cosine).all():
            continue
        pairs = [
            f"{panel.rows[row]} → {panel.columns[column]} ({panel.cosine[row, column]:z.2f})"
            for row, column in enumerate(panel.nearest) if column is not None
        ]  # fmt: skip
        listed = "; ".join(pairs[:12]) + ("; …" if pairs[12:] else "")
        values = {"least": f"{np.nanmin(panel.cosine):z.2f}", "most": f"{np.nanmax(panel.cosine):z.2f}"}
        said = say("token_similarity.alt", lang, **values)
        marked = (
            say("token_similarity.alt_near", lang, pairs=listed) if pairs else say("token_similarity.alt_none", lang)
        )
        layer = _layer(panel, lang)
        parts.append(f"{layer[:1].upper()}{layer[1:]}: {said} {marked}" if layer else f"{said} {marked}")
    return " ".join(parts)
