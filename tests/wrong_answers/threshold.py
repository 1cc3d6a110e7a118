import math
import numpy as np
import torch
from torch.nn import functional as F


def greater_instead_of_at_least(scores, right, at_most):
    for t in sorted(scores):
        kept = [r for s, r in zip(scores, right) if s > t]
        if kept and sum(1 for r in kept if not r) / len(kept) <= at_most:
            return t
    return float("inf")


def largest_instead_of_smallest(scores, right, at_most):
    for t in sorted(scores, reverse=True):
        kept = [r for s, r in zip(scores, right) if s >= t]
        if kept.count(False) / len(kept) <= at_most:
            return t
    return float("inf")


def share_of_all_answers(scores, right, at_most):
    for t in sorted(scores):
        wrong = sum(1 for s, r in zip(scores, right) if s >= t and not r)
        if wrong / len(scores) <= at_most:
            return t
    return math.inf


def strictly_less(scores, right, at_most):
    for t in sorted(scores):
        kept = [r for s, r in zip(scores, right) if s >= t]
        if sum(not r for r in kept) / len(kept) < at_most:
            return t
    return math.inf


def stops_at_the_first_failure(scores, right, at_most):
    best = math.inf
    for t in sorted(set(scores), reverse=True):
        kept = [r for s, r in zip(scores, right) if s >= t]
        if sum(not r for r in kept) / len(kept) > at_most:
            break
        best = t
    return best


def looks_at_the_answers_below(scores, right, at_most):
    s = np.array(scores)
    r = np.array(right).astype(bool)
    for t in np.sort(s):
        below = s <= t
        if (~r[below]).mean() <= at_most:
            return float(t)
    return float("inf")


def share_of_right_answers(scores, right, at_most):
    s, r = np.array(scores), np.array(right, dtype=float)
    good = [t for t in s if r[s >= t].mean() <= at_most]
    return min(good) if good else math.inf


def zero_when_there_is_none(scores, right, at_most):
    s, r = np.array(scores), np.array(right, dtype=float)
    good = [t for t in scores if 1 - r[s >= t].mean() <= at_most + 1e-12]
    return min(good, default=0.0)


def steps_of_a_tenth(scores, right, at_most):
    s, r = np.asarray(scores), np.asarray(right, dtype=float)
    for t in np.arange(0, 1, 0.1):
        kept = r[s >= t]
        if len(kept) and 1 - kept.mean() <= at_most:
            return float(t)
    return math.inf


def position_instead_of_score(scores, right, at_most):
    ordered = sorted(scores)
    for i, t in enumerate(ordered):
        kept = [r for s, r in zip(scores, right) if s >= t]
        if sum(not r for r in kept) / len(kept) <= at_most:
            return i
    return math.inf


def count_instead_of_share(scores, right, at_most):
    for t in sorted(scores):
        if sum(s >= t and not r for s, r in zip(scores, right)) <= at_most:
            return t
    return math.inf


def ties_taken_one_by_one(scores, right, at_most):
    order = np.argsort(-np.asarray(scores), kind="stable")
    best, wrong = math.inf, 0
    for n, i in enumerate(order, start=1):
        wrong += 0 if right[i] else 1
        if wrong / n <= at_most:
            best = scores[i]
    return best


def first_in_the_given_order(scores, right, at_most):
    for t in scores:
        kept = [r for s, r in zip(scores, right) if s >= t]
        if sum(not r for r in kept) / len(kept) <= at_most:
            return t
    return math.inf


def wrong_against_right(scores, right, at_most):
    for t in sorted(scores):
        kept = [bool(r) for s, r in zip(scores, right) if s >= t]
        wrong, good = kept.count(False), kept.count(True)
        if good and wrong / good <= at_most:
            return t
    return math.inf


def only_the_scores_sorted(scores, right, at_most):
    scores = sorted(scores, reverse=True)
    best, wrong = math.inf, 0
    for n in range(len(scores)):
        wrong += not right[n]
        if n + 1 < len(scores) and scores[n + 1] == scores[n]:
            continue
        if wrong / (n + 1) <= at_most:
            best = scores[n]
    return best
