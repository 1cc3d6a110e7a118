"""Lesson 6's exercises, written in other ways."""

import math
from fractions import Fraction

import numpy as np
import torch
from torch.nn import functional

torch.optim.SGD([torch.zeros(1, requires_grad=True)])  # a process's first optimizer imports for seconds


def one_step_with_a_change(weight, gradient, rate):
    change = -rate * gradient
    return weight + change


def one_step_with_torch(w, slope, lr):
    return torch.sub(torch.tensor(w, dtype=torch.float64), slope, alpha=lr)


def one_step_with_numpy(w, slope, lr):
    return np.subtract(w, np.multiply(slope, lr))


def overconfidence_in_a_loop(scores, right):
    total = 0
    for score, is_right in zip(scores, right, strict=True):
        total += score.item() - (1 if is_right else 0)
    return total / len(scores)


def overconfidence_with_numpy(s, r):
    return s.numpy().mean() - np.mean(r.numpy())


def overconfidence_of_differences(scores, right):
    return torch.mean(scores.double() - right.double())


def accuracy_in_a_loop(answers):
    number = sum(1 for answer in answers if answer)
    p = number / len(answers)
    return [p, math.sqrt(p * (1 - p) / len(answers))]


def accuracy_with_numpy(right):
    numbers = np.array(right, dtype=float)
    return {"accuracy": numbers.mean(), "error": numbers.std() / np.sqrt(len(numbers))}


def accuracy_with_torch(right):
    right = right.double()
    return torch.stack([right.mean(), right.std(correction=0) / len(right) ** 0.5])


def calibration_in_a_loop(scores, right, edges):
    total = 0.0
    for number in range(len(edges) - 1):
        band = [(s, r) for s, r in zip(scores.tolist(), right.tolist(), strict=True)
                if np.float32(edges[number]) <= s < np.float32(edges[number + 1])]  # fmt: skip
        if not band:
            continue
        total += abs(sum(s for s, _ in band) - sum(r for _, r in band))
    return total / len(scores)


def calibration_with_numpy(s, r, edges):
    s, r = s.numpy(), r.numpy()
    band = np.digitize(s, np.float32(edges))
    parts = [np.mean(band == b) * abs(s[band == b].mean() - r[band == b].mean()) for b in np.unique(band)]
    return np.sum(parts)


def calibration_with_weights(scores, right, edges):
    gaps, weights = [], []
    for low, high in zip(edges[:-1], edges[1:], strict=True):
        inside = torch.logical_and(scores >= low, scores < high)
        if inside.sum() == 0:
            continue
        gaps.append(abs(float(scores[inside].mean()) - float(right[inside].double().mean())))
        weights.append(int(inside.sum()))
    return np.average(gaps, weights=weights)


def gradient_with_autograd(weight, features, labels, lr):
    w = weight.clone().requires_grad_(True)
    functional.cross_entropy(features @ w.T, labels).backward()
    return (w - lr * w.grad).detach()


def gradient_with_an_optimizer(w, x, y, rate):
    layer = torch.nn.Linear(x.shape[1], len(w), bias=False)
    layer.weight.data = w.clone()
    optimizer = torch.optim.SGD(layer.parameters(), lr=rate)
    loss = functional.cross_entropy(layer(x), y)
    loss.backward()
    optimizer.step()
    return layer.weight


def gradient_in_a_loop(weight, features, labels, lr):
    w, x = weight.double().numpy(), features.double().numpy()
    slopes = np.zeros_like(w)
    for sentence, label in zip(x, labels.tolist(), strict=True):
        e = np.exp(w @ sentence)
        p = e / e.sum()
        p[label] -= 1
        slopes += np.outer(p, sentence)
    return (w - lr * slopes / len(x)).tolist()


def threshold_of_all(scores, right, at_most):
    fits = []
    for t in scores.tolist():
        kept = [r for s, r in zip(scores.tolist(), right.tolist(), strict=True) if s >= t]
        if kept.count(False) <= at_most * len(kept):
            fits.append(t)
    return min(fits, default=float("inf"))


def threshold_with_numpy(s, r, share):
    s, r = s.numpy(), r.numpy()
    for t in np.unique(s):
        if 1 - r[s >= t].mean() <= share:
            return t
    return np.inf


def threshold_downwards(scores, right, at_most):
    best = math.inf
    for t in sorted(set(scores.tolist()), reverse=True):
        chosen = right[scores >= t]
        if Fraction(int((~chosen).sum()), len(chosen)) <= at_most:
            best = t
    return torch.tensor(best)


def threshold_with_sums(scores, right, at_most):
    order = torch.argsort(scores, descending=True)
    ordered, wrong = scores[order], torch.cumsum((~right[order]).int(), 0)
    last = torch.cat([ordered[1:] != ordered[:-1], torch.tensor([True])])
    fits = last & (wrong / torch.arange(1, len(scores) + 1) <= at_most)
    return ordered[fits].min() if fits.any() else float("inf")


def _numbers(_):
    random = np.random.default_rng(0)
    return [tuple(map(float, random.normal(size=3))) for _ in range(30)]


def _answered(random, number, digits=4):
    scores = (0.5 + 0.499 * torch.rand(number, generator=random)).mul(10**digits).round() / 10**digits
    return scores, torch.rand(number, generator=random) < scores


def _scored(_):
    random = torch.Generator().manual_seed(0)
    return [_answered(random, number) for number in range(1, 31)]


def _flags(given):
    return [(right,) for _, right in _scored(given)]


def _banded(_):
    random = torch.Generator().manual_seed(0)
    edges = ([0.5, 0.75, 1.0], [0.5, 0.6, 0.7, 0.8, 0.9, 1.0], [0.5, 0.8, 0.95, 1.0])
    return [(*_answered(random, number, 2), edges[number % 3]) for number in range(2, 32)]


def _layers(_):
    random = torch.Generator().manual_seed(0)
    return [
        (
            torch.randn(2 + number % 3, 1 + number % 5, generator=random),
            torch.randn(1 + number % 7, 1 + number % 5, generator=random),
            torch.randint(2, (1 + number % 7,), generator=random), 0.1 * (number + 1),
        )
        for number in range(25)
    ]  # fmt: skip


def _chosen(_):
    random = torch.Generator().manual_seed(0)
    return [
        (*_answered(random, number, 1 + number % 3), at_most)
        for number in range(1, 14)
        for at_most in (0.125, 0.25, 0.0)
    ]


RIGHT = {
    "one_step": [one_step_with_a_change, one_step_with_torch, one_step_with_numpy],
    "overconfidence": [overconfidence_in_a_loop, overconfidence_with_numpy, overconfidence_of_differences],
    "accuracy_with_error": [accuracy_in_a_loop, accuracy_with_numpy, accuracy_with_torch],
    "calibration_error": [calibration_in_a_loop, calibration_with_numpy, calibration_with_weights],
    "gradient_step": [gradient_with_autograd, gradient_with_an_optimizer, gradient_in_a_loop],
    "threshold": [threshold_of_all, threshold_with_numpy, threshold_downwards, threshold_with_sums],
}
MORE = {
    "one_step": _numbers,
    "overconfidence": _scored,
    "accuracy_with_error": _flags,
    "calibration_error": _banded,
    "gradient_step": _layers,
    "threshold": _chosen,
}
