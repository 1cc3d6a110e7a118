"""Padding that stays out of it: left out of one sentence, and out of the mean of several."""

import torch

from pipeline_helpers.practice.answers import NUMBERS
from pipeline_helpers.practice.exercise import Arguments, Change, Exercise, Given


def without_padding(hidden, attention_mask):
    return hidden[attention_mask == 1]


def _one_sentence(_: Given) -> list[Arguments]:
    sizes = ((6, 3, 4), (5, 4, 2), (4, 4, 3), (7, 3, 5))  # places, tokens, numbers in a vector
    return [
        (torch.randn(places, width, generator=_random(seed)), (torch.arange(places) < tokens).long())
        for seed, (places, tokens, width) in enumerate(sizes)
    ]


def _random(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def _of_one(*texts: str) -> list[Change]:
    return [Change("hidden[attention_mask == 1]", text) for text in texts]


def _inside_the_loop(hidden, attention_mask):
    kept = []
    for vector, is_token in zip(hidden, attention_mask, strict=True):
        if is_token == 1:
            kept.append(vector)
        return kept
    return kept


WITHOUT_PADDING = Exercise(
    solution=without_padding,
    cases=_one_sentence,
    reads=NUMBERS,
    needs_model=False,
    minutes=4,
    difficulty=1,
    mistakes={
        "as_index": _of_one("hidden[attention_mask]"),
        "zeros": _of_one("hidden * attention_mask[:, None]"),
        "over_width": _of_one(
            "hidden * attention_mask", "hidden[:, attention_mask == 1]", "hidden[:, : attention_mask.sum()]",
            "hidden[:, attention_mask]",
        ),
        "turned_round": _of_one("hidden[attention_mask == 0]"),
        "kept": _of_one("hidden"),
        "one_short": _of_one("hidden[: attention_mask.sum() - 1]"),
        "one_long": _of_one("hidden[: attention_mask.sum() + 1]"),
        "no_specials": _of_one(
            "hidden[attention_mask == 1][1:-1]", "hidden[1:-1]", "hidden[1 : attention_mask.sum()]"
        ),
        "flat": _of_one("hidden[attention_mask == 1].flatten()"),
        "mean": _of_one("hidden[attention_mask == 1].mean(dim=0)", "hidden[attention_mask == 1].sum(dim=0)"),
        "one_vector": [
            *_of_one("hidden[attention_mask.sum() - 1]", "hidden[0]", "hidden[1]", "hidden[:1]"), _inside_the_loop,
        ],
        "from_the_end": _of_one("hidden[-attention_mask.sum() :]"),
        "places": _of_one("(attention_mask == 1)", "attention_mask.nonzero()[:, 0]", "attention_mask.sum()"),
    },
    symptoms={
        "too_few": lambda arguments, came, _: came.ndim == 2 and 0 < len(came) < arguments[1].sum(),
        "too_many": lambda arguments, came, _: came.ndim == 2 and len(came) > arguments[1].sum(),
    },
    traits={"padding": lambda _, attention_mask: bool((attention_mask == 0).any())},
)  # fmt: skip
