"""Remove heads: the same run with what they mix set to 0."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from pipeline_helpers.interpretability.source import check_same, read_source
from pipeline_helpers.stages import Trace, run


def without_head(
    source: Trace | str | Sequence[str], model: Any, tokenizer: Any = None, *, heads: Iterable[tuple[int, int]]
) -> Trace:
    """The same run with some heads removed: what they mix is 0 before the output matrix.

    A head gives each token a mixture of the values, by its weights. Its weights are set to 0 after the softmax, so
    that the mixture is 0; the other heads of the layer are as they were, and all that comes after follows.

        without = without_head(trace, model, heads=[(3, 9)])   # the tenth head of `attentions[3]`
        without.logits - trace.logits

    Args:
        source: a `Trace`, or texts, B of them.
        model: the sequence-classification model; for a `Trace`, the one that made it. It is used as it is: nothing is
            changed in it, and whoever else uses it at the same time, on another thread, gets the whole answer.
        tokenizer: the texts' tokenizer; none beside a `Trace`.
        heads: which ones, as (layer, head): `attentions[layer][:, head]`. None removed is the run as it is.

    Returns:
        The `Trace` of that run with its attentions; those of the removed heads are 0.

    Raises:
        TypeError: `source`, `model` or `tokenizer` is something else, or `heads` holds something else than pairs.
        ValueError: there is no such layer or head, `model` is not the one that made the trace, or its attention is no
            softmax over all tokens (Longformer's).

    Source:
        Michel, Levy and Neubig, *Are Sixteen Heads Really Better than One?*, 2019, section 3.1.
    """
    wanted = _pairs(heads)
    texts, rows, inputs = read_source(source, model, tokenizer)

    def removed(pairs: set[tuple[int, int]]) -> Trace:
        return run(model, texts, rows, inputs, attentions=True, call=_without(model, pairs))

    if isinstance(source, Trace):
        check_same(source, removed(set()).logits)
    return removed(wanted)


def _pairs(heads: Any) -> set[tuple[int, int]]:
    if isinstance(heads, (str, bytes)) or not hasattr(heads, "__iter__"):
        raise TypeError(f"heads is {heads!r}; it takes a list of (layer, head)")
    pairs = list(heads)
    for pair in pairs:
        whole = isinstance(pair, (tuple, list)) and len(pair) == 2 and all(hasattr(one, "__index__") for one in pair)
        if not whole:
            raise TypeError(f"heads holds {pair!r}; each is a pair (layer, head)")
    return {(int(layer), int(head)) for layer, head in pairs}


def _without(model: Any, heads: set[tuple[int, int]]) -> Any:
    """`model`, to be called as it is, but with the weights of `heads` at 0 after the softmax of their layer.

    The softmaxes are found as they are computed, by a mode of torch that holds in this thread alone and ends with the
    call; the attentions that the model returns say whether those were all of them, in their order.
    """
    import torch
    from torch.overrides import TorchFunctionMode

    softmax = {torch.softmax, torch.Tensor.softmax, torch.nn.functional.softmax}

    class WithoutHeads(TorchFunctionMode):
        def __init__(self) -> None:
            super().__init__()
            self.made: list[torch.Tensor] = []

        def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
            made = func(*args, **(kwargs or {}))
            if func not in softmax or made.ndim != 4:
                return made
            for layer, head in heads:
                if layer == len(self.made) and 0 <= head < made.shape[1]:
                    made[:, head] = 0
            self.made.append(made)
            return made

    def call(**inputs: torch.Tensor) -> Any:
        with WithoutHeads() as mode:
            outputs = model(**inputs)
        weights = outputs.attentions
        if not weights or len(weights) != len(mode.made) or not all(map(torch.equal, mode.made, weights)):
            raise ValueError(f"model is a {type(model).__name__}, whose attention is no softmax over all tokens; its "
                             "heads can't be removed")  # fmt: skip
        for layer, head in sorted(heads):
            if not 0 <= layer < len(weights) or not 0 <= head < weights[layer].shape[1]:
                raise ValueError(f"heads holds {(layer, head)}; model has {len(weights)} layers of "
                                 f"{weights[0].shape[1]} heads, both counted from 0")  # fmt: skip
        return outputs

    return call
