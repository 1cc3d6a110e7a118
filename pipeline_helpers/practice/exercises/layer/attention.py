"""From queries and keys to weights: one query alone, and then all of a batch with its mask."""

import math

import numpy as np
import torch
from torch.nn import functional

from pipeline_helpers.practice.answers import NUMBERS
from pipeline_helpers.practice.exercise import Arguments, Change, Exercise, Given, Program
from pipeline_helpers.practice.exercises.layer.changes import ways
from pipeline_helpers.practice.exercises.layer.seen import has_holes, unrelated


def one_query(query, keys):
    scores = keys @ query
    return functional.softmax(scores / math.sqrt(len(query)), dim=-1)


def _a_query_and_keys(_: Given) -> list[Arguments]:
    random = torch.Generator().manual_seed(5)
    sizes = ((2, 3), (5, 3), (7, 4), (3, 8), (32, 6), (64, 5))
    simple = (torch.tensor([2.0, 1.0]), torch.tensor([[2.0, 1.0], [-1.0, 2.0], [0.5, 0.0]]))
    return [simple, *((torch.randn(d, generator=random), torch.randn(s, d, generator=random)) for d, s in sizes)]


def _other_scale(came: np.ndarray, expected: np.ndarray) -> bool:
    """Whether the weights are those of scores divided by another number: the logarithms are in one proportion."""
    if not _weights(came, expected):
        return False
    seen = expected > 1e-5
    several = np.maximum(seen.sum(-1, keepdims=True), 1)

    def spread(weights: np.ndarray) -> np.ndarray:
        logs = np.log(np.where(seen, np.maximum(weights, 1e-30), 1))
        return np.where(seen, logs - logs.sum(-1, keepdims=True) / several, 0)

    one, other = spread(came), spread(expected)
    factor = (one * other).sum() / max((other * other).sum(), 1e-9)
    off = abs(one - factor * other) * (came > 1e-3)  # of tiny weights few digits are left
    return bool(factor > 0 and off.max() < 0.02 * max(1.0, float(abs(one).max())))


def _weights(came: np.ndarray, expected: np.ndarray) -> bool:
    """Whether it is weights: not negative, 0 where they are to be 0, and as much in each row as there is to be."""
    return (
        came.shape == expected.shape and bool((came >= 0).all()) and bool((came[expected == 0] < 1e-4).all())
        and np.allclose(came.sum(-1), expected.sum(-1), atol=1e-3)
    )  # fmt: skip


ONE_QUERY = Exercise(
    solution=one_query,
    cases=_a_query_and_keys,
    reads=NUMBERS,
    needs_model=False,
    minutes=5,
    difficulty=1,
    mistakes={
        "no_root": Change("scores / math.sqrt(len(query))", "scores"),
        "no_square_root": [Change("math.sqrt(len(query))", text) for text in ("len(query)", "len(query) ** 2")],
        "times_root": [Change("/ math", "* math"), Change("/ math.sqrt(len(query))", "* len(query)")],
        "fixed_width": [Change("len(query)", str(width)) for width in (32, 64, 12, 16, 384)],
        "root_of_keys": [
            Change("len(query)", text) for text in ("len(keys)", "keys.numel()", "float(query.norm())", "query.sum()")
        ],
        "no_softmax": [
            Change("functional.softmax(scores / math.sqrt(len(query)), dim=-1)", f"scores{text}")
            for text in ("", " / math.sqrt(len(query))", " / scores.sum()", " / len(query)", " * math.sqrt(len(query))")
        ],
        "root_too_late": [
            Change("scores / math.sqrt(len(query)), dim=-1)", f"scores, dim=-1) / {text}")
            for text in ("math.sqrt(len(query))", "len(query)")
        ],
        "exponential_alone": [
            Change("functional.softmax(scores / math.sqrt(len(query)), dim=-1)", f"torch.exp({text})")
            for text in ("scores", "scores / math.sqrt(len(query))")
        ],
        "not_summed": Change("keys @ query", "keys * query"),
        "one_number": [
            Change("keys @ query", "(keys * query).sum()"),
            Change("functional.softmax(scores / math.sqrt(len(query)), dim=-1)", "scores.sum()"),
            Change("functional.softmax(scores / math.sqrt(len(query)), dim=-1)",
                   "scores.sum() / math.sqrt(len(query))"),
        ],
        "sum_over_keys": Change("keys @ query", "(keys * query).sum(dim=0)"),
        "dot": [Change("keys @ query", "torch.dot(keys, query)"), Change("keys @ query", "torch.dot(query, keys)")],
        "not_a_power": [
            Change("math.sqrt(len(query))", "(len(query) ^ 0.5)"), Change("math.sqrt(len(query))", "len(query) ^ 0.5"),
        ],
        "mean_of_products": [  # in one piece: the mean times the root is the sum divided by it, and right
            Change("keys @ query\n    return functional.softmax(scores / math",
                   f"(keys * query).mean(dim={dim})\n    return functional.softmax(scores / math")
            for dim in (0, 1)
        ],
        "cosine": [
            Change("keys @ query", "functional.cosine_similarity(keys, query[None], dim=-1)"),
            Change("scores / math.sqrt(len(query))", "functional.cosine_similarity(keys, query[None], dim=-1)"),
        ],
        "other_way_round": [Change("keys @ query", "query @ keys"), Change("keys @ query", "keys.T @ query")],
        "one_by_one": Change(", dim=-1)", ", dim=-1).argmax()"),
        "softmax_twice": Change("return functional", "return torch.softmax(torch.tensor(1.0) * functional",
                                ", dim=-1)", ", dim=-1), dim=-1)"),
        "not_exponential": [
            Change("functional.softmax(scores / math.sqrt(len(query)), dim=-1)", f"torch.{text}(scores)")
            for text in ("sigmoid", "relu", "tanh")
        ],
        "logarithms": Change("functional.softmax", "functional.log_softmax"),
    },
    symptoms={
        "other_scale": lambda _, came, expected: _other_scale(came, expected),
        "not_summed": lambda arguments, came, _: came.shape == tuple(arguments[1].shape),
        "no_weights": unrelated(
            lambda _, came, expected: came.shape == expected.shape
            and ((came < -1e-6).any() or abs(came.sum() - 1) > 1e-3)
        ),
        "scores": unrelated(lambda _, came, expected: _weights(came, expected)),
    },
)  # fmt: skip


def attention_weights(q, k, attention_mask):
    scores = q @ k.transpose(-2, -1)
    scores = scores / math.sqrt(q.shape[-1])
    padding = attention_mask[:, None, None, :] == 0
    scores = scores.masked_fill(padding, -torch.inf)
    return functional.softmax(scores, dim=-1)


def _queries_and_keys(_: Given) -> list[Arguments]:
    random = torch.Generator().manual_seed(5)

    def case(heads: int, width: int, *masks: list[int]) -> Arguments:
        mask = torch.tensor(masks)
        shape = (len(mask), heads, mask.shape[1], width)
        return torch.randn(shape, generator=random), torch.randn(shape, generator=random), mask

    return [
        case(2, 5, [1, 1, 1]),
        case(3, 5, [1, 1, 1, 1], [1, 1, 0, 0]),
        case(3, 2, [1, 1, 1, 1, 0]),
        case(2, 7, [1, 0, 0, 0], [1, 1, 1, 0], [1, 1, 1, 1]),
        case(2, 6, [1, 0, 1], [1, 1, 1], [1, 1, 0], [0, 1, 1]),  # hidden tokens: no padding, but masked all the same
        case(5, 3, [1, 1, 1, 1], [1, 1, 1, 1]),
    ]


def _real(arguments: Arguments, came: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Of weights [B, A, S, S], where the query is no padding, and where the key is none."""
    mask = arguments[2].numpy().astype(bool)
    return np.broadcast_to(mask[:, None, :, None], came.shape), np.broadcast_to(mask[:, None, None, :], came.shape)


def _weights_that_count(arguments: Arguments, came: np.ndarray) -> np.ndarray:
    """Without the rows of padded queries; but with them where padding is looked at, since they show why."""
    if came.shape != (*arguments[0].shape[:-1], arguments[1].shape[2]):
        return came
    query, key = _real(arguments, came)
    looked_at = came[query & ~key]
    if looked_at.size and not np.allclose(looked_at, 0, atol=1e-4):
        return came
    return np.where(query, came, 0)


def _each(arguments: Arguments, came: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Row sums of the real queries; what padding gets of them; what a token that comes later gets of them."""
    query, key = _real(arguments, came)
    rows = query[..., 0]
    later = np.triu(came, 1)[query]
    return came.sum(-1)[rows], came[query & ~key], later


def _turned_round(arguments: Arguments, came: np.ndarray, _: np.ndarray) -> bool:
    """All the weight is on padding, in each sentence that has some."""
    query, key = _real(arguments, came)
    some = np.broadcast_to((arguments[2].numpy() == 0).any(-1)[:, None, None, None], came.shape)
    seen = came[query & key & some]
    return not seen.size or (bool(abs(seen).max() < 1e-4) and bool(came[query & ~key].sum() > 0.5))


def _too_little_where_padded(arguments: Arguments, came: np.ndarray, _: np.ndarray) -> bool:
    """Padding gets nothing, and a row has less than 1 in a sentence that has padding, and nowhere else."""
    padded = np.broadcast_to((arguments[2].numpy() == 0).any(-1)[:, None, None], came.shape[:-1])
    query, key = _real(arguments, came)
    sums, padded = came.sum(-1)[query[..., 0]], padded[query[..., 0]]
    nothing = np.allclose(came[query & ~key], 0, atol=1e-4)
    return (
        nothing
        and bool((came >= 0).all())
        and np.allclose(sums[~padded], 1, atol=1e-3)
        and (bool((sums < 1.001).all()) and bool((sums < 0.999).any()))
    )


def _over_queries(_: Arguments, came: np.ndarray, expected: np.ndarray) -> bool:
    """Columns add up to 1, and rows do not."""

    def ones(sums: np.ndarray) -> bool:
        return np.allclose(sums[np.isfinite(sums) & (sums > 0)], 1, atol=1e-3)

    return came.shape == expected.shape and ones(came.sum(-2)) and not ones(came.sum(-1))


def _sees_others_alone(_: Arguments, came: np.ndarray, expected: np.ndarray) -> bool:
    """No token looks at itself, though each row has weights."""
    diagonal = np.diagonal(came, axis1=-2, axis2=-1)
    return came.shape == expected.shape and bool(abs(diagonal).max() < 1e-4) and bool(came.sum() > 1)


def _ways(first: Change, *others: Change) -> list[Program]:
    return ways(attention_weights, first, *others)


_FILL = "scores.masked_fill(padding, -torch.inf)"
_MASK = "attention_mask[:, None, None, :]"
_SOFTMAX = "functional.softmax(scores, dim=-1)"

ATTENTION_WEIGHTS = Exercise(
    solution=attention_weights,
    cases=_queries_and_keys,
    reads=NUMBERS,
    needs_model=False,
    minutes=12,
    difficulty=3,
    compared=_weights_that_count,
    mistakes={
        "no_root": Change("scores / math.sqrt(q.shape[-1])", "scores"),
        "no_square_root": _ways(
            *[Change("math.sqrt(q.shape[-1])", text) for text in ("q.shape[-1]", "q.shape[-1] ** 2")]
        ),
        "times_root": _ways(Change("/ math", "* math"), Change("/ math.sqrt(q.shape[-1])", "* q.shape[-1]")),
        "fixed_width": _ways(*[Change("q.shape[-1]", text) for text in ("32", "64", "12", "384")]),
        "other_root": _ways(
            *[
                Change("q.shape[-1]", text)
                for text in (
                    "q.shape[-2]",
                    "q.shape[1]",
                    "q.shape[0]",
                    "q.shape[1] * q.shape[-1]",
                )
            ]
        ),
        "root_too_late": Change(
            "scores / math.sqrt(q.shape[-1])", "scores", _SOFTMAX, f"{_SOFTMAX} / math.sqrt(q.shape[-1])"
        ),
        "over_queries": _ways(
            Change("dim=-1", "dim=-2"),
            Change("-torch.inf", "-1e9", "dim=-1", "dim=-2"),
            Change(_FILL, "scores", _SOFTMAX, "functional.softmax(scores, dim=-2).masked_fill(padding, 0)"),
            Change(_FILL, "scores", "dim=-1", "dim=-2"),
        ),
        "over_heads": _ways(
            Change("dim=-1", "dim=1"),
            Change("-torch.inf", "-1e9", "dim=-1", "dim=1"),
            Change(_FILL, "scores", "dim=-1", "dim=1"),
        ),
        "over_sentences": _ways(Change("dim=-1", "dim=0"), Change("-torch.inf", "-1e9", "dim=-1", "dim=0")),
        "mask_after": Change(_FILL, "scores", _SOFTMAX, f"{_SOFTMAX}.masked_fill(padding, 0)"),
        "minus_infinity_after": Change(_FILL, "scores", _SOFTMAX, f"{_SOFTMAX}.masked_fill(padding, -torch.inf)"),
        "mask_on_queries": [
            Change(_MASK, "attention_mask[:, None, :, None]", "-torch.inf", "-1e9"),
            *_ways(
                Change(_MASK, "attention_mask[:, None, :, None]"),
                Change(_FILL, "scores", _SOFTMAX, f"{_SOFTMAX} * attention_mask[:, None, :, None]"),
            ),
        ],
        "mask_on_both": _ways(
            Change(_MASK, "(attention_mask[:, None, :, None] * attention_mask[:, None, None, :])", "-torch.inf", "0")
        ),
        "turned_round": _ways(
            Change("== 0", "== 1"),
            Change("== 0", "== 1", "-torch.inf", "-1e9"),
            Change(_FILL, f"scores + {_MASK} * -1e4"),
            Change(_FILL, f"scores + {_MASK} * -1e9"),
            Change(_FILL, "scores", _SOFTMAX, f"{_SOFTMAX}.masked_fill(~padding, 0)"),
        ),
        "no_mask": Change(_FILL, "scores"),
        "zero_fill": _ways(Change("-torch.inf", "0"), Change("-torch.inf", "torch.finfo(torch.float32).tiny")),
        "weak_fill": _ways(*[Change("-torch.inf", number) for number in ("-1", "-2", "-5", "-10")]),
        "mask_added": _ways(
            Change(_FILL, f"scores + {_MASK}"),
            Change(_FILL, f"scores - (1 - {_MASK})"),
            Change(_FILL, f"scores + (1 - {_MASK})"),
            Change(_FILL, f"scores - {_MASK}"),
        ),
        "zero_times_infinity": _ways(
            Change(_FILL, f"scores + (1 - {_MASK}) * -torch.inf"), Change(_FILL, "scores + padding * -torch.inf")
        ),
        "plus_infinity": _ways(Change("-torch.inf", "torch.inf"), Change("-torch.inf", "1e9")),
        "first_mask": Change("attention_mask[:", "attention_mask[:1"),
        "mask_shape": _ways(
            *[Change(_MASK, f"attention_mask{text}") for text in ("[:, None, :]", "", "[:, :, None]", "[None, None]")]
        ),
        "no_softmax": _ways(
            Change(_SOFTMAX, "scores"),
            Change("-torch.inf", "-1e9", _SOFTMAX, "scores"),
            Change("-torch.inf", "-1e4", _SOFTMAX, "scores"),
            Change("-torch.inf", "0", _SOFTMAX, "scores"),
        ),
        "exponential_alone": Change(_SOFTMAX, "torch.exp(scores)"),
        "logarithms": Change("functional.softmax", "functional.log_softmax"),
        "not_exponential": _ways(
            *[Change(_SOFTMAX, f"torch.{name}(scores)") for name in ("sigmoid", "relu", "tanh")],
            *[
                Change(
                    _SOFTMAX, "scores.masked_fill(padding, 0) / scores.masked_fill(padding, 0).sum(-1, keepdim=True)"
                ),
            ],
        ),
        "softmax_twice": Change(_SOFTMAX, f"torch.softmax({_SOFTMAX}, dim=-1)"),
        "exchanged": Change("q @ k.transpose(-2, -1)", "k @ q.transpose(-2, -1)"),
        "same_twice": _ways(Change("q @ k.", "q @ q."), Change("q @ k.", "k @ k.")),
        "not_transposed": _ways(
            *[
                Change("q @ k.transpose(-2, -1)", text)
                for text in (
                    "q @ k",
                    "q * k",
                    "q @ k.transpose(1, 2)",
                    "q @ k.transpose(0, 1)",
                    "q.transpose(-2, -1) @ k",
                    "q @ k.permute(3, 2, 1, 0)",
                    "(q * k).sum(dim=-1)",
                )
            ]
        ),
        "causal": _ways(
            Change(
                "scores.masked_fill(padding",
                "scores.masked_fill(padding | torch.ones(q.shape[2], q.shape[2]).triu(1).bool()",
            ),
            Change(
                "scores.masked_fill(padding", "scores.masked_fill(torch.ones(q.shape[2], q.shape[2]).triu(1).bool()"
            ),
        ),
        "not_itself": _ways(
            Change("scores.masked_fill(padding", "scores.masked_fill(padding | torch.eye(q.shape[2]).bool()"),
            Change(
                "scores.masked_fill(padding",
                "scores.masked_fill(padding | torch.eye(q.shape[2]).bool()",
                "-torch.inf",
                "-1e9",
            ),
            Change(_FILL, "(scores * (1 - torch.eye(q.shape[2]))).masked_fill(padding, -torch.inf)"),
        ),
        "heads_averaged": _ways(*[Change("dim=-1)", f"dim=-1).{name}(dim=1)") for name in ("mean", "sum")]),
        "cosine": Change(
            "q @ k.transpose(-2, -1)",
            "functional.normalize(q, dim=-1) @ functional.normalize(k, dim=-1).transpose(-2, -1)",
        ),
    },
    symptoms={
        "holes": lambda arguments, came, expected: came.shape == expected.shape and has_holes(arguments[2]),
        "turned_round": _turned_round,
        "other_scale": lambda _, came, expected: _other_scale(came, expected),
        "causal": lambda arguments, came, _: abs(_each(arguments, came)[2]).max() < 1e-4,
        "not_itself": _sees_others_alone,
        "over_queries": _over_queries,
        "mask_after": _too_little_where_padded,
        "rows": unrelated(lambda arguments, came, _: not np.allclose(_each(arguments, came)[0], 1, atol=1e-3)),
        "padding_counts": unrelated(lambda arguments, came, _: abs(_each(arguments, came)[1]).max() > 1e-4),
        "scores": unrelated(lambda _, came, expected: _weights(came, expected)),
    },
    traits={"several": lambda *arguments: len(arguments[0]) > 1},
)
