"""What the classification head of DistilBERT does with position 0, with the numbers of this run."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from pipeline_helpers.figures import style
from pipeline_helpers.figures.canvas import arrow, canvas, shortened, strip
from pipeline_helpers.figures.inputs import as_array, as_index
from pipeline_helpers.language import resolve, say
from pipeline_helpers.stages import Trace

MAX_LABELS = 4
"""Up to so many labels are drawn, the highest logits first where there are more."""
NAME, NUMBER = 11.5, 10.5
"""Points."""
_LEFT, _STRIP, _RIGHT = 2.55, 5.7, 1.35
"""Inches: the names, the strips of numbers, the logits."""
_ROW, _STEP, _SUM = 0.82, 0.42, 0.78


@dataclass(frozen=True, eq=False)
class HeadRun:
    """The numbers of `plot_head`: one sentence through DistilBERT's head. H: the model's width, C: labels."""

    hidden: np.ndarray
    """The last hidden state at position 0; `[H]`."""
    pre: np.ndarray
    """After `pre_classifier`, before ReLU; `[H]`."""
    active: np.ndarray
    """After ReLU; `[H]`."""
    products: np.ndarray
    """Each number of `active` times its weight in `classifier`, a row a label; `[C, H]`."""
    bias: np.ndarray
    """The bias of `classifier`; `[C]`."""
    labels: list[str]
    token: str
    """The token that the head reads."""
    sentence: int = 0
    position: int = 0
    """Where in its row that stands: 0, unless padding is in front of it."""

    @cached_property
    def logits(self) -> np.ndarray:
        """The sum of each label's products and its bias; `[C]`."""
        return self.products.sum(axis=1) + self.bias

    @property
    def zeroed(self) -> int:
        """How many numbers ReLU made 0."""
        return int((self.pre < 0).sum())


def head_run(
    hidden: Any,
    pre_classifier: tuple[Any, Any],
    classifier: tuple[Any, Any],
    *,
    labels: Sequence[str] | None = None,
    token: str = "[CLS]",
    sentence: int = 0,
    position: int = 0,
) -> HeadRun:
    """Compute the head of `DistilBertForSequenceClassification` step by step, without dropout.

        pre = hidden @ W₁ᵀ + b₁;  active = max(pre, 0);  logits = active @ W₂ᵀ + b₂

    Args:
        hidden: the last hidden state at position 0, `[H]`.
        pre_classifier: weight `[D, H]` and bias `[D]` of the first linear layer.
        classifier: weight `[C, D]` and bias `[C]` of the second.
        labels: the names of the C logits; None calls them LABEL_0, LABEL_1, …, as transformers does.
        token, sentence, position: what the head reads, in which row of the batch, and where.

    Raises:
        TypeError: something holds no numbers.
        ValueError: shapes that do not fit, NaN or infinities.
    """
    vector = as_array(hidden, "hidden", dims=(1,))
    first, offset = _layer(pre_classifier, "pre_classifier", len(vector))
    pre = first @ vector + offset
    active = np.maximum(pre, 0.0)
    weight, bias = _layer(classifier, "classifier", len(active))
    names = [f"LABEL_{place}" for place in range(len(bias))] if labels is None else [str(label) for label in labels]
    if len(names) != len(bias):
        raise ValueError(f"labels holds {len(names)} names for {len(bias)} logits")
    return HeadRun(vector, pre, active, weight * active, bias, names, token, sentence, position)


def _layer(layer: tuple[Any, Any], name: str, size: int) -> tuple[np.ndarray, np.ndarray]:
    """Weight and bias of a linear layer that takes vectors of `size` numbers."""
    weight = as_array(layer[0], f"{name}.weight", dims=(2,))
    bias = as_array(layer[1], f"{name}.bias", dims=(1,))
    if weight.shape != (len(bias), size):
        raise ValueError(
            f"{name}.weight has shape {list(weight.shape)}; expected [{len(bias)}, {size}], to go with its bias "
            "and with the vector that comes in"
        )
    return weight, bias


def head_steps(trace: Trace, model: Any, *, sentence: int = 0) -> HeadRun:
    """What the head of `model` made of one sentence of `trace`.

        plot_head(head_steps(trace, model))

    Args:
        trace: what `trace(texts, model=model, tokenizer=tokenizer)` returned.
        model: the same model, with DistilBERT's head: `pre_classifier`, ReLU, `classifier`.
        sentence: which row of the batch.

    Raises:
        TypeError: `trace` is no `Trace`.
        ValueError: `model` has another head, is not the one that made `trace`, or there is no such sentence.
    """
    if not isinstance(trace, Trace):
        raise TypeError(f"trace is of type {type(trace).__name__}; expected a Trace, as ph.trace(…) returns it")
    layers: dict[str, Any] = {name: getattr(model, name, None) for name in ("pre_classifier", "classifier")}
    if missing := [name for name, layer in layers.items() if not hasattr(layer, "weight")]:
        raise ValueError(
            f"model is a {type(model).__name__} without {' and '.join(missing)}; expected DistilBERT's head: "
            "pre_classifier (Linear), ReLU, classifier (Linear)"
        )
    place = as_index(sentence, "sentence", len(trace.texts))
    position = trace.head_positions[place] or 0
    run = head_run(
        trace.hidden_states[-1][place, position],
        *((layer.weight, layer.bias) for layer in layers.values()),
        labels=[trace.id2label[label] for label in range(trace.logits.shape[-1])],
        token=trace.tokens[place][position],
        sentence=place,
        position=position,
    )
    expected = as_array(trace.logits[place], "trace.logits", dims=(1,))
    if run.logits.shape != expected.shape or not np.allclose(run.logits, expected, rtol=1e-2, atol=1e-2):
        raise ValueError(
            f"model gives the logits {run.logits.round(3).tolist()[:4]} where trace has "
            f"{expected.round(3).tolist()[:4]}: it is not the model that made this trace"
        )
    return run


@style.styled
def plot_head(data: HeadRun, *, ax: Axes | None = None, lang: str | None = None) -> Axes:
    """Draw what the head makes of the hidden state at position 0: pre_classifier, ReLU, classifier, logits.

    Each strip holds all numbers of a vector, side by side, orange below zero and purple above; its first ones are
    written under it. The last strips are the products that sum up to each logit.

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
    few = len(shown) < len(data.labels)
    notes = [say("head.more", lang, shown=len(shown), labels=len(data.labels))] if few else []
    height = 3 * (_ROW + _STEP) + _SUM * len(shown) + 0.1
    title = say("head.title", lang, position=data.position)
    ax, scale = canvas(ax, height, title, notes)
    inner, outer = len(data.hidden), len(data.pre)
    steps = (
        ("hidden", data.hidden, say("head.pre_classifier", lang, inner=inner, outer=outer)),
        ("pre", data.pre, say("head.relu", lang, zeroed=data.zeroed, outer=outer)),
        ("active", data.active, say("head.classifier", lang, outer=outer, labels=len(data.labels))),
    )
    same = float(np.abs(data.pre).max()) or 1.0
    top = 0.05
    for name, vector, step in steps:
        limit = same if name != "hidden" else float(np.abs(vector).max()) or 1.0
        label = say(f"head.{name}", lang, token=shortened(data.token, 0.9, NAME), sentence=data.sentence,
                    position=data.position)  # fmt: skip
        _draw_vector(ax, vector, label, top, limit, scale, name)
        _draw_step(ax, step, top + _ROW, scale)
        top += _ROW + _STEP
    _draw_logits(ax, data, shown, top, scale, lang)
    style.set_alt_text(ax, _describe(data, shown, lang))
    return ax


def _shown(data: HeadRun) -> list[int]:
    order = sorted(range(len(data.labels)), key=lambda label: -data.logits[label])
    return list(range(len(order))) if len(order) <= MAX_LABELS else order[:MAX_LABELS]


def _draw_vector(ax: Axes, vector: np.ndarray, name: str, top: float, limit: float, scale: float, gid: str) -> None:
    ax.text(0.05, top + 0.24, name, size=NAME * scale, va="center", linespacing=1.2, gid="name")
    strip(ax, vector[None], (_LEFT, top, _STRIP, 0.46), limit, gid=gid)
    ax.text(_LEFT, top + 0.63, _first_numbers(vector), size=NUMBER * scale, va="center", gid=f"{gid} numbers")
    ax.text(_LEFT + _STRIP + 0.12, top + 0.23, f"[{len(vector)}]", size=NAME * scale, va="center", gid="shape")


def _first_numbers(vector: np.ndarray) -> str:
    """The vector's first numbers and its last, as many as there is room for; the whole of a short one."""
    for count in range(min(len(vector), 8), 0, -1):
        parts = [style.number(value) for value in vector[:count]]
        if count < len(vector):
            parts += ["…", style.number(vector[-1])]
        text = f"[{'   '.join(parts)}]"
        if style.text_width(text, NUMBER) <= _STRIP:
            break
    return text


def _draw_step(ax: Axes, text: str, top: float, scale: float) -> None:
    arrow(ax, (_LEFT + 0.25, top - 0.02), (_LEFT + 0.25, top + _STEP - 0.1), size=15 * scale)
    ax.text(_LEFT + 0.45, top + _STEP / 2 - 0.06, text, size=NAME * scale, weight="bold", va="center", gid="step")


def _draw_logits(ax: Axes, data: HeadRun, shown: list[int], top: float, scale: float, lang: str) -> None:
    limit = float(np.abs(data.products).max()) or 1.0
    for line, label in enumerate(shown):
        here = top + line * _SUM
        products = data.products[label]
        strip(ax, products[None], (_LEFT, here, _STRIP, 0.34), limit, gid=f"products {label}")
        name = shortened(data.labels[label], _LEFT - 0.2, NAME, "bold")
        ax.text(0.05, here + 0.1, name, size=NAME * scale, weight="bold", va="center", gid="label")
        ax.text(0.05, here + 0.3, say("head.products", lang), size=NUMBER * scale, va="center", color=style.MUTED)
        logit = style.number(data.logits[label])
        beside = _LEFT + _STRIP + 0.12
        ax.text(beside, here + 0.17, logit, size=(NAME + 3) * scale, weight="bold", va="center", gid="logit")
        parts = (products[products > 0].sum(), products[products < 0].sum(), data.bias[label], data.logits[label])
        names = ("positive", "negative", "bias", "logit", "sign")
        text = say("head.sum", lang, **dict(zip(names, sum_in_few_digits(*map(float, parts)), strict=True)))
        ax.text(_LEFT, here + 0.5, text, size=NUMBER * scale, va="center", gid="sum")


def sum_in_few_digits(positive: float, negative: float, bias: float, logit: float) -> tuple[str, ...]:
    """The four as texts, and `=` where the rounded numbers add up too: with two decimals or a few more; else `≈`."""
    values = (positive, negative, bias, logit)
    if max(map(abs, values)) < 1000:
        for digits in (2, 3, 4):
            units = [round(value * 10**digits) for value in values]
            if sum(units[:3]) == units[3]:
                return (*(f"{unit / 10**digits:.{digits}f}" for unit in units), "=")
    return (*map(style.number, values), "≈")


def _describe(data: HeadRun, shown: list[int], lang: str) -> str:
    logits = ", ".join(f"{data.labels[label]} {style.number(data.logits[label])}" for label in shown)
    first = ", ".join(style.number(value) for value in data.hidden[:3])
    return say(
        "head.alt", lang, token=data.token, sentence=data.sentence, position=data.position, inner=len(data.hidden),
        outer=len(data.pre), zeroed=data.zeroed, logits=logits, first=first,
    )  # fmt: skip
