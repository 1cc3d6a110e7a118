"""Softmax itself: over the last dimension, of any number of dimensions, of logits of any size."""

import math

import numpy as np
import torch
from torch.nn import functional  # noqa: F401 (some of the mistakes use it)

from pipeline_helpers.practice.answers import NUMBERS
from pipeline_helpers.practice.exercise import Arguments, Change, Exercise, Given, alone, rewritten


def softmax(logits):
    largest = logits.max(dim=-1, keepdim=True).values
    exponentials = torch.exp(logits - largest)
    return exponentials / exponentials.sum(dim=-1, keepdim=True)


def _logits(_: Given) -> list[Arguments]:
    random = torch.Generator().manual_seed(4)

    def some(*shape: int) -> torch.Tensor:
        return 2 * torch.randn(*shape, generator=random)

    # Between 50 and 800 there is nothing: what overflows in float32 overflows in float64 too.
    return [
        (torch.tensor([[-0.3, 0.33], [2.52, -2.18]]),),
        (torch.tensor([[1.0, 2.0, 4.0], [0.0, -1.0, -1.0]]),),
        (torch.tensor([[0.5, -1.5]]),),
        (some(4, 3),),
        (some(3, 3),),
        (torch.tensor([2.0, 0.0, -1.0, 0.5]),),
        (some(2, 3, 5),),
        (some(3, 2, 2),),
        (some(2, 1, 3, 4),),
        (torch.tensor([[0.7], [-3.0]]),),
        (torch.tensor([[3.0, 1.0], [1000.0, 998.0]]),),
        (torch.tensor([[-1000.0, -1001.0, -1003.0]]),),
        (torch.tensor([[1000.0, 999.0], [0.0, 1.0], [-1000.0, -1002.0]]),),
        (torch.tensor([[1000.0, -1000.0, -999.0], [-1000.0, 1000.0, -998.0]]),),
    ]


def _array(axis: str, *, keep: bool = True, largest: bool = True) -> str:
    """Softmax as it is written with numpy."""
    kept = ", keepdims=True" if keep else ""
    shifted = f" - z.max(axis={axis}, keepdims=True)" if largest else ""
    return f"z = np.array(logits)\ne = np.exp(z{shifted})\nreturn e / e.sum(axis={axis}{kept})"


def overflow_in_a_loop(logits):
    if logits.ndim > 1:
        return [overflow_in_a_loop(row) for row in logits]
    exponentials = [math.exp(z) for z in logits]
    return [e / sum(exponentials) for e in exponentials]


def by_rows(logits):
    answer = []
    for row in logits:
        exponentials = [math.exp(z) for z in row]
        answer.append([e / sum(exponentials) for e in exponentials])
    return answer


def by_rows_without_overflow(logits):
    answer = []
    for row in logits:
        exponentials = [math.exp(z - max(row)) for z in row]
        answer.append([e / sum(exponentials) for e in exponentials])
    return answer


def by_rows_with_the_largest_first(logits):
    answer = []
    for row in logits:
        largest = max(row)
        exponentials = [math.exp(z - largest) for z in row]
        answer.append([e / sum(exponentials) for e in exponentials])
    return answer


def by_lists(logits):
    return by_rows(logits.tolist())


def by_lists_without_overflow(logits):
    return by_rows_with_the_largest_first(logits.tolist())


def _scale(arguments: Arguments, came: np.ndarray, expected: np.ndarray) -> bool:
    """Whether `came` is softmax of the logits times some number that is not 1."""
    logits = arguments[0].numpy()
    if came.shape != expected.shape or not np.allclose(came.sum(-1), 1, atol=1e-3):
        return False
    with np.errstate(all="ignore"):
        logarithms = np.log(came)
    inside = (came > 1e-4) & (expected > 1e-30) & (np.abs(logits) < 100)
    rows = inside.all(axis=-1) & (np.ptp(logits, axis=-1) > 1e-3)
    differences, came_differences = (np.diff(x[rows], axis=-1) for x in (logits, logarithms))
    told = np.abs(differences) > 1e-2
    if not told.any():
        return bool(came.shape[-1] > 1 and np.abs(logits).max() >= 100)  # a huge one tells nothing of the factor
    factors = came_differences[told] / differences[told]
    return bool(np.ptp(factors) < 0.02 * np.abs(factors).max() and abs(factors.mean() - 1) > 1e-3)


SUM = "exponentials.sum(dim=-1, keepdim=True)"
EXPONENTIALS = "torch.exp(logits - largest)"
LARGEST = "logits.max(dim=-1, keepdim=True).values"
MAX = "logits.max(dim=-1, keepdim=True)"

SOFTMAX = Exercise(
    solution=softmax,
    cases=_logits,
    reads=NUMBERS,
    needs_model=False,
    minutes=15,
    difficulty=3,
    mistakes={
        "overflow": [
            Change(EXPONENTIALS, "torch.exp(logits)"),
            alone(softmax, LARGEST, "logits.max(dim=-1, keepdim=True).indices"),
            overflow_in_a_loop,
        ],
        "not_the_maximum": [alone(softmax, LARGEST, text) for text in (
            "logits.abs().amax(dim=-1, keepdim=True)", "logits.min(dim=-1, keepdim=True).values",
            "logits.mean(dim=-1, keepdim=True)", "logits[..., :1]", "logits[..., -1:]", "logits.min()",
        )],
        "absolute": [
            alone(softmax, EXPONENTIALS, "torch.exp(logits.abs())"),
        ],
        "divided_by_largest": [
            alone(softmax, EXPONENTIALS, "torch.exp(logits / largest)"),
            alone(softmax, EXPONENTIALS, "torch.exp(logits / logits.max())"),
            alone(softmax, EXPONENTIALS, "torch.exp(logits / logits.abs().max())"),
            alone(softmax, EXPONENTIALS, "torch.exp(logits / logits.norm(dim=-1, keepdim=True))"),
            alone(softmax, EXPONENTIALS,
                  "torch.exp((logits - logits.mean(dim=-1, keepdim=True)) / logits.std(dim=-1, keepdim=True))"),
            *(
                program for number in (10, 100, 1000) for where in ("logits", "logits.abs()")
                for program in rewritten(
                    softmax,
                    f"if {where}.max() > 700:\n    logits = logits / {number}\n"
                    "e = torch.exp(logits)\nreturn e / e.sum(dim=-1, keepdim=True)",
                )
            ),
        ],
        "after": [
            alone(softmax, EXPONENTIALS, "torch.exp(logits) - largest"),
            alone(softmax, EXPONENTIALS, "torch.exp(logits) - torch.exp(largest)"),
            alone(softmax, EXPONENTIALS, "torch.exp(logits) / torch.exp(largest)"),
        ],
        "sentences": [
            Change(
                MAX, "logits.max(dim=0, keepdim=True)",
                SUM, "exponentials.sum(dim=0, keepdim=True)",
            ),
            Change(SUM, "exponentials.sum(dim=0, keepdim=True)"),
            *rewritten(
                softmax,
                "e = torch.exp(logits)\nreturn e / e.sum(dim=-2, keepdim=True)",
                "e = torch.exp(logits - logits.max(-2, True).values)\nreturn e / e.sum(dim=-2, keepdim=True)",
                "e = torch.exp(logits)\nreturn e / e.sum(dim=0)",
                "e = torch.exp(logits - logits.max())\nreturn e / e.sum(dim=0)",
            ),
        ],
        "largest_of_columns": [
            Change(MAX, "logits.max(dim=0, keepdim=True)"),
        ],
        "one_maximum": [
            Change(LARGEST, "logits.max()"),
            alone(softmax, LARGEST, "logits.abs().max()"),
        ],
        "first_maximum": [
            alone(softmax, LARGEST, "logits[0].max()"),
        ],
        "everything": [
            Change(SUM, "exponentials.sum()"),
            *rewritten(
            softmax,
                "e = torch.exp(logits)\nreturn e / e.sum()",
                "e = torch.exp(logits - logits.max())\nreturn e / e.sum()",
            ),
        ],
        "no_exponential": rewritten(
            softmax,
            "return logits / logits.sum(dim=-1, keepdim=True)",
            "z = logits - logits.max(dim=-1, keepdim=True).values\nreturn z / z.sum(dim=-1, keepdim=True)",
            "z = logits - logits.min(dim=-1, keepdim=True).values\nreturn z / z.sum(dim=-1, keepdim=True)",
            "return logits.abs() / logits.abs().sum(dim=-1, keepdim=True)",
            "return logits / logits.abs().sum(dim=-1, keepdim=True)",
            "return logits ** 2 / (logits ** 2).sum(dim=-1, keepdim=True)",
            "return logits.relu() / logits.relu().sum(dim=-1, keepdim=True)",
            "return logits / logits.norm(dim=-1, keepdim=True)",
            "return logits / logits.sum()",
            "return logits / logits.sum(dim=0)",
            "low = logits.min(dim=-1, keepdim=True).values\n"
            "high = logits.max(dim=-1, keepdim=True).values\nreturn (logits - low) / (high - low)",
            "return (logits - logits.min()) / (logits.max() - logits.min())",
        ),
        "half_exponential": [
            alone(softmax, SUM, "logits.sum(dim=-1, keepdim=True)"),
            *rewritten(
            softmax,
                "return torch.exp(logits) / logits.sum(dim=-1, keepdim=True)",
                "return logits / torch.exp(logits).sum(dim=-1, keepdim=True)",
                "return logits / torch.exp(logits - logits.max(dim=-1, keepdim=True).values).sum(dim=-1, keepdim=True)",
                "return torch.exp(logits / logits.sum(dim=-1, keepdim=True))",
                "return torch.exp(logits) / torch.exp(logits.sum(dim=-1, keepdim=True))",
            ),
        ],
        "one_side": [
            alone(softmax, SUM, "torch.exp(logits).sum(dim=-1, keepdim=True)"),
            alone(softmax, "return exponentials /", "return torch.exp(logits) /"),
        ],
        "logarithm": [
            Change("return exponentials / exponentials.sum(dim=-1, keepdim=True)",
                   "return torch.log_softmax(logits, dim=-1)"),
            *rewritten(
            softmax,
                "return torch.log(torch.softmax(logits, dim=-1))",
                "return logits - torch.log(torch.exp(logits).sum(dim=-1, keepdim=True))",
                "e = torch.exp(logits)\nreturn e / torch.log(e.sum(dim=-1, keepdim=True))",
                "e = torch.exp(logits)\nreturn torch.log(e / e.sum(dim=-1, keepdim=True))",
            ),
        ],
        "twice": [
            Change("exponentials / exponentials.sum(dim=-1, keepdim=True)",
                   "torch.softmax(exponentials / exponentials.sum(dim=-1, keepdim=True), dim=-1)"),
            *rewritten(
            softmax,
                "p = torch.exp(logits) / torch.exp(logits).sum(dim=-1, keepdim=True)\n"
                "return torch.exp(p) / torch.exp(p).sum(dim=-1, keepdim=True)",
                "return torch.softmax(torch.exp(logits), dim=-1)",
            ),
        ],
        "negative": [
            *rewritten(
            softmax,
                "return torch.softmax(-logits, dim=-1)",
                "e = torch.exp(-logits)\nreturn e / e.sum(dim=-1, keepdim=True)",
                "e = torch.exp(-logits)\nreturn e / e.sum()",
                "e = torch.exp(-logits)\nreturn e / e.sum(dim=0)",
            ),
            Change("logits - largest", "largest - logits"),
            alone(softmax, "logits - largest", "-logits - largest"),
        ],
        "no_keepdim": [
            Change(SUM, "exponentials.sum(dim=-1)"),
            Change(MAX, "logits.max(dim=-1)"),
            *rewritten(
            softmax,
                "e = torch.exp(logits - logits.max(dim=-1).values)\nreturn e / e.sum(dim=-1)",
                "e = torch.exp(logits - logits.max())\nreturn e / e.sum(dim=-1)",
                "e = torch.exp(logits)\nreturn e / e.sum(dim=-1)",
                _array("-1", keep=False),
                _array("-1", keep=False, largest=False),
                "z = np.array(logits)\ne = np.exp(z - z.max(axis=-1))\nreturn e / e.sum(axis=-1)",
                "z = np.array(logits)\ne = np.exp(z - z.max())\nreturn e / e.sum(axis=-1)",
                "z = np.array(logits)\ne = np.exp(z - z.max(axis=-1))\nreturn e / e.sum(axis=-1, keepdims=True)",
            ),
        ],
        "values": alone(softmax, "keepdim=True).values", "keepdim=True)"),
        "loop": [
            by_rows,
            by_rows_without_overflow,
            by_rows_with_the_largest_first,
            by_lists,
            by_lists_without_overflow,
            *rewritten(
                softmax,
                "return torch.stack([torch.exp(row) / torch.exp(row).sum() for row in logits])",
                "return torch.stack([torch.exp(row - row.max()) / torch.exp(row - row.max()).sum() for row in logits])",
                "return torch.stack([torch.softmax(row, dim=0) for row in logits])",
            ),
        ],
        "two_dimensions": [
            Change(
                MAX, "logits.max(dim=1, keepdim=True)",
                SUM, "exponentials.sum(dim=1, keepdim=True)",
            ),
            *rewritten(
            softmax,
                "e = torch.exp(logits)\nreturn e / e.sum(dim=1, keepdim=True)",
                "e = torch.exp(logits - logits.max())\nreturn e / e.sum(dim=1, keepdim=True)",
                "e = torch.exp(logits - logits.max())\nreturn e / e.sum(dim=1)[:, None]",
                "e = torch.exp(logits)\nreturn e / e.sum(dim=1)[:, None]",
                "e = torch.exp(logits)\nreturn e / e.sum(dim=-1)[:, None]",
                "e = torch.exp(logits - logits.max(dim=1)[0][:, None])\nreturn e / e.sum(dim=1)[:, None]",
                "e = torch.exp(logits - logits.max(dim=-1)[0][:, None])\nreturn e / e.sum(dim=-1)[:, None]",
                _array("1"),
                _array("1", largest=False),
                "return functional.softmax(logits)",
            ),
            alone(softmax, MAX, "logits.max(dim=1, keepdim=True)"),
            alone(softmax, SUM, "exponentials.sum(dim=1, keepdim=True)"),
        ],
        "other_base": [
            Change("torch.exp(", "torch.exp2("),
            *rewritten(
            softmax,
                "e = 2 ** logits\nreturn e / e.sum(dim=-1, keepdim=True)",
                "e = 10 ** logits\nreturn e / e.sum(dim=-1, keepdim=True)",
                "e = 10 ** (logits - logits.max(dim=-1, keepdim=True).values)\nreturn e / e.sum(dim=-1, keepdim=True)",
            ),
        ],
        "minus_one": [
            alone(softmax, EXPONENTIALS, "torch.expm1(logits)"),
            alone(softmax, "torch.exp(", "torch.expm1("),
        ],
        "sigmoid": rewritten(
            softmax,
            "return torch.sigmoid(logits)",
            "e = torch.exp(logits)\nreturn e / (1 + e)",
            "return 1 / (1 + torch.exp(logits))",
            "p = torch.sigmoid(logits)\nreturn p / p.sum(dim=-1, keepdim=True)",
        ),
        "no_division": [
            Change("return exponentials / exponentials.sum(dim=-1, keepdim=True)", "return exponentials"),
            *rewritten(softmax, "return torch.exp(logits)"),
        ],
        "only_the_sum": [
            alone(softmax, "return exponentials /", "return"),
            *rewritten(
                softmax,
                "return torch.exp(logits).sum(dim=-1, keepdim=True)",
                "return torch.exp(logits).sum(dim=-1)",
            ),
        ],
        "product": [
            alone(softmax, "return exponentials /", "return exponentials *"),
            alone(softmax, "return exponentials /", "return exponentials -"),
        ],
        "divided_by_another": [
            Change(SUM, "exponentials.mean(dim=-1, keepdim=True)"),
            alone(softmax, SUM, "logits.shape[-1]"),
            alone(softmax, SUM, "(1 + exponentials.sum(dim=-1, keepdim=True))"),
            *rewritten(
            softmax,
                "e = torch.exp(logits)\nreturn e / e.max(dim=-1, keepdim=True).values",
                "e = torch.exp(logits)\nreturn e / e.mean(dim=-1, keepdim=True)",
                "e = torch.exp(logits)\nreturn e / (1 + e.sum(dim=-1, keepdim=True))",
                "e = torch.exp(logits)\nreturn e / (e.sum(dim=-1, keepdim=True) - e)",
                "e = torch.exp(logits)\nreturn e / e.norm(dim=-1, keepdim=True)",
            ),
        ],
        "hard": [
            alone(softmax, "return exponentials / exponentials.sum(dim=-1, keepdim=True)",
                   "return (logits == largest).float()"),
            *rewritten(softmax, "return functional.one_hot(logits.argmax(dim=-1), logits.shape[-1])"),
        ],
        "label_alone": rewritten(
            softmax,
            "return logits.argmax(dim=-1)",
            "return torch.softmax(logits, dim=-1).max(dim=-1).values",
            "return torch.softmax(logits, dim=-1).argmax(dim=-1)",
            "return torch.softmax(logits, dim=-1)[..., 1:]",
            "return torch.softmax(logits, dim=-1)[..., -1]",
        ),
        "first_row": rewritten(
            softmax,
            "return torch.softmax(logits[0], dim=-1)",
            "e = torch.exp(logits[0])\nreturn e / e.sum()",
            "e = torch.exp(logits)\nreturn e / e[0].sum()",
            "e = torch.exp(logits - logits.max())\nreturn e / e[0].sum()",
        ),
        "clipped": [
            alone(softmax, EXPONENTIALS, f"torch.exp(logits.clamp({low}, {high}))")
            for low, high in ((-50, 50), (-20, 20), (-10, 10))
        ] + [alone(softmax, "logits - largest", "logits.clamp(max=80)")],
        "nan_removed": rewritten(
            softmax,
            "e = torch.exp(logits)\nreturn torch.nan_to_num(e / e.sum(dim=-1, keepdim=True))",
            "e = torch.exp(logits)\nreturn torch.nan_to_num(e / e.sum(dim=-1, keepdim=True), nan=1.0)",
            "e = torch.exp(logits - logits.max())\nreturn torch.nan_to_num(e / e.sum(dim=-1, keepdim=True))",
            "e = torch.exp(logits)\nreturn e / (e.sum(dim=-1, keepdim=True) + 1e-9)",
            "e = torch.exp(logits - logits.max())\nreturn e / (e.sum(dim=-1, keepdim=True) + 1e-9)",
        ),
        "temperature": [alone(softmax, EXPONENTIALS, f"torch.exp((logits - largest) {by})") for by in (
            "/ logits.shape[-1] ** 0.5", "/ logits.std()",
        )],
        "numpy_of_a_tensor": rewritten(
            softmax,
            "e = np.exp(logits)\nreturn e / np.sum(e, axis=-1, keepdims=True)",
            "e = np.exp(logits - np.max(logits))\nreturn e / np.sum(e, axis=-1, keepdims=True)",
            "e = np.exp(logits - np.max(logits, axis=-1, keepdims=True))\nreturn e",
        ),
    },
    symptoms={
        "temperature": _scale,
        "other_order": lambda _, came, expected: came.shape == expected.shape
        and np.allclose(np.sort(came, -1), np.sort(expected, -1), atol=1e-4),
        "columns_add_up": lambda _arguments, came, expected: came.shape == expected.shape and came.ndim > 1
        and np.allclose(came.sum(0), 1, atol=1e-3) and not np.allclose(came.sum(-1), 1, atol=1e-3),
        "not_of_the_row": lambda _arguments, came, expected: came.shape == expected.shape and np.isfinite(came).all()
        and (came >= 0).all() and not np.allclose(came.sum(-1), 1, atol=2e-4),
        "below_zero": lambda _arguments, came, expected: came.shape == expected.shape and (came < 0).any(),
    },
    traits={
        "huge": lambda logits: logits.abs().max() > 100,
        "dimensions": lambda logits: logits.ndim != 2,
        "several": lambda logits: logits.ndim > 1 and len(logits) > 1,
    },
)  # fmt: skip
