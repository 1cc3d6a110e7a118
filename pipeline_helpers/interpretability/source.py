"""What every question takes: a `Trace`, or texts and their tokenizer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pipeline_helpers.stages import Row, Trace, as_texts, close, prepare

if TYPE_CHECKING:
    import torch


def read_source(
    source: Trace | str | Sequence[str], model: Any, tokenizer: Any
) -> tuple[list[str], list[Row], Mapping[str, torch.Tensor]]:
    """The sentences, their rows, and what goes into the model, `[B, S]` each.

    Raises:
        TypeError: `source` is neither a `Trace` nor text, `tokenizer` is missing or came beside a `Trace`, or `model`
            is none.
        ValueError: `source` holds no text, or what `trace` can't take.
    """
    import torch

    if not isinstance(source, Trace):
        if tokenizer is None:
            kind = f"of type {type(source).__name__}"
            raise TypeError(f"tokenizer is missing: source is {kind}; it takes a Trace, or text with its tokenizer")
        return prepare(as_texts(source, "source"), model, tokenizer)
    if tokenizer is not None:
        raise TypeError("tokenizer came beside a Trace, whose text is tokens already; leave it out")
    if not isinstance(model, torch.nn.Module) or not hasattr(model, "config"):
        raise TypeError(f"model is of type {type(model).__name__}; it takes the model that made this trace")
    width, config = source.hidden_states[-1].shape[-1], model.config
    if getattr(config, "hidden_size", width) != width or source.input_ids.max() >= config.vocab_size:
        raise ValueError(f"model has the width {config.hidden_size} and {config.vocab_size} tokens, which do not fit "
                         "source: it is not the model that made this trace")  # fmt: skip
    inputs = {"input_ids": source.input_ids, "attention_mask": source.attention_mask}
    return source.texts, source.rows, {name: values.to(model.device) for name, values in inputs.items()}


def check_same(source: Any, logits: torch.Tensor, sentences: slice = slice(None)) -> None:
    """Refuse a `Trace` that this model did not make, by the logits that it gives to `sentences` of it.

    Raises:
        ValueError: the logits differ.
    """
    if not isinstance(source, Trace):
        return
    expected = source.logits[sentences].to(logits.device)
    if expected.shape != logits.shape or not close(logits, expected):
        raise ValueError(
            f"model gives the logits {_few(logits)} where source has {_few(expected)}: it is not the model that made "
            "this trace, or it takes more than input_ids and attention_mask; give the text and its tokenizer instead"
        )


def _few(logits: torch.Tensor) -> list[float]:
    return [round(logit, 3) for logit in logits[0].tolist()[:4]]
