"""The head that classifies a sentence, by hand, and the step in it that is no sum."""

import torch
from torch.nn import functional  # noqa: F401 (changes of the solutions use it)

from pipeline_helpers.practice.answers import NUMBERS
from pipeline_helpers.practice.exercise import Arguments, Change, Exercise, Given, alone


def relu(numbers):
    return [max(number, 0) for number in numbers]


def _too_early(numbers):
    for number in numbers:
        return [max(number, 0)]
    return []


def _last_alone(numbers):
    for number in numbers:
        found = [max(number, 0)]
    return found


def _counted(numbers):
    return sum(number < 0 for number in numbers)


def _kept_and_sorted(numbers):
    return sorted(max(number, 0) for number in numbers)


EACH = "max(number, 0)"

RELU = Exercise(
    solution=relu,
    cases=lambda _: [
        ([3, -2, 0, 5],), ([0.5, -0.25, -4.0, 0.3, 0.0, 1.5],), ([-1, -2.5],), ([7.0, 0.2, 8.0],), ([-0.1, 2, 0.5],),
    ],
    reads=NUMBERS,
    needs_model=False,
    minutes=3,
    difficulty=1,
    mistakes={
        "absolute": Change(EACH, "abs(number)"),
        "dropped": [
            Change(f"{EACH} for number in numbers", f"number for number in numbers if number {sign} 0")
            for sign in (">", ">=")
        ],
        "ones": [Change(EACH, "int(number > 0)"), Change(EACH, "number > 0"), Change(EACH, "min(max(number, 0), 1)")],
        "turned_round": [
            Change("max(number", "min(number"), Change(EACH, "max(-number, 0)"), Change(EACH, "-max(number, 0)"),
            Change(EACH, "number < 0"),
        ],
        "other_number": [
            Change("number, 0", f"number, {other}")
            for other in ("1", "-1", "0.1", "0.01 * number", "0.1 * number")
        ],
        "below_1": [Change(EACH, "0 if number < 1 else number"), Change(EACH, "0 if number <= 1 else number")],
        "largest": [Change(EACH, "max(numbers)"), Change(f"[{EACH} for number in numbers]", "max(max(numbers), 0)")],
        "too_early": [_too_early, _last_alone],
        "counted": _counted,
        "sorted": _kept_and_sorted,
        "smooth": [Change(EACH, "functional.gelu(torch.tensor(float(number)))"),
                   Change(EACH, "torch.sigmoid(torch.tensor(float(number)))"),
                   Change(EACH, "torch.tanh(torch.tensor(float(number)))")],
        "whole": [Change(EACH, "max(int(number), 0)"), Change(EACH, "max(round(number), 0)")],
        "minus_smallest": Change(EACH, "number - min(numbers)"),
    },
    symptoms={
        "negatives_left": lambda _, came, __: bool((came < 0).any()),
        "length": lambda arguments, came, _: came.shape != (len(arguments[0]),),
        "positives_changed": lambda _, came, expected: bool((came[expected > 0] != expected[expected > 0]).any()),
    },
)  # fmt: skip


def head(hidden, model):
    first = hidden[:, 0]
    summed = first @ model.pre_classifier.weight.T + model.pre_classifier.bias
    positive = torch.relu(summed)
    return positive @ model.classifier.weight.T + model.classifier.bias


def _hidden(given: Given) -> list[Arguments]:
    sizes = ((1, 5, 1), (3, 4, 1), (2, 7, 3), (4, 3, 9))  # sentences, places, and how long the vectors are
    drawn = [(states(*size, seed), given.model) for seed, size in enumerate(sizes)]
    return [*drawn, (torch.zeros(1, 3, 384), given.model)]  # of the first sum, what is left is the bias


def states(sentences, places, length, seed):
    """Random hidden states of the course's width; of `length` 1 they are as long as the body gives them."""
    return 0.7 * length * torch.randn(sentences, places, 384, generator=torch.Generator().manual_seed(seed)) + 0.05


def _through_the_body(hidden, model):
    states = model.distilbert(inputs_embeds=hidden).last_hidden_state
    return model.classifier(torch.relu(model.pre_classifier(states[:, 0])))


FIRST, POSITIVE = "hidden[:, 0]", "torch.relu(summed)"
SUMMED = "first @ model.pre_classifier.weight.T + model.pre_classifier.bias"
RETURNED = "positive @ model.classifier.weight.T + model.classifier.bias"

HEAD = Exercise(
    solution=head,
    cases=_hidden,
    reads=NUMBERS,
    minutes=15,
    difficulty=3,
    mistakes={
        "last_position": [Change(FIRST, f"hidden[:, {last}]") for last in ("-1", "-2")] + [
            Change(FIRST, "hidden", RETURNED, f"({RETURNED})[:, -1]")],
        "second_position": Change(FIRST, "hidden[:, 1]"),
        "all_positions": Change(FIRST, "hidden"),
        "mean": [
            Change(FIRST, f"hidden.{over}")
            for over in ("mean(dim=1)", "sum(dim=1)", "max(dim=1).values", "mean(dim=0)")
        ] + [
            Change(FIRST, "hidden", RETURNED, f"({RETURNED}).{over}")
            for over in ("mean(dim=1)", "sum(dim=1)", "max(dim=1).values")
        ],
        "first_sentence": [Change(FIRST, text) for text in ("hidden[0]", "hidden[0, :]", "hidden[0, 0]", "hidden[-1]")],
        "no_relu": Change(POSITIVE, "summed"),
        "relu_before": Change(POSITIVE, "summed", FIRST, f"torch.relu({FIRST})"),
        "relu_on_first": Change(FIRST, f"torch.relu({FIRST})"),
        "relu_at_end": [
            Change(POSITIVE, "summed", RETURNED, f"torch.relu({RETURNED})"),
            alone(head, RETURNED, f"torch.relu({RETURNED})"),
        ],
        "other_function": [
            alone(head, POSITIVE, text) for text in (
                "functional.gelu(summed)", "torch.tanh(summed)", "torch.sigmoid(summed)", "summed.abs()",
                "functional.leaky_relu(summed)", "functional.silu(summed)", "functional.elu(summed)",
                "functional.gelu(summed, approximate='tanh')", "torch.softmax(summed, dim=-1)",
                "functional.softplus(summed)", "functional.relu6(summed)")
        ],
        "relu_turned_round": [
            alone(head, POSITIVE, "torch.relu(-summed)"), alone(head, POSITIVE, "summed.clamp(max=0)"),
        ],
        "step": [alone(head, POSITIVE, "(summed > 0).float()"), alone(head, POSITIVE, "summed.clamp(0, 1)")],
        "not_transposed": Change("model.pre_classifier.weight.T", "model.pre_classifier.weight"),
        "second_not_transposed": Change("model.classifier.weight.T", "model.classifier.weight"),
        "no_bias": Change(" + model.pre_classifier.bias", "", " + model.classifier.bias", ""),
        "no_first_bias": Change(" + model.pre_classifier.bias", ""),
        "no_second_bias": Change(" + model.classifier.bias", ""),
        "bias_subtracted": [
            alone(head, " + model.pre_classifier.bias", " - model.pre_classifier.bias"),
            alone(head, " + model.classifier.bias", " - model.classifier.bias"),
        ],
        "bias_before": Change(SUMMED, "(first + model.pre_classifier.bias) @ model.pre_classifier.weight.T"),
        "bias_after_relu": Change(
            " + model.pre_classifier.bias", "", POSITIVE, f"{POSITIVE} + model.pre_classifier.bias"),
        "no_first_layer": [
            Change(SUMMED, "first", POSITIVE, "summed"), alone(head, SUMMED, "first"),
        ],
        "pooler": [
            alone(head, SUMMED, "first", POSITIVE, "torch.tanh(summed)"),
            alone(head, FIRST, "torch.tanh(hidden[:, 0])"),
        ],
        "no_second_layer": [Change(RETURNED, "positive"), Change(RETURNED, "summed")],
        "first_layer_twice": [
            alone(head, POSITIVE, f"model.pre_classifier({POSITIVE})"),
            alone(head, POSITIVE, f"torch.relu(model.pre_classifier({POSITIVE}))"),
            alone(head, POSITIVE, "torch.relu(model.pre_classifier(summed))"),
        ],
        "whole_model": _through_the_body,
        "probabilities": [
            Change(RETURNED, text) for text in (
                f"torch.softmax({RETURNED}, dim=-1)", f"torch.sigmoid({RETURNED})",
                f"torch.log_softmax({RETURNED}, dim=-1)", f"torch.softmax({RETURNED}, dim=0)")
        ],
        "label": [
            alone(head, RETURNED, f"({RETURNED}).{text}")
            for text in ("argmax(dim=-1)", "argmax()", "max(dim=-1).values")
        ] + [alone(head, RETURNED, f"({RETURNED})[..., {column}]") for column in (0, 1)],
        "difference": [
            alone(head, RETURNED, f"({RETURNED}).diff(dim=-1)"),
            alone(head, RETURNED, f"({RETURNED}).diff(dim=-1)[:, 0]"),
        ],
        "labels_exchanged": [alone(head, RETURNED, f"({RETURNED}).flip(-1)")],
        "residual": [alone(head, POSITIVE, f"{POSITIVE} + first"), alone(head, POSITIVE, "torch.relu(summed + first)")],
        "norm": [
            alone(head, POSITIVE, "functional.layer_norm(torch.relu(summed), (384,))"),
            alone(head, FIRST, "functional.layer_norm(hidden[:, 0], (384,))"),
            alone(head, FIRST, "model.distilbert.embeddings.LayerNorm(hidden[:, 0])"),
            alone(head, FIRST, "model.distilbert.transformer.layer[-1].output_layer_norm(hidden[:, 0])"),
            alone(head, FIRST, "functional.normalize(hidden[:, 0], dim=-1)"),
        ],
        "by_number": [
            alone(head, SUMMED, "first * model.pre_classifier.weight + model.pre_classifier.bias"),
            alone(head, "first @ model.pre_classifier.weight.T", "first * model.pre_classifier.bias"),
        ],
        "dropout": alone(head, POSITIVE, f"0.8 * {POSITIVE}"),
    },
    symptoms={
        "probabilities": lambda _, came, __: came.shape[-1] == 2 and bool((abs(came.sum(-1) - 1) < 1e-3).all()),
        "relu_at_end": lambda _, came, expected: came.shape == expected.shape and bool((came >= 0).all()),
        "nearly": lambda _, came, expected: came.shape == expected.shape
        and abs(came - expected).max() < 0.3 * max(abs(expected).max(), 1),
    },
    traits={
        "several": lambda hidden, _: len(hidden) > 1,
        "before_the_sum": lambda hidden, _: bool((hidden != 0).any()),
    },
    otherwise={"after_the_sum": lambda _, came, expected: came.shape == expected.shape},  # even where all is 0
)  # fmt: skip
