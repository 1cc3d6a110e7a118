"""The vectors of each token: `[batch, sequence, hidden]` as what it is, a stack of sheets."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.image import AxesImage

from pipeline_helpers.figures import style
from pipeline_helpers.figures.canvas import arrow, canvas, colour_scale, every_nth, hatched, packed, shortened, strip
from pipeline_helpers.figures.inputs import Row, as_array, as_index, read_rows
from pipeline_helpers.language import resolve, say
from pipeline_helpers.stages import Trace

SHEET_WIDTH = 6.6
"""Inches of a sheet; all dimensions of a vector stand side by side on it."""
MAX_NAMED = 48
"""Up to so many tokens each is named; beyond that every n-th."""
MAX_SHEETS = 6
"""So many sheets of the stack are drawn; a note says how many there are."""
LABEL = 11
"""Points."""
_SHIFT = 0.17
"""Inches by which each sheet peeps out behind the one before it."""
_LONGEST = 1.3
"""Inches that the name of a token takes at most."""


@dataclass(frozen=True, eq=False)
class HiddenSheets:
    """The numbers of `plot_hidden_states`: one layer."""

    values: np.ndarray
    """`[B, S, H]`."""
    sentence: int
    """The sheet in front."""
    tokens: list[str]
    """The names of its rows, S of them; their numbers where nobody named them."""
    attended: list[bool]
    """Which of its rows are tokens, and which padding; S of them."""
    layer: int | None
    """0 = the embeddings, n = the output of layer n; None for an array of nobody knows which layer."""
    layers: int | None
    limit: float
    """The colour scale goes from -limit to limit: 99 of 100 values lie within."""

    @property
    def largest(self) -> float:
        """The value farthest from zero, its sign left out."""
        return float(np.abs(self.values).max())


def hidden_sheets(data: Any, *, sentence: int = 0, layer: int = -1, tokens: Any = None) -> HiddenSheets:
    """Take one layer out of what `plot_hidden_states` takes; the errors are the same."""
    values, number, layers = one_layer(data, layer)
    place = as_index(sentence, "sentence", len(values))
    row = rows_of(data, tokens, values)[place]
    limit = float(np.percentile(np.abs(values), 99)) or float(np.abs(values).max()) or 1.0
    return HiddenSheets(values, place, row.tokens, row.attended, number, layers, limit)


def one_layer(data: Any, layer: int) -> tuple[np.ndarray, int | None, int | None]:
    """The hidden states `[B, S, H]` of one layer, its number and the number of layers, where they are known.

    Args:
        data: a `Trace`; a model's output with `hidden_states` or `last_hidden_state`; all layers, embeddings first;
            or the array of one layer, `[B, S, H]` or `[S, H]`.
        layer: 0 = the embeddings, n = the output of layer n, -1 = the last.

    Raises:
        TypeError: `data` holds no numbers.
        ValueError: other dimensions, nothing in it, NaN or infinities, or no such layer.
    """
    states = getattr(data, "hidden_states", None)
    if states is None:
        states = getattr(data, "last_hidden_state", data)
    if isinstance(states, (list, tuple)) and states and dimensions(states[0]) == 3:
        place = as_index(layer, "layer", len(states))
        return as_array(states[place], f"hidden_states[{place}]", dims=(3,)), place, len(states) - 1
    as_index(layer, "layer", 1)
    values = as_array(states, "hidden_states", dims=(2, 3))
    return (values if values.ndim == 3 else values[None]), None, None


def rows_of(data: Any, tokens: Any, values: np.ndarray) -> list[Row]:
    """The tokens of the hidden states `values`, `[B, S, H]`, which a `Trace` brings along; numbers where nobody knows.

    Raises:
        TypeError, ValueError: these are no tokens, or not those of `values`.
    """
    batch, length = values.shape[:2]
    source = data if isinstance(data, Trace) else tokens
    if source is None:
        return [Row([str(place) for place in range(length)], [None] * length, [True] * length)] * batch
    rows = read_rows(source)
    lengths = [len(row.tokens) for row in rows]
    if lengths != [length] * batch:
        raise ValueError(f"tokens has rows of {lengths}; expected those of the hidden states: {[batch, length]}")
    return rows


def dimensions(value: Any) -> int:
    """How many dimensions an array-like or a tensor has; 0 where its rows are not equally long."""
    try:
        return len(value.shape if hasattr(value, "shape") else np.shape(value))
    except ValueError:
        return 0


@style.styled
def plot_hidden_states(
    data: Any,
    *,
    sentence: int = 0,
    layer: int = -1,
    tokens: Any = None,
    ax: Axes | None = None,
    lang: str | None = None,
) -> Axes:
    """Draw the hidden states of one layer as a stack of sheets, a sheet a sentence.

    On each sheet a row is the vector of a token and a column one of its dimensions; the sheet in front is that of
    `sentence`. Padding is hatched. Up to 48 tokens are named, beyond that every n-th.

        plot_hidden_states(trace(sentences), layer=3)
        plot_hidden_states(model(**inputs).last_hidden_state, tokens=[["[CLS]", …], …])

    Args:
        data: a `Trace`; a model's output with `hidden_states` or `last_hidden_state`; all layers, embeddings first;
            or the array of one layer, `[B, S, H]` or `[S, H]`.
        sentence: the row of the batch that is drawn in front.
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
    prepared = hidden_sheets(data, sentence=sentence, layer=layer, tokens=tokens)
    batch, length, _ = prepared.values.shape
    sheets = min(batch, MAX_SHEETS)
    height = max(0.9, 0.22 * min(length, MAX_NAMED))
    names = [shortened(token, _LONGEST, LABEL) for token in prepared.tokens]
    left = max(style.text_width(name, LABEL) for name in names) + 0.2
    behind = _SHIFT * (sheets - 1)
    top = behind + 0.42
    width = left + SHEET_WIDTH + behind + 1.55
    notes = packed(_notes(prepared, lang), width)
    ax, scale = canvas(ax, top + height + 0.42 + 0.62, _title(prepared, lang), notes)
    front = _draw_sheets(ax, prepared, left, top, height, sheets)
    _name_rows(ax, names, left, top, height, scale)
    _name_dimensions(ax, prepared, left, top, height, behind, scale)
    _draw_scale(ax, prepared, front, left, top + height + 0.52, scale, lang)
    style.set_alt_text(ax, _describe(prepared, lang))
    return ax


def _draw_sheets(ax: Axes, prepared: HiddenSheets, left: float, top: float, height: float, sheets: int) -> AxesImage:
    """The stack, the farthest sheet first; the one in front comes back."""
    others = [place for place in range(len(prepared.values)) if place != prepared.sentence]
    order = [prepared.sentence, *others][:sheets]
    for depth in range(sheets - 1, -1, -1):
        box = (left + depth * _SHIFT, top - depth * _SHIFT, SHEET_WIDTH, height)
        look = {"zorder": 2 - depth / 20, "gid": f"sheet {order[depth]}"}
        front = strip(ax, prepared.values[order[depth]], box, prepared.limit, **look)
    row = height / prepared.values.shape[1]
    padded = [place for place, attended in enumerate(prepared.attended) if not attended]
    veil = hatched(ax, [(left, top + place * row, SHEET_WIDTH, row) for place in padded], style.MUTED)
    veil.set(zorder=2.1, gid="padding")
    return front


def _name_rows(ax: Axes, names: list[str], left: float, top: float, height: float, scale: float) -> None:
    row = height / len(names)
    for place in range(0, len(names), every_nth(len(names), MAX_NAMED)):
        ax.text(
            left - 0.08, top + (place + 0.5) * row, names[place], size=LABEL * scale, ha="right", va="center",
            gid="token",
        )  # fmt: skip


def _name_dimensions(
    ax: Axes, prepared: HiddenSheets, left: float, top: float, height: float, behind: float, scale: float
) -> None:
    """An arrow along each side of the stack, with its name and its length."""
    batch, length, hidden = prepared.values.shape
    right, bottom = left + SHEET_WIDTH, top + height
    beside = right + behind + 0.14
    both: dict[str, Any] = {"size": 11 * scale, "kind": "<->"}
    arrow(ax, (left, bottom + 0.12), (right, bottom + 0.12), **both)
    arrow(ax, (beside, top - behind), (beside, bottom - behind), **both)
    look: dict[str, Any] = {"size": LABEL * scale, "gid": "dimension"}
    ax.text((left + right) / 2, bottom + 0.3, f"hidden = {hidden}", ha="center", va="center", **look)
    ax.text(beside + 0.12, (top + bottom) / 2 - behind, f"sequence = {length}", ha="left", va="center", **look)
    if behind:
        arrow(ax, (left - 0.1, top - 0.06), (left + behind - 0.1, top - behind - 0.06), **both)
    ax.text(left + behind, top - behind - 0.2, f"batch = {batch}", ha="left", va="center", **look)


def _draw_scale(
    ax: Axes, prepared: HiddenSheets, front: AxesImage, left: float, top: float, scale: float, lang: str
) -> None:
    """The colour scale, as a strip with its ends and its middle named."""
    width, whole = ax.get_xlim()[1], ax.get_ylim()[0]
    box = (left / width, 1 - (top + 0.16) / whole, 2.4 / width, 0.16 / whole)
    ends = (-prepared.limit, 0.0, prepared.limit)
    colour_scale(ax, front, box, ends, 10 * scale, orientation="horizontal")
    note = say("hidden_states.scale", lang, limit=f"{prepared.limit:.3g}", largest=f"{prepared.largest:.3g}")
    ax.text(left + 2.7, top + 0.08, note, size=10.5 * scale, va="center", gid="scale")


def _title(prepared: HiddenSheets, lang: str) -> str:
    which = "title" if prepared.layer is None else "title_layer" if prepared.layer else "title_embeddings"
    shape = list(prepared.values.shape)
    return say(f"hidden_states.{which}", lang, shape=shape, layer=prepared.layer, layers=prepared.layers)


def _notes(prepared: HiddenSheets, lang: str) -> list[str]:
    batch, length, _ = prepared.values.shape
    notes = [say("hidden_states.sheet", lang, sentence=prepared.sentence), say("hidden_states.row", lang)]
    if not all(prepared.attended):
        notes.append(say("hidden_states.padding", lang))
    if length > MAX_NAMED:
        notes.append(say("hidden_states.every", lang, n=every_nth(length, MAX_NAMED)))
    if batch > MAX_SHEETS:
        notes.append(say("hidden_states.sheets", lang, shown=MAX_SHEETS, batch=batch))
    return notes


def _describe(prepared: HiddenSheets, lang: str) -> str:
    front = prepared.values[prepared.sentence]
    norms = np.linalg.norm(front, axis=1)
    place = int(norms.argmax())
    names = prepared.tokens
    described = say(
        "hidden_states.alt", lang, sentence=prepared.sentence, least=style.number(front.min()),
        most=style.number(front.max()), tokens=" ".join(names[:24]) + (" …" if names[24:] else ""),
        longest=names[place], norm=f"{norms[place]:.1f}", padding=prepared.attended.count(False),
    )  # fmt: skip
    return f"{_title(prepared, lang)}. {described}"
