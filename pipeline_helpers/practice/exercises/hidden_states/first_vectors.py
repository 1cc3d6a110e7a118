"""What goes into the first layer: a row of one table, a row of another, and LayerNorm."""

import torch
from torch.nn import functional  # noqa: F401 (changes of the solutions use it)

from pipeline_helpers.practice.answers import NUMBERS
from pipeline_helpers.practice.exercise import Arguments, Change, Exercise, Given, alone


def embedding(input_ids, model):
    embeddings = model.distilbert.embeddings
    words = embeddings.word_embeddings.weight[input_ids]
    positions = embeddings.position_embeddings.weight[: input_ids.shape[1]]
    return embeddings.LayerNorm(words + positions)


def _ids(given: Given) -> list[Arguments]:
    rows = [
        [[101, 2204, 2204, 2143, 102]],
        [[101, 2919, 2919, 102, 0, 0], [101, 1045, 5223, 2023, 5223, 102]],
        [[101, 2204, 102, 0], [101, 2204, 2204, 102], [101, 102, 0, 0]],
        [[101, 7592, 7592, 102, 0, 0, 0], [101, 999, 999, 999, 999, 102, 0], [101, 2023, 2143, 2003, 2204, 999, 102]],
    ]
    return [(torch.tensor(row), given.model) for row in rows]


def _by_row(input_ids, model):
    embeddings = model.distilbert.embeddings
    words = embeddings.word_embeddings.weight[input_ids]
    positions = embeddings.position_embeddings.weight[: len(input_ids)]
    return embeddings.LayerNorm(words + positions[:, None])


def _position_in_the_batch(input_ids, model):
    embeddings = model.distilbert.embeddings
    places = torch.arange(input_ids.numel()).reshape(input_ids.shape)
    return embeddings.LayerNorm(embeddings.word_embeddings(input_ids) + embeddings.position_embeddings(places))


def _positions_skip_padding(input_ids, model):
    embeddings = model.distilbert.embeddings
    places = (input_ids != 0).cumsum(dim=1) * (input_ids != 0)
    return embeddings.LayerNorm(embeddings.word_embeddings(input_ids) + embeddings.position_embeddings(places))


def _padding_is_0(input_ids, model):
    embeddings = model.distilbert.embeddings
    places = embeddings.position_embeddings.weight[: input_ids.shape[1]]
    whole = embeddings.LayerNorm(embeddings.word_embeddings.weight[input_ids] + places)
    return whole * (input_ids != 0)[:, :, None]


def _padding_has_no_position(input_ids, model):
    embeddings = model.distilbert.embeddings
    places = embeddings.position_embeddings.weight[: input_ids.shape[1]] * (input_ids != 0)[:, :, None]
    return embeddings.LayerNorm(embeddings.word_embeddings.weight[input_ids] + places)


def _padding_has_no_word(input_ids, model):
    embeddings = model.distilbert.embeddings
    words = embeddings.word_embeddings.weight[input_ids] * (input_ids != 0)[:, :, None]
    return embeddings.LayerNorm(words + embeddings.position_embeddings.weight[: input_ids.shape[1]])


def _last_hidden_state(input_ids, model):
    return model.distilbert(input_ids).last_hidden_state


def _masked_last_hidden_state(input_ids, model):
    return model.distilbert(input_ids, attention_mask=(input_ids != 0).long()).last_hidden_state


def _first_layer(input_ids, model):
    return model.distilbert(input_ids, output_hidden_states=True).hidden_states[1]


def _whole_table(input_ids, model):
    embeddings = model.distilbert.embeddings
    return embeddings.LayerNorm(embeddings.word_embeddings.weight[input_ids] + embeddings.position_embeddings.weight)


def _all_of_the_batch(input_ids, model):
    embeddings = model.distilbert.embeddings
    added = embeddings.word_embeddings.weight[input_ids] + embeddings.position_embeddings.weight[: input_ids.shape[1]]
    normed = (added - added.mean()) / added.std(unbiased=False)
    return normed * embeddings.LayerNorm.weight + embeddings.LayerNorm.bias


BY_HAND = (
    "added = words + positions\n"
    "    normed = (added - added.mean(dim={dim}, keepdim=True)) / added.{spread}\n"
    "    return normed * embeddings.LayerNorm.weight + embeddings.LayerNorm.bias"
)
RETURNED = "return embeddings.LayerNorm(words + positions)"


def _by_hand(spread: str, dim: int = -1) -> Change:
    return alone(embedding, RETURNED, BY_HAND.format(dim=dim, spread=spread))


def _mostly(arguments, came, expected) -> bool:
    """Whether most tokens that are no padding have a vector that is clearly another."""
    wrong = abs(came - expected).max(axis=-1) > 0.02
    return bool(wrong[arguments[0].numpy() != 0].mean() > 0.5)


def _without_weights(model, came):
    """What `LayerNorm` made of it before its weights."""
    norm = model.distilbert.embeddings.LayerNorm
    return (came - norm.bias.detach().numpy()) / norm.weight.detach().numpy()


def _without_one(model, came):
    """What it would be before its weights if one of the two had been forgotten."""
    norm = model.distilbert.embeddings.LayerNorm
    return came / norm.weight.detach().numpy(), came - norm.bias.detach().numpy()


def _like(vectors, mean, spread) -> bool:
    """Whether each vector has that mean and that standard deviation; None is any."""
    right_mean = mean is None or abs(vectors.mean(-1) - mean).max() < 0.01
    return right_mean and (spread is None or abs(vectors.std(-1) - spread).max() < 0.01)


def _blind(ids, came) -> bool:
    """Whether every token has the same vector wherever it stands in its sentence."""
    pairs = [(row, one, other) for row, line in enumerate(ids) for one in range(len(line))
             for other in range(one) if line[one] == line[other]]  # fmt: skip
    return all(abs(came[row, one] - came[row, other]).max() < 1e-4 for row, one, other in pairs)


ROWS = "embeddings.position_embeddings.weight[: input_ids.shape[1]]"
NORM, SUM = "embeddings.LayerNorm(", "words + positions"

EMBEDDING = Exercise(
    solution=embedding,
    cases=_ids,
    reads=NUMBERS,
    minutes=12,
    difficulty=2,
    mistakes={
        "no_positions": Change(SUM, "words"),
        "positions_alone": alone(embedding, SUM, "positions.expand_as(words)"),
        "no_layer_norm": Change(NORM, "("),
        "one_position": [
            Change(ROWS, "embeddings.position_embeddings.weight[:1]"),
            alone(embedding, ROWS, f"{ROWS}.mean(dim=0)"), alone(embedding, ROWS, f"{ROWS}.sum(dim=0)"),
        ] + [
            alone(embedding, ROWS, f"embeddings.position_embeddings.weight[{place}]")
            for place in ("0", "1", "2", "-1", "1:2", "input_ids.shape[1]", "input_ids.shape[1] - 1", "-1:")
        ],
        "from_1": [
            Change(": input_ids.shape[1]]", "1 : input_ids.shape[1] + 1]"),
            alone(embedding, ": input_ids.shape[1]]", "2 : input_ids.shape[1] + 2]"),
        ],
        "from_the_end": [
            alone(embedding, ROWS, f"{ROWS}.flip(0)"),
            alone(embedding, "[: input_ids.shape[1]]", "[-input_ids.shape[1] :]"),
        ],
        "by_row": [
            _by_row, alone(embedding, "input_ids.shape[1]", "input_ids.shape[0]"),
            alone(embedding, "input_ids.shape[1]", "len(input_ids)"),
        ],
        "through_the_batch": _position_in_the_batch,
        "whole_table": [alone(embedding, ROWS, "embeddings.position_embeddings.weight"), _whole_table],
        "ids_as_positions": [
            alone(embedding, ROWS, "embeddings.position_embeddings.weight[input_ids]"),
            alone(embedding, ROWS, "embeddings.position_embeddings(input_ids)"),
        ],
        "multiplied": Change(SUM, "words * positions"),
        "subtracted": [alone(embedding, SUM, "words - positions"), alone(embedding, SUM, "positions - words")],
        "glued": [
            alone(embedding, f"{NORM}{SUM}", f"torch.cat([words, positions.expand_as(words)], dim={dim}")
            for dim in (1, 2)
        ],
        "norm_before": [
            Change(f"{NORM}{SUM}", text) for text in (
                f"({NORM}words) + positions", f"(words + {NORM}positions)", f"({NORM}words) + {NORM}positions)")
        ],
        "norm_twice": [
            alone(embedding, f"{NORM}{SUM}", f"{NORM}{NORM}{SUM})"),
            alone(embedding, f"{NORM}{SUM}", f"{NORM}{NORM}words) + positions"),
        ],
        "no_weights": [
            Change(f"{NORM}{SUM})", "functional.layer_norm(words + positions, (words.shape[-1],))"),
            alone(embedding, f"{NORM}{SUM})",
                  "functional.layer_norm(words + positions, (384,), embeddings.LayerNorm.weight)"),
            alone(embedding, f"{NORM}{SUM})",
                   "functional.layer_norm(words + positions, (384,), bias=embeddings.LayerNorm.bias)"),
            alone(embedding, f"{NORM}{SUM})", "functional.normalize(words + positions, dim=-1)"),
        ],
        "weights_alone": [
            alone(embedding, f"{NORM}{SUM})",
                  "(words + positions) * embeddings.LayerNorm.weight + embeddings.LayerNorm.bias"),
        ],
        "unbiased": [_by_hand("std(dim=-1, keepdim=True)")],
        "variance": [_by_hand("var(dim=-1, keepdim=True, unbiased=False)"), _by_hand("var(dim=-1, keepdim=True)"),
                     _by_hand("norm(dim=-1, keepdim=True)")],
        "wrong_dimension": [
            _by_hand("std(dim=0, keepdim=True, unbiased=False)", 0), _by_hand("std(dim=1, keepdim=True)", 1),
            _by_hand("std(dim=1, keepdim=True, unbiased=False)", 1),
            _all_of_the_batch,
        ],
        "other_norm": [
            alone(embedding, NORM, f"model.distilbert.transformer.layer[{layer}].{norm}(")
            for layer in (0, -1) for norm in ("sa_layer_norm", "output_layer_norm")
        ],
        "contextual": [_last_hidden_state, _masked_last_hidden_state, _first_layer],
        "padding_treated": [_padding_is_0, _padding_has_no_position, _padding_has_no_word],
        "padding_shifts": _positions_skip_padding,
        "one_vector": [
            alone(embedding, RETURNED, f"{RETURNED}{rest}")
            for rest in (".mean(dim=1)", "[:, 0]", ".sum(dim=1)", "[:, -1]")
        ],
        "first_sentence": alone(embedding, RETURNED, f"{RETURNED}[0]"),
        "no_body": [
            alone(embedding, "model.distilbert.embeddings", "model.embeddings"),
            alone(embedding, "model.distilbert.embeddings", "model.distilbert.embedding"),
        ],
    },
    symptoms={
        "dropout": lambda _, came, __: 0.02 < (came == 0).mean() < 0.8,
        "no_positions": lambda arguments, came, _: _blind(arguments[0].numpy(), came),
        "no_weights": lambda arguments, came, expected: _mostly(arguments, came, expected)
        and any(_like(one, 0, 1) for one in (came, *_without_one(arguments[1], came))),
        "other_sum": lambda arguments, came, expected: _mostly(arguments, came, expected)
        and _like(_without_weights(arguments[1], came), 0, 1),
        "mean_left": lambda arguments, came, expected: _mostly(arguments, came, expected)
        and _like(_without_weights(arguments[1], came), None, 1),
        "variance": lambda arguments, came, expected: _mostly(arguments, came, expected)
        and _like(_without_weights(arguments[1], came), 0, None),
        "norm_not_last": _mostly,
    },
    traits={
        "padding": lambda input_ids, _: bool((input_ids == 0).any()),
        "several": lambda input_ids, _: len(input_ids) > 1,
    },
)  # fmt: skip
