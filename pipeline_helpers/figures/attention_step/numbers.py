"""The numbers of `plot_attention_step`: what one attention head computes for one token."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from pipeline_helpers.figures.inputs import as_array, as_index
from pipeline_helpers.stages import Trace


@dataclass(frozen=True, eq=False)
class AttentionStep:
    """One head, one query: its scores, its weights and the values mixed. S: tokens, D: the width of a head."""

    q: np.ndarray
    """The query of the token that looks; `[D]`."""
    k: np.ndarray
    """The key of each token; `[S, D]`."""
    values: np.ndarray
    """The value of each token; `[S, D]`."""
    mask: np.ndarray
    """True where a token may be attended to, False for padding; `[S]`."""
    tokens: list[str]
    token: int
    """The position of the token that looks."""
    layer: int = 0
    """As in `attentions`: 0 is the first of the layers."""
    layers: int = 1
    head: int = 0
    sentence: int = 0

    @cached_property
    def scores(self) -> np.ndarray:
        """The dot product of the query with each key; `[S]`."""
        return self.k @ self.q

    @cached_property
    def scaled(self) -> np.ndarray:
        """The scores divided by √D; `[S]`."""
        return self.scores / np.sqrt(len(self.q))

    @cached_property
    def masked(self) -> np.ndarray:
        """What softmax is given: the scaled scores, −∞ in place of those of padding; `[S]`."""
        return np.where(self.mask, self.scaled, -np.inf)

    @cached_property
    def weights(self) -> np.ndarray:
        """Their softmax: 0 for padding, and 1 in all; `[S]`."""
        exponentials = np.exp(self.masked - self.masked.max())
        return exponentials / exponentials.sum()

    @cached_property
    def products(self) -> np.ndarray:
        """Each value times its weight; `[S, D]`."""
        return self.weights[:, None] * self.values

    @cached_property
    def mixed(self) -> np.ndarray:
        """The sum of the products: what the head gives for this token; `[D]`."""
        return self.products.sum(axis=0)


def attention_step(
    trace: Trace, model: Any, *, layer: int = 0, head: int = 0, token: int = 0, sentence: int = 0
) -> AttentionStep:
    """What one head of `model` computed for one token of `trace`.

        scores = q · k;  weights = softmax(scores / √D, −∞ where the mask is 0);  mixed = weights @ values

        trace = ph.trace(texts, model=model, tokenizer=tokenizer, attentions=True)
        plot_attention_step(attention_step(trace, model, layer=0, head=2, token=3))

    Args:
        trace: what `trace(…, attentions=True)` returned.
        model: the model that made it: DistilBERT, BERT, or one whose layers have the same parts.
        layer: which one, as in `attentions`: 0 is the first.
        head: which of the layer's heads.
        token: the position of the token that looks.
        sentence: which row of the batch.

    Raises:
        TypeError: `trace` is no `Trace`.
        ValueError: `trace` has no attentions; there is no such layer, head, token or sentence; the token is padding;
            the model's attention has other parts, or computes with more than these; it is not the model that made
            `trace`.

    Source:
        "Scaled dot-product attention" of Vaswani et al., *Attention Is All You Need*, 2017, section 3.2.1.
    """
    import torch

    if not isinstance(trace, Trace):
        raise TypeError(f"trace is of type {type(trace).__name__}; expected a Trace, as ph.trace(…) returns it")
    if trace.attentions is None:
        raise ValueError("trace has no attentions; ask for them with ph.trace(…, attentions=True)")
    layer = as_index(layer, "layer", len(trace.attentions))
    row = as_index(sentence, "sentence", len(trace.texts))
    _, heads, length, _ = trace.attentions[layer].shape
    head, token = as_index(head, "head", heads), as_index(token, "token", length)
    mask = as_array(trace.attention_mask[row], "trace.attention_mask", dims=(1,)) == 1
    if not mask[token]:
        raise ValueError(f"token is {token}, which is padding: what it looks at is not used")
    states = trace.hidden_states[layer][row]
    with torch.no_grad():
        whole = [part(states.to(part.weight)) for part in _projections(model, layer, states.shape[-1])]
    q, k, values = (as_array(vectors, "model", dims=(2,)).reshape(length, heads, -1)[:, head] for vectors in whole)
    step = AttentionStep(
        q[token], k, values, mask, trace.tokens[row], token, layer, len(trace.attentions), head, row
    )  # fmt: skip
    expected = as_array(trace.attentions[layer][row, head, token], "trace.attentions", dims=(1,))
    tolerance = 1e-4 if states.dtype in (torch.float32, torch.float64) else 2e-2
    if step.weights.shape != expected.shape or not np.allclose(step.weights, expected, rtol=0, atol=tolerance):
        raise ValueError(
            f"model gives the weights {step.weights.round(3).tolist()[:4]} where trace has "
            f"{expected.round(3).tolist()[:4]}: it is not the model that made this trace, or its attention has more "
            "to it than query, key and value (relative positions, a norm before it)"
        )
    return step


def _projections(model: Any, layer: int, width: int) -> list[Any]:
    """The linear layers that give query, key and value of vectors of `width` numbers, in that order."""
    body = getattr(model, "base_model", model)
    layers = getattr(getattr(body, "transformer", None) or getattr(body, "encoder", None), "layer", None)
    attention = getattr(layers[layer], "attention", None) if layers and layer < len(layers) else None
    attention = getattr(attention, "self", attention)
    for names in (("q_lin", "k_lin", "v_lin"), ("query", "key", "value")):
        parts = [getattr(attention, name, None) for name in names]
        if all(getattr(part, "in_features", None) == width for part in parts):
            return parts
    raise ValueError(
        f"model is a {type(model).__name__}, whose attention has other parts; expected q_lin, k_lin and v_lin, as "
        f"DistilBERT's has, or query, key and value, as BERT's, for vectors of {width} numbers"
    )
