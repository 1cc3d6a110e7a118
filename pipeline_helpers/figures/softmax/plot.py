"""From logits to probabilities, with the arithmetic of softmax to be seen: exponentials, their sum, the division."""

from collections.abc import Mapping, Sequence
from itertools import zip_longest
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from pipeline_helpers.figures import style
from pipeline_helpers.figures.canvas import NOTE, WIDTH, canvas, said_width, shortened, wrapped
from pipeline_helpers.figures.softmax.numbers import SoftmaxSteps, number, share, softmax_steps, summed_up
from pipeline_helpers.language import LANGUAGES, resolve, say
from pipeline_helpers.stages import Trace

SMALL = style.SMALL
_ROOM = ((2.4, 1.6, 0.8), (1.4, 0.8, 0.5), (0.9, 0.5, 0.02))
"""Inches that the names may take, and a bar at most and at least: the first of these with which all finds room."""
_GAP, _BESIDE = 0.22, 0.12
"""Inches between two columns, and between a number and its bar."""
_HEADS, _ROW = 0.62, 0.4
_WITH_BARS = ("logit", "exponential", "probability")


@style.styled
def plot_logits_to_probs(
    data: Any,
    *,
    sentence: int = 0,
    labels: Sequence[Any] | Mapping[int, Any] | None = None,
    temperature: float = 1.0,
    top: int = 10,
    ax: Axes | None = None,
    lang: str | None = None,
) -> Axes:
    """Draw the logits of a sentence and the probabilities they become, with each step of softmax between them.

    The published numbers of the notes:

        plot_logits_to_probs([[-1.5607, 1.6123], [4.1692, -3.3464]], labels=["NEGATIVE", "POSITIVE"])

    shows −1.5607 → exp 0.2100 → 0.2100 ÷ 5.2243 = 0.0402 and 1.6123 → exp 5.0143 → 5.0143 ÷ 5.2243 = 0.9598, each
    number with its bar: the logits from zero, the exponentials as shares of the largest, the probabilities as shares
    of 1. Where exponentials would overflow or can't be read, the largest logit is taken from all of them first, and
    the picture says so.

    Args:
        data: logits, `[C]` or `[B, C]`, or a `Trace`.
        sentence: which row of a batch, counted from 0.
        labels: the names of the C classes: a list, or a dictionary such as `model.config.id2label`. A `Trace` brings
            its own.
        temperature: what the logits are divided by first, greater than 0.
        top: how many classes are shown, the most probable first, where there are more than that; the rest is summed up.
        ax: where to draw; None makes a new figure.
        lang: one of `LANGUAGES`; None is the language in force.

    Raises:
        TypeError: the logits, temperature, sentence or top are no numbers.
        ValueError: what `softmax_steps` refuses; labels that are not as many as the classes; `top` below 1.
    """
    lang = resolve(lang)
    logits = data.logits if isinstance(data, Trace) else data
    if labels is None and isinstance(data, Trace):
        labels = data.id2label
    steps = softmax_steps(logits, temperature=temperature, sentence=sentence)
    count = len(steps.logits)
    given = _names(labels, count)
    if isinstance(top, bool) or not hasattr(top, "__index__"):
        raise TypeError(f"top is of type {type(top).__name__}; expected an integer")
    if top < 1:
        raise ValueError(f"top is {top}; expected 1 or more")
    at_one = softmax_steps(logits, sentence=sentence)
    shown, shown_at_one = steps, at_one
    order = list(range(count)) if count <= top else steps.order[:top].tolist()
    colours = [style.class_colours(range(count))[place] for place in order]
    if count > top:
        shown, shown_at_one = (summed_up(of, steps.order, top) for of in (steps, at_one))
        colours.append(style.CLASS)
    names = {said: [given[place] if given else say("softmax.class", said, number=place) for place in order]
             + [say("softmax.others", said, count=count - top)] * (count > top) for said in LANGUAGES}  # fmt: skip
    cells = _cells(shown, alone=np.isfinite(steps.logits).sum() == 1)
    notes = {said: _notes(steps, top, data, said) for said in LANGUAGES}
    title = say("softmax.title", lang)
    if np.ndim(logits) == 2 and len(logits) > 1:
        title += " · " + say("softmax.sentence", lang, sentence=range(len(logits))[sentence])
    best = int(shown.probabilities[:top].argmax())
    rows = {said: [*names[said], say("softmax.sum", said)] for said in LANGUAGES}
    ax = _draw(ax, title, rows, cells, best, shown, shown_at_one.probabilities, colours, notes, lang)
    style.set_alt_text(ax, _describe(steps, names[lang], cells, title, notes[lang], best, lang))
    return ax


def _names(labels: Sequence[Any] | Mapping[int, Any] | None, count: int) -> list[str] | None:
    if labels is None:
        return None
    if isinstance(labels, (str, bytes)) or not hasattr(labels, "__len__"):
        raise TypeError(f"labels is of type {type(labels).__name__}; expected a list of names or a dictionary")
    if isinstance(labels, Mapping):
        if set(labels) != set(range(count)):
            raise ValueError(f"labels has the keys {list(labels)[:5]}; expected one for each of 0 to {count - 1}")
        return [str(labels[place]) for place in range(count)]
    if len(labels) != count:
        raise ValueError(f"labels holds {len(labels)} names; there are {count} logits")
    return [str(label) for label in labels]


def _notes(steps: SoftmaxSteps, top: int, data: Any, lang: str) -> list[str]:
    notes = [say("softmax.note.steps", lang)]
    if steps.shift:
        notes.append(say("softmax.note.shift", lang, largest=number(steps.shift)))
    if steps.temperature != 1:
        notes.append(say("softmax.note.temperature", lang))
    if len(steps.logits) > top:
        notes.append(say("softmax.note.top", lang, shown=top, total=len(steps.logits)))
    problem = getattr(data.config, "problem_type", None) if isinstance(data, Trace) else None
    if problem in ("regression", "multi_label_classification"):
        notes.append(say("softmax.note.other_function", lang, problem=problem))
    elif len(steps.logits) == 1:
        sigmoid = np.exp(-np.logaddexp(0.0, -steps.logits[0]))
        notes.append(say("softmax.note.single", lang, sigmoid=number(float(sigmoid))))
    return notes


def _draw(
    ax: Axes | None, title: str, names: dict[str, list[str]], cells: dict[str, list[str]], best: int,
    shown: SoftmaxSteps, at_one: np.ndarray, colours: list[str], notes: dict[str, list[str]], lang: str,
) -> Axes:  # fmt: skip
    totals = {"exponential": number(shown.total), "probability": "1"}
    columns = {kind: [*texts, totals.get(kind, "")] for kind, texts in cells.items()}
    operations = _operations(shown, lang)
    width, bar, lefts = _layout(names, columns, operations)
    lines = zip_longest(*([line for note in said for line in wrapped(note, WIDTH, NOTE)] for said in notes.values()),
                        fillvalue="")  # fmt: skip
    middles = np.array([_HEADS + _ROW * (place + 0.5) for place in range(len(colours) + 1)])
    rule = middles[-1] - _ROW / 2
    own = list(LANGUAGES).index(lang)
    ax, scale = canvas(ax, middles[-1] + _ROW / 2 + 0.08, title, [line[own] for line in lines])

    look: dict[str, Any] = {"fontsize": SMALL * scale, "va": "center"}
    for place, (name, middle) in enumerate(zip(names[lang], middles, strict=True)):
        face = "bold" if place == best else "normal"
        ax.text(0, middle, shortened(name, width, SMALL, face), weight=face, gid="label", **look)
    ax.plot([0, WIDTH], [rule, rule], color=style.MUTED, linewidth=1)
    for kind, texts in columns.items():
        left, right = lefts[kind]
        ax.text(left, 0.16, say(f"softmax.head.{kind}", lang), weight="bold", gid="head", **look)
        ax.text(left, 0.42, operations[kind], color=style.MUTED, gid="operation", **look)
        for place, (text, middle) in enumerate(zip(texts, middles, strict=True)):
            bold = place == len(colours) or (place == best and kind == "probability")
            ax.text(right, middle, text, ha="right", weight="bold" if bold else "normal", gid=kind, **look)
    start = {kind: lefts[kind][1] + _BESIDE for kind in _WITH_BARS}
    rows = middles[:-1]
    _draw_logits(ax, shown.logits, rows, start["logit"], bar, colours)
    longest = float(shown.exponentials.max())
    _draw_from_zero(ax, shown.exponentials / longest, rows, start["exponential"], bar, colours, "exponential")
    ax.barh(rows, bar, left=start["probability"], height=0.6 * _ROW, color=style.FAINT, edgecolor=style.MUTED,
            linewidth=0.8, gid="whole")  # fmt: skip
    _draw_from_zero(ax, shown.probabilities, rows, start["probability"], bar, colours, "probability")
    if shown.temperature != 1:
        reach = 0.45 * _ROW
        ax.vlines(start["probability"] + bar * at_one, rows - reach, rows + reach, color=style.INK, linewidth=2)
    return ax


def _layout(
    names: dict[str, list[str]], columns: dict[str, list[str]], operations: dict[str, str]
) -> tuple[float, float, dict[str, tuple[float, float]]]:
    """Inches of the names and of a bar; and where each column and its heading begin, and where its numbers end."""
    wish = max(style.text_width(name, SMALL, "bold") for said in names.values() for name in said)
    numbers = {kind: max(style.text_width(text, SMALL, "bold") for text in columns[kind]) for kind in columns}
    heads = {kind: max(said_width(f"softmax.head.{kind}", SMALL, "bold"), style.text_width(operations[kind], SMALL))
             for kind in columns}  # fmt: skip

    def widths(bar: float) -> dict[str, float]:
        return {kind: max(heads[kind], numbers[kind] + (_BESIDE + bar) * (kind in _WITH_BARS)) for kind in columns}

    room = WIDTH - _GAP * len(columns)
    tries = [
        (min(wish, widest), bar) for widest, most, least in _ROOM for bar in np.arange(most, least, -0.02).tolist()
    ]
    label, bar = next((one for one in tries if one[0] + sum(widths(one[1]).values()) <= room), tries[-1])
    left, lefts = label, {}
    for kind, wide in widths(bar).items():
        left += _GAP
        lefts[kind] = (left, left + numbers[kind])
        left += wide
    return label, bar, lefts


def _draw_logits(
    ax: Axes, logits: np.ndarray, middles: np.ndarray, left: float, width: float, colours: list[str]
) -> None:
    """Bars from zero to each logit: to the right, and to the left of zero where it is negative."""
    logits = np.where(np.isfinite(logits), logits, 0.0)
    least, most = min(0.0, float(logits.min())), max(0.0, float(logits.max()))
    unit = max(most / 2 - least / 2, 1e-300)  # halves, since most - least may be more than the largest float
    zero = left + width * (-least / 2) / unit if least < 0 else left
    _draw_from_zero(ax, (logits / 2) / unit, middles, zero, width, colours, "logit")


def _draw_from_zero(
    ax: Axes, shares: np.ndarray, middles: np.ndarray, zero: float, width: float, colours: list[str], gid: str
) -> None:
    """A bar for each of `shares` of `width`, and the line that all begin at."""
    ax.barh(middles, width * shares, left=zero, height=0.6 * _ROW, color=colours, gid=gid)
    ax.plot([zero, zero], [middles[0] - _ROW / 2, middles[-1] + _ROW / 2], color=style.INK, linewidth=1)


def _operations(steps: SoftmaxSteps, lang: str) -> dict[str, str]:
    """What is done to the numbers on the left to come to each column."""
    z = "z" if steps.temperature == 1 else "z ÷ T"
    minus = f" {'−' if steps.shift > 0 else '+'} {number(abs(steps.shift))}" if steps.shift else ""
    return {
        "logit": "z",
        "scaled": f"T = {steps.temperature:g}",
        "exponential": f"exp({z}{minus})",
        "probability": say("softmax.divided", lang),
    }


def _cells(shown: SoftmaxSteps, *, alone: bool) -> dict[str, list[str]]:
    """What stands in each column, a text a line; `alone`: no other class is possible."""
    drawn = {"logit": shown.logits}
    if shown.temperature != 1:
        drawn["scaled"] = shown.scaled
    cells = {kind: ["" if np.isnan(value) else number(value) for value in drawn[kind]] for kind in drawn}
    zeros = ["0" if np.isneginf(logit) else "≈ 0" for logit in shown.logits]
    both = zip(shown.exponentials, zeros, strict=True)
    cells["exponential"] = [number(value) if value else zero for value, zero in both]
    both = zip(shown.probabilities, zeros, strict=True)
    cells["probability"] = [share(value, alone=alone) if value else zero for value, zero in both]
    return cells


def _describe(
    steps: SoftmaxSteps,
    names: list[str],
    cells: dict[str, list[str]],
    title: str,
    notes: list[str],
    best: int,
    lang: str,
) -> str:
    said = []
    for place, name in enumerate(names):
        values = {kind: texts[place] for kind, texts in cells.items()}
        which = "row" if values["logit"] else "others"
        said.append(say(f"softmax.alt.{which}", lang, label=name, **values))
    text = say(
        "softmax.alt.all", lang, count=len(steps.logits), temperature=f"{steps.temperature:g}", rows="; ".join(said),
        total=number(steps.total), best=names[best], probability=cells["probability"][best],
    )  # fmt: skip
    return " ".join([title + ".", text, *notes[1:]])
