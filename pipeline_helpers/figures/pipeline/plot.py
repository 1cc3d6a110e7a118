"""The whole way in one picture: text, tokens, ids and mask, hidden states, logits, probabilities, label."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from pipeline_helpers.figures import style
from pipeline_helpers.figures.canvas import ELLIPSIS, WIDTH, arrow, boxes, canvas, shortened, strip, wrapped
from pipeline_helpers.figures.pipeline.numbers import VALUES, Line, PipelineColumn, PipelineColumns, in_lines
from pipeline_helpers.language import resolve, say
from pipeline_helpers.stages import Trace

SIZE = style.SMALL
"""Points of all letters but the answer's."""
ANSWER = 14
LABELS_WIDTH = 1.38
"""Inches at the left for the names of the stages."""
GUTTER = 0.12
"""Inches between two columns."""
MOST_LINES = {1: 4, 2: 4, 3: 5}
"""Of a sentence's tokens, by the number of columns."""
WRITTEN = 3
"""Lines of a sentence as it was typed."""
TOKENS_TOLD = 60
"""In the alternative text."""
_GAP = 0.28
"""Inches that the ellipsis takes among the tokens."""
_LINE = 0.205
"""Inches from one line of letters to the next."""
_CHIP, _PAD = 0.65, 0.075
"""Inches down and across of a token with its id and its mask below; across, what they take besides their letters."""
_BAR = 0.23
"""Inches a label takes in the rows of logits and probabilities."""
_STEP = 0.25
"""Inches between two bands: the name of the step."""
_STEPS = {"tokenizer": "tokens", "model": "hidden", "softmax": "probabilities"}
"""Each step, and the first row of its band."""


@dataclass(frozen=True)
class _Layout:
    """Where everything stands, in inches from the upper left."""

    texts: list[list[str]]
    """Of each column, the lines of the sentence as it was typed."""
    cells: list[list[float]]
    """Of each column, how wide each token is."""
    lines: list[list[Line]]
    """Of each column, the lines of its tokens."""
    lefts: list[float]
    width: float
    """Of a column."""
    tops: dict[str, float]
    """Of each row."""
    bottom: float


@style.styled
def plot_pipeline(data: Trace, *, ax: Axes | None = None, lang: str | None = None) -> Axes:
    """Draw what each step of the pipeline makes of each sentence, with the numbers of this run.

    A column a sentence (at most three), a row a stage; the three steps — tokenizer, model, softmax — are the bands
    behind the rows. Each token has its id and its mask below; of a sentence with more than four lines of them (five
    where there are three columns) the middle is left out. The strips are the first `VALUES` values of the hidden state
    that the head reads, in the colours of a number's sign, on one scale. The bars of a class have its colour in every
    column.

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
    layout = _layout(prepared)
    notes = []
    if prepared.total > len(prepared.columns):
        notes = [say("pipeline.more", lang, shown=len(prepared.columns), total=prepared.total)]
    ax, scale = canvas(ax, layout.bottom, say("pipeline.title", lang), notes)
    _draw_bands(ax, layout, lang, scale)
    _draw_names(ax, layout, prepared, lang, scale)
    limit = _limit([column.logits for column in prepared.columns])
    for place, column in enumerate(prepared.columns):
        for number, line in enumerate(layout.texts[place]):
            y = _baseline(layout.tops["text"]) + number * _LINE
            ax.text(layout.lefts[place], y, line, va="baseline", size=SIZE * scale, style="italic", gid="text")
        _draw_tokens(ax, column, layout, place, scale)
        _draw_labels(ax, column, layout, place, limit, scale)
    _draw_hidden(ax, prepared, layout, lang, scale)
    style.set_alt_text(ax, _describe(prepared, lang))
    return ax


def _layout(prepared: PipelineColumns) -> _Layout:
    count = len(prepared.columns)
    width = (WIDTH - LABELS_WIDTH - 0.04 - GUTTER * (count - 1)) / count
    texts, cells, lines = [], [], []
    for column in prepared.columns:
        written = wrapped(column.text, width, SIZE, "italic")
        if len(written) > WRITTEN:
            written[WRITTEN - 1 :] = [shortened(" ".join(written[WRITTEN - 1 :]), width, SIZE, "italic")]
        pairs = zip(column.row.tokens, column.row.ids or [], strict=True)
        cells.append([_cell(token, number, width) for token, number in pairs])
        attended = len(cells[-1]) - column.row.attended[::-1].index(True)
        lines.append(in_lines(cells[-1], attended, _GAP, width, MOST_LINES[count]))
        texts.append(written)
    labels = len(prepared.columns[0].labels)
    heights = {
        "text": _LINE * max(map(len, texts)) + 0.04,
        "tokens": _CHIP * max(map(len, lines)) + 0.04,
        "hidden": 0.43 if prepared.read_alike else 0.58,
        "logits": _BAR * max(2, labels) + 0.06,  # two lines say what it is
        "probabilities": _BAR * labels + 0.06,
        "label": 0.32,
    }
    tops: dict[str, float] = {}
    top = 0.0
    for row, height in heights.items():
        tops[row] = top
        top += height + (_STEP if row in ("text", "tokens", "logits") else 0.0)
    lefts = [LABELS_WIDTH + place * (width + GUTTER) for place in range(count)]
    return _Layout(texts, cells, lines, lefts, width, tops, top)


def _cell(token: str, number: int, width: float) -> float:
    return min(width, max(style.text_width(token, SIZE), style.text_width(str(number), SIZE)) + _PAD)


def _limit(values: list[Any]) -> float:
    """The largest absolute value in all columns, which then have one scale."""
    return float(max(np.abs(column).max() for column in values)) or 1.0


def _draw_bands(ax: Axes, layout: _Layout, lang: str, scale: float) -> None:
    tops = layout.tops
    ends = {"tokenizer": tops["hidden"] - _STEP, "model": tops["probabilities"] - _STEP, "softmax": layout.bottom}
    for step, row in _STEPS.items():
        top = tops[row]
        boxes(ax, [(0, top, WIDTH, ends[step] - top)], [style.FAINT], edgecolors="none", gid="band")
        arrow(ax, (0.07, top - _STEP + 0.03), (0.07, top - 0.01), size=10 * scale)
        look: dict[str, Any] = {"va": "baseline", "weight": "bold", "size": SIZE * scale}
        ax.text(0.16, top - 0.08, say(f"pipeline.{step}", lang), gid="step", **look)


def _draw_names(ax: Axes, layout: _Layout, prepared: PipelineColumns, lang: str, scale: float) -> None:
    """What the rows are, at their left."""
    tops = layout.tops
    for name, y in (
        (say("pipeline.text", lang), _baseline(tops["text"])),
        *((say(f"pipeline.{row}", lang), y) for row, y in _chip_baselines(tops["tokens"]).items()),
        (say("pipeline.hidden", lang), _baseline(tops["hidden"] + 0.02)),
        (str(list(prepared.hidden_shape)), _baseline(tops["hidden"] + 0.02) + _LINE),
        (say("pipeline.logits", lang), _baseline(tops["logits"] + 0.03)),
        (str(list(prepared.logits_shape)), _baseline(tops["logits"] + 0.03) + _BAR),
        (say("pipeline.probabilities", lang), _baseline(tops["probabilities"] + 0.03)),
        (say("pipeline.label", lang), tops["label"] + 0.21),
    ):
        ax.text(0.03, y, name, va="baseline", size=SIZE * scale, gid="name")


def _baseline(top: float) -> float:
    """Of the first line of letters under `top`."""
    return top + 0.17


def _chip_baselines(top: float) -> dict[str, float]:
    return {"tokens": top + 0.205, "ids": top + 0.43, "mask": top + 0.62}


def _read(prepared: PipelineColumns, lang: str) -> str:
    """What the strips show: of which token, and how many of its values."""
    first, total = prepared.columns[0], prepared.hidden_shape[-1]
    values = say("pipeline.values" if total > VALUES else "pipeline.all_values", lang, shown=VALUES, total=total)
    if not prepared.read_alike:
        return say("pipeline.read", lang, values=values)
    if first.position is None:
        return say("pipeline.read_mean", lang, values=values)
    token = shortened(first.read, 0.7, SIZE)
    return say("pipeline.read_one", lang, token=token, position=first.position, values=values)


def _draw_tokens(ax: Axes, column: PipelineColumn, layout: _Layout, place: int, scale: float) -> None:
    """A column's tokens in their lines, each over its id and its mask."""
    row, cells = column.row, layout.cells[place]
    at: dict[str, Any] = {"ha": "center", "va": "baseline", "size": SIZE * scale}
    for number, line in enumerate(layout.lines[place]):
        top, here = layout.tops["tokens"] + number * _CHIP, layout.lefts[place]
        ys = _chip_baselines(top)
        for token in line:
            if token is None:
                for y in ys.values():
                    ax.text(here + _GAP / 2, y, ELLIPSIS, gid="gap", **at)
                here += _GAP
                continue
            attended, width = row.attended[token], cells[token]
            face = style.FAINT if not attended else style.SPECIAL if row.special[token] else style.PAPER
            box = Rectangle(
                (here + 0.015, top + 0.04), width - 0.03, 0.23, facecolor=face, edgecolor=style.MUTED, linewidth=0.8,
                linestyle="-" if attended else ":", gid="chip",
            )  # fmt: skip
            ax.add_patch(box)
            at["color"] = style.INK if attended else style.MUTED
            middle = here + width / 2
            ax.text(middle, ys["tokens"], shortened(row.tokens[token], width - 0.05, SIZE), gid="token", **at)
            ax.text(middle, ys["ids"], str((row.ids or [])[token]), gid="id", **at)
            ax.text(middle, ys["mask"], str(int(attended)), weight="bold" if attended else "normal", gid="mask", **at)
            here += width


def _draw_hidden(ax: Axes, prepared: PipelineColumns, layout: _Layout, lang: str, scale: float) -> None:
    """The strips, one scale for all; above them what they are, and the scale."""
    shown = [column.vector[:VALUES] for column in prepared.columns]
    limit, top = _limit(shown), layout.tops["hidden"]
    at: dict[str, Any] = {"va": "baseline", "size": SIZE * scale}
    for column, values, left in zip(prepared.columns, shown, layout.lefts, strict=True):
        strip(ax, values[None], (left, top + 0.07, layout.width, 0.28), limit, zorder=2, gid="hidden state")
        if not prepared.read_alike:
            text = f"[{column.position}] {shortened(column.read, layout.width - 0.6, SIZE)}"
            ax.text(left, _baseline(top + 0.36), text, gid="read", **at)
    y, right = top - 0.08, layout.lefts[-1] + layout.width
    ax.text(LABELS_WIDTH, y, _read(prepared, lang), gid="values", **at)
    ends = [f"{end:.3g}" for end in (-limit, limit)]
    bar = right - style.text_width(ends[1], SIZE) - 0.42
    ax.text(bar - 0.05, y, ends[0], ha="right", gid="scale", **at)
    ax.text(right, y, ends[1], ha="right", gid="scale", **at)
    strip(ax, np.linspace(-limit, limit, 33)[None], (bar, y - 0.125, 0.36, 0.13), limit, zorder=2, gid="scale")


def _draw_labels(ax: Axes, column: PipelineColumn, layout: _Layout, place: int, limit: float, scale: float) -> None:
    """The bars of logits and probabilities, and the answer."""
    left, width, tops = layout.lefts[place], layout.width, layout.tops
    name_width = min(0.5 * width, 0.1 + max(style.text_width(label, SIZE, "bold") for label in column.labels))
    numbers = [style.number(logit) for logit in column.logits] + [f"{share:z.3f}" for share in column.probabilities]
    bar_left = left + name_width
    bar_width = width - name_width - 0.08 - max(style.text_width(said, SIZE, "bold") for said in numbers)
    zero = bar_left + bar_width / 2
    at: dict[str, Any] = {"va": "baseline", "size": SIZE * scale}
    for line, (label, colour, logit, probability) in enumerate(
        zip(column.labels, column.colours, column.logits, column.probabilities, strict=True)
    ):
        at["weight"] = "bold" if label == column.prediction else "normal"
        name = shortened(label, name_width - 0.08, SIZE, at["weight"])
        # A bar from the middle for a logit: to the left when it is negative, to the right when it is positive.
        length = (bar_width / 2) * (logit / limit)
        for row, number, start, long, gid in (
            ("logits", style.number(logit), min(zero, zero + length), abs(length), f"logit {label}"),
            ("probabilities", f"{probability:z.3f}", bar_left, bar_width * probability, f"probability {label}"),
        ):
            top = tops[row] + 0.03 + _BAR * line
            ax.text(left, _baseline(top), name, **at)
            ax.text(left + width, _baseline(top), number, ha="right", **at)
            if row == "logits":
                ax.plot([zero, zero], [top, top + _BAR], color=style.MUTED, linewidth=0.8)
            else:
                track = Rectangle((bar_left, top + 0.04), bar_width, 0.15, facecolor=style.PAPER, edgecolor="none")
                ax.add_patch(track)
            ax.add_patch(Rectangle((start, top + 0.04), long, 0.15, facecolor=colour, edgecolor="none", gid=gid))
    colour = column.colours[column.labels.index(column.prediction)]
    answer = shortened(column.prediction, width - 0.85, ANSWER, "bold")
    wide = style.text_width(answer, ANSWER, "bold") + 0.16
    boxes(ax, [(left, tops["label"], wide, 0.29)], [colour], edgecolors="none", gid="answer")
    at |= {"weight": "bold", "size": ANSWER * scale}
    y = tops["label"] + 0.21
    ax.text(left + 0.08, y, answer, color=style.text_on(colour), gid="answer", **at)
    ax.text(left + wide + 0.1, y, f"{max(column.probabilities):z.3f}", gid="score", **at)


def _describe(prepared: PipelineColumns, lang: str) -> str:
    return " ".join([say("pipeline.alt", lang), *(_describe_column(column, lang) for column in prepared.columns)])


def _describe_column(column: PipelineColumn, lang: str) -> str:
    row = column.row
    tokens = [token for token, attended in zip(row.tokens, row.attended, strict=True) if attended]
    named = " ".join(tokens[:TOKENS_TOLD]) + (f" {ELLIPSIS}" if len(tokens) > TOKENS_TOLD else "")
    padding = len(row.tokens) - len(tokens)
    logits = (f"{name} {style.number(value)}" for name, value in zip(column.labels, column.logits, strict=True))
    shares = (f"{name} {value:z.3f}" for name, value in zip(column.labels, column.probabilities, strict=True))
    return say(
        "pipeline.alt_sentence",
        lang,
        text=column.text if len(column.text) <= 120 else column.text[:119] + ELLIPSIS,
        count=len(tokens),
        tokens=named + (say("pipeline.alt_padding", lang, n=padding) if padding else ""),
        logits=", ".join(logits),
        probabilities=", ".join(shares),
        label=column.prediction,
    )
