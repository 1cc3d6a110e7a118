"""Lesson 4's exercises, written in other ways."""

import math

import numpy as np
import torch
from torch.nn import functional


def adds_up_in_a_loop(table):
    answers = []
    for row in table:
        total = 0.0
        for p in row:
            total += p.item()
        answers.append(abs(total - 1) <= 0.001)
    return answers


def adds_up_with_numpy(probabilities):
    return np.isclose(np.array(probabilities).sum(axis=1), 1, rtol=0, atol=1e-3)


def adds_up_with_close_sums(probabilities):
    sums = torch.sum(probabilities.double(), -1)
    return torch.isclose(sums, torch.ones_like(sums)).int()


def adds_up_rounded(probabilities):
    return [round(sum(row), 3) == 1 for row in probabilities.tolist()]


def log_odds_with_two_logarithms(p):
    return p.log() - (1 - p).log()


def log_odds_with_torch(probability):
    return torch.logit(probability.double())


def log_odds_with_numpy(p):
    return -np.log(1 / p.numpy() - 1)


def log_odds_in_a_loop(p):
    return [math.log(one / (1 - one)) for one in p]


def probability_in_a_loop(differences):
    return [math.exp(d) / (1 + math.exp(d)) for d in differences.tolist()]


def probability_with_torch(difference):
    return torch.sigmoid(difference.double())


def probability_with_softmax(difference):
    logits = torch.stack([torch.zeros_like(difference), difference], dim=1)
    return functional.softmax(logits, dim=-1)[:, 1]


def probability_with_numpy(d):
    return 1 / (1 + np.exp(-d.numpy()))


def temperature_by_halving(logits, probability):
    low, high = 1e-6, 1e6
    for _ in range(200):
        middle = (low + high) / 2
        if torch.softmax(logits.double() / middle, dim=-1).max() > probability:
            low = middle
        else:
            high = middle
    return middle


def temperature_with_numpy(z, p):
    return np.ptp(z.numpy()) / (np.log(p) - np.log1p(-p))


def temperature_with_sorting(logits, probability):
    small, large = sorted(logits.tolist())
    return torch.tensor((large - small) / math.log(1 / (1 / probability - 1)))


def softmax_with_torch(z):
    return functional.softmax(z, dim=-1)


def softmax_with_numpy(logits):
    z = logits.numpy().astype(np.float64)
    e = np.exp(z - z.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def softmax_in_a_loop(logits):
    if logits.dim() > 1:
        return [softmax_in_a_loop(row) for row in logits]
    numbers = logits.tolist()
    exponentials = [math.exp(z - max(numbers)) for z in numbers]
    return [e / sum(exponentials) for e in exponentials]


def softmax_with_logsumexp(logits):
    return (logits - logits.logsumexp(-1, keepdim=True)).exp()


def softmax_turned(logits):
    z = logits.movedim(-1, 0)
    e = (z - z.max(dim=0).values).exp()
    return (e / e.sum(dim=0)).movedim(0, -1)


def cross_entropy_with_torch(logits, labels):
    return functional.cross_entropy(logits, labels)


def cross_entropy_in_a_loop(rows, targets):
    losses = []
    for row, target in zip(rows.tolist(), targets.tolist(), strict=True):
        largest = max(row)
        total = sum(math.exp(z - largest) for z in row)
        losses.append(largest + math.log(total) - row[target])
    return sum(losses) / len(losses)


def cross_entropy_with_numpy(logits, labels):
    z = logits.numpy().astype(float)
    z = z - z.max(axis=1, keepdims=True)
    logarithms = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
    return -np.mean(logarithms[np.arange(len(z)), labels.numpy()])


def cross_entropy_with_one_hot(logits, labels):
    hot = functional.one_hot(labels, logits.shape[1])
    return -(hot * functional.log_softmax(logits, dim=1)).sum() / len(labels)


def cross_entropy_with_gather(logits, labels):
    return (logits.logsumexp(dim=-1) - logits.gather(1, labels[:, None])[:, 0]).mean()


def _seeded():
    return torch.Generator().manual_seed(0)


def _tables(_):
    random = _seeded()
    tables = [torch.rand(4, 3, generator=random) for _ in range(10)]
    return [(table / table.sum(dim=row % 2 - 1, keepdim=True),) for row, table in enumerate(tables)] + [
        (table,) for table in tables
    ]


def _probabilities(_):
    return [(p,) for p in torch.rand(30, 3, generator=_seeded())]


def _differences(_):
    random = _seeded()
    return [(5 * torch.randn(size, generator=random),) for size in range(1, 25)]


def _wanted(_):
    random = _seeded()
    return [(3 * torch.randn(2, generator=random), p) for p in (0.55 + 0.4 * torch.rand(30, generator=random)).tolist()]


def _logits(_):
    random = _seeded()
    shapes = [(4,), (2, 3), (3, 2), (2, 3, 4), (2, 2, 3, 3)] * 6
    return [
        (scale * torch.randn(shape, generator=random),) for shape, scale in zip(shapes, [1, 3, 1000] * 10, strict=True)
    ]


def _answers(_):
    random = _seeded()
    return [
        (scale * torch.randn(rows, 2 + rows % 3, generator=random), torch.randint(2, (rows,), generator=random))
        for rows in range(1, 11)
        for scale in (1, 4, 500)
    ]


RIGHT = {
    "adds_up": [adds_up_in_a_loop, adds_up_with_numpy, adds_up_with_close_sums, adds_up_rounded],
    "log_odds": [log_odds_with_two_logarithms, log_odds_with_torch, log_odds_with_numpy, log_odds_in_a_loop],
    "probability_from_difference": [
        probability_in_a_loop, probability_with_torch, probability_with_softmax, probability_with_numpy,
    ],
    "temperature": [temperature_by_halving, temperature_with_numpy, temperature_with_sorting],
    "softmax": [
        softmax_with_torch, softmax_with_numpy, softmax_in_a_loop, softmax_with_logsumexp, softmax_turned,
    ],
    "cross_entropy": [
        cross_entropy_with_torch, cross_entropy_in_a_loop, cross_entropy_with_numpy, cross_entropy_with_one_hot,
        cross_entropy_with_gather,
    ],
}  # fmt: skip
MORE = {
    "adds_up": _tables,
    "log_odds": _probabilities,
    "probability_from_difference": _differences,
    "temperature": _wanted,
    "softmax": _logits,
    "cross_entropy": _answers,
}
