import math

import torch


def all_in_one_sum(query, keys):
    scores = (query * keys).sum() / math.sqrt(len(query))
    return torch.softmax(scores, dim=-1)


def product_and_then_a_sum(query, keys):
    scores = (keys @ query).sum() / len(query) ** 0.5
    return torch.softmax(scores, dim=0)


def sum_over_the_keys(query, keys):
    scores = (query * keys).sum(dim=0) / len(query) ** 0.5
    return scores.softmax(dim=-1)


def caret(query, keys):
    return torch.softmax((keys @ query) / (len(query) ^ 0.5), dim=-1)


def caret_without_parentheses(query, keys):
    return torch.softmax(keys @ query / len(query) ^ 0.5, dim=-1)


def dot_of_a_table(query, keys):
    return torch.softmax(torch.dot(keys, query) / math.sqrt(len(query)), dim=-1)


def root_of_32(query, keys):
    return torch.softmax(keys @ query / math.sqrt(32), dim=-1)
