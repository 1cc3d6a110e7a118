import math
import numpy as np
import torch
from torch.nn import functional as F


def padding_counted_in(hidden, attention_mask):
    return hidden.mean(dim=1)


def divided_by_the_padded_length(hidden, attention_mask):
    return (hidden * attention_mask.unsqueeze(-1)).mean(dim=1)


def max_instead_of_mean(hidden, attention_mask):
    h = hidden.masked_fill(attention_mask.unsqueeze(-1) == 0, -1e9)
    return h.max(dim=1).values


def first_token(hidden, attention_mask):
    return hidden[:, 0]


def divided_by_all_tokens_of_the_batch(hidden, attention_mask):
    m = attention_mask[:, :, None].float()
    return (hidden * m).sum(1) / m.sum()


def mean_over_the_width(hidden, attention_mask):
    return (hidden * attention_mask.unsqueeze(-1)).mean(dim=-1)


def without_the_first_token(hidden, attention_mask):
    m = attention_mask[:, 1:].unsqueeze(-1)
    h = hidden[:, 1:]
    return (h * m).sum(1) / m.sum(1)


def mask_the_wrong_way_round(hidden, attention_mask):
    m = (1 - attention_mask).unsqueeze(-1)
    return (hidden * m).sum(1) / m.sum(1).clamp(min=1)


def one_vector_for_the_batch(hidden, attention_mask):
    return hidden[attention_mask.bool()].mean(dim=0)


def sum_not_divided(hidden, attention_mask):
    return torch.einsum("bsh,bs->bh", hidden, attention_mask.to(hidden.dtype))


def softmax_of_the_mask(hidden, attention_mask):
    w = torch.softmax(attention_mask.float(), dim=-1)
    return (w.unsqueeze(-1) * hidden).sum(dim=1)


def shortest_length_for_all(hidden, attention_mask):
    n = int(attention_mask.sum(dim=1).min())
    return hidden[:, :n].mean(dim=1)


def last_real_token(hidden, attention_mask):
    last = attention_mask.sum(1) - 1
    return torch.stack([h[i] for h, i in zip(hidden, last)])


def divided_by_one_less(hidden, attention_mask):
    rows = []
    for h, m in zip(hidden, attention_mask):
        n = int(m.sum())
        rows.append(h[: n - 1].sum(0) / n)
    return torch.stack(rows)


def length_of_the_first_sentence(hidden, attention_mask):
    n = attention_mask[0].sum().item()
    return (hidden * attention_mask[..., None]).sum(dim=1) / n
