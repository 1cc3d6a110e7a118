"""Texts → a `Trace`: tokenizer, model, head and softmax, with every intermediate by its name."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pipeline_helpers.checkpoints import checkpoint as choose_checkpoint
from pipeline_helpers.stages import models
from pipeline_helpers.stages.rows import Row, encode

if TYPE_CHECKING:
    import torch


@dataclass(frozen=True, eq=False)  # equal tensors are no single yes or no
class Trace:
    """What one run of the pipeline made of `texts`, stage by stage, in the order in which it was made.

    The letters: B sentences, S tokens in the longest of them, H the width, L layers, A heads, C labels.
    """

    texts: list[str]
    """The sentences, as they came; B of them."""
    rows: list[Row]
    """What the tokenizer made of each: tokens, words, places in the text, what was cut off; B of S tokens each."""
    input_ids: torch.Tensor
    """The tokens' numbers in the vocabulary; integers, `[B, S]`."""
    attention_mask: torch.Tensor
    """1 where a token is attended to, 0 where it is padding; integers, `[B, S]`."""
    hidden_states: tuple[torch.Tensor, ...]
    """The vectors of each token: the embeddings, then the output of each layer; L + 1 of `[B, S, H]`."""
    attentions: tuple[torch.Tensor, ...] | None
    """How much each token (row) attends to each other (column), when asked for; L of `[B, A, S, S]`."""
    head_positions: list[int | None]
    """At which position of the last hidden states the head reads each sentence; None where it reads several; `[B]`."""
    logits: torch.Tensor
    """What the head answers, one score a label, of any size; `[B, C]`."""
    probabilities: torch.Tensor
    """The softmax of the logits (for a single label, its sigmoid, as the pipeline has it); `[B, C]`."""
    id2label: dict[int, str]
    """The name of each column of `logits`."""
    checkpoint: str
    """Where the model came from, as transformers names it."""
    config: Any = field(repr=False)
    """The model's configuration."""

    @property
    def tokens(self) -> list[list[str]]:
        """The pieces of each sentence, special tokens and padding included; `[B][S]`."""
        return [row.tokens for row in self.rows]

    @property
    def predictions(self) -> list[dict[str, str | float]]:
        """For each sentence the best label and its probability, as the pipeline returns them."""
        best = self.probabilities.argmax(dim=-1).tolist()
        return [
            {"label": self.id2label[label], "score": self.probabilities[row, label].item()}
            for row, label in enumerate(best)
        ]

    def __repr__(self) -> str:
        batch, sequence = self.input_ids.shape
        return f"Trace({batch} × {sequence} tokens, {len(self.hidden_states) - 1} layers, {len(self.id2label)} labels)"


def trace(
    texts: str | Sequence[str],
    checkpoint: str | None = None,
    *,
    model: Any = None,
    tokenizer: Any = None,
    attentions: bool = False,
) -> Trace:
    """Run tokenizer, model, head and softmax once on `texts` and keep each intermediate.

    Texts past the model's maximum are truncated, as `pipeline(…)(texts, truncation=True)` does.

    Args:
        texts: one sentence or several.
        checkpoint: what `pipeline_helpers.checkpoint` takes. What was loaded last stays loaded.
        model, tokenizer: a sequence-classification model and its tokenizer, already loaded, instead of a checkpoint.
        attentions: also keep who attends to whom.

    Raises:
        TypeError: `texts` is no text or holds something that is none; a model without its tokenizer, or not a model.
        ValueError: `texts` is empty, or one of them gives no token; the checkpoint can't be loaded; the model is none
            that classifies sentences, or names other labels than its head has.
        CheckpointError: the checkpoint is not on this machine, and the hub can't be reached (within 10 seconds).
    """
    sentences = as_texts(texts)
    models.check_name(checkpoint)
    if (model is None) != (tokenizer is None):
        missing = "tokenizer" if tokenizer is None else "model"
        raise TypeError(f"{missing} is missing: model and tokenizer come together, or neither of them")
    if model is None:
        model, tokenizer = models.load(choose_checkpoint(checkpoint))
    elif checkpoint is not None:
        raise TypeError("checkpoint came beside model and tokenizer; give the one or the others")
    return run(model, *prepare(sentences, model, tokenizer), attentions=attentions)


def prepare(sentences: list[str], model: Any, tokenizer: Any) -> tuple[list[str], list[Row], dict[str, torch.Tensor]]:
    """The sentences, their rows, and what goes into the model: whatever the tokenizer gave, `[B, S]` each.

    Raises:
        TypeError, Mistake: as `trace`.
    """
    models.check(model, tokenizer)
    inputs, rows = encode(sentences, tokenizer, model.config, padding=len(sentences) > 1)
    return sentences, rows, dict(inputs.convert_to_tensors("pt").to(model.device))


def run(
    model: Any,
    sentences: list[str],
    rows: list[Row],
    inputs: Mapping[str, torch.Tensor],
    *,
    attentions: bool = False,
    call: Callable[..., Any] | None = None,
) -> Trace:
    """Run model, head and softmax once on what `prepare` gave.

    Args:
        model, sentences, rows, inputs, attentions: as above.
        call: what is called in place of `model`, where something in it is to be different.
    """
    with models.ready(model, attentions):
        hidden_states, weights, logits = models.forward(call or model, inputs, attentions)
        labels = models.labels_of(model.config, logits.shape[-1])
        return Trace(
            texts=sentences,
            rows=rows,
            input_ids=inputs["input_ids"],
            attention_mask=inputs["attention_mask"],
            hidden_states=hidden_states,
            attentions=weights,
            head_positions=models.head_positions(model, rows),
            logits=logits,
            probabilities=models.to_probabilities(logits, model.config),
            id2label=dict(enumerate(labels)),
            checkpoint=model.config.name_or_path,
            config=model.config,
        )


def as_texts(texts: object, name: str = "texts") -> list[str]:
    """`texts` as a list of strings; `name` is what errors call it.

    Raises:
        TypeError: it is neither a string nor a sequence of strings.
        ValueError: it holds no text.
    """
    if isinstance(texts, str):
        return [texts]
    if isinstance(texts, (bytes, dict)) or not hasattr(texts, "__iter__"):
        raise TypeError(f"{name} is {models.kind(texts)}; it takes one text (str) or a list of texts")
    sentences = list(texts)
    for place, sentence in enumerate(sentences):
        if not isinstance(sentence, str):
            raise TypeError(f"{name}[{place}] is {models.kind(sentence)}; each text is a str")
        if re.search("[\ud800-\udfff]", sentence):
            raise ValueError(f"{name}[{place}] holds half of a surrogate pair, which is no character; leave it out")
    if not sentences:
        raise ValueError(f"{name} is empty; it takes at least one text")
    return sentences
