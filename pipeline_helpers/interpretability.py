"""A sentence and a model, asked "what if": what the answer would be with a token of it hidden."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pipeline_helpers.stages import ready, to_probabilities

if TYPE_CHECKING:
    import torch

ROWS = 8
"""How many rows go through the model together, at most."""
TOKENS = 64
"""How many tokens go through the model together, at most, where a row alone has fewer: a row of a long text takes as
long as many short ones, and whoever waits between two batches is not to wait for longer."""


def effect_of_hiding(model: Any, inputs: Mapping[str, Any], places: Sequence[int] | None = None) -> torch.Tensor:
    """How the probabilities of one sentence change when one of its tokens is hidden, for each token in turn.

    A token is hidden by a 0 in its place of the attention mask, all others staying as they are: no other token attends
    to it any more. A large change says that the answer needed the token. A small one does not say that the token means
    nothing: what is left may say the same by itself.

        inputs = tokenizer("The film is not bad at all", return_tensors="pt")
        effect_of_hiding(model, inputs)[:, 1]    # POSITIVE: −0.98 for `not` and for `bad`, 0.00 for the others

    Args:
        model: a sequence-classification model.
        inputs: what the tokenizer made of one sentence: `input_ids` and whatever else it gave, `[S]` or `[1, S]`.
        places: the P places to hide, each alone; None for all S of them.

    Returns:
        Probability without the token minus probability with it, for each of the C labels: −1 to 1, `[P, C]`. Where
        hiding a token leaves nothing to attend to, NaN.

    Raises:
        ValueError: `inputs` holds several sentences, or `places` are not in it.

    Source:
        "Occlusion" of Zeiler and Fergus, *Visualizing and Understanding Convolutional Networks*, 2014, section 4.2,
        with tokens in the place of patches of a picture.
    """
    import torch

    changes = [change for _, batch in hiding_in_batches(model, inputs, places) for change in batch]
    return torch.tensor(changes).reshape(len(changes), model.config.num_labels)


def hiding_in_batches(
    model: Any, inputs: Mapping[str, Any], places: Sequence[int] | None = None
) -> Iterator[tuple[list[int], list[list[float]]]]:
    """The same, a batch at a time: which places were hidden, and for each of them the change of each probability.

    Nothing is computed before it is asked for, so between two batches there is time for something else. A batch has
    at most `ROWS` rows and, where that is more than one of them, `TOKENS` tokens.
    """
    import torch

    one = {name: torch.as_tensor(values) for name, values in inputs.items()}
    if any(values.numel() != one["input_ids"].shape[-1] for values in one.values()):
        raise ValueError(f"inputs has input_ids of shape {list(one['input_ids'].shape)}; it takes one sentence")
    one = {name: values.reshape(1, -1).to(model.device) for name, values in one.items()}
    mask = one.get("attention_mask", torch.ones_like(one["input_ids"]))
    length = mask.shape[1]
    wanted = list(range(length)) if places is None else list(places)
    if not all(0 <= place < length for place in wanted):
        raise ValueError(f"places is {wanted}; the sentence has {length} tokens, from 0")

    # Models that look for the last token that is no padding (GPT-2's family) refuse a batch without knowing it.
    most = 1 if model.config.pad_token_id is None else max(1, min(ROWS, TOKENS // length))
    rows = [None, *wanted]  # the first of them is the sentence as it is
    whole = None
    for start in range(0, len(rows), most):
        hidden = rows[start : start + most]
        masks = mask.repeat(len(hidden), 1)
        for row, place in enumerate(hidden):
            if place is not None:
                masks[row, place] = 0
        same = {name: values.expand(len(hidden), -1) for name, values in one.items()}
        with ready(model):
            probabilities = to_probabilities(model(**same | {"attention_mask": masks}).logits, model.config)
        if whole is None:
            whole, hidden, masks, probabilities = probabilities[0], hidden[1:], masks[1:], probabilities[1:]
        changes = probabilities - whole
        changes[masks.sum(dim=1) == 0] = float("nan")
        yield [place for place in hidden if place is not None], changes.tolist()
