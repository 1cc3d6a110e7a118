"""A model: loaded, checked, and run so that each sentence of a batch answers as it would alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from pipeline_helpers import hub
from pipeline_helpers.language import Mistake
from pipeline_helpers.stages.rows import Row

if TYPE_CHECKING:
    import torch


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


def check_name(checkpoint: object) -> None:
    """Refuse what is no name of a checkpoint, such as a model or a pipeline.

    Raises:
        TypeError: it is neither a string nor None.
    """
    if checkpoint is not None and not isinstance(checkpoint, str):
        raise TypeError(
            f"checkpoint is {kind(checkpoint)}; it takes a name or a folder (str), or None for the course's"
        )


def check(model: Any, tokenizer: Any) -> None:
    """Refuse what this package can't look into.

    Raises:
        TypeError: `model` is no model, or `tokenizer` none of the fast ones, which alone say what became of each word.
        Mistake: an encoder with a decoder.
    """
    import torch

    if not isinstance(model, torch.nn.Module) or not hasattr(model, "config"):
        raise TypeError(f"model is {kind(model)}; it takes what AutoModelForSequenceClassification.from_pretrained(…) "
                        "returns")  # fmt: skip
    if not getattr(tokenizer, "is_fast", False):
        raise TypeError(f"tokenizer is a {type(tokenizer).__name__}; it takes a fast one (tokenizer.is_fast)")
    if model.config.is_encoder_decoder:
        raise Mistake("stages.encoder_decoder", model=type(model).__name__)


def kind(value: object) -> str:
    """What came, for an error that says so."""
    return "None" if value is None else f"of type {type(value).__name__}"


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


def forward(model: Any, inputs: Any, attentions: bool) -> tuple[Any, Any, Any]:
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
    if together is not None and all(close(together.logits[row], one.logits[0]) for row, one in each.items()):
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


def close(one: torch.Tensor, other: torch.Tensor) -> bool:
    """Whether two logits differ by no more than the order of the additions explains."""
    import torch

    tolerance = 1e-4 if one.dtype in (torch.float32, torch.float64) else 3e-2
    return torch.allclose(one, other, rtol=tolerance, atol=tolerance, equal_nan=True)


def head_positions(model: Any, rows: list[Row]) -> list[int | None]:
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
    except RuntimeError:  # weights that no gradient goes through: made in inference mode, or quantized
        return None
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
