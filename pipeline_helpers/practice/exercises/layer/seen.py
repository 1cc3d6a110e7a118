"""What a layer is tried on, and what can be seen of what comes out of one."""

import numpy as np
import torch

from pipeline_helpers.practice.answers import same
from pipeline_helpers.practice.exercise import Arguments, Given, Symptom
from pipeline_helpers.practice.relations import RELATIONS


def unrelated(shows: Symptom) -> Symptom:
    """A symptom that holds only where the answer has nothing to do with the right one: a rounded one is told so."""

    def shows_alone(arguments: Arguments, came, expected) -> bool:
        return shows(arguments, came, expected) and not any(
            relation([(arguments, came, expected)]) for relation in RELATIONS
        )

    return shows_alone


def hidden_states(given: Given) -> list[Arguments]:
    random = torch.Generator().manual_seed(5)
    table = given.model.distilbert.embeddings

    def embedded(*texts: str) -> Arguments:
        inputs = given.tokenizer(list(texts), padding=True, return_tensors="pt")
        with torch.no_grad():
            return table(inputs["input_ids"]), inputs["attention_mask"], given.model

    def drawn(*masks: list[int]) -> Arguments:
        mask = torch.tensor(masks)
        return torch.randn(*mask.shape, given.model.config.dim, generator=random), mask, given.model

    one, several = embedded("hate"), embedded("I hate this!", "So good", "No")
    rows, holes = drawn([1, 1, 1, 0], [1, 1, 1, 1]), drawn([1, 1, 1, 1], [1, 0, 1, 1], [1, 1, 0, 1])
    for hidden in (several[0], rows[0], holes[0]):
        hidden[-1] = hidden[-1, :1]  # in the last sentence every token is the same: whatever the weights, so is the mix
    return [one, several, rows, holes]


def where_attended(arguments: Arguments, came: np.ndarray) -> np.ndarray:
    """What stands where there is padding does not count."""
    hidden, mask, _ = arguments
    if came.shape != tuple(hidden.shape):
        return came
    return np.where(mask.numpy()[..., None] == 0, 0, came)


def normed_by(name: str, other: str):
    """A symptom: undone with the weights of the norm `name`, the vectors have mean 0 and deviation 1; not with those of
    `other`."""

    def shows(arguments: Arguments, came, expected) -> bool:
        first, rows = arguments[2].distilbert.transformer.layer[0], came[arguments[1].numpy() == 1]

        def normed(norm) -> bool:
            plain = (rows - norm.bias.detach().numpy()) / norm.weight.detach().numpy()
            return np.allclose(plain.mean(-1), 0, atol=1e-2) and np.allclose(plain.std(-1), 1, atol=1e-2)

        return came.shape == expected.shape and normed(getattr(first, name)) and not normed(getattr(first, other))

    return shows


def not_normed(arguments: Arguments, came, expected) -> bool:
    own = normed_by("output_layer_norm", "sa_layer_norm")
    other = normed_by("sa_layer_norm", "output_layer_norm")
    return came.shape == expected.shape and not own(arguments, came, expected) and not other(arguments, came, expected)


def last_is_right(_: Arguments, came, expected) -> bool:
    """Whether what comes of a sentence of equal tokens is right: it does not depend on the weights."""
    return len(expected) == 1 or (came.shape == expected.shape and same(came[-1], expected[-1]))


def has_holes(mask) -> bool:
    """Whether a 0 stands before a 1, in any of the sentences."""
    return bool((mask.diff(dim=-1) > 0).any())
