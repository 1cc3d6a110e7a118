import math

import torch


def root_forgotten(right):
    p = right.float().mean().item()
    return p, p * (1 - p) / len(right)


def not_divided_by_n(right):
    p = right.float().mean().item()
    return p, math.sqrt(p * (1 - p))


def root_before_dividing(right):
    p = right.float().mean().item()
    return p, math.sqrt(p * (1 - p)) / len(right)


def n_minus_one(right):
    p = right.float().mean().item()
    return p, math.sqrt(p * (1 - p) / (len(right) - 1))


def count_of_right(right):
    n = len(right)
    p = right.float().mean().item()
    return int(right.sum()), math.sqrt(p * (1 - p) / n)


def error_first(right):
    p = right.float().mean().item()
    return math.sqrt(p * (1 - p) / len(right)), p


def n_is_the_right_ones(right):
    n = int(right.sum())
    p = n / len(right)
    return p, math.sqrt(p * (1 - p) / max(n, 1))


def share_of_wrong(right):
    p = (~right).float().mean().item()
    return p, math.sqrt(p * (1 - p) / len(right))


def interval_of_95(right):
    p = right.float().mean().item()
    return p, 1.96 * math.sqrt(p * (1 - p) / len(right))


def second_factor_forgotten(right):
    p = right.float().mean().item()
    return p, math.sqrt(p / len(right))
