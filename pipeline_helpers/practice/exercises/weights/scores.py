"""What a score is worth: accuracy and its error, what scores promise, how far they are from it band by band."""

import itertools

import numpy as np
import torch

from pipeline_helpers.practice.answers import NUMBER, parts
from pipeline_helpers.practice.exercise import Arguments, Change, Exercise, Given, alone, rewritten


def overconfidence(scores, right):
    accuracy = right.float().mean()
    return (scores.mean() - accuracy).item()


def flags_of(text: str) -> torch.Tensor:
    """`"101"` → right, wrong, right."""
    return torch.tensor([letter == "1" for letter in text])


def _scored(_: Given) -> list[Arguments]:
    return [
        (torch.tensor([0.9, 0.8, 0.7, 0.6]), flags_of("1001")),
        (torch.tensor([0.6, 0.55]), flags_of("11")),
        (torch.tensor([0.99, 0.9, 0.95]), flags_of("110")),
        (torch.tensor([0.75]), flags_of("0")),
        (torch.tensor([0.5, 0.5, 0.6, 0.9, 0.7]), flags_of("11101")),
    ]


OVERCONFIDENCE = Exercise(
    solution=overconfidence,
    cases=_scored,
    reads=NUMBER,
    needs_model=False,
    minutes=4,
    difficulty=1,
    mistakes={
        "turned_round": Change("scores.mean() - accuracy", "accuracy - scores.mean()"),
        "absolute": Change("(scores.mean() - accuracy)", "(scores.mean() - accuracy).abs()"),
        "distances": Change("(scores.mean() - accuracy)", "(scores - right.float()).abs().mean()"),
        "squared": [
            alone(overconfidence, "(scores.mean() - accuracy)", "((scores.mean() - accuracy) ** 2)"),
            alone(overconfidence, "(scores.mean() - accuracy)", "((scores - right.float()) ** 2).mean()"),
        ],
        "accuracy_alone": Change("(scores.mean() - accuracy)", "accuracy"),
        "scores_alone": Change("(scores.mean() - accuracy)", "scores.mean()"),
        "errors": Change("right.float().mean()", "1 - right.float().mean()"),
        "sums": [
            alone(overconfidence, "right.float().mean()", "right.float().sum()"),
            alone(overconfidence, "(scores.mean()", "(scores.sum()"),
            alone(overconfidence, "right.float().mean()", "right.sum()", "scores.mean()", "scores.sum()"),
        ],
        "ratio": [
            alone(overconfidence, "(scores.mean() - accuracy)", "(scores.mean() / accuracy)"),
            alone(overconfidence, "(scores.mean() - accuracy)", "(accuracy / scores.mean())"),
            alone(overconfidence, "(scores.mean() - accuracy)", "((scores.mean() - accuracy) / accuracy)"),
        ],
        "of_the_right": [
            alone(overconfidence, "scores.mean()", "scores[right].mean()"),
            alone(overconfidence, "scores.mean()", "scores[~right].mean()"),
            alone(overconfidence, "(scores.mean() - accuracy)", "(scores[~right].mean() - scores[right].mean())"),
        ],
        "largest": [
            alone(overconfidence, "scores.mean()", "scores.max()"),
            alone(overconfidence, "scores.mean()", "scores.median()"),
            alone(overconfidence, "scores.mean()", "scores.min()"), alone(overconfidence, "scores.mean()", "scores[0]"),
        ],
        "sure_ones": [
            alone(overconfidence, "scores.mean()", "(scores > 0.5).float().mean()"),
            alone(overconfidence, "scores.mean()", "(scores >= 0.5).float().mean()"),
        ],
        "percent": alone(overconfidence, "(scores.mean() - accuracy)", "100 * (scores.mean() - accuracy)"),
        "added": alone(overconfidence, "scores.mean() - accuracy", "scores.mean() + accuracy"),
    },
)  # fmt: skip


def accuracy_with_error(right):
    accuracy = right.float().mean().item()
    error = (accuracy * (1 - accuracy) / len(right)) ** 0.5
    return accuracy, error


def _answered(_: Given) -> list[Arguments]:
    return [
        (flags_of("1110"),),
        (flags_of("1" * 9 + "0" * 1),),
        (flags_of("01" * 10 + "1" * 5),),
        (flags_of("11111"),),
        (flags_of("0" * 70 + "1" * 30),),
    ]


ACCURACY_WITH_ERROR = Exercise(
    solution=accuracy_with_error,
    cases=_answered,
    reads=parts("accuracy", "error"),
    needs_model=False,
    minutes=7,
    difficulty=1,
    mistakes={
        "no_root": Change(") ** 0.5", ")"),
        "no_number": Change(" / len(right)", ""),
        "number_outside": [
            alone(
                accuracy_with_error,
                "(accuracy * (1 - accuracy) / len(right)) ** 0.5",
                "(accuracy * (1 - accuracy)) ** 0.5 / len(right)",
            ),
            alone(
                accuracy_with_error,
                "(accuracy * (1 - accuracy) / len(right)) ** 0.5",
                "accuracy * (1 - accuracy) / len(right) ** 0.5",
            ),
            alone(
                accuracy_with_error,
                "(accuracy * (1 - accuracy) / len(right)) ** 0.5",
                "accuracy * (1 - accuracy) / len(right) ** 2",
            ),
        ],
        "one_less": [
            Change("len(right)", "(len(right) - 1)"),
            alone(
                accuracy_with_error,
                "(accuracy * (1 - accuracy) / len(right)) ** 0.5",
                "right.float().std().item() / len(right) ** 0.5",
            ),
        ],
        "deviation": [
            alone(accuracy_with_error, "(accuracy * (1 - accuracy) / len(right)) ** 0.5", "right.float().std().item()"),
            alone(accuracy_with_error, "(accuracy * (1 - accuracy) / len(right)) ** 0.5", "right.float().var().item()"),
            alone(
                accuracy_with_error,
                "(accuracy * (1 - accuracy) / len(right)) ** 0.5",
                "right.float().var().item() / len(right)",
            ),
        ],
        "interval": [
            Change("error = (", "error = 2 * ("), Change("error = (", "error = 1.96 * ("),
        ],
        "no_other": [
            Change("accuracy * (1 - accuracy)", "accuracy"),
            alone(accuracy_with_error, "accuracy * (1 - accuracy)", "(1 - accuracy)"),
            alone(accuracy_with_error, "accuracy * (1 - accuracy)", "accuracy * accuracy"),
            alone(accuracy_with_error, "(accuracy * (1 - accuracy) / len(right)) ** 0.5", "1 / len(right) ** 0.5"),
            alone(accuracy_with_error, "accuracy * (1 - accuracy)", "accuracy * 1 - accuracy"),
        ],
        "half": alone(
            accuracy_with_error,
            "(accuracy * (1 - accuracy) / len(right)) ** 0.5",
            "(0.25 / len(right)) ** 0.5",
        ),
        "share_of_errors": [
            Change("return accuracy, error", "return 1 - accuracy, error"),
            alone(accuracy_with_error, "(accuracy * (1 - accuracy) / len(right)) ** 0.5", "1 - accuracy"),
        ],
        "count": [
            alone(accuracy_with_error, "return accuracy, error", "return right.sum().item(), error"),
            alone(accuracy_with_error, "right.float().mean().item()", "right.sum().item()",
                  "(accuracy * (1 - accuracy) / len(right))", "abs(accuracy * (1 - accuracy) / len(right))"),
        ],
        "exchanged": Change("return accuracy, error", "return error, accuracy"),
        "bounds": [
            alone(accuracy_with_error, "return accuracy, error", "return accuracy - error, accuracy + error"),
            alone(accuracy_with_error, "return accuracy, error", "return accuracy - 2 * error, accuracy + 2 * error"),
        ],
        "percent": [
            Change("return accuracy, error", "return 100 * accuracy, 100 * error"),
            alone(accuracy_with_error, "return accuracy, error", "return 100 * accuracy, error"),
            alone(accuracy_with_error, "return accuracy, error", "return accuracy, 100 * error"),
        ],
        "rounded": [alone(accuracy_with_error, "accuracy, error", f"round(accuracy, {digits}), round(error, {digits})")
                    for digits in (2, 3)],
        "product": alone(accuracy_with_error, "/ len(right)", "* len(right)"),
    },
    symptoms={
        "error_alone": lambda _arguments, came, expected: abs(came["accuracy"] - expected["accuracy"]) < 1e-4,
    },
)  # fmt: skip


def calibration_error(scores, right, edges):
    error = 0
    for low, high in itertools.pairwise(edges):
        band = (scores >= low) & (scores < high)
        if band.any():
            gap = scores[band].mean() - right[band].float().mean()
            error += band.sum() / len(scores) * gap.abs()
    return float(error)


def _banded(_: Given) -> list[Arguments]:
    random = torch.Generator().manual_seed(6)

    def some(number: int, edges: list[float]) -> Arguments:
        scores = 0.5 + 0.499 * torch.rand(number, generator=random)
        return scores, torch.rand(number, generator=random) < 0.7, edges

    return [
        (torch.tensor([0.6, 0.7, 0.9]), flags_of("101"), [0.5, 0.8, 1.0]),
        # Too little in one band, too much in the other, and as much on the whole.
        (torch.tensor([0.6, 0.6, 0.9, 0.9]), flags_of("1110"), [0.5, 0.75, 1.0]),
        (torch.tensor([0.75, 0.55, 0.95, 0.9, 0.8]), flags_of("01110"), [0.5, 0.75, 1.0]),  # one on the edge
        (torch.tensor([0.9, 0.95]), flags_of("10"), [0.5, 0.7, 0.8, 1.0]),  # bands with nothing in them
        (torch.tensor([0.9, 0.7]), flags_of("11"), [0.5, 1.0]),
        some(12, [0.5, 0.8, 0.95, 1.0]), some(30, [0.5, 0.6, 0.7, 0.8, 0.9, 1.0]), some(20, [0.5, 0.9, 1.0]),
    ]  # fmt: skip


CALIBRATION_ERROR = Exercise(
    solution=calibration_error,
    cases=_banded,
    reads=NUMBER,
    needs_model=False,
    minutes=15,
    difficulty=2,
    mistakes={
        "not_weighted": [
            alone(calibration_error, "band.sum() / len(scores) * gap.abs()", "gap.abs() / (len(edges) - 1)"),
            alone(calibration_error, "band.sum() / len(scores) * gap.abs()", "gap.abs() / len(edges)"),
            *rewritten(
                calibration_error,
                "gaps = []\n"
                "for low, high in itertools.pairwise(edges):\n"
                "    band = (scores >= low) & (scores < high)\n"
                "    if band.any():\n"
                "        gaps.append(abs(scores[band].mean() - right[band].float().mean()))\n"
                "return sum(gaps) / len(gaps)",
            ),
        ],
        "sum": Change("band.sum() / len(scores) * gap.abs()", "gap.abs()"),
        "number_not_share": alone(calibration_error, "band.sum() / len(scores) *", "band.sum() *"),
        "signs_cancel": [
            Change("gap.abs()", "gap"), alone(calibration_error, "gap.abs()", "-gap"),
            alone(calibration_error, "gap.abs()", "gap", "float(error)", "abs(float(error))"),
        ],
        "squared": [
            Change("gap.abs()", "gap ** 2"),
            alone(calibration_error, "gap.abs()", "gap ** 2", "float(error)", "float(error) ** 0.5"),
        ],
        "worst_band": rewritten(
            calibration_error,
            "worst = 0\n"
            "for low, high in itertools.pairwise(edges):\n"
            "    band = (scores >= low) & (scores < high)\n"
            "    if band.any():\n"
            "        worst = max(worst, abs(scores[band].mean() - right[band].float().mean()))\n"
            "return worst",
        ),
        "edge_below": [
            Change("(scores >= low) & (scores < high)", "(scores > low) & (scores <= high)"),
        ],
        "edge_twice": alone(calibration_error, "scores < high", "scores <= high"),
        "edge_lost": alone(calibration_error, "scores >= low", "scores > low"),
        "nothing_in_it": [
            alone(calibration_error, "if band.any():", "if True:"),
            alone(calibration_error, "if band.any():", "if True:", "band.sum() / len(scores) * gap.abs()", "gap.abs()"),
            *rewritten(
                calibration_error,
                "error = 0\n"
                "for low, high in itertools.pairwise(edges):\n"
                "    band = [place for place, score in enumerate(scores) if low <= score < high]\n"
                "    score = sum(scores[place] for place in band) / len(band)\n"
                "    accuracy = sum(right[place] for place in band) / len(band)\n"
                "    error += len(band) / len(scores) * abs(score - accuracy)\n"
                "return error",
            ),
        ],
        "single_answers": rewritten(
            calibration_error,
            "return (scores - right.float()).abs().mean()",
            "return ((scores - right.float()) ** 2).mean()",
        ),
        "middle_of_band": [
            Change("scores[band].mean()", "(low + high) / 2"), alone(calibration_error, "scores[band].mean()", "low"),
            alone(calibration_error, "scores[band].mean()", "high"),
        ],
        "errors": Change("right[band].float().mean()", "(1 - right[band].float().mean())"),
        "of_the_right": [
            alone(calibration_error, "scores[band].mean()", "scores[band & right].mean()"),
            alone(calibration_error, "right[band].float().mean()", "(right[band].float().sum() / right.sum())"),
            alone(calibration_error, "right[band].float().mean()", "(right[band].float().sum() / len(right))"),
        ],
        "one_mean": [
            alone(calibration_error, "scores[band].mean() - right[band].float().mean()", text)
            for text in ("scores[band].mean()", "right[band].float().mean()")
        ],
        "all_of_them": [
            alone(calibration_error, "right[band].float().mean()", "right.float().mean()"),
            alone(calibration_error, "scores[band].mean()", "scores.mean()"),
        ],
        "last_band": [
            alone(calibration_error, "error += band", "error = band"),
            alone(calibration_error, "itertools.pairwise(edges)", "itertools.pairwise(edges[:-1])"),
            alone(calibration_error, "itertools.pairwise(edges)", "itertools.pairwise(edges[1:])"),
            alone(calibration_error, "    return float(error)", "        return float(error)"),
        ],
        "sums_in_the_band": [
            alone(calibration_error, "scores[band].mean()", "scores[band].sum()"),
            alone(calibration_error, "right[band].float().mean()", "right[band].float().sum()"),
        ],
        "weighted_by": [
            alone(calibration_error, "band.sum() / len(scores)", "scores[band].sum() / scores.sum()"),
            alone(calibration_error, "band.sum() / len(scores)", "right[band].sum() / right.sum()"),
            alone(calibration_error, "band.sum() / len(scores)", "(high - low)"),
            alone(calibration_error, "band.sum() / len(scores)", "band.sum() / (len(edges) - 1)"),
        ],
        "one_less": alone(calibration_error, "/ len(scores)", "/ (len(scores) - 1)"),
    },
    symptoms={
        "below_zero": lambda _arguments, came, _expected: bool(came < 0),
    },
    traits={
        "nothing_in_it": lambda scores, _right, edges: any(
            not ((scores >= low) & (scores < high)).any() for low, high in itertools.pairwise(edges)
        ),
        "on_an_edge": lambda scores, _right, edges: bool(np.isin(scores.numpy(), np.float32(edges)).any()),
        "several_bands": lambda _scores, _right, edges: len(edges) > 2,
    },
)  # fmt: skip
