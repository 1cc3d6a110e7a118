"""Read the head early: what it would answer at each token, after each layer."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pipeline_helpers.interpretability.source import read_source
from pipeline_helpers.stages import Row, Trace, close, labels_of, ready, run, to_probabilities

if TYPE_CHECKING:
    import torch

TOKENS = 512
"""How many vectors the head reads together, at most."""


@dataclass(frozen=True, eq=False)
class LogitLens:
    """What the head answers at every token after every layer. L layers, B sentences, S tokens, C labels."""

    rows: list[Row]
    """The sentences; at padding the numbers mean nothing."""
    head_positions: list[int]
    """The position of each sentence that the model's own answer is read at, after the last layer; `[B]`."""
    logits: torch.Tensor
    """After the embedding, then after each layer; `[L + 1, B, S, C]`."""
    probabilities: torch.Tensor
    """The same as the pipeline shows them, by softmax (for a single label, by sigmoid); `[L + 1, B, S, C]`."""
    id2label: dict[int, str]
    """The name of each column."""


def logit_lens(source: Trace | str | Sequence[str], model: Any, tokenizer: Any = None) -> LogitLens:
    """The model's own head read at every token after every layer.

    A reading aid, not what the model thinks: the head was trained for one position after the last layer, and is asked
    here about vectors that it has never seen. A number near 0.5 may say that nothing is decided, or only that the
    head can't read it yet.

        lens = logit_lens("I hate this so much!", model, tokenizer)
        lens.probabilities[:, 0, 0]    # at [CLS], after the embedding and after each layer

    Args:
        source: a `Trace`, or texts.
        model: the sequence-classification model; for a `Trace`, the one that made it.
        tokenizer: the texts' tokenizer; none beside a `Trace`.

    Raises:
        TypeError: `source`, `model` or `tokenizer` is something else.
        ValueError: the head reads several positions at once (a mean), or what it makes of the last layer is not what
            the model answers: it is not the model that made the trace, or its head can't be read by itself.

    Source:
        nostalgebraist, *interpreting GPT: the logit lens*, 2020, with a classification head in the place of the
        matrix that gives words. As there, a norm that stands after all layers (GPT-2's) comes before the head.
    """
    import torch

    texts, rows, inputs = read_source(source, model, tokenizer)
    traced = source if isinstance(source, Trace) else run(model, texts, rows, inputs)
    positions = [position for position in traced.head_positions if position is not None]
    if len(positions) < len(rows):
        raise ValueError(f"model is a {type(model).__name__} whose head reads no single position; it can't be read at "
                         "each token alone")  # fmt: skip
    states = [state.to(model.device) for state in traced.hidden_states]
    if len({state.shape for state in states}) > 1:
        raise ValueError(f"model is a {type(model).__name__} whose layers have different shapes: "
                         f"{[list(state.shape) for state in states]}; one head can't read them all")  # fmt: skip
    with ready(model):
        logits = _read(model, torch.stack(states), inputs["input_ids"][:1, positions[0] :][:, :1])
        count = torch.arange(len(rows), device=logits.device)
        own = logits[-1, count, torch.tensor(positions, device=logits.device)]
        if own.shape != traced.logits.shape or not close(own, traced.logits.to(own.device)):
            raise ValueError(
                f"model's head makes {own[0].tolist()[:4]} of the last layer where the run has "
                f"{traced.logits[0].tolist()[:4]}: it is not the model that made this trace, or its head can't be read "
                "by itself"
            )
        probabilities = to_probabilities(logits, model.config)
    labels = labels_of(model.config, logits.shape[-1])
    return LogitLens(rows, positions, logits, probabilities, dict(enumerate(labels)))


def _read(model: Any, states: torch.Tensor, token: torch.Tensor) -> torch.Tensor:
    """What the head makes of each vector of `states`, `[L + 1, B, S, H]`: logits `[L + 1, B, S, C]`.

    How a head is called differs from model to model; the model itself knows it. So each vector goes through it as a
    sentence of one token, which is its first and its last, and takes the place of what the last layer makes of it.
    """
    import torch

    module, part, finish = _last(model, token.expand(1, 2))
    states = torch.cat([finish(states[:-1]), states[-1:]])
    vectors = states.reshape(-1, 1, states.shape[-1])
    # Models that look for the last token that is no padding (GPT-2's family) refuse a batch without knowing it.
    most = 1 if model.config.pad_token_id is None else TOKENS

    def read(some: torch.Tensor) -> torch.Tensor:
        ids = token.expand(len(some), 1)
        with _after([module], lambda _, output: _put(output, part, some)):
            return model(input_ids=ids, attention_mask=torch.ones_like(ids), return_dict=True).logits

    return torch.cat([read(some) for some in vectors.split(most)]).reshape(*states.shape[:-1], -1)


def _last(model: Any, ids: torch.Tensor) -> tuple[Any, Any, Callable[[torch.Tensor], torch.Tensor]]:
    """The module that gives the last hidden states, under which key of its output, and what it does after all layers.

    The first that gives them, in the order in which modules end. Where that is a norm after the list of layers, the
    vectors of earlier layers have not been through it.
    """
    given: list[tuple[Any, Any]] = []
    with _after(model.modules(), lambda module, output: given.append((module, output))):
        last = model(input_ids=ids, output_hidden_states=True, return_dict=True).hidden_states[-1]
    for module, output in given:
        for part, value in _parts(output):
            if value.shape == last.shape and value.equal(last):
                return module, part, module if _after_layers(model, module) else lambda states: states
    raise ValueError(f"model is a {type(model).__name__} of which no part gives the last hidden states")


def _after_layers(model: Any, module: Any) -> bool:
    """Whether `module` is a single step, such as a norm, outside the lists that layers stand in."""
    import torch

    layers = {id(one) for group in model.modules() if isinstance(group, torch.nn.ModuleList) for one in group.modules()}
    return id(module) not in layers and not list(module.children())


def _parts(output: Any) -> list[tuple[Any, torch.Tensor]]:
    """The tensors of what a module gave, by what to find them under: a key, a place, or None for the whole."""
    import torch

    if isinstance(output, torch.Tensor):
        return [(None, output)]
    pairs = output.items() if isinstance(output, Mapping) else enumerate(output if isinstance(output, tuple) else ())
    return [(part, value) for part, value in pairs if isinstance(value, torch.Tensor)]


def _put(output: Any, part: Any, value: torch.Tensor) -> Any:
    """What a module gave, with `value` under `part`."""
    if part is None:
        return value
    if isinstance(output, tuple):
        return (*output[:part], value, *output[part + 1 :])
    output[part] = value
    return output


@contextmanager
def _after(modules: Iterable[Any], then: Callable[[Any, Any], Any]) -> Iterator[None]:
    """Call `then(module, output)` when one of `modules` ends; what it returns, unless None, is the output instead.

    For this thread alone: whoever uses the model at the same time notices nothing.
    """
    here = threading.get_ident()

    def hook(module: Any, _: Any, output: Any) -> Any:
        return then(module, output) if threading.get_ident() == here else None

    hooks = [module.register_forward_hook(hook) for module in modules]
    try:
        yield
    finally:
        for one in hooks:
            one.remove()
