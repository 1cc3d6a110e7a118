"""Two logits and their difference: odds, sigmoid, temperature; and rows that have to add up to 1."""

import math

import numpy as np
import torch
from torch.nn import functional  # noqa: F401 (some of the mistakes use it)

from pipeline_helpers.practice.answers import FLAGS, NUMBER, NUMBERS
from pipeline_helpers.practice.exercise import Arguments, Change, Exercise, Given


def adds_up(probabilities):
    sums = probabilities.sum(dim=-1)
    return (sums - 1).abs() < 0.001


def _tables(_: Given) -> list[Arguments]:
    random = torch.Generator().manual_seed(4)
    right = torch.randn(40, 3, generator=random).softmax(dim=-1)
    return [
        (torch.tensor([[0.25, 0.75], [0.5, 0.25]]),),
        (torch.tensor([[0.1, 0.2, 0.7], [0.9, 0.3, 0.2], [0.0, 0.0, 0.0], [0.3, 0.3, 0.4]]),),
        (torch.tensor([[0.5, 0.2], [0.25, 0.5], [0.25, 0.3]]),),  # its columns add up to 1
        (torch.tensor([[0.5, 0.3], [0.1, 0.1]]),),  # all of it adds up to 1
        (torch.tensor([[1.0, 0.0]]),),
        (torch.tensor([[2.0, 0.0, 1.0], [-1.0, 0.5, 0.25]]),),
        (torch.tensor([[0.5, 0.52], [0.5, 0.48], [0.2, 0.798]]),),  # a hundredth is too far, and so is 0.002
        (right,),  # 1 but for the last digits, in many of the rows
    ]


ADDS_UP = Exercise(
    solution=adds_up,
    cases=_tables,
    reads=FLAGS,
    needs_model=False,
    minutes=4,
    difficulty=1,
    mistakes={
        "columns": Change("dim=-1", "dim=0"),
        "everything": [
            Change("probabilities.sum(dim=-1)", "probabilities.sum().repeat(len(probabilities))"),
            Change("probabilities.sum(dim=-1)", "probabilities.sum().reshape(1)"),
        ],
        "mean": Change("probabilities.sum", "probabilities.mean"),
        "exactly": [
            Change("(sums - 1).abs() < 0.001", "sums == 1"),
            Change("(sums - 1).abs() < 0.001", "[math.fsum(row) == 1 for row in probabilities.tolist()]"),
            Change("(sums - 1).abs() < 0.001", "[sum(row) == 1 for row in probabilities.tolist()]"),
            Change("(sums - 1).abs() < 0.001", "[sum(row) == 1 for row in probabilities]"),
            Change("(sums - 1).abs() < 0.001", "np.array(probabilities).sum(axis=-1) == 1"),
        ],
        "no_absolute": [
            Change("(sums - 1).abs() < 0.001", "sums - 1 < 0.001"),
            Change("(sums - 1).abs() < 0.001", "sums <= 1.00001"),
        ],
        "one_for_all": [
            Change("(sums - 1).abs() < 0.001", "((sums - 1).abs() < 0.001).all().reshape(1)"),
            Change("(sums - 1).abs() < 0.001", "((sums - 1).abs() < 0.001).all().repeat(len(sums))"),
        ],
        "round": [
            Change("(sums - 1).abs() < 0.001", "round(sums, 3) == 1"),
            Change("(sums - 1).abs() < 0.001", "[round(one, 3) == 1 for one in sums]"),
        ],
        "sums": Change("(sums - 1).abs() < 0.001", "sums"),
        "zero": Change("(sums - 1).abs() < 0.001", "sums.abs() < 0.001"),
        "opposite": [
            Change("(sums - 1).abs() < 0.001", "(sums - 1).abs() > 0.001"),
            Change("(sums - 1).abs() < 0.001", "sums != 1"),
        ],
        "any_number": [
            Change("(sums - 1).abs() < 0.001", "(probabilities >= 0).all(dim=-1)"),
            Change("(sums - 1).abs() < 0.001", "((probabilities >= 0) & (probabilities <= 1)).all(dim=-1)"),
        ],
        "too_wide": [
            Change("0.001", number) for number in ("0.01", "0.1", "0.05", "0.5")
        ] + [Change("(sums - 1).abs() < 0.001", "sums.round() == 1")],
    },
    symptoms={
        "far": lambda arguments, came, expected: all(
            ours or not theirs or abs(float(row.sum()) - 1) < 0.1
            for row, theirs, ours in zip(arguments[0], came, expected, strict=True)
        ) and any(theirs and not ours for theirs, ours in zip(came, expected, strict=True)),
        "exactly": lambda _arguments, came, expected: all(
            theirs <= ours for theirs, ours in zip(came, expected, strict=True)
        ),
    },
)  # fmt: skip


def log_odds(p):
    odds = p / (1 - p)
    return torch.log(odds)


def _probabilities(_: Given) -> list[Arguments]:
    return [(torch.tensor(p),) for p in ([0.5], [0.9, 0.2, 0.5], [0.99], [0.651, 0.05], [0.25, 0.4, 0.6, 0.8])]


LOG_ODDS = Exercise(
    solution=log_odds,
    cases=_probabilities,
    reads=NUMBERS,
    needs_model=False,
    minutes=4,
    difficulty=1,
    mistakes={
        "no_logarithm": Change("torch.log(odds)", "odds"),
        "one_by_one": [
            Change("torch.log(odds)", "math.log(odds)"),
            Change("torch.log(odds)", "math.log(p) - math.log(1 - p)"),
            Change("torch.log(odds)", "[math.log(odds)]"),
            Change("torch.log(odds)", "torch.tensor([math.log(odds)])"),
        ],
        "other_base": [Change("torch.log(odds)", "torch.log10(odds)"), Change("torch.log(odds)", "torch.log2(odds)")],
        "turned_round": [Change("p / (1 - p)", "(1 - p) / p"), Change("torch.log(odds)", "-torch.log(odds)")],
        "no_ratio": [
            Change("p / (1 - p)", "p"), Change("p / (1 - p)", "1 - p"), Change("torch.log(odds)", "-torch.log(p)"),
            Change("torch.log(odds)", "-torch.log(1 - p)"),
        ],
        "ratio_of_logarithms": [
            Change("torch.log(odds)", "torch.log(p) / torch.log(1 - p)"),
            Change("torch.log(odds)", "torch.log(p) / (1 - p)"),
        ],
        "sum": Change("p / (1 - p)", "p / (1 + p)"),
        "product": Change("p / (1 - p)", "p * (1 - p)"),
        "precedence": Change("p / (1 - p)", "p / 1 - p"),
        "difference": [
            Change("p / (1 - p)", "p - (1 - p)"), Change("torch.log(odds)", "p - (1 - p)"),
            Change("torch.log(odds)", "(1 - p) - p"),
        ],
        "sigmoid": [
            Change("torch.log(odds)", "torch.sigmoid(p)"), Change("torch.log(odds)", "1 / (1 + torch.exp(p))"),
            Change("torch.log(odds)", "torch.sigmoid(odds)"),
        ],
        "exponential": [Change("torch.log(odds)", "torch.exp(odds)"), Change("torch.log(odds)", "torch.exp(p)")],
        "over_the_row": [
            Change("p / (1 - p)", "p / p.sum()"), Change("p / (1 - p)", "p / (1 - p).sum()"),
            Change("p / (1 - p)", "p / (1 - p.sum())"), Change("torch.log(odds)", "torch.log(odds).sum()"),
            Change("torch.log(odds)", "torch.log(odds).mean()"), Change("torch.log(odds)", "torch.log(odds)[0]"),
        ],
    },
)  # fmt: skip


def probability_from_difference(difference):
    return 1 / (1 + torch.exp(-difference))


def _differences(_: Given) -> list[Arguments]:
    return [
        (torch.tensor([0.0]),),
        (torch.tensor([1.0, -2.0, 0.5]),),
        (torch.tensor([3.173, -7.5156]),),
        (torch.tensor([20.0, -20.0, 4.0, 0.1, -0.3]),),
    ]


def _loop(expression: str) -> Change:
    return Change("1 / (1 + torch.exp(-difference))", f"[{expression} for d in difference.tolist()]")


SIGMOID = "1 / (1 + torch.exp(-difference))"

PROBABILITY_FROM_DIFFERENCE = Exercise(
    solution=probability_from_difference,
    cases=_differences,
    reads=NUMBERS,
    needs_model=False,
    minutes=5,
    difficulty=1,
    mistakes={
        "sign": [
            Change("-difference", "difference"),
            Change("-difference", "difference.abs()"),
        ],
        "of_the_winner": Change("-difference", "-difference.abs()"),
        "no_sum": [Change(SIGMOID, text) for text in (
            "torch.exp(difference)", "torch.exp(-difference)", "1 / torch.exp(difference)",
            "1 + torch.exp(difference)",
        )],
        "minus": Change("(1 + torch", "(1 - torch"),
        "no_exponential": [
            Change("torch.exp(-difference)", "difference"),
            Change(SIGMOID, "difference / (1 + difference)"),
            Change(SIGMOID, "1 / (1 + difference.abs())"),
        ],
        "precedence": Change(SIGMOID, "1 / 1 + torch.exp(-difference)"),
        "numerator": [
            Change(SIGMOID, "torch.exp(difference) / (1 + torch.exp(-difference))"),
            Change(SIGMOID, "torch.exp(-difference) / (1 + torch.exp(difference))"),
            Change(SIGMOID, "difference / (1 + torch.exp(-difference))"),
        ],
        "over_the_row": [
            Change(SIGMOID, "torch.softmax(difference, dim=-1)"),
            Change(SIGMOID, "torch.exp(difference) / torch.exp(difference).sum()"),
        ],
        "other_function": [
            Change(SIGMOID, text) for text in (
                "torch.tanh(difference)", "difference.relu()", "functional.softplus(difference)",
                "functional.logsigmoid(difference)", "torch.log(1 + torch.exp(-difference))",
            )
        ],
        "half_way": [
            Change(SIGMOID, "(difference > 0).float()"),
            Change(SIGMOID, "(difference >= 0).float()"),
        ],
        "other_base": [
            Change("torch.exp(-difference)", "torch.exp2(-difference)"),
            Change("torch.exp(-difference)", "10.0 ** -difference"),
            Change("torch.exp(-difference)", "2.72 ** -difference"),
            Change("torch.exp(-difference)", "2.7 ** -difference"),
        ],
        "logarithm": [
            Change(SIGMOID, "torch.log(difference / (1 - difference))"),
            Change(SIGMOID, "torch.log(difference)"),
            Change("torch.exp(-difference)", "torch.log(difference)"),
        ],
        "first_alone": [
            Change(SIGMOID, "1 / (1 + torch.exp(-difference[0]))"),
            Change(SIGMOID, "1 / (1 + torch.exp(-difference[:1]))"),
            Change(SIGMOID, "math.exp(difference[0]) / (1 + math.exp(difference[0]))"),
        ],
        "two_columns": [
            Change(SIGMOID, "torch.softmax(torch.stack([0 * difference, difference], -1), -1)"),
            Change(SIGMOID, "torch.softmax(torch.stack([0 * difference, difference]), 0)"),
        ],
        "one_by_one": [
            Change(SIGMOID, "1 / (1 + math.exp(-difference))"),
            Change(SIGMOID, "1 / (1 + np.exp(-difference.item()))"),
            *(
                Change(SIGMOID, f"torch.softmax(torch.tensor([{pair}]), dim=-1)[{place}]")
                for pair in ("0, difference", "difference, 0") for place in ("1", "[1]", "1:", "0", ":1", ":")
            ),
        ],
    },
    symptoms={
        "not_between": lambda _, came, expected: came.shape == expected.shape and bool(((came < 0) | (came > 1)).any()),
        "other_base": lambda arguments, came, _: _one_factor(arguments[0].numpy(), came),
    },
)  # fmt: skip


def _one_factor(difference: np.ndarray, came: np.ndarray) -> bool:
    """Whether `came` is the sigmoid of the difference times some number: another base, or a temperature."""
    inside = (came > 1e-3) & (came < 1 - 1e-3) & (difference != 0)
    factors = np.log(came[inside] / (1 - came[inside])) / difference[inside]
    return bool(inside.any() and np.ptp(factors) < 0.01 * abs(factors).max())


def temperature(logits, probability):
    difference = logits.max() - logits.min()
    wanted = math.log(probability / (1 - probability))
    return (difference / wanted).item()


def _wanted(_: Given) -> list[Arguments]:
    return [
        (torch.tensor([-1.0, 1.0]), 0.9),
        (torch.tensor([3.0, -1.5]), 0.75),
        (torch.tensor([-0.3, 0.33]), 0.6),
        (torch.tensor([2.0, 3.0]), 0.55),
        (torch.tensor([4.1692, -3.3464]), 0.97),
        (torch.tensor([-2.0, -5.0]), 0.999),
    ]


ODDS = "math.log(probability / (1 - probability))"

TEMPERATURE = Exercise(
    solution=temperature,
    cases=_wanted,
    reads=NUMBER,
    needs_model=False,
    minutes=12,
    difficulty=2,
    mistakes={
        "difference": [Change("(difference / wanted)", "difference"), Change("(difference / wanted).item()", "wanted")],
        "multiplied": [
            Change("difference / wanted", "wanted / difference"),
            Change("difference / wanted", "torch.tensor(wanted / float(difference))"),
        ],
        "product": Change("difference / wanted", "difference * wanted"),
        "probability": [
            Change(ODDS, "math.log(probability)"),
            Change(ODDS, "-math.log(probability)"),
            Change(ODDS, "-math.log(1 - probability)"),
            Change(ODDS, "math.log(1 - probability)"),
        ],
        "no_logarithm": [
            Change(ODDS, "probability / (1 - probability)"),
            Change(ODDS, "probability"),
            Change(ODDS, "1 - probability"),
            Change(ODDS, "probability - (1 - probability)"),
        ],
        "odds_turned_round": Change("probability / (1 - probability)", "(1 - probability) / probability"),
        "other_base": [
            Change("math.log(probability", "math.log10(probability"),
            Change("math.log(probability", "math.log2(probability"),
        ],
        "order": [
            Change("logits.max() - logits.min()", "logits[1] - logits[0]"),
            Change("logits.max() - logits.min()", "logits[0] - logits[1]"),
        ],
        "one_logit": [
            Change("logits.max() - logits.min()", "logits.max()"),
            Change("logits.max() - logits.min()", "logits[0]"),
            Change("logits.max() - logits.min()", "logits[1]"),
            Change("logits.max() - logits.min()", "logits.sum()"),
        ],
        "divided_probability": [
            Change("difference / wanted", "logits.softmax(-1).max() / probability"),
            Change("difference / wanted", "probability / logits.softmax(-1).max()"),
        ],
        "exponential": [
            Change("math.log(probability", "math.exp(probability"),
            Change("logits.max() - logits.min()", "logits.exp().max() - logits.exp().min()"),
            Change("logits.max() - logits.min()", "logits.softmax(-1).max() - logits.softmax(-1).min()"),
        ],
        "result": Change("(difference / wanted).item()", "probability"),
        "torch_log": Change("math.log(probability", "torch.log(probability"),
    },
    symptoms={
        "negative": lambda _, came, expected: bool(came < 0 < expected),
        "near": lambda _, came, expected: bool(abs(came - expected) < 0.06),
        "only_up": lambda _, came, expected: bool(expected < 1 <= came < 1.2 or abs(came - expected) < 0.06),
    },
)  # fmt: skip
