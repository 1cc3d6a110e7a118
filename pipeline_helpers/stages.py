"""Texts → `Trace`: the whole pipeline run once, with every intermediate kept by its name.

    texts → tokenizer → input_ids, attention_mask → model → hidden_states → head → logits → softmax → probabilities

These are the same calls that the lessons write out by hand.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from pipeline_helpers import hub
from pipeline_helpers.checkpoints import checkpoint as choose_checkpoint
from pipeline_helpers.language import Mistake

if TYPE_CHECKING:
    import torch


@dataclass(frozen=True)
class Row:
    """One sentence as the tokenizer left it: S tokens, special tokens and padding included."""

    tokens: list[str]
    word_ids: list[int | None]
    """Which word of its text each token is a piece of; None where no text stands behind it: special tokens, padding."""
    attended: list[bool]
    """False where a token is padding."""
    ids: list[int] | None = None
    """The tokens' numbers in the vocabulary; None where nobody knows."""
    offsets: list[tuple[int, int]] | None = None
    """Where each token stands in its text: `(start, end)` in characters; None where nobody knows."""
    special: list[bool] = field(default_factory=list)
    """True for special tokens, whether the tokenizer added them ([CLS], [SEP]) or they were typed; not for padding."""
    unknown: list[bool] = field(default_factory=list)
    """True where the vocabulary had nothing and a stand-in took the place: [UNK]."""
    text: str | None = None
    """What was tokenized; None where nobody knows."""
    cut_off: int = 0
    """How many tokens were left out because the maximum was reached."""
    begins: bool = True
    """False where what stands before the first token in the text was cut off, or is another row's."""
    ends: bool = True
    """The same of what stands after the last token."""

    @classmethod
    def of(cls, encoding: Any, text: str | None = None, tokenizer: Any = None, *, part: bool = False) -> Row:
        """A row of a fast tokenizer's output.

        Args:
            encoding: a `tokenizers.Encoding`, as they stand in `BatchEncoding.encodings`.
            text: what was tokenized, where it is one text and known.
            tokenizer: the tokenizer, which knows which of the tokens that were typed are special or unknown.
            part: whether the text was spread over several rows, of which this is one.
        """
        added = encoding.special_tokens_mask
        word_ids = [None if special else word for special, word in zip(added, encoding.word_ids, strict=True)]
        spans = encoding.offsets
        # Offsets are of no use for a text and its pair (each counts from its own beginning), nor where the words came
        # one by one, already split: there they begin anew at each word.
        firsts = [spans[word_ids.index(word)][0] for word in dict.fromkeys(word_ids) if word is not None]
        known = set(encoding.sequence_ids) <= {None, 0} and (text is not None or len(firsts) < 2 or any(firsts))
        unk, specials = (tokenizer.unk_token, set(tokenizer.all_special_tokens)) if tokenizer else ("[UNK]", set())
        unknown = [token == unk and word is not None for token, word in zip(encoding.tokens, word_ids, strict=True)]
        attended = [mask == 1 for mask in encoding.attention_mask]
        special = [
            here and not is_unknown and (word is None or token in specials)
            for token, word, here, is_unknown in zip(encoding.tokens, word_ids, attended, unknown, strict=True)
        ]
        left_out = _left_out(encoding)
        before = bool(left_out) and left_out[0][0] < max(spans, default=(0, 0))[0]
        return cls(
            tokens=encoding.tokens,
            word_ids=_by_marked_beginnings(encoding.tokens, word_ids),
            attended=attended,
            ids=encoding.ids,
            offsets=spans if known else None,
            special=special,
            unknown=unknown,
            text=text,
            cut_off=0 if part else len(left_out),
            begins=not (part or before),
            ends=not (part or (left_out and not before)),
        )

    @property
    def words(self) -> int:
        """How many words the tokens are pieces of."""
        return len({word for word in self.word_ids if word is not None})

    def piece(self, place: int) -> str:
        """The letters of the text that the token at `place` stands for; empty where none do or nobody knows."""
        start, end = self.offsets[place] if self.offsets else (0, 0)
        return (self.text or "")[start:end] if self.word_ids[place] is not None else ""

    def word(self, place: int) -> str:
        """The whole word that the token at `place` is a piece of; empty where there is none or nobody knows."""
        number = self.word_ids[place]
        if number is None or not self.offsets:
            return ""
        spans = [
            one for one, word in zip(self.offsets, self.word_ids, strict=True) if word == number and one[0] < one[1]
        ]
        return (self.text or "")[min(spans)[0] : max(end for _, end in spans)].strip() if spans else ""

    def without_padding(self) -> Row:
        """The same row as it is when its sentence comes alone."""

        def kept(values: list[Any] | None) -> Any:
            return values and [one for one, attended in zip(values, self.attended, strict=True) if attended]

        lists = ("tokens", "word_ids", "ids", "offsets", "special", "unknown", "attended")
        changed: dict[str, Any] = {name: kept(getattr(self, name)) for name in lists}
        return self if all(self.attended) else replace(self, **changed)


def _left_out(encoding: Any) -> list[tuple[int, int]]:
    """The offsets of the tokens that an `Encoding` lost to truncation, special tokens not counted."""
    return [
        span
        for part in encoding.overflowing
        for span, special, attended in zip(part.offsets, part.special_tokens_mask, part.attention_mask, strict=True)
        if attended and not special
    ]


def _by_marked_beginnings(tokens: list[str], word_ids: list[int | None]) -> list[int | None]:
    """Word by word where a tokenizer takes the whole text for one word (Llama's) and marks each beginning with ▁."""
    if len(set(word_ids) - {None}) != 1 or sum(token.startswith("▁") for token in tokens) < 2:
        return word_ids
    number, found = -1, []
    for token, word in zip(tokens, word_ids, strict=True):
        number += word is not None and (number < 0 or token.startswith("▁"))
        found.append(None if word is None else number)
    return found


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
    """
    sentences = as_texts(texts)
    check_name(checkpoint)
    if (model is None) != (tokenizer is None):
        missing = "tokenizer" if tokenizer is None else "model"
        raise TypeError(f"{missing} is missing: model and tokenizer come together, or neither of them")
    if model is None:
        model, tokenizer = load(choose_checkpoint(checkpoint))
    elif checkpoint is not None:
        raise TypeError("checkpoint came beside model and tokenizer; give the one or the others")
    return _run(sentences, model, tokenizer, attentions)


def check_name(checkpoint: object) -> None:
    """Refuse what is no name of a checkpoint, such as a model or a pipeline.

    Raises:
        TypeError: it is neither a string nor None.
    """
    if checkpoint is not None and not isinstance(checkpoint, str):
        raise TypeError(
            f"checkpoint is {_kind(checkpoint)}; it takes a name or a folder (str), or None for the course's"
        )


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
        Mistake: `checkpoint` holds no model and fast tokenizer, its weights are damaged, it is an encoder with a
            decoder, or it has no classification head (transformers would make up a random one and answer with it).
        CheckpointError: it is neither a folder nor in the hub's cache, and the hub can't be reached.
    """
    from transformers import AutoModelForSequenceClassification

    tokenizer, config = load_tokenizer(checkpoint)
    if config is not None and config.is_encoder_decoder:
        raise Mistake("stages.encoder_decoder", model=config.model_type)
    with _loading(checkpoint):
        model, report = hub.load(
            AutoModelForSequenceClassification.from_pretrained, checkpoint,
            attn_implementation="eager", output_loading_info=True,
        )  # fmt: skip
    if missing := sorted(report["missing_keys"]):
        raise Mistake("stages.no_head", checkpoint=checkpoint, missing=", ".join(missing))
    return model.eval(), tokenizer


def load_tokenizer(checkpoint: str) -> tuple[Any, Any]:
    """A tokenizer, with or without a model beside it, and the model's configuration, or None.

    Raises:
        Mistake: there is no fast tokenizer.
        CheckpointError: as `load`.
    """
    from transformers import AutoConfig

    with _loading(checkpoint):
        tokenizer = hub.load_tokenizer(checkpoint)
        if not tokenizer.is_fast:
            raise Mistake("stages.slow_tokenizer", tokenizer=type(tokenizer).__name__)
        with suppress(OSError, ValueError):
            return tokenizer, hub.load(AutoConfig.from_pretrained, checkpoint)
        return tokenizer, None


@contextmanager
def _loading(checkpoint: str) -> Iterator[None]:
    """Quiet, and with one error for all that the libraries below raise: OSError, SafetensorError, KeyError, …"""
    with quiet_transformers():
        try:
            yield
        except (Mistake, hub.CheckpointError):
            raise
        except Exception as error:
            reason = (str(error).strip() or type(error).__name__).split("\n")[0]
            raise Mistake("stages.not_loadable", checkpoint=checkpoint, reason=reason) from error


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
    check(model, tokenizer)
    inputs, rows = encode(texts, tokenizer, model.config, padding=len(texts) > 1)
    inputs = inputs.convert_to_tensors("pt").to(model.device)
    with ready(model, attentions):
        hidden_states, weights, logits = _forward(model, inputs, attentions)
        labels = labels_of(model.config, logits.shape[-1])
        return Trace(
            texts=texts,
            rows=rows,
            input_ids=inputs["input_ids"],
            attention_mask=inputs["attention_mask"],
            hidden_states=hidden_states,
            attentions=weights,
            head_positions=_head_positions(model, rows),
            logits=logits,
            probabilities=to_probabilities(logits, model.config),
            id2label=dict(enumerate(labels)),
            checkpoint=model.config.name_or_path,
            config=model.config,
        )


def check(model: Any, tokenizer: Any) -> None:
    """Refuse what this package can't look into.

    Raises:
        TypeError: `model` is no model, or `tokenizer` none of the fast ones, which alone say what became of each word.
        Mistake: an encoder with a decoder.
    """
    import torch

    if not isinstance(model, torch.nn.Module) or not hasattr(model, "config"):
        raise TypeError(f"model is {_kind(model)}; it takes what AutoModelForSequenceClassification.from_pretrained(…) "
                        "returns")  # fmt: skip
    if not getattr(tokenizer, "is_fast", False):
        raise TypeError(f"tokenizer is a {type(tokenizer).__name__}; it takes a fast one (tokenizer.is_fast)")
    if model.config.is_encoder_decoder:
        raise Mistake("stages.encoder_decoder", model=type(model).__name__)


def longest_input(tokenizer: Any, config: Any) -> int | None:
    """How many tokens go into a model: what its tokenizer and its table of positions allow; None where neither limits.

    Whatever stands for "no limit" in the one or the other (None, −1, 10³⁰) is none here.

    Args:
        tokenizer: its `model_max_length`.
        config: the model's configuration; None where there is only the tokenizer.
    """
    positions = getattr(config, "max_position_embeddings", None) or 0
    if getattr(config, "model_type", None) in _COUNT_FROM_PADDING:
        positions -= (config.pad_token_id or 0) + 1
    limits = [limit for limit in (tokenizer.model_max_length, positions) if 0 < (limit or 0) < 10**9]
    return min(limits, default=None)


_COUNT_FROM_PADDING = (
    "camembert", "data2vec-text", "esm", "ibert", "layoutlmv3", "lilt", "longformer", "luke", "markuplm", "mpnet",
    "roberta", "roberta-prelayernorm", "xlm-roberta", "xlm-roberta-xl", "xmod",
)  # fmt: skip
"""The models whose first position is `pad_token_id + 1`, and whose table is so much larger than what goes in:
RoBERTa and what was built from it (`create_position_ids_from_input_ids` in transformers)."""


def read(texts: list[str], tokenizer: Any, config: Any, *, padding: bool = False) -> tuple[Any, list[Row]]:
    """`texts` through the tokenizer, cut off at what goes into the model: a `BatchEncoding` of lists, and a `Row` each.

    Args:
        texts: B of them.
        tokenizer: a fast one.
        config: the model's configuration; None where there is only the tokenizer.
        padding: whether all rows are filled up to the longest.
    """
    longest = longest_input(tokenizer, config)
    limit = {"truncation": longest is not None, "max_length": longest}
    inputs = tokenizer(texts, padding=padding, return_attention_mask=True, **limit)
    return inputs, [Row.of(row, text, tokenizer) for row, text in zip(inputs.encodings, texts, strict=True)]


def encode(texts: list[str], tokenizer: Any, config: Any, *, padding: bool) -> tuple[Any, list[Row]]:
    """What `read` makes of them, for a model to run on.

    Raises:
        Mistake: there are several texts and the tokenizer has no padding token; a text has no token at all; a token
            has no place in the model's embedding.
    """
    if len(texts) > 1 and tokenizer.pad_token is None:
        raise Mistake("stages.no_padding_token")
    inputs, rows = read(texts, tokenizer, config, padding=padding)
    for place, row in enumerate(rows):
        if not any(row.attended):
            raise Mistake("stages.no_token", place=place)
    largest, size = max(map(max, inputs["input_ids"])), getattr(config, "vocab_size", None)
    if size and largest >= size:
        raise Mistake("stages.not_in_embedding", id=largest, size=size)
    return inputs, rows


def labels_of(config: Any, count: int) -> list[str]:
    """The names of the `count` columns of the logits.

    Raises:
        Mistake: `config.id2label` names other columns than 0 to `count` − 1.
    """
    names = config.id2label or {}
    if sorted(map(str, names)) != sorted(map(str, range(count))) or not all(isinstance(key, int) for key in names):
        raise Mistake("stages.labels", keys=str(list(names))[:60], count=count)
    return [str(names[place]) for place in range(count)]


@contextmanager
def ready(model: Any, attentions: bool = False) -> Iterator[None]:
    """The model as it answers: no dropout, no gradients; with `attentions`, an attention that keeps its weights.

    It comes out as it went in. The faster implementations of attention never make the matrix of weights.
    """
    import torch

    training = [module for module in model.modules() if module.training]
    before = model.config._attn_implementation
    eager = attentions and before != "eager"
    if training:
        model.eval()
    if eager:
        model.set_attn_implementation("eager")
    try:
        with torch.no_grad():
            yield
    finally:
        for module in training:
            module.training = True
        if eager:
            model.set_attn_implementation(before)


def _forward(model: Any, inputs: Any, attentions: bool) -> tuple[Any, Any, Any]:
    """Hidden states, attentions and logits of a batch in which each sentence answers as it would alone.

    That is so for most models and settings. Where it is not (padding at the left of a model that counts positions, a
    configuration that names another padding token, or none), each sentence runs alone, and padding has zeros.
    """
    import torch
    from torch.nn.functional import pad

    mask = inputs["attention_mask"]
    spans = [(row.argmax().item(), row.argmax().item() + row.sum().item()) for row in mask]

    def run(**rows: torch.Tensor) -> Any:
        outputs = model(**rows, output_hidden_states=True, output_attentions=attentions, return_dict=True)
        logits = getattr(outputs, "logits", None)
        if logits is None or logits.ndim != 2 or not getattr(outputs, "hidden_states", None):
            raise Mistake("stages.no_classifier", model=type(model).__name__)
        return outputs

    def alone(row: int) -> Any:
        return run(**{name: values[row : row + 1, slice(*spans[row])] for name, values in inputs.items()})

    together = None
    try:
        together = run(**inputs)
    except ValueError as error:
        # GPT-2's family refuses a batch where its configuration names no padding token.
        if isinstance(error, Mistake) or len(mask) == 1:
            raise
    each = {row: alone(row) for row in range(len(mask)) if together is None or not mask[row].all()}
    if together is not None and all(_close(together.logits[row], one.logits[0]) for row, one in each.items()):
        return together.hidden_states, together.attentions if attentions else None, together.logits

    answers = [each.get(row) or alone(row) for row in range(len(mask))]
    around = [(start, mask.shape[1] - stop) for start, stop in spans]

    def in_place(states: Iterable[torch.Tensor], *, square: bool) -> torch.Tensor:
        """The sentences' `[1, n, H]`, or `[1, A, n, n]`, padded with zeros to the batch's length, as one tensor."""
        return torch.cat(
            [pad(one, (*room, *room) if square else (0, 0, *room)) for one, room in zip(states, around, strict=True)]
        )

    return (
        tuple(in_place(states, square=False) for states in zip(*(one.hidden_states for one in answers), strict=True)),
        tuple(in_place(states, square=True) for states in zip(*(one.attentions for one in answers), strict=True))
        if attentions else None,
        torch.cat([one.logits for one in answers]),
    )  # fmt: skip


def _close(one: torch.Tensor, other: torch.Tensor) -> bool:
    """Whether two logits differ by no more than the order of the additions explains."""
    import torch

    tolerance = 1e-4 if one.dtype in (torch.float32, torch.float64) else 3e-2
    return torch.allclose(one, other, rtol=tolerance, atol=tolerance, equal_nan=True)


def _head_positions(model: Any, rows: list[Row]) -> list[int | None]:
    """The position of each sentence that the head reads: its first or its last token, or None for several."""
    ends = {
        0: lambda row: row.attended.index(True),
        -1: lambda row: len(row.tokens) - 1 - row.attended[::-1].index(True),
    }
    if model not in _READS:
        ids = rows[0].without_padding().ids or []
        _READS[model] = _position_read(model, (ids * 2)[:8])
    read = _READS[model]
    return [ends[read](row) if read in ends else None for row in rows]


_READS: WeakKeyDictionary[Any, int | None] = WeakKeyDictionary()


def _position_read(model: Any, ids: list[int]) -> int | None:
    """0 or −1: at which end of the tokens a change of the last hidden states changes the logits (by their gradient)."""
    import torch

    last: list[Any] = []
    hooks = [
        model.get_input_embeddings().register_forward_hook(lambda *call: call[-1].detach().requires_grad_()),
        model.base_model.register_forward_hook(lambda *call: last.append(call[-1][0])),
    ]
    try:
        with torch.enable_grad():
            logits = model(input_ids=torch.tensor([ids], device=model.device), return_dict=True).logits
            (gradient,) = torch.autograd.grad(logits.sum(), last[-1], allow_unused=True)
    finally:
        for hook in hooks:
            hook.remove()
    read = [] if gradient is None else gradient[0].abs().sum(dim=-1).nonzero()[:, 0].tolist()
    return {(0,): 0, (len(ids) - 1,): -1}.get(tuple(read))


def to_probabilities(logits: torch.Tensor, config: Any) -> torch.Tensor:
    """What `TextClassificationPipeline.postprocess` makes of the logits: softmax, or for one label a sigmoid."""
    if config.problem_type == "regression":
        return logits
    if config.problem_type == "multi_label_classification" or config.num_labels == 1:
        return logits.sigmoid()
    return logits.softmax(dim=-1)
