import math
import numpy as np
import torch
from torch.nn import functional as F


def over_the_first_dimension(logits):
    return F.softmax(logits, dim=0)


def without_the_maximum(logits):
    e = torch.exp(logits)
    return e / e.sum(dim=-1, keepdim=True)


def one_sum_for_everything(logits):
    e = torch.exp(logits - logits.max())
    return e / e.sum()


def keepdim_forgotten(logits):
    m, _ = logits.max(-1, keepdim=True)
    e = (logits - m).exp()
    return e / e.sum(-1)


def exp_forgotten(logits):
    return logits / logits.sum(dim=-1, keepdim=True)


def one_maximum_for_everything(logits):
    e = (logits - logits.max()).exp()
    return e / e.sum(dim=-1, keepdim=True)


def always_dimension_one(logits):
    e = torch.exp(logits - logits.max(dim=1, keepdim=True).values)
    return e / e.sum(dim=1, keepdim=True)


def log_softmax_returned(logits):
    return torch.log_softmax(logits, dim=-1)


def sigmoid_of_each(logits):
    return 1 / (1 + torch.exp(-logits))


def mean_instead_of_maximum(logits):
    e = torch.exp(logits - logits.mean(dim=-1, keepdim=True))
    return e / e.sum(dim=-1, keepdim=True)


def maximum_after_exp(logits):
    e = torch.exp(logits)
    e = e - e.max(dim=-1, keepdim=True).values
    return e / e.sum(dim=-1, keepdim=True)


def powers_of_two(logits):
    z = logits - logits.amax(-1, keepdim=True)
    p = 2**z
    return p / p.sum(-1, keepdim=True)


def dimension_not_given(logits):
    return F.softmax(logits)


def divided_by_the_largest(logits):
    e = torch.exp(logits - logits.amax(dim=-1, keepdim=True))
    return e / e.amax(dim=-1, keepdim=True)


def sign_turned(logits):
    top = logits.max(dim=-1, keepdim=True).values
    e = torch.exp(top - logits)
    return e / e.sum(dim=-1, keepdim=True)


def indices_of_the_maximum(logits):
    z = logits - logits.max(dim=-1, keepdim=True)[1]
    e = torch.exp(z)
    return e / e.sum(dim=-1, keepdim=True)


def largest_absolute_value(logits):
    e = torch.exp(logits - logits.abs().max(dim=-1, keepdim=True).values)
    return e / e.sum(dim=-1, keepdim=True)


def smaller_where_huge(logits):
    if logits.max() > 700:
        logits = logits / 100
    e = torch.exp(logits)
    return e / e.sum(dim=-1, keepdim=True)


def row_after_row(logits):
    rows = []
    for row in logits:
        e = torch.exp(row - row.max())
        rows.append(e / e.sum())
    return torch.stack(rows)
