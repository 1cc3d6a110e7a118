import torch


def dot_product(a, b):
    return (a * b).sum()


def only_one_length(a, b):
    return (a * b).sum() / a.norm()


def root_forgotten(a, b):
    return (a * b).sum() / ((a**2).sum() * (b**2).sum())


def lengths_added(a, b):
    return (a * b).sum() / (a.norm() + b.norm())


def sums_as_lengths(a, b):
    return (a * b).sum() / (a.abs().sum() * b.abs().sum())


def absolute_cosine(a, b):
    return ((a * b).sum() / (a.norm() * b.norm())).abs()


def length_of_the_product(a, b):
    return (a * b).sum() / torch.sqrt(((a * b) ** 2).sum())


def mean_instead_of_sum(a, b):
    return (a * b).mean() / (a.norm() * b.norm())


def parentheses_missing(a, b):
    return (a * b).sum() / a.norm() * b.norm()


def not_added_up(a, b):
    return a * b / (a.norm() * b.norm())
