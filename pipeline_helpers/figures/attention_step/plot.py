"""One attention head for one token: its scores, its weights, and the values mixed into one vector."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from pipeline_helpers.figures import style
from pipeline_helpers.figures.attention_step.numbers import AttentionStep
from pipeline_helpers.figures.canvas import TITLE_SIZE, WIDTH, arrow, canvas, legend_of_signs, shortened, strip
from pipeline_helpers.language import resolve, say

MAX_KEYS = 10
"""Up to so many keys are drawn, those with the largest weights where there are more."""
SMALL = style.SMALL
_TOP, _ROW, _STRIP, _HEAD, _END = 0.06, 0.29, 0.2, 0.3, 0.4
"""Inches: above all, a key's line, its vectors' height, the names of the columns, the lines of query and mix."""
_KEY, _SCORE, _SCALED, _MASK, _WEIGHT, _NUMBER, _VALUE = 1.0, 2.6, 3.38, 3.48, 4.34, 5.64, 6.05
"""Inches from the left: where the columns of vectors and bars begin, and where those of numbers end."""
_VECTOR, _BAR = 0.86, 0.78
"""Inches: how wide a vector is, and how long the bar of the weight 1."""
_PRODUCT = WIDTH - _VECTOR - 0.02
"""A frame on the edge of the paper would be cut in half."""


@style.styled
def plot_attention_step(step: AttentionStep, *, ax: Axes | None = None, lang: str | None = None) -> Axes:
    """Draw what one attention head computes for one token, a line for each key.

    From left to right: the key, its dot product with the query, that divided by √D, the mask, the weight after softmax,
    the value, and the value times its weight. Below them the sum of the last column: what the head gives for the token.

        plot_attention_step(attention_step(trace, model, layer=0, head=2, token=3))

    Args:
        step: what `attention_step` returns.
        ax: where to draw, scaled to fit; None makes a new figure.
        lang: one of `LANGUAGES`; None is the language in force.

    Raises:
        TypeError: `step` is no `AttentionStep`.
    """
    if not isinstance(step, AttentionStep):
        raise TypeError(
            f"step is of type {type(step).__name__}; plot_attention_step takes what attention_step(trace, …) returns"
        )
    lang = resolve(lang)
    shown = _shown(step)
    others = len(step.tokens) - len(shown)
    first = _TOP + _END + _HEAD
    end = first + (len(shown) + bool(others)) * _ROW
    legend = end + _END + 0.14
    ax, scale = canvas(ax, legend + 0.2, _title(step, lang))
    looks = _limit(step.q, step.k[step.mask])
    values = _limit(step.values[step.mask])

    name = say("attention_step.query", lang, token=shortened(step.tokens[step.token], 1.0, SMALL, "bold"))
    _vector(ax, step.q, (_KEY, _TOP), looks, "query")
    ax.text(_KEY + _VECTOR + 0.15, _TOP + _STRIP / 2, f"{name}: {_first(step.q)}", size=SMALL * scale, weight="bold",
            va="center", gid="query name")  # fmt: skip
    _draw_heads(ax, len(step.q), first - _HEAD / 2 - 0.03, scale, lang)
    for place, key in enumerate(shown):
        _draw_key(ax, step, key, first + place * _ROW, looks, values, scale)
    if others:
        rest = np.setdiff1d(np.arange(len(step.tokens)), shown)
        top = end - _ROW
        ax.text(0, top + _ROW / 2, say("attention_step.others", lang, count=others), size=SMALL * scale, va="center",
                gid="others")  # fmt: skip
        _draw_weight(ax, float(step.weights[rest].sum()), top, scale, "others weight")
        _vector(ax, step.products[rest].sum(axis=0), (_PRODUCT, top + (_ROW - _STRIP) / 2), values, "others product")
    arrow(ax, (_PRODUCT + _VECTOR / 2, end - 0.02), (_PRODUCT + _VECTOR / 2, end + _END - _STRIP - 0.02),
          size=11 * scale)  # fmt: skip
    _vector(ax, step.mixed, (_PRODUCT, end + _END - _STRIP), values, "mixed")
    ax.text(_PRODUCT - 0.15, end + _END - _STRIP / 2, f"{say('attention_step.mixed', lang)}: {_first(step.mixed)}",
            size=SMALL * scale, weight="bold", ha="right", va="center", gid="mixed name")  # fmt: skip
    legend_of_signs(ax, legend + 0.1, scale, lang)
    style.set_alt_text(ax, _describe(step, shown, lang))
    return ax


def _shown(step: AttentionStep) -> list[int]:
    """The keys that are drawn, in their order; padding comes last where there is no room for all."""
    heaviest = sorted(range(len(step.tokens)), key=lambda key: (not step.mask[key], -step.weights[key], key))
    return sorted(heaviest[:MAX_KEYS])


def _title(step: AttentionStep, lang: str) -> str:
    token = shortened(step.tokens[step.token], 1.2, TITLE_SIZE, "bold")
    layer = say("attention.title.layer", lang, number=step.layer + 1, count=step.layers, layer=step.layer)
    sentence = say("attention.title.sentence", lang, sentence=step.sentence)
    return f"{say('attention_step.title', lang, head=step.head, token=token)} · {layer} · {sentence}"


def _limit(*vectors: np.ndarray) -> float:
    """Where the colours end: a few numbers far beyond the others leave them their colours."""
    size = np.abs(np.concatenate([one.ravel() for one in vectors]))
    return float(np.quantile(size, 0.98)) or float(size.max()) or 1.0


def _first(vector: np.ndarray) -> str:
    return ", ".join([*map(style.number, vector[:3]), *["…"][: len(vector) - 3]])


def _vector(ax: Axes, vector: np.ndarray, corner: tuple[float, float], limit: float, gid: str) -> None:
    strip(ax, vector[None], (*corner, _VECTOR, _STRIP), limit, gid=gid)


def _draw_heads(ax: Axes, width: int, height: float, scale: float, lang: str) -> None:
    for left, text, align in (
        (_KEY, say("attention_step.column.key", lang), "left"),
        (_SCORE, "q · k", "right"),
        (_SCALED, f"÷ √{width}", "right"),
        (_MASK, say("attention_step.column.mask", lang), "left"),
        (_WEIGHT, say("attention_step.column.weight", lang), "left"),
        (_VALUE, say("attention_step.column.value", lang), "left"),
        (WIDTH, say("attention_step.column.product", lang), "right"),
    ):
        ax.text(left, height, text, size=SMALL * scale, weight="bold", ha=align, va="center", gid="column")


def _draw_key(ax: Axes, step: AttentionStep, key: int, top: float, looks: float, values: float, scale: float) -> None:
    middle = top + _ROW / 2
    attended = bool(step.mask[key])
    ink = style.INK if attended else style.MUTED
    if not attended:
        ax.add_patch(Rectangle((0, top), WIDTH, _ROW, facecolor=style.FAINT, edgecolor="none", zorder=0, gid="padding"))
    corner = top + (_ROW - _STRIP) / 2
    weight = "bold" if key == step.token else "normal"
    name = shortened(step.tokens[key], _KEY - 0.1, SMALL, weight)
    ax.text(0, middle, name, size=SMALL * scale, va="center", weight=weight, color=ink, gid="token")
    _vector(ax, step.k[key], (_KEY, corner), looks, "key")
    numbers = ((_SCORE, step.scores[key], "score"), (_SCALED, step.scaled[key], "scaled"))
    for right, number, gid in numbers:
        ax.text(right, middle, style.number(number), size=SMALL * scale, ha="right", va="center", color=ink, gid=gid)
    ax.text(_MASK, middle, "1" if attended else "0 → −∞", size=SMALL * scale, va="center", color=ink, gid="mask")
    _draw_weight(ax, float(step.weights[key]), top, scale, "weight")
    _vector(ax, step.values[key], (_VALUE, corner), values, "value")
    _vector(ax, step.products[key], (_PRODUCT, corner), values, "product")


def _draw_weight(ax: Axes, weight: float, top: float, scale: float, gid: str) -> None:
    bar = Rectangle((_WEIGHT, top + (_ROW - _STRIP) / 2), weight * _BAR, _STRIP, facecolor=style.CLASS, linewidth=0)
    bar.set_gid(f"{gid} bar")
    ax.add_patch(bar)
    ax.text(_NUMBER, top + _ROW / 2, style.number(weight), size=SMALL * scale, ha="right", va="center",
            gid=gid)  # fmt: skip


def _describe(step: AttentionStep, shown: list[int], lang: str) -> str:
    keys = "; ".join(
        say(
            "attention_step.alt_key" if step.mask[key] else "attention_step.alt_masked", lang, token=step.tokens[key],
            score=style.number(step.scores[key]), scaled=style.number(step.scaled[key]),
            weight=style.number(step.weights[key]),
        )
        for key in shown
    )  # fmt: skip
    return say(
        "attention_step.alt", lang, number=step.layer + 1, layers=step.layers, head=step.head, sentence=step.sentence,
        token=step.tokens[step.token], width=len(step.q), keys=keys, first=", ".join(map(style.number, step.mixed[:3])),
    )  # fmt: skip
