"""A threshold for “I don't know”: the smallest above which few of the answers are wrong."""

import math

import numpy as np
import torch

from pipeline_helpers.practice.answers import NUMBER
from pipeline_helpers.practice.exercise import Arguments, Change, Exercise, Given, alone, rewritten
from pipeline_helpers.practice.exercises.weights.scores import flags_of


def threshold(scores, right, at_most):
    for t in scores.sort().values:
        wrong = ~right[scores >= t]
        if wrong.float().mean() <= at_most:
            return t.item()
    return math.inf


def _scored(_: Given) -> list[Arguments]:
    random = torch.Generator().manual_seed(6)

    def some(number: int, at_most: float, digits: int) -> Arguments:
        scores = (0.5 + 0.499 * torch.rand(number, generator=random)).mul(10**digits).round() / 10**digits
        return scores, torch.rand(number, generator=random) < scores, at_most

    # A share that is equal to `at_most` is a sum of halves, so that it is equal in whatever way it is computed.
    return [
        (torch.tensor([0.9, 0.6, 0.8, 0.7]), flags_of("1011"), 0.1),
        (torch.tensor([0.9, 0.6, 0.8, 0.7]), flags_of("1011"), 0.25),
        (torch.tensor([0.55, 0.95, 0.75]), flags_of("101"), 0.25),  # none
        (torch.tensor([0.8, 0.6, 0.9]), flags_of("010"), 1.0),
        (torch.tensor([0.99, 0.7, 0.8, 0.9]), flags_of("1101"), 0.0),
        (torch.tensor([0.97, 0.93, 0.9, 0.85, 0.8, 0.7, 0.6]), flags_of("1011100"), 0.25),  # below a stretch that fails
        (torch.tensor([0.65, 0.7, 0.8, 0.9, 0.98]), flags_of("01110"), 0.25),  # the highest is wrong
        (torch.tensor([0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2]), flags_of("10110000"), 0.25),
        (torch.tensor([0.8, 0.9, 0.8, 0.6]), flags_of("1100"), 0.2),  # two equal ones, one of them wrong
        (torch.tensor([0.8, 0.9, 0.8, 0.6]), flags_of("0110"), 0.2),
        (torch.tensor([0.7, 0.8, 0.8, 0.9, 0.8]), flags_of("00111"), 0.25),
        (torch.tensor([0.7, 0.9, 0.8]), flags_of("011"), 0.333),  # a third is more
        (torch.tensor([0.7]), flags_of("1"), 0.0),
        (torch.tensor([0.7]), flags_of("0"), 0.5),
        some(8, 0.125, 3), some(9, 0.25, 2), some(10, 0.125, 1),
    ]  # fmt: skip


def _share(scores: torch.Tensor, right: torch.Tensor, t: float) -> float:
    """How much of what is answered is wrong."""
    answered = right[scores >= t - 1e-5]
    return float((~answered).float().mean()) if len(answered) else math.nan


def _shares(scores: torch.Tensor, right: torch.Tensor) -> list[float]:
    return [_share(scores, right, float(t)) for t in scores.sort().values]


def _among(arguments: Arguments, came: np.ndarray) -> bool:
    return bool(np.isclose(arguments[0].numpy(), float(came), atol=1e-4).any())


def lower_by_counting(scores, right, at_most):
    """A student's own way: from the highest score down, wrong ones counted so far; two equal scores apart."""
    best, wrong = math.inf, 0
    order = scores.argsort(descending=True, stable=True)
    for number, place in enumerate(order, 1):
        wrong += int(not right[place])
        if wrong / number <= at_most:
            best = scores[place].item()
    return best


def counting_up(scores, right, at_most):
    pairs = sorted(zip(scores.tolist(), right.tolist(), strict=True))
    for place, (t, _) in enumerate(pairs):
        rest = [is_right for _, is_right in pairs[place:]]
        if rest.count(False) / len(rest) <= at_most:
            return t
    return math.inf


def halving(scores, right, at_most):
    ordered = scores.sort().values
    low, high, best = 0, len(ordered) - 1, math.inf
    while low <= high:
        middle = (low + high) // 2
        wrong = ~right[scores >= ordered[middle]]
        if wrong.float().mean() <= at_most:
            best, high = ordered[middle].item(), middle - 1
        else:
            low = middle + 1
    return best


def halving_to_the_end(scores, right, at_most):
    ordered = scores.sort().values.tolist()
    low, high = 0, len(ordered)
    while low < high:
        middle = (low + high) // 2
        if (~right[scores >= ordered[middle]]).float().mean() <= at_most:
            high = middle
        else:
            low = middle + 1
    return ordered[low] if low < len(ordered) else math.inf


SORTED = "scores.sort().values"
WRONG = "~right[scores >= t]"
FITS = "wrong.float().mean() <= at_most"
DOWN = "scores.sort(descending=True).values"
STOP = (
    "best = math.inf\nfor t in scores.sort(descending=True).values:\n    share = (~right[scores >= t]).float().mean()\n"
)


def _alone(*texts: str) -> Change:
    return alone(threshold, *texts)


def _listed(selected: str, share: str, *, none: str = "math.inf", order: str = "sorted(scores.tolist())") -> str:
    """The same with lists, where nothing answered is a division by zero."""
    return (
        f"for t in {order}:\n"
        f"    kept = [bool(r) for s, r in zip(scores.tolist(), right.tolist(), strict=True) if {selected}]\n"
        f"    if {share}:\n        return t\nreturn {none}"
    )


THRESHOLD = Exercise(
    solution=threshold,
    cases=_scored,
    reads=NUMBER,
    needs_model=False,
    minutes=20,
    difficulty=3,
    mistakes={
        "among_all": [
            Change(FITS, "wrong.sum() / len(scores) <= at_most"),
        ],
        "above": [
            Change(WRONG, "~right[scores > t]"),
            *rewritten(
                threshold,
                _listed("s > t", "kept.count(False) / len(kept) <= at_most"),
                _listed("s > t", "not kept or kept.count(False) / len(kept) <= at_most"),
            ),
        ],
        "strictly_fewer": Change(FITS, "wrong.float().mean() < at_most"),
        "largest": Change(SORTED, DOWN),
        "first_failure": [
            *rewritten(
                threshold,
                STOP + "    if share > at_most:\n        break\n    best = t.item()\nreturn best",
                STOP + "    if share > at_most:\n        return best\n    best = t.item()\nreturn best",
                STOP + "    if share >= at_most:\n        break\n    best = t.item()\nreturn best",
                STOP + "    if share > at_most and best < math.inf:\n        break\n"
                "    if share <= at_most:\n        best = t.item()\nreturn best",
            ),
            halving,
            halving_to_the_end,
        ],
        "first_that_fails": rewritten(
            threshold,
            STOP + "    if share > at_most:\n        return t.item()\nreturn best",
            STOP + "    if share > at_most:\n        return t.item()\nreturn t.item()",
        ),
        "given_order": [
            Change(SORTED, "scores"),
        ],
        "last_in_given_order": rewritten(
            threshold,
            "best = math.inf\nfor t in scores:\n    if (~right[scores >= t]).float().mean() <= at_most:\n"
            "        best = t.item()\nreturn best",
        ),
        "index": [
            _alone("t.item()", "(scores == t).nonzero()[0].item()"),
            _alone("t.item()", "(scores.sort().values == t).nonzero()[0].item()"),
        ],
        "share_returned": [
            _alone("t.item()", "wrong.float().mean().item()"),
            _alone("t.item()", "(~wrong).float().mean().item()"),
            _alone("t.item()", "(~wrong).sum().item()"), _alone("t.item()", "len(wrong)"),
        ],
        "grid": [
            *rewritten(threshold, *(
                f"grid = torch.tensor([number / {parts} for number in range({first}, {parts} + 1)])\n"
                "answered = scores >= grid[:, None]\n"
                "fits = (answered & ~right).sum(dim=1) / answered.sum(dim=1) <= at_most\n"
                f"return grid[fits].min().item() if fits.any() else {none}"
                for parts, first in ((100, 50), (100, 0), (10, 0), (10, 5), (1000, 0))
                for none in ("math.inf", "1.0")
            )),
            _alone(SORTED, "(scores.sort().values[1:] + scores.sort().values[:-1]) / 2"),
        ],
        "no_infinity": [
            Change("return math.inf", "return None"),
            *(_alone("return math.inf", f"return {none}") for none in (
                "1.0", "0", "-1", "-math.inf", "math.nan", "scores.max().item()", "scores.min().item()",
                "scores[-1].item()", "scores[0].item()", "t.item()",
            )),
            *rewritten(
                threshold,
                "return min(t.item() for t in scores if (~right[scores >= t]).float().mean() <= at_most)",
                "return [t.item() for t in scores.sort().values if (~right[scores >= t]).float().mean() <= at_most][0]",
                "return next(t.item() for t in scores.sort().values\n"
                "            if (~right[scores >= t]).float().mean() <= at_most)",
                "fits = [(~right[scores >= t]).float().mean() <= at_most for t in scores]\n"
                "return scores[torch.tensor(fits)].min().item()",
                "fits = [bool((~right[scores >= t]).float().mean() <= at_most) for t in scores]\n"
                "return np.array(scores)[fits].min()",
                "for t in scores.sort().values:\n    if (~right[scores >= t]).float().mean() <= at_most:\n"
                "        best = t.item()\n        break\nreturn best",
                "fits = [t.item() for t in scores if (~right[scores >= t]).float().mean() <= at_most]\n"
                "return min(fits) if fits else 2.0",
            ),
        ],
        "share_rounded": [
            _alone(FITS, f"round(wrong.float().mean().item(), {digits}) <= at_most") for digits in (1, 2, 3)
        ],
        "some_left_out": [
            _alone(SORTED, "scores.sort().values[1:]"),
            _alone(SORTED, "scores.sort().values[:-1]"),
        ],
        "right_for_wrong": [Change(WRONG, "right[scores >= t]")],
        "enough_right": [
            Change(FITS, "wrong.float().mean() >= at_most"), _alone(FITS, "(~wrong).float().mean() >= at_most"),
            _alone(FITS, "wrong.float().mean() > at_most"),
            _alone(FITS, "1 - wrong.float().mean() <= 1 - at_most"),
        ],
        "below": [
            Change(WRONG, "~right[scores <= t]"), _alone(WRONG, "~right[scores < t]"),
        ],
        "at_it": _alone(WRONG, "~right[scores == t]"),
        "number_not_share": Change(FITS, "wrong.sum() <= at_most"),
        "against_the_right": [
            _alone(FITS, "wrong.sum() / (~wrong).sum() <= at_most"),
            _alone(FITS, "(~wrong).sum() and wrong.sum() / (~wrong).sum() <= at_most"),
            *rewritten(threshold, _listed("s >= t", "kept.count(False) / kept.count(True) <= at_most")),
        ],
        "of_the_wrong": [
            _alone(FITS, "wrong.sum() / (~right).sum() <= at_most"),
            _alone(FITS, "wrong.sum() / max((~right).sum(), 1) <= at_most"),
        ],
        "fewest_errors": rewritten(
            threshold,
            "shares = [(~right[scores >= t]).float().mean().item() for t in scores]\n"
            "return scores[shares.index(min(shares))].item()",
            "return min(scores.tolist(), key=lambda t: (~right[scores >= t]).float().mean().item())",
        ),
        "no_selection": [
            _alone(WRONG, "~right"),
        ],
        "ties": [
            lower_by_counting,
            counting_up,
            *rewritten(
                threshold,
                "order = scores.argsort()\nright = right[order]\nscores = scores[order]\n"
                "for place in range(len(scores)):\n    if (~right[place:]).float().mean() <= at_most:\n"
                "        return scores[place].item()\nreturn math.inf",
            ),
        ],
        "sorted_apart": rewritten(
            threshold,
            "ordered = scores.sort().values\n"
            "for t in ordered:\n    if (~right[ordered >= t]).float().mean() <= at_most:\n        return t.item()\n"
            "return math.inf",
            "ordered = scores.sort().values\n"
            "for place, t in enumerate(ordered):\n    if (~right[place:]).float().mean() <= at_most:\n"
            "        return t.item()\nreturn math.inf",
            "ordered = scores.sort(descending=True).values\nbest = math.inf\n"
            "for place, t in enumerate(ordered, 1):\n    if (~right[:place]).float().mean() <= at_most:\n"
            "        best = t.item()\nreturn best",
        ),
        "of_the_scores": [
            _alone(FITS, "1 - t <= at_most"), _alone(FITS, "1 - scores[scores >= t].mean() <= at_most"),
        ],
        "quantile": rewritten(
            threshold,
            "return scores.quantile(at_most).item()",
            "return scores.sort().values[int(at_most * (len(scores) - 1))].item()",
            "return scores.sort().values[min(int(at_most * len(scores)), len(scores) - 1)].item()",
        ),
        "highest_wrong": rewritten(
            threshold,
            "return scores[~right].max().item() if (~right).any() else scores.min().item()",
            "return scores[right].min().item() if right.any() else math.inf",
        ),
        "rounded": [_alone("t.item()", "round(t.item(), 1)"), _alone("t.item()", "round(t.item(), 2)")],
    },
    symptoms={
        "no_infinity": lambda _arguments, _came, expected: bool(np.isposinf(expected)),
        "not_among": lambda arguments, came, _expected: bool(np.isfinite(came)) and not _among(arguments, came),
        "gives_up": lambda _arguments, came, expected: bool(np.isinf(came) and np.isfinite(expected)),
        "too_low": lambda arguments, came, _expected: _share(arguments[0], arguments[1], float(came)) > arguments[2],
        "not_smallest": lambda arguments, came, expected: (
            _among(arguments, came) and came > expected
            and _share(arguments[0], arguments[1], float(came)) <= arguments[2]
        ),
    },
    traits={
        "no_infinity": lambda scores, right, at_most: min(_shares(scores, right)) > at_most,
        "ties": lambda scores, _right, _at_most: len(set(scores.tolist())) < len(scores),
        "strictly_fewer": lambda scores, right, at_most: at_most in _shares(scores, right),
        "given_order": lambda scores, _right, _at_most: not torch.equal(scores, scores.sort().values),
        "unsteady": lambda scores, right, at_most: (
            (fits := [share <= at_most for share in _shares(scores, right)]) != sorted(fits)
        ),
    },
    otherwise={
        "chosen_otherwise": lambda arguments, came, _expected: bool(np.isposinf(came)) or _among(arguments, came),
    },
)  # fmt: skip
