import math


def mean_score(answers, labels):
    n = len(answers)
    p = sum(a["score"] for a in answers) / n
    return p, math.sqrt(p * (1 - p) / n)


def root_forgotten(answers, labels):
    n = len(answers)
    p = sum(a["label"] == l for a, l in zip(answers, labels)) / n
    return p, p * (1 - p) / n


def n_minus_one(answers, labels):
    n = len(answers)
    p = sum(a["label"] == l for a, l in zip(answers, labels)) / n
    return p, math.sqrt(p * (1 - p) / max(n - 1, 1))


def n_forgotten(answers, labels):
    n = len(answers)
    p = sum(a["label"] == l for a, l in zip(answers, labels)) / n
    return p, math.sqrt(p * (1 - p))


def score_above_half_is_right(answers, labels):
    n = len(answers)
    p = sum(a["score"] > 0.5 for a in answers) / n
    return p, math.sqrt(p * (1 - p) / n)


def error_first(answers, labels):
    n = len(answers)
    p = sum(a["label"] == l for a, l in zip(answers, labels)) / n
    return math.sqrt(p * (1 - p) / n), p


def root_before_dividing(answers, labels):
    n = len(answers)
    p = sum(a["label"] == l for a, l in zip(answers, labels)) / n
    return p, math.sqrt(p * (1 - p)) / n


def weighted_by_the_score(answers, labels):
    n = len(answers)
    p = sum(a["score"] for a, l in zip(answers, labels) if a["label"] == l) / n
    return p, math.sqrt(p * (1 - p) / n)


def share_of_positive(answers, labels):
    n = len(answers)
    p = sum(a["label"] == "POSITIVE" for a in answers) / n
    return p, math.sqrt(p * (1 - p) / n)


def sorted_before_comparing(answers, labels):
    n = len(answers)
    given = sorted(a["label"] for a in answers)
    p = sum(g == l for g, l in zip(given, sorted(labels))) / n
    return p, math.sqrt(p * (1 - p) / n)
