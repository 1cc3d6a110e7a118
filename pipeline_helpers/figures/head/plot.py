"""What the classification head of DistilBERT does with position 0, with the numbers of this run."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from pipeline_helpers.figures import style
from pipeline_helpers.figures.canvas import WIDTH, arrow, canvas, legend_of_signs, said_width, shortened, strip
from pipeline_helpers.figures.head.numbers import HeadRun, HeadSum, sums_in_few_digits
from pipeline_helpers.language import resolve, say

MAX_LABELS = 4
"""Up to so many labels are drawn, the highest logits first where there are more."""
SMALL = style.SMALL
_LEFT, _STRIP = 2.4, 5.0
"""Inches: the names, the strips of numbers."""
_BETWEEN = 0.3
"""Inches between the panels of two labels."""
_TOP, _ROW, _STEP = 0.08, 0.46, 0.34
_NAME, _SINGLES, _LINE = 0.28, 0.95, 0.25
"""Inches: a label's name, its single products, and the lines below."""


@style.styled
def plot_head(data: HeadRun, *, ax: Axes | None = None, lang: str | None = None) -> Axes:
    """Draw what the head makes of the hidden state at position 0: pre_classifier, ReLU, classifier, logits.

    Each strip holds all numbers of a vector, side by side, in the colours of their sign. Below, each logit adds up:
    the products that are furthest from 0 one by one, each bar from where the one before ended, then the others
    together and the bias.

        plot_head(head_steps(trace, model))

    Args:
        data: what `head_steps` or `head_run` returns.
        ax: where to draw, scaled to fit; None makes a new figure.
        lang: one of `LANGUAGES`; None is the language in force.

    Raises:
        TypeError: `data` is no `HeadRun`.
    """
    if not isinstance(data, HeadRun):
        raise TypeError(f"data is of type {type(data).__name__}; plot_head takes what head_steps(trace, model) returns")
    lang = resolve(lang)
    shown = _shown(data)
    sums = [HeadSum.of(data, label) for label in shown]
    few = len(shown) < len(data.labels)
    notes = [say("head.more", lang, shown=len(shown), labels=len(data.labels))] if few else []
    bars = _TOP + 3 * (_ROW + _STEP)
    legend = bars + _NAME + _SINGLES + 3 * _LINE + 0.12
    title = say("head.title", lang, position=data.position, sentence=data.sentence)
    ax, scale = canvas(ax, legend + _LINE, title, notes)
    inner, outer = len(data.hidden), len(data.pre)
    steps = (
        ("hidden", data.hidden, say("head.pre_classifier", lang, inner=inner, outer=outer)),
        ("pre", data.pre, say("head.relu", lang, zeroed=data.zeroed, outer=outer)),
        ("active", data.active, say("head.classifier", lang, outer=outer, labels=len(data.labels))),
    )
    same = _limit(data.pre)
    token = shortened(data.token, _LEFT - 0.05 - said_width("head.hidden", token=""), SMALL)
    for place, (name, vector, step) in enumerate(steps):
        top = _TOP + place * (_ROW + _STEP)
        label = say(f"head.{name}", lang, token=token)
        _draw_vector(ax, vector, label, top, _limit(vector) if name == "hidden" else same, scale, name)
        arrow(ax, (_LEFT + 0.2, top + _ROW), (_LEFT + 0.2, top + _ROW + _STEP - 0.04), size=13 * scale)
        ax.text(_LEFT + 0.4, top + _ROW + _STEP / 2 - 0.02, step, size=SMALL * scale, weight="bold", va="center",
                gid="step")  # fmt: skip
    _draw_sums(ax, data, shown, sums, bars, scale, lang)
    legend_of_signs(ax, legend + _LINE / 2, scale, lang)
    style.set_alt_text(ax, _describe(data, shown, sums, lang))
    return ax


def _shown(data: HeadRun) -> list[int]:
    order = sorted(range(len(data.labels)), key=lambda label: -data.logits[label])
    return list(range(len(order))) if len(order) <= MAX_LABELS else order[:MAX_LABELS]


def _limit(vector: np.ndarray) -> float:
    """Where the colours of a strip end: a few numbers far beyond the others leave them their colours."""
    size = np.abs(vector)
    return float(np.quantile(size, 0.98)) or float(size.max()) or 1.0


def _draw_vector(ax: Axes, vector: np.ndarray, name: str, top: float, limit: float, scale: float, gid: str) -> None:
    ax.text(0, top + _ROW * 0.25, name, size=SMALL * scale, va="center", gid="name")
    ax.text(0, top + _ROW * 0.78, first_numbers(vector), size=SMALL * scale, va="center", color=style.MUTED,
            gid=f"{gid} numbers")  # fmt: skip
    strip(ax, vector[None], (_LEFT, top, _STRIP, _ROW), limit, gid=gid)
    ax.text(WIDTH, top + _ROW / 2, f"[{len(vector)}]", size=SMALL * scale, ha="right", va="center", gid="shape")


def first_numbers(vector: np.ndarray) -> str:
    """The vector's first numbers and an ellipsis, as many as the names leave room for; the whole of a short one."""
    for count in range(len(vector[:4]), 0, -1):
        text = ", ".join([*map(style.number, vector[:count]), *["…"][: len(vector) - count]])
        if style.text_width(text, SMALL) <= _LEFT - 0.15:
            break
    return text


def _draw_sums(
    ax: Axes, data: HeadRun, shown: list[int], sums: list[HeadSum], top: float, scale: float, lang: str
) -> None:
    """A panel a label, side by side on one scale: the products that are furthest from 0, the others, bias, logit."""
    texts = sums_in_few_digits([one.parts for one in sums])
    panel = (WIDTH - _LEFT + _BETWEEN) / len(shown) - _BETWEEN
    numbers = max(style.text_width(text, SMALL, "bold") for line, _ in texts for text in line) + 0.1
    unit = min((panel - numbers) / one.reach for one in sums)
    first = top + _NAME + _SINGLES
    heights = (first - _SINGLES / 2, *(first + _LINE * (place + 0.5) for place in range(3)))
    single = len(sums[0].single)
    others = len(data.active) - single
    equal = "=" if all(exact for _, exact in texts) else "≈"
    names = (
        say("head.single", lang, count=single), say("head.others", lang, count=others) if others else "",
        say("head.bias", lang), say("head.logit", lang, equal=equal),
    )  # fmt: skip
    for name, height in zip(names, heights, strict=True):
        ax.text(0, height, name, size=SMALL * scale, va="center", linespacing=1.15, gid="part")
    colours = style.class_colours(data.labels)
    for place, (label, one, (line, _)) in enumerate(zip(shown, sums, texts, strict=True)):
        left = _LEFT + place * (panel + _BETWEEN)
        zero = left - one.least * unit
        ax.add_patch(Rectangle((left, top + 0.05), 0.15, 0.15, facecolor=colours[label], gid="class"))
        name = shortened(data.labels[label], panel - 0.22, SMALL, "bold")
        ax.text(left + 0.22, top + 0.125, name, size=SMALL * scale, weight="bold", va="center", gid="label")
        pitch = _SINGLES / single
        middles = [*(first - _SINGLES + pitch * (step + 0.5) for step in range(single)), *heights[1:]]
        thick = [*[0.8 * pitch] * single, *[0.6 * _LINE] * 3]
        starts = [*one.path[:-1], 0.0]
        lengths = [*np.diff(one.path), one.logit]
        fill = [style.PLUS if length >= 0 else style.MINUS for length in lengths[:-1]] + [colours[label]]
        ax.barh(middles, np.multiply(lengths, unit), left=zero + np.multiply(starts, unit), height=thick, color=fill,
                edgecolor=style.INK, linewidth=0.6 * scale, gid=f"sum {label}")  # fmt: skip
        ax.plot([zero, zero], [first - _SINGLES - 0.03, first + 3 * _LINE], color=style.INK, linewidth=scale, zorder=0)
        for text, height, gid in zip(line, heights, ("single", "others", "bias", "logit"), strict=True):
            if gid != "others" or others:
                ax.text(left + panel, height, text, size=SMALL * scale, ha="right", va="center", gid=gid,
                        weight="bold" if gid == "logit" else "normal")  # fmt: skip


def _describe(data: HeadRun, shown: list[int], sums: list[HeadSum], lang: str) -> str:
    added = zip(shown, sums, sums_in_few_digits([one.parts for one in sums]), strict=True)
    logits = "; ".join(
        say("head.alt_sum", lang, label=data.labels[label], count=len(one.single), single=line[0], others=line[1],
            bias=line[2], logit=line[3])
        for label, one, (line, _) in added
    )  # fmt: skip
    return say(
        "head.alt", lang, token=data.token, sentence=data.sentence, position=data.position, inner=len(data.hidden),
        outer=len(data.pre), zeroed=data.zeroed, logits=logits, first=", ".join(map(style.number, data.hidden[:3])),
    )  # fmt: skip
