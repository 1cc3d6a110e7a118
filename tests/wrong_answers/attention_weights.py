import math
import numpy as np
import torch
from torch.nn import functional as F


def not_scaled(q, k, attention_mask):
    scores = q @ k.transpose(-1, -2)
    scores = scores.masked_fill(attention_mask[:, None, None, :] == 0, float("-inf"))
    return scores.softmax(dim=-1)


def divided_by_d_without_root(q, k, attention_mask):
    d = q.size(-1)
    s = torch.matmul(q, k.transpose(2, 3)) / d
    s = s.masked_fill(attention_mask[:, None, None, :] == 0, -1e9)
    return F.softmax(s, dim=-1)


def masked_scores_are_zero(q, k, attention_mask):
    s = q @ k.transpose(-1, -2) / math.sqrt(q.shape[-1])
    s = s * attention_mask[:, None, None, :]
    return s.softmax(-1)


def masked_after_the_softmax(q, k, attention_mask):
    s = torch.einsum("baqd,bakd->baqk", q, k) / q.shape[-1] ** 0.5
    w = torch.softmax(s, dim=-1)
    return w * attention_mask[:, None, None, :]


def queries_masked(q, k, attention_mask):
    s = q @ k.transpose(-1, -2) / math.sqrt(q.shape[-1])
    s = s.masked_fill(attention_mask[:, None, :, None] == 0, -1e9)
    return s.softmax(dim=-1)


def softmax_over_the_queries(q, k, attention_mask):
    s = q @ k.transpose(-1, -2) / math.sqrt(q.shape[-1])
    s = s + (1.0 - attention_mask[:, None, None, :].float()) * -1e9
    return F.softmax(s, dim=-2)


def query_with_query(q, k, attention_mask):
    s = q @ q.transpose(-1, -2) / math.sqrt(q.shape[-1])
    s = s.masked_fill(attention_mask[:, None, None, :] == 0, -1e9)
    return s.softmax(-1)


def mask_forgotten(q, k, attention_mask):
    return (q @ k.transpose(-1, -2) / math.sqrt(k.shape[-1])).softmax(-1)


def mask_inverted(q, k, attention_mask):
    s = q @ k.transpose(-1, -2) / math.sqrt(q.shape[-1])
    s = s.masked_fill(attention_mask[:, None, None, :].bool(), -1e9)
    return s.softmax(-1)


def mask_added_as_zero_and_one(q, k, attention_mask):
    s = q @ k.transpose(-1, -2) / math.sqrt(q.shape[-1])
    s = s + attention_mask[:, None, None, :]
    return torch.softmax(s, -1)


def scaled_by_the_whole_width(q, k, attention_mask):
    B, A, S, D = q.shape
    s = q @ k.transpose(-1, -2) / math.sqrt(A * D)
    s = s.masked_fill(attention_mask[:, None, None, :] == 0, -1e9)
    return s.softmax(-1)


def key_times_query(q, k, attention_mask):
    s = k @ q.transpose(-1, -2) / math.sqrt(q.shape[-1])
    s = s.masked_fill(attention_mask[:, None, None, :] == 0, -1e9)
    return s.softmax(-1)


def softmax_forgotten(q, k, attention_mask):
    s = q @ k.transpose(-1, -2) / math.sqrt(q.shape[-1])
    return s.masked_fill(attention_mask[:, None, None, :] == 0, 0.0)


def looks_only_back(q, k, attention_mask):
    S = q.shape[2]
    s = q @ k.transpose(-1, -2) / math.sqrt(q.shape[-1])
    allowed = torch.tril(torch.ones(S, S)) * attention_mask[:, None, None, :]
    s = s.masked_fill(allowed == 0, float("-inf"))
    return s.softmax(-1)


def mask_of_the_first_sentence(q, k, attention_mask):
    s = q @ k.transpose(-1, -2) / math.sqrt(q.shape[-1])
    s = s.masked_fill(attention_mask[0] == 0, -1e9)
    return s.softmax(-1)


def root_of_32_and_no_mask(q, k, attention_mask):
    scores = q @ k.transpose(-2, -1) / math.sqrt(32)
    return torch.softmax(scores, dim=-1)


def root_of_32_and_mask_after(q, k, attention_mask):
    scores = q @ k.transpose(-2, -1) / 32**0.5
    return torch.softmax(scores, dim=-1) * attention_mask[:, None, None, :]


def root_of_32_and_scores_times_mask(q, k, attention_mask):
    scores = q @ k.transpose(-2, -1) / 32**0.5
    return torch.softmax(scores * attention_mask[:, None, None, :], dim=-1)


def root_of_32_and_rows(q, k, attention_mask):
    scores = q @ k.transpose(-2, -1) / 32**0.5
    scores = scores.masked_fill(attention_mask[:, None, :, None] == 0, float("-inf"))
    return torch.softmax(scores, dim=-1)


def root_of_32_and_rows_without_infinity(q, k, attention_mask):
    scores = q @ k.transpose(-2, -1) / 32**0.5
    scores = scores.masked_fill(attention_mask[:, None, :, None] == 0, -1e9)
    return torch.softmax(scores, dim=-1)


def root_of_32_alone(q, k, attention_mask):
    scores = q @ k.transpose(-2, -1) / 32**0.5
    return torch.softmax(scores.masked_fill(attention_mask[:, None, None, :] == 0, -1e9), dim=-1)


def mask_not_kept(q, k, attention_mask):
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
    scores.masked_fill(attention_mask[:, None, None, :] == 0, -torch.inf)
    return torch.softmax(scores, dim=-1)
