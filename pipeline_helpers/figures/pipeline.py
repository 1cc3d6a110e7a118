"""The whole way in one picture: text, tokens, ids and mask, hidden states, logits, probabilities, label."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from pipeline_helpers.figures import style
from pipeline_helpers.figures.canvas import arrow, averaged, boxes, canvas, shortened, strip, wrapped
from pipeline_helpers.language import resolve, say
from pipeline_helpers.stages import Row, Trace

MAX_SENTENCES = 3
MAX_LABELS = 3
LABELS_WIDTH = 2.0
"""Inches at the left for the names of the stages."""
GAP = "…"
_MOST_LINES = 3
"""Of a sentence as it was typed."""
_GAP_WIDTH = 0.3
_ROWS = ("text", "tokens", "ids", "mask", "hidden", "logits", "probabilities", "label")
_HEIGHTS = {"text": 0.75, "tokens": 0.5, "ids": 0.42, "mask": 0.42, "hidden": 0.62, "label": 0.5}
_STEPS = {
    "tokenizer": ("tokens", "ids", "mask"),
    "model": ("hidden", "logits"),
    "softmax": ("probabilities", "label"),
}
_TINTS = {"tokenizer": "#e3f0f9", "model": "#fdf1d0", "softmax": "#dff3ec"}
_LINE = 0.36
"""Inches a label takes in the rows of logits and probabilities."""


@dataclass(frozen=True, eq=False)
class PipelineColumn:
    """What the picture shows of one sentence; numbers as they were computed."""

    text: str
    row: Row
    read: str
    """The token whose hidden state the head reads; empty where it reads several."""
    position: int | None
    """Where that stands; None where the head reads several."""
    vector: np.ndarray
    """Its last hidden state, `[H]`; the mean over the sentence where the head reads several."""
    labels: list[str]
    """The names of the labels, the best first where there are more than the picture has room for."""
    logits: list[float]
    probabilities: list[float]
    prediction: str


@dataclass(frozen=True, eq=False)
class PipelineColumns:
    """The numbers of `plot_pipeline`: a column a sentence, and the shapes on the way."""

    columns: list[PipelineColumn]
    total: int
    hidden_shape: tuple[int, ...]
    logits_shape: tuple[int, ...]

    @property
    def read_alike(self) -> bool:
        """Whether the head reads the same token at the same position in all columns."""
        return len({(column.read, column.position) for column in self.columns}) == 1

    @classmethod
    def of(cls, trace: Trace) -> "PipelineColumns":
        """The first `MAX_SENTENCES` sentences of `trace`, each with its `MAX_LABELS` best labels."""
        count = len(trace.id2label)
        columns = []
        for row, text in enumerate(trace.texts[:MAX_SENTENCES]):
            probabilities = trace.probabilities[row].tolist()
            order = sorted(range(count), key=lambda label: -probabilities[label])
            shown = range(count) if count <= MAX_LABELS else order[:MAX_LABELS]
            position = trace.head_positions[row]
            read = trace.rows[row].attended if position is None else position
            columns.append(
                PipelineColumn(
                    text=text,
                    row=trace.rows[row],
                    read="" if position is None else trace.tokens[row][position],
                    position=position,
                    vector=np.atleast_2d(trace.hidden_states[-1][row][read].tolist()).mean(axis=0),
                    labels=[trace.id2label[label] for label in shown],
                    logits=[trace.logits[row, label].item() for label in shown],
                    probabilities=[probabilities[label] for label in shown],
                    prediction=trace.id2label[order[0]],
                )
            )
        return cls(columns, len(trace.texts), tuple(trace.hidden_states[-1].shape), tuple(trace.logits.shape))


@style.styled
def plot_pipeline(data: Trace, *, ax: Axes | None = None, lang: str | None = None) -> Axes:
    """Draw what each step of the pipeline makes of each sentence, with the numbers of this run.

    A column a sentence (at most three), a row a stage; the three steps — tokenizer, model, softmax — are the bands
    behind the rows. Long sentences are shortened in the middle.

        plot_pipeline(trace(["I love it.", "I hate this so much!"]))

    Args:
        data: a `Trace`.
        ax: where to draw; None makes a new figure.
        lang: one of `LANGUAGES`; None is the language in force.

    Raises:
        TypeError: `data` is no `Trace`.
    """
    if not isinstance(data, Trace):
        raise TypeError(
            f"data is of type {type(data).__name__}; plot_pipeline takes a Trace, as ph.trace(…) returns it"
        )
    lang = resolve(lang)
    prepared = PipelineColumns.of(data)
    tops, bottom = _tops(prepared)
    column_width = 7.8 if len(prepared.columns) == 1 else 4.1 if len(prepared.columns) == 2 else 3.6
    width = LABELS_WIDTH + column_width * len(prepared.columns)
    ax, scale = canvas(ax, bottom, say("pipeline.title", lang))
    _draw_bands(ax, tops, bottom, width, prepared, lang, scale)
    limit = max(abs(logit) for column in prepared.columns for logit in column.logits)  # one scale for all
    for place, column in enumerate(prepared.columns):
        _draw_column(ax, column, LABELS_WIDTH + place * column_width + 0.15, column_width - 0.3, tops, limit, scale,
                     named=not prepared.read_alike)  # fmt: skip
    if prepared.total > len(prepared.columns):
        note = say("pipeline.more", lang, shown=len(prepared.columns), total=prepared.total)
        ax.text(width, -0.1, note, ha="right", va="bottom", color=style.MUTED, size=11 * scale)
    style.set_alt_text(ax, _describe(prepared, lang))
    return ax


def _tops(prepared: PipelineColumns) -> tuple[dict[str, float], float]:
    """Where each row begins, and where the last one ends, in inches from the top."""
    tops, top = {}, 0.05
    for row in _ROWS:
        tops[row] = top
        top += _height(row, prepared)
        if row in ("text", "mask", "logits"):
            top += 0.34  # room for the arrow between two steps
    return tops, top + 0.05


def _draw_bands(
    ax: Axes, tops: dict[str, float], bottom: float, width: float, prepared: PipelineColumns, lang: str, scale: float
) -> None:
    ends = {"tokenizer": tops["hidden"] - 0.34, "model": tops["probabilities"] - 0.34, "softmax": bottom}
    for step, rows in _STEPS.items():
        top = tops[rows[0]] - 0.02
        boxes(ax, [(0.06, top, width - 0.12, ends[step] - top)], [_TINTS[step]], edgecolors="none")
        arrow(ax, (1.0, top - 0.3), (1.0, top - 0.02), size=12 * scale)
        ax.text(1.12, top - 0.16, say(f"pipeline.{step}", lang), va="center", weight="bold", size=12 * scale)
    shapes = {"hidden": prepared.hidden_shape, "logits": prepared.logits_shape}
    for row in _ROWS:
        name = say(f"pipeline.{row}", lang) if row != "hidden" else _hidden_name(prepared, lang)
        middle = tops[row] + _height(row, prepared) / 2
        if row in shapes:
            name += f"\n{list(shapes[row])}"
        ax.text(0.2, middle, name, va="center", size=11 * scale, linespacing=1.15)


def _hidden_name(prepared: PipelineColumns, lang: str) -> str:
    """Whose hidden states the strips are: the token's that the head reads, where that is the same in all columns."""
    first = prepared.columns[0]
    if not prepared.read_alike:
        return say("pipeline.hidden_read", lang)
    if first.position is None:
        return say("pipeline.hidden_mean", lang)
    return say("pipeline.hidden", lang, token=shortened(first.read, 0.75, 11), position=first.position)


def _height(row: str, prepared: PipelineColumns) -> float:
    return _HEIGHTS.get(row, 0.14 + _LINE * len(prepared.columns[0].labels))


def _draw_column(
    ax: Axes, column: PipelineColumn, left: float, width: float, tops: dict[str, float], limit: float, scale: float, *,
    named: bool,
) -> None:  # fmt: skip
    lines = wrapped(column.text, width - 0.25, 12, "italic")  # so that the gap fits too
    if len(lines) > _MOST_LINES:
        lines[_MOST_LINES - 1 :] = [f"{lines[_MOST_LINES - 1]} {GAP}"]
    middle = tops["text"] + _HEIGHTS["text"] / 2
    ax.text(left, middle, "\n".join(lines), va="center", size=12 * scale, style="italic")
    _draw_tokens(ax, column, left, width, tops, scale)
    values = averaged(column.vector[None], 48)
    strip(
        ax, values, (left, tops["hidden"] + 0.12, width, 0.22 if named else 0.38), np.abs(values).max() or 1.0, zorder=2
    )
    if named and column.position is not None:
        text = f"[{column.position}] {shortened(column.read, 2.0, 10)}"
        ax.text(left, tops["hidden"] + 0.46, text, va="center", size=10 * scale, gid="read")
    _draw_labels(ax, column, left, width, tops, limit, scale)


def _draw_tokens(
    ax: Axes, column: PipelineColumn, left: float, width: float, tops: dict[str, float], scale: float
) -> None:
    row, special = column.row, column.row.special
    names, ids = [style.drawable(token) for token in row.tokens], row.ids or []
    cells = [
        max(style.text_width(name, 10), style.text_width(str(i), 10)) + 0.13 for name, i in zip(names, ids, strict=True)
    ]
    here = left
    for place in that_fit(cells, len(cells) - row.attended[::-1].index(True), width):
        if place is None:
            for line in ("tokens", "ids", "mask"):
                ax.text(here + _GAP_WIDTH / 2, tops[line] + 0.26, GAP, ha="center", va="baseline", size=11 * scale)
            here += _GAP_WIDTH
            continue
        attended = row.attended[place]
        box = Rectangle(
            (here + 0.02, tops["tokens"] + 0.07), cells[place] - 0.04, 0.33,
            facecolor=style.SPECIAL if special[place] or not attended else style.PAPER,
            edgecolor=style.MUTED, linewidth=0.8, linestyle="-" if attended else ":",
        )  # fmt: skip
        ax.add_patch(box)
        middle = here + cells[place] / 2
        look: dict[str, Any] = {"ha": "center", "va": "center", "size": 10 * scale}
        look["color"] = style.INK if attended else style.MUTED
        ax.text(middle, tops["tokens"] + 0.235, names[place], **look)
        ax.text(middle, tops["ids"] + 0.2, str(ids[place]), **look)
        ax.text(middle, tops["mask"] + 0.2, str(int(attended)), weight="bold" if attended else "normal", **look)
        here += cells[place]


def that_fit(cells: list[float], attended: int, width: float) -> list[int | None]:
    """The places of the cells that fit into `width`, with None for a gap.

    All of them, or as many of the first ones as there is room for, then the last of the `attended` ones ([SEP]), and
    after it the last of the padding; `attended` is how many there are up to that one.
    """
    if sum(cells) <= width:
        return list(range(len(cells)))
    last, end = attended - 1, len(cells) - 1
    tail: list[int | None] = [last] if end == last else [last, end] if end == last + 1 else [last, None, end]
    room = width - sum(_GAP_WIDTH if place is None else cells[place] for place in tail) - _GAP_WIDTH
    first: list[int | None] = []
    for place, cell in enumerate(cells[:last]):
        if cell > room:
            return [*first, None, *tail]
        room -= cell
        first.append(place)
    return [*first, *tail]


def _draw_labels(
    ax: Axes, column: PipelineColumn, left: float, width: float, tops: dict[str, float], limit: float, scale: float
) -> None:
    name_width = min(1.5, 0.2 + max(style.text_width(label, 10, "bold") for label in column.labels))
    bar_left, bar_width = left + name_width, width - name_width - 0.65
    zero = bar_left + bar_width / 2
    for line, (label, logit, probability) in enumerate(
        zip(column.labels, column.logits, column.probabilities, strict=True)
    ):
        weight, colour = ("bold", style.POSITIVE) if label == column.prediction else ("normal", style.MUTED)
        name = shortened(label, name_width - 0.1, 10, weight)
        # A bar from the middle for a logit: to the left when it is negative, to the right when it is positive.
        length = (bar_width / 2) * (logit / limit if limit else 0.0)
        for row, number, start, long, gid in (
            ("logits", style.number(logit), min(zero, zero + length), abs(length), f"logit {label}"),
            ("probabilities", f"{probability:z.3f}", bar_left, bar_width * probability, f"probability {label}"),
        ):
            low = tops[row] + 0.07 + _LINE * (line + 0.5)
            ax.text(left, low, name, va="center", size=10 * scale, weight=weight)
            ax.text(left + width, low, number, va="center", ha="right", size=11 * scale, weight=weight)
            if row == "probabilities":
                ax.add_patch(Rectangle((bar_left, low - 0.1), bar_width, 0.2, facecolor=style.PAPER, edgecolor="none"))
            else:
                ax.plot([zero, zero], [low - _LINE / 2, low + _LINE / 2], color=style.MUTED, linewidth=0.8)
            ax.add_patch(Rectangle((start, low - 0.1), long, 0.2, facecolor=colour, edgecolor="none", gid=gid))
    middle = tops["label"] + _HEIGHTS["label"] / 2
    answer = shortened(column.prediction, width - 0.8, 14, "bold")
    ax.text(left, middle, f"{answer}  {max(column.probabilities):z.3f}", va="center", size=14 * scale, weight="bold")


def _describe(prepared: PipelineColumns, lang: str) -> str:
    return " ".join([say("pipeline.alt", lang), *(_describe_column(column, lang) for column in prepared.columns)])


def _describe_column(column: PipelineColumn, lang: str) -> str:
    logits = (f"{name} {style.number(value)}" for name, value in zip(column.labels, column.logits, strict=True))
    shares = (f"{name} {value:z.3f}" for name, value in zip(column.labels, column.probabilities, strict=True))
    return say(
        "pipeline.alt_sentence",
        lang,
        text=column.text if len(column.text) <= 120 else column.text[:119] + GAP,
        tokens=sum(column.row.attended),
        first=" ".join(column.row.tokens[:4]),
        logits=", ".join(logits),
        probabilities=", ".join(shares),
        label=column.prediction,
    )
