"""A step of training: of one weight, and of a whole last layer."""

import torch
from torch.nn import functional

from pipeline_helpers.practice.answers import NUMBER, NUMBERS
from pipeline_helpers.practice.exercise import Arguments, Change, Exercise, Given, alone, rewritten


def one_step(w, slope, lr):
    return w - lr * slope


def _weights(_: Given) -> list[Arguments]:
    return [(0.5, -2.0, 0.25), (3.0, 0.75, 2.0), (-1.5, -4.0, 0.01), (0.017, -1.45, 0.5), (2.0, 0.0, 0.3)]


ONE_STEP = Exercise(
    solution=one_step,
    cases=_weights,
    reads=NUMBER,
    needs_model=False,
    minutes=3,
    difficulty=1,
    mistakes={
        "uphill": [Change("w - lr * slope", "w + lr * slope"), Change("w - lr * slope", "w + lr * abs(slope)"),
                   Change("w - lr * slope", "w - lr * abs(slope)")],
        "no_rate": [Change("w - lr * slope", "w - slope"), Change("w - lr * slope", "w + slope")],
        "rate_alone": [Change("w - lr * slope", "w - lr"), Change("w - lr * slope", "w + lr")],
        "only_the_step": [Change("w - lr * slope", "lr * slope"), Change("w - lr * slope", "-lr * slope")],
        "divided": [
            Change("w - lr * slope", "w - slope / lr"),
            Change("w - lr * slope", "w + slope / lr"),
            Change("w - lr * slope", "w - lr / slope if slope else w"),
            Change("w - lr * slope", "w - lr / slope"),
        ],
        "weight_scaled": [
            Change("w - lr * slope", "(w - slope) * lr"), Change("w - lr * slope", "w * (1 - lr * slope)"),
            Change("w - lr * slope", "w - lr * w * slope"), Change("w - lr * slope", "w * lr - slope"),
            Change("w - lr * slope", "(w - lr) * slope"), Change("w - lr * slope", "w * slope - lr"),
            Change("w - lr * slope", "w * lr * slope"), Change("w - lr * slope", "w - lr * w"),
            Change("w - lr * slope", "(1 - lr) * w - lr * slope"),
            Change("w - lr * slope", "(1 - lr) * w + lr * slope"),
        ],
        "rate_added": [Change("w - lr * slope", "w - lr - slope"), Change("w - lr * slope", "w - (lr + slope)")],
        "from_the_step": Change("w - lr * slope", "lr * slope - w"),
        "halved": [Change("w - lr * slope", "w - lr * slope / 2"), Change("w - lr * slope", "w - 2 * lr * slope")],
        "direction_alone": [
            Change("w - lr * slope", "w - lr * ((slope > 0) - (slope < 0))"),
            Change("w - lr * slope", "w + lr * ((slope > 0) - (slope < 0))"),
            Change("w - lr * slope", "w + lr if slope < 0 else w - lr"),
            Change("w - lr * slope", "w - lr if slope > 0 else w + lr"),
        ],
        "unchanged": Change("w - lr * slope", "w"),
    },
    traits={"falling": lambda _w, slope, _lr: slope < 0},
)  # fmt: skip


def gradient_step(weight, features, labels, lr):
    probabilities = torch.softmax(features @ weight.T, dim=-1)
    wanted = functional.one_hot(labels, len(weight))
    slopes = (probabilities - wanted).T @ features / len(labels)
    return weight - lr * slopes


def _layers(_: Given) -> list[Arguments]:
    random = torch.Generator().manual_seed(6)

    def some(sentences: int, labels: int, width: int, lr: float) -> Arguments:
        return (
            torch.randn(labels, width, generator=random), torch.randn(sentences, width, generator=random),
            torch.randint(labels, (sentences,), generator=random), lr,
        )  # fmt: skip

    return [
        (torch.zeros(2, 3), torch.tensor([[1.0, 0.0, 2.0]]), torch.tensor([1]), 0.5),
        (torch.zeros(2, 3), torch.tensor([[1.0, 0.0, 2.0], [0.0, 1.0, -1.0]]), torch.tensor([1, 0]), 1.0),
        some(1, 2, 4, 0.5), some(5, 2, 3, 0.25), some(4, 3, 5, 2.0), some(3, 3, 3, 1.0), some(7, 4, 2, 0.1),
    ]  # fmt: skip


def _by_hand(*, before: str = "", loss: str = "functional.cross_entropy(features @ w.T, labels)", after: str) -> str:
    return f"{before}w = weight.clone().requires_grad_(True)\n{loss}.backward()\nreturn {after}"


PROBABILITIES = "torch.softmax(features @ weight.T, dim=-1)"
ERRORS = "(probabilities - wanted)"

GRADIENT_STEP = Exercise(
    solution=gradient_step,
    cases=_layers,
    reads=NUMBERS,
    needs_model=False,
    minutes=18,
    difficulty=3,
    mistakes={
        "uphill": [
            Change("weight - lr", "weight + lr"),
            alone(gradient_step, "probabilities - wanted", "wanted - probabilities"),
        ],
        "sum": [
            Change(" / len(labels)", ""),
            *rewritten(gradient_step, _by_hand(
                loss="functional.cross_entropy(features @ w.T, labels, reduction='sum')", after="weight - lr * w.grad",
            )),
        ],
        "by_classes": [
            Change("/ len(labels)", "/ len(weight)"), alone(gradient_step, "/ len(labels)", "/ features.numel()"),
            alone(gradient_step, "/ len(labels)", "/ features.shape[1]"),
            alone(gradient_step, "/ len(labels)", "/ (len(labels) * len(weight))"),
        ],
        "no_softmax": [
            Change(PROBABILITIES, "features @ weight.T"),
            alone(gradient_step, PROBABILITIES, "torch.exp(features @ weight.T)"),
            alone(gradient_step, PROBABILITIES, "torch.log_softmax(features @ weight.T, dim=-1)"),
        ],
        "sigmoid": Change(PROBABILITIES, "torch.sigmoid(features @ weight.T)"),
        "sentences": Change("dim=-1", "dim=0"),
        "twice": [
            alone(gradient_step, PROBABILITIES,
                  "torch.softmax(torch.softmax(features @ weight.T, dim=-1), dim=-1)"),
            *rewritten(gradient_step, _by_hand(
                loss="functional.cross_entropy(torch.softmax(features @ w.T, dim=-1), labels)",
                after="weight - lr * w.grad",
            )),
        ],
        "no_rate": [Change("lr * slopes", "slopes"), alone(gradient_step, "lr * slopes", "slopes / lr")],
        "only_the_step": [
            alone(gradient_step, "weight - lr * slopes", "slopes"),
            alone(gradient_step, "weight - lr * slopes", "lr * slopes"),
            alone(gradient_step, "weight - lr * slopes", "-lr * slopes"),
        ],
        "nothing_wanted": Change(ERRORS, "probabilities"),
        "wanted_alone": [
            alone(gradient_step, ERRORS, "wanted.float()"),
            alone(gradient_step, ERRORS, "-wanted.float()"),
        ],
        "right_label_alone": [
            alone(gradient_step, ERRORS, "((probabilities - 1) * wanted)"),
            alone(gradient_step, ERRORS, "((probabilities - wanted) * wanted)"),
        ],
        "minus_one_for_all": [
            alone(gradient_step, ERRORS, "(probabilities - 1)"),
            alone(gradient_step, ERRORS, "(1 - probabilities)"),
        ],
        "label_number": alone(gradient_step, ERRORS, "(probabilities - labels[:, None])"),
        "whole_answer": [
            alone(gradient_step, ERRORS,
                  "(functional.one_hot(probabilities.argmax(dim=-1), len(weight)) - wanted).float()"),
            alone(gradient_step, ERRORS,
                  "((probabilities.argmax(dim=-1) != labels)[:, None] * (probabilities - wanted))"),
        ],
        "no_features": [
            alone(gradient_step, ".T @ features / len(labels)", ".mean(dim=0)[:, None]"),
            alone(gradient_step, ".T @ features / len(labels)", ".sum(dim=0)[:, None]"),
        ],
        "mean_features": [
            alone(gradient_step, ".T @ features / len(labels)", ".mean(dim=0)[:, None] * features.mean(dim=0)"),
            alone(gradient_step, ".T @ features / len(labels)", ".sum(dim=0)[:, None] * features.mean(dim=0)"),
        ],
        "squared": [
            alone(gradient_step, ERRORS, "((probabilities - wanted) * probabilities * (1 - probabilities))"),
            alone(gradient_step, ERRORS, "((probabilities - wanted) ** 2)"),
            alone(gradient_step, ERRORS, "(2 * (probabilities - wanted))"),
            alone(gradient_step, ERRORS, "((probabilities - wanted).abs())"),
            *rewritten(gradient_step, *(_by_hand(
                loss=f"((torch.softmax(features @ w.T, dim=-1) - functional.one_hot(labels, len(w))) ** 2){end}",
                after="weight - lr * w.grad",
            ) for end in (".mean()", ".sum(dim=-1).mean()", ".sum()"))),
        ],
        "first_alone": [
            alone(gradient_step, ".T @ features / len(labels)", "[:1].T @ features[:1]"),
            alone(gradient_step, ".T @ features / len(labels)", "[:1].T @ features[:1] / len(labels)"),
        ],
        "two_steps": rewritten(gradient_step, (
            "for _ in range(2):\n"
            "    probabilities = torch.softmax(features @ weight.T, dim=-1)\n"
            "    slopes = (probabilities - functional.one_hot(labels, len(weight))).T @ features / len(labels)\n"
            "    weight = weight - lr * slopes\n"
            "return weight"
        )),
        "one_by_one": rewritten(gradient_step, *(
            "for place in range(len(labels)):\n"
            "    x, y = features[place : place + 1], labels[place : place + 1]\n"
            "    p = torch.softmax(x @ weight.T, dim=-1) - functional.one_hot(y, len(weight))\n"
            f"    weight = weight - lr * p.T @ x{end}\n"
            "return weight" for end in ("", " / len(labels)")
        )),
        "adam": rewritten(gradient_step, *(  # its first step; torch.optim itself takes seconds to import
            _by_hand(after=f"weight * {decayed} - lr * w.grad / (w.grad.abs() + 1e-8)")
            for decayed in ("1", "(1 - 0.01 * lr)")
        )),
        "no_grad": rewritten(
            gradient_step,
            "functional.cross_entropy(features @ weight.T, labels).backward()\nreturn weight - lr * weight.grad",
        ),
        "loss_itself": rewritten(
            gradient_step,
            "return weight - lr * functional.cross_entropy(features @ weight.T, labels)",
            "return weight + lr * functional.cross_entropy(features @ weight.T, labels)",
        ),
        "one_row": [
            alone(gradient_step, "return weight - lr * slopes",
                  f"weight = weight.clone()\n    weight[{row}] = weight[{row}] - lr * slopes[{row}]\n    return weight")
            for row in (1, 0, -1)
        ],
        "untransposed": [
            alone(gradient_step, "features @ weight.T", "features @ weight"),
        ],
    },
    symptoms={
        "one_row": lambda arguments, came, expected: bool(
            ((abs(came - arguments[0].numpy()) < 1e-5) & (abs(expected - arguments[0].numpy()) > 1e-3)).any()
        ),
        "too_far": lambda arguments, came, expected: _along(arguments, came, expected, lambda c: c > 1.001),
        "too_short": lambda arguments, came, expected: _along(arguments, came, expected, lambda c: 0 < c < 0.999),
        "uphill": lambda arguments, came, expected: _along(arguments, came, expected, lambda c: c < 0),
    },
    traits={"several": lambda _weight, _features, labels, _lr: len(labels) > 1,
            "more_labels": lambda weight, _features, _labels, _lr: len(weight) > 2},
)  # fmt: skip


def _along(arguments, came, expected, holds):
    """Whether the step has the right direction, or the opposite one, and how often the right length satisfies it."""
    before = arguments[0].double().numpy()
    ours, theirs = expected - before, came - before
    factor = float((theirs * ours).sum() / (ours * ours).sum())
    return bool(abs(theirs - factor * ours).max() < 1e-3 and holds(factor))
