"""Cross-entropy from logits: what the logarithm of a probability that rounds to 0 has to say."""

import math

import numpy as np
import torch
from torch.nn import functional  # noqa: F401 (some of the mistakes use it)

from pipeline_helpers.practice.answers import NUMBER
from pipeline_helpers.practice.exercise import Arguments, Change, Exercise, Given, alone, rewritten


def cross_entropy(logits, labels):
    logarithms = torch.log_softmax(logits, dim=-1)
    of_the_label = logarithms[torch.arange(len(labels)), labels]
    return -of_the_label.mean().item()


def _answers(_: Given) -> list[Arguments]:
    random = torch.Generator().manual_seed(6)

    def some(sentences: int, classes: int) -> Arguments:
        logits = 2 * torch.randn(sentences, classes, generator=random)
        return logits, torch.randint(classes, (sentences,), generator=random)

    return [
        (torch.tensor([[-0.3, 0.33], [2.52, -2.18]]), torch.tensor([1, 0])),
        (torch.tensor([[0.5, -1.5]]), torch.tensor([1])),
        (torch.tensor([[2.0, 0.5], [1.0, -1.0], [0.0, 3.0]]), torch.tensor([0, 1, 1])),
        (torch.tensor([[1.0, 2.0, 4.0], [0.0, -1.0, -1.5]]), torch.tensor([0, 2])),
        some(5, 3), some(3, 4), some(4, 4),
        (torch.tensor([[-8.0, 8.0]]), torch.tensor([1])),
        (torch.tensor([[200.0, -200.0]]), torch.tensor([1])),
        (torch.tensor([[1000.0, -1000.0, 0.0], [0.0, 1.0, 2.0]]), torch.tensor([1, 2])),
    ]  # fmt: skip


def log_of_0_in_a_loop(logits, labels):
    total = 0
    for row, label in zip(logits, labels, strict=True):
        exponentials = [math.exp(z) for z in row]
        total += -math.log(exponentials[label] / sum(exponentials))
    return total / len(labels)


def log_of_0_in_a_stable_loop(logits, labels):
    total = 0
    for row, label in zip(logits, labels, strict=True):
        exponentials = [math.exp(z - max(row)) for z in row]
        total += -math.log(exponentials[label] / sum(exponentials))
    return total / len(labels)


def halved_at_each_step(logits, labels):
    loss = 0.0
    for row, label in zip(torch.log_softmax(logits, dim=-1), labels, strict=True):
        loss = (loss - row[label].item()) / 2
    return loss


def halved_after_the_first(logits, labels):
    losses = [-row[label].item() for row, label in zip(torch.log_softmax(logits, dim=-1), labels, strict=True)]
    loss = losses[0]
    for one in losses[1:]:
        loss = (loss + one) / 2
    return loss


def divided_at_each_step(logits, labels):
    loss = 0.0
    for row, label in zip(torch.log_softmax(logits, dim=-1), labels, strict=True):
        loss = (loss - row[label].item()) / len(labels)
    return loss


def log_of_0_of_a_softmax(logits, labels):
    p = torch.softmax(logits, dim=-1)
    return -sum(math.log(row[label]) for row, label in zip(p, labels, strict=True)) / len(labels)


LOGARITHMS = "torch.log_softmax(logits, dim=-1)"

PICKED = "[torch.arange(len(labels)), labels]"
SOFTENED = f"p = torch.softmax(logits, dim=-1)\np = p{PICKED}\n"
ALL = "p = torch.softmax(logits, dim=-1)\n"
HOT = "hot = functional.one_hot(labels, logits.shape[-1])\n"

CROSS_ENTROPY = Exercise(
    solution=cross_entropy,
    cases=_answers,
    reads=NUMBER,
    needs_model=False,
    minutes=15,
    difficulty=3,
    mistakes={
        "log_of_0": [
            Change(LOGARITHMS, "torch.log(torch.softmax(logits, dim=-1))"),
            alone(cross_entropy, LOGARITHMS,
                   "torch.log(torch.exp(logits) / torch.exp(logits).sum(dim=-1, keepdim=True))"),
            alone(cross_entropy, LOGARITHMS, "torch.log(torch.softmax(logits.double(), dim=-1))"),
            alone(cross_entropy, LOGARITHMS,
                   "torch.log(torch.exp(logits.double()) / torch.exp(logits.double()).sum(dim=-1, keepdim=True))"),
            alone(cross_entropy, LOGARITHMS,
                  "torch.log(torch.exp(logits - logits.max()) / torch.exp(logits - logits.max()).sum(-1, True))"),
            log_of_0_in_a_loop,
            log_of_0_in_a_stable_loop,
            log_of_0_of_a_softmax,
            alone(cross_entropy, LOGARITHMS,
                   "logits - torch.log(torch.exp(logits).sum(dim=-1, keepdim=True))"),
            alone(cross_entropy, LOGARITHMS,
                   "logits - torch.log(torch.exp(logits.double()).sum(dim=-1, keepdim=True))"),
        ],
        "one_side": [
            alone(cross_entropy, LOGARITHMS, text) for text in (
                "logits - torch.log(torch.exp(logits - logits.amax(-1, True)).sum(-1, True))",
                "logits - logits.amax(-1, True) - torch.log(torch.exp(logits).sum(-1, True))",
                "logits - torch.log(torch.exp(logits - logits.max()).sum(-1, True))",
                "logits - logits.max() - torch.log(torch.exp(logits).sum(-1, True))",
                "torch.log(torch.exp(logits - logits.amax(-1, True)) / torch.exp(logits).sum(-1, True))",
                "torch.log(torch.exp(logits) / torch.exp(logits - logits.amax(-1, True)).sum(-1, True))",
                "logits - logits.logsumexp(-1, True) - logits.amax(-1, True)",
                "logits - logits.logsumexp(-1, True) + logits.amax(-1, True)",
            )
        ],
        "one_maximum": [
            alone(cross_entropy, LOGARITHMS,
                  "logits - logits.max() - torch.log(torch.exp(logits - logits.max()).sum(-1, True))"),
        ],
        "inside_the_logarithm": [
            alone(cross_entropy, LOGARITHMS, "-torch.log(torch.exp(logits).sum(-1, True) - logits)"),
            alone(cross_entropy, LOGARITHMS, "torch.log(torch.exp(logits).sum(-1, True) - logits)"),
            alone(cross_entropy, LOGARITHMS, "torch.log(logits - torch.exp(logits).sum(-1, True))"),
        ],
        "gather": [
            alone(cross_entropy, PICKED, ".gather(1, labels)"),
            *rewritten(cross_entropy, ALL + "return -torch.log(p.gather(1, labels)).mean()"),
        ],
        "first_row": [
            alone(cross_entropy, PICKED, "[0, labels]"),
            *rewritten(cross_entropy, ALL + "return -torch.log(p[0, labels]).mean()"),
        ],
        "small_number": [
            alone(cross_entropy, LOGARITHMS, f"torch.log(torch.softmax(logits, dim=-1) + 1e-{digits})")
            for digits in (5, 6, 7, 8, 9, 10, 12, 15)
        ] + [
            alone(cross_entropy, LOGARITHMS, f"torch.log(torch.softmax(logits, dim=-1).clamp(min=1e-{digits}))")
            for digits in (7, 12)
        ],
        "sum": [
            Change("of_the_label.mean()", "of_the_label.sum()"),
        ],
        "twice": [
            Change("log_softmax(logits,", "log_softmax(torch.softmax(logits, dim=-1),"),
            alone(cross_entropy, "log_softmax(logits,", "log_softmax(torch.log_softmax(logits, dim=-1).exp().exp(),"),
        ],
        "sign": Change("-of_the_label", "of_the_label"),
        "other_base": [
            Change("mean().item()", "mean().item() / math.log(10)"),
            Change("mean().item()", "mean().item() / math.log(2)"),
            *rewritten(
                cross_entropy,
                SOFTENED + "return -torch.log10(p).mean()",
                SOFTENED + "return -torch.log2(p).mean()",
            ),
        ],
        "no_logarithm": rewritten(
            cross_entropy,
            SOFTENED + "return (1 - p).mean()",
            SOFTENED + "return p.mean()",
            SOFTENED + "return -p.mean()",
            SOFTENED + "return (1 - p).sum()",
            SOFTENED + "return p.sum()",
        ),
        "squared": rewritten(
            cross_entropy,
            SOFTENED + "return ((1 - p) ** 2).mean()",
            ALL + HOT + "return ((p - hot) ** 2).mean()",
            ALL + HOT + "return ((p - hot) ** 2).sum(dim=-1).mean()",
            ALL + HOT + "return (p - hot).abs().mean()",
            ALL + HOT + "return (p - hot).abs().sum(dim=-1).mean()",
        ),
        "mean_before": [
            *rewritten(
                cross_entropy,
                SOFTENED + "return -torch.log(p.mean())",
                SOFTENED + "return -math.log(p.mean() + 1e-12)",
            ),
            *rewritten(cross_entropy, SOFTENED + "return -torch.log(p.sum())"),
        ],
        "product": rewritten(cross_entropy, SOFTENED + "return -torch.log(p.prod())"),
        "no_softmax": [
            Change(LOGARITHMS, "logits"),
            alone(cross_entropy, LOGARITHMS, "torch.log(logits)"),
            alone(cross_entropy, LOGARITHMS, "torch.log(logits.abs())"),
            alone(cross_entropy, LOGARITHMS, "torch.log(torch.exp(logits))"),
            alone(cross_entropy, LOGARITHMS, "logits / logits.sum(dim=-1, keepdim=True)"),
            alone(cross_entropy, LOGARITHMS, "torch.log(logits / logits.sum(dim=-1, keepdim=True))"),
        ],
        "sentences": [
            Change("(logits, dim=-1)", "(logits, dim=0)"),
            *rewritten(
                cross_entropy,
                f"p = torch.softmax(logits, dim=0){PICKED}\nreturn -torch.log(p).mean()",
                f"return (logits.logsumexp(dim=0) - logits{PICKED}).mean()",
                f"return (torch.log(torch.exp(logits).sum(dim=0)) - logits{PICKED}).mean()",
            ),
        ],
        "everything": rewritten(
            cross_entropy,
            f"p = (torch.exp(logits) / torch.exp(logits).sum()){PICKED}\nreturn -torch.log(p).mean()",
            f"return -torch.log_softmax(logits.flatten(), 0).reshape(logits.shape){PICKED}.mean()",
        ),
        "sigmoid": [
            alone(cross_entropy, LOGARITHMS, "functional.logsigmoid(logits)"),
            alone(cross_entropy, LOGARITHMS, "torch.log(torch.sigmoid(logits))"),
            *rewritten(
            cross_entropy,
                HOT + "return functional.binary_cross_entropy_with_logits(logits, hot.float())",
                HOT + "loss = functional.binary_cross_entropy_with_logits(logits, hot.float(), reduction='none')\n"
                "return loss.sum(dim=-1).mean()",
                HOT + "p = torch.sigmoid(logits)\n"
                "return -(hot * torch.log(p) + (1 - hot) * torch.log(1 - p)).mean()",
            ),
        ],
        "all_labels": [
            alone(cross_entropy, "-of_the_label.mean()", "-logarithms.mean()"),
            alone(cross_entropy, "-of_the_label.mean()", "-logarithms.sum()"),
            alone(cross_entropy, "-of_the_label.mean()", "-logarithms.sum(dim=-1).mean()"),
            *rewritten(cross_entropy, ALL + "return -torch.log(p).mean()", ALL + "return -torch.log(p).sum()"),
        ],
        "others_too": rewritten(
            cross_entropy,
            ALL + HOT + "return -(hot * torch.log(p) + (1 - hot) * torch.log(1 - p)).sum(dim=-1).mean()",
            ALL + HOT + "return -(hot * torch.log(p) + (1 - hot) * torch.log(1 - p)).mean()",
            SOFTENED + "return -(labels * torch.log(p) + (1 - labels) * torch.log(1 - p)).mean()",
            ALL + "p = p[:, 1]\nreturn -(labels * torch.log(p) + (1 - labels) * torch.log(1 - p)).mean()",
        ),
        "one_minus": rewritten(
            cross_entropy,
            SOFTENED + "return -torch.log(1 - p).mean()",
            SOFTENED + "return torch.log(1 - p).mean()",
        ),
        "by_classes": [
            alone(cross_entropy, "of_the_label.mean().item()", "(of_the_label.sum() / logits.shape[-1]).item()"),
            alone(cross_entropy, "of_the_label.mean().item()", "(of_the_label.sum() / logits.numel()).item()"),
            *rewritten(cross_entropy, HOT + "return -(hot * torch.log_softmax(logits, dim=-1)).mean()"),
        ],
        "best_label": [
            Change(PICKED, "[torch.arange(len(labels)), logits.argmax(dim=-1)]"),
            alone(cross_entropy, "logarithms" + PICKED, "logarithms.max(dim=-1).values"),
            *rewritten(cross_entropy, ALL + "return -torch.log(p.max(dim=-1).values).mean()"),
        ],
        "margin": rewritten(
            cross_entropy,
            f"return (logits.max(dim=-1).values - logits{PICKED}).mean()",
            f"return (logits{PICKED} - logits.max(dim=-1).values).mean()",
        ),
        "worst_label": alone(cross_entropy, "logarithms" + PICKED, "logarithms.min(dim=-1).values"),
        "fixed_column": [
            Change(PICKED, "[:, 1]"), Change(PICKED, "[:, 0]"), alone(cross_entropy, PICKED, "[:, -1]"),
            *rewritten(
                cross_entropy,
                ALL + "return -torch.log(p[:, 1]).mean()",
                ALL + "return -torch.log(p[:, 0]).mean()",
            ),
        ],
        "other_label": [
            alone(cross_entropy, PICKED, "[torch.arange(len(labels)), 1 - labels]"),
            alone(cross_entropy, PICKED, "[torch.arange(len(labels)), labels - 1]"),
        ],
        "rows": [
            alone(cross_entropy, PICKED, "[labels]"),
            alone(cross_entropy, PICKED, "[labels].max(dim=-1).values"),
            *rewritten(cross_entropy, ALL + "return -torch.log(p[labels]).mean()"),
        ],
        "columns": [
            alone(cross_entropy, PICKED, "[:, labels]"),
            *rewritten(cross_entropy, ALL + "return -torch.log(p[:, labels]).mean()"),
        ],
        "times_label": [
            alone(cross_entropy, "logarithms" + PICKED, "(logarithms * labels[:, None])"),
            alone(cross_entropy, "logarithms" + PICKED, "(logarithms * labels[:, None]).sum(dim=-1)"),
            alone(cross_entropy, "logarithms" + PICKED, "(logarithms.max(dim=-1).values * labels)"),
            alone(cross_entropy, "logarithms" + PICKED, "(logarithms[:, 1] * labels)"),
            *rewritten(
                cross_entropy,
                ALL + "return -(labels * torch.log(p[:, 1])).mean()",
                SOFTENED + "return -(labels * torch.log(p)).mean()",
            ),
            alone(cross_entropy, "logarithms" + PICKED, "(logarithms" + PICKED + " * labels)"),
        ],
        "entropy": rewritten(
            cross_entropy,
            ALL + "return -(p * torch.log(p)).sum(dim=-1).mean()",
            "l = torch.log_softmax(logits, dim=-1)\nreturn -(l.exp() * l).sum(dim=-1).mean()",
            SOFTENED + "return -(p * torch.log(p)).mean()",
            f"l = torch.log_softmax(logits, dim=-1){PICKED}\nreturn -(l.exp() * l).mean()",
        ),
        "first_alone": [
            alone(cross_entropy, "of_the_label.mean()", "of_the_label[0]"),
            alone(cross_entropy, "of_the_label.mean()", "of_the_label[-1]"),
        ],
        "halved": [halved_at_each_step, halved_after_the_first, divided_at_each_step],
        "other_middle": [
            alone(cross_entropy, "of_the_label.mean()", "of_the_label.median()"),
            alone(cross_entropy, "of_the_label.mean()", "of_the_label.max()"),
            alone(cross_entropy, "of_the_label.mean()", "of_the_label.min()"),
        ],
        "exponential": [
            alone(cross_entropy, "return -of_the_label.mean().item()", "return (-of_the_label.mean()).exp().item()"),
            *rewritten(cross_entropy, SOFTENED + "return torch.exp(-p).mean()", SOFTENED + "return (1 / p).mean()"),
        ],
        "accuracy": rewritten(
            cross_entropy,
            "return (logits.argmax(dim=-1) == labels).float().mean()",
            "return (logits.argmax(dim=-1) != labels).float().mean()",
        ),
        "smoothing": rewritten(cross_entropy, *(
            f"return functional.cross_entropy(logits, labels, label_smoothing={number})" for number in (0.02, 0.1, 0.01)
        )),
        "plus_one": rewritten(cross_entropy, SOFTENED + "return -torch.log1p(p).mean()"),
    },
    symptoms={
        "log_of_0": lambda _arguments, came, expected: bool(expected > 20 and np.isposinf(came)),
        "capped": lambda _arguments, came, expected: bool(expected > 20 and 0 < came < expected),
        "below_zero": lambda _arguments, came, _expected: bool(came < 0),
    },
    traits={
        "huge": lambda logits, _labels: logits.abs().max() > 100,
        "several": lambda _logits, labels: len(labels) > 1,
        "more_labels": lambda logits, _labels: logits.shape[-1] > 2,
    },
)  # fmt: skip
