"""The numbers of `plot_head`: one sentence through DistilBERT's head, and how each of its logits adds up."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from pipeline_helpers.figures import style
from pipeline_helpers.figures.inputs import as_array, as_index
from pipeline_helpers.stages import Trace

SINGLE = 10
"""So many products of a logit are shown one by one: those that are furthest from 0."""


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


@dataclass(frozen=True, eq=False)
class HeadSum:
    """How the logit of one label adds up."""

    single: np.ndarray
    """The products that are furthest from 0, at most `SINGLE`, the furthest first."""
    others: float
    """The sum of the other products."""
    bias: float
    logit: float

    @classmethod
    def of(cls, data: HeadRun, label: int) -> "HeadSum":
        """The sum that is the logit of `label`, its place among the labels."""
        products = data.products[label]
        order = np.argsort(-np.abs(products), kind="stable")
        single, others = products[order[:SINGLE]], products[order[SINGLE:]]
        return cls(single, float(others.sum()), float(data.bias[label]), float(data.logits[label]))

    @property
    def parts(self) -> tuple[float, float, float, float]:
        """Single ones, others, bias, and what they add up to."""
        return float(self.single.sum()), self.others, self.bias, self.logit

    @cached_property
    def path(self) -> np.ndarray:
        """The running sum, from 0 over the single products, the others and the bias to the logit."""
        return np.cumsum([0.0, *self.single, self.others, self.bias])

    @property
    def least(self) -> float:
        """The smallest number on the way, 0 at most."""
        return float(min(self.path.min(), self.logit, 0.0))

    @property
    def reach(self) -> float:
        """From the smallest number on the way to the largest."""
        return max(float(self.path.max()), self.logit, 0.0) - self.least or 1.0


def sums_in_few_digits(sums: Sequence[Sequence[float]]) -> list[tuple[list[str], bool]]:
    """Sums, each with its total at the end, as texts with equally many decimals; and whether they add up as printed.

    Two decimals, or a few more where with two a printed sum would be wrong.
    """
    if max(abs(value) for values in sums for value in values) < 1000:
        for digits in (2, 3, 4):
            units = [[round(value * 10**digits) for value in values] for values in sums]
            if all(sum(line[:-1]) == line[-1] for line in units):
                return [([f"{unit / 10**digits:.{digits}f}" for unit in line], True) for line in units]
    return [([*map(style.number, values)], False) for values in sums]
