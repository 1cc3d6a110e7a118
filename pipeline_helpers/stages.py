"""Texts → `Trace`: the whole pipeline run once, with every intermediate kept by its name.

    texts → tokenizer → input_ids, attention_mask → model → hidden_states → head → logits → softmax → probabilities

These are the same calls that the lessons write out by hand.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from pipeline_helpers import hub
from pipeline_helpers.checkpoints import checkpoint as choose_checkpoint
from pipeline_helpers.language import say

if TYPE_CHECKING:
    import torch


@dataclass(frozen=True)
class Trace:
    """What one run of the pipeline made of `texts`, stage by stage, in the order in which it was made.

    The letters: B sentences, S tokens in the longest of them, H the width, L layers, A heads, C labels.
    """

    texts: list[str]
    """The sentences, as they came; B of them."""
    tokens: list[list[str]]
    """The pieces of each sentence, special tokens and padding included; `[B][S]`."""
    word_ids: list[list[int | None]]
    """Which word of its sentence each token is a piece of; None for special tokens and padding; `[B][S]`."""
    offsets: list[list[tuple[int, int]]]
    """Where each token stands in its text: `(start, end)` in characters, `(0, 0)` for special tokens; `[B][S]`."""
    cut_off: list[int]
    """How many tokens of each sentence were left out because the model's maximum was reached; `[B]`."""
    input_ids: torch.Tensor
    """The tokens' numbers in the vocabulary; integers, `[B, S]`."""
    attention_mask: torch.Tensor
    """1 where a token is attended to, 0 where it is padding; integers, `[B, S]`."""
    hidden_states: tuple[torch.Tensor, ...]
    """The vectors of each token: the embeddings, then the output of each layer; L + 1 of `[B, S, H]`."""
    attentions: tuple[torch.Tensor, ...] | None
    """How much each token (row) attends to each other (column), when asked for; L of `[B, A, S, S]`."""
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
        TypeError: `texts` is no text or holds something that is none; a model without its tokenizer.
        ValueError: `texts` is empty; the checkpoint can't be loaded.
    """
    sentences = as_texts(texts)
    if (model is None) != (tokenizer is None):
        missing = "tokenizer" if tokenizer is None else "model"
        raise TypeError(f"{missing} is missing: model and tokenizer come together, or neither of them")
    if model is None:
        model, tokenizer = load(choose_checkpoint(checkpoint))
    elif checkpoint is not None:
        raise TypeError("checkpoint came beside model and tokenizer; give the one or the others")
    return _run(sentences, model, tokenizer, attentions)


def as_texts(texts: object) -> list[str]:
    """`texts` as a list of strings.

    Raises:
        TypeError: it is neither a string nor a sequence of strings.
        ValueError: it holds no text.
    """
    if isinstance(texts, str):
        return [texts]
    if isinstance(texts, (bytes, dict)) or not hasattr(texts, "__iter__"):
        raise TypeError(f"texts is {_kind(texts)}; it takes one text (str) or a list of texts")
    sentences = list(texts)
    for place, sentence in enumerate(sentences):
        if not isinstance(sentence, str):
            raise TypeError(f"texts[{place}] is {_kind(sentence)}; each text is a str")
        if not _is_unicode(sentence):
            raise ValueError(f"texts[{place}] holds half of a surrogate pair, which is no character; leave it out")
    if not sentences:
        raise ValueError("texts is empty; it takes at least one text")
    return sentences


def _is_unicode(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _kind(value: object) -> str:
    return "None" if value is None else f"of type {type(value).__name__}"


@lru_cache(maxsize=1)
def load(checkpoint: str) -> tuple[Any, Any]:
    """A sequence-classification model, ready to answer, and its tokenizer; the last pair stays loaded.

    Raises:
        ValueError: `checkpoint` holds no model and tokenizer, its weights are damaged, or it has no classification
            head (transformers would make up a random one and answer with it).
        CheckpointError: it is neither a folder nor in the hub's cache, and the hub can't be reached.
    """
    from transformers import AutoModelForSequenceClassification

    with quiet_transformers():
        try:
            tokenizer = hub.load_tokenizer(checkpoint)
            model, report = hub.load(
                AutoModelForSequenceClassification.from_pretrained, checkpoint,
                attn_implementation="eager", output_loading_info=True,
            )  # fmt: skip
        except hub.CheckpointError:
            raise
        except Exception as error:
            # The libraries below raise whatever their format raises: OSError, SafetensorError, KeyError, …
            reason = str(error).strip().split("\n")[0]
            raise ValueError(say("stages.not_loadable", checkpoint=checkpoint, reason=reason)) from error
    if missing := sorted(report["missing_keys"]):
        raise ValueError(say("stages.no_head", checkpoint=checkpoint, missing=", ".join(missing)))
    return model.eval(), tokenizer


@contextmanager
def quiet_transformers() -> Iterator[None]:
    """No progress bar and no load report: what `load` has to say, it says in an error."""
    from transformers.utils import logging

    level, bars = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        logging.set_verbosity(level)
        if bars:
            logging.enable_progress_bar()


def _run(texts: list[str], model: Any, tokenizer: Any, attentions: bool) -> Trace:
    import torch

    inputs = encode(texts, tokenizer, model.config)
    rows = inputs.encodings
    with torch.no_grad(), _eager_attention(model, attentions):
        outputs = model(**inputs, output_hidden_states=True, output_attentions=attentions)
    return Trace(
        texts=texts,
        tokens=[row.tokens for row in rows],
        word_ids=[row.word_ids for row in rows],
        offsets=[row.offsets for row in rows],
        cut_off=[count_cut_off(row) for row in rows],
        input_ids=inputs["input_ids"],
        attention_mask=inputs["attention_mask"],
        hidden_states=outputs.hidden_states,
        attentions=outputs.attentions if attentions else None,
        logits=outputs.logits,
        probabilities=to_probabilities(outputs.logits, model.config),
        id2label=dict(model.config.id2label),
        checkpoint=model.config.name_or_path,
        config=model.config,
    )


def encode(texts: list[str], tokenizer: Any, config: Any) -> Any:
    """`texts` as one padded, truncated batch of tensors: a `BatchEncoding`, with its `encodings` a row.

    Raises:
        TypeError: the tokenizer is not one of the fast ones, which alone say what became of each word.
        ValueError: the texts differ in length and the tokenizer has no padding token.
    """
    if not getattr(tokenizer, "is_fast", False):
        raise TypeError(f"tokenizer is a {type(tokenizer).__name__}; it takes a fast one (tokenizer.is_fast)")
    longest = min(tokenizer.model_max_length, getattr(config, "max_position_embeddings", None) or 10**9)
    padding = len(texts) > 1
    if padding and tokenizer.pad_token is None:
        raise ValueError(say("stages.no_padding_token"))
    return tokenizer(texts, padding=padding, truncation=True, max_length=longest, return_tensors="pt")


def count_cut_off(row: Any) -> int:
    """How many tokens of its text a row (`tokenizers.Encoding`) lost to truncation, special tokens not counted."""
    return sum(
        1
        for part in row.overflowing
        for special, attended in zip(part.special_tokens_mask, part.attention_mask, strict=True)
        if attended and not special
    )


@contextmanager
def _eager_attention(model: Any, wanted: bool) -> Iterator[None]:
    """The faster implementations of attention never make the matrix of weights that a figure shows."""
    before = model.config._attn_implementation
    if not wanted or before == "eager":
        yield
        return
    model.set_attn_implementation("eager")
    try:
        yield
    finally:
        model.set_attn_implementation(before)


def to_probabilities(logits: torch.Tensor, config: Any) -> torch.Tensor:
    """What `TextClassificationPipeline.postprocess` makes of the logits: softmax, or for one label a sigmoid."""
    if config.problem_type == "regression":
        return logits
    if config.problem_type == "multi_label_classification" or config.num_labels == 1:
        return logits.sigmoid()
    return logits.softmax(dim=-1)
