import math
import numpy as np
import torch
from torch.nn import functional as F


def no_layer_norm(input_ids, model):
    emb = model.distilbert.embeddings
    pos = torch.arange(input_ids.shape[1])
    return emb.word_embeddings(input_ids) + emb.position_embeddings(pos)


def no_positions(input_ids, model):
    e = model.distilbert.embeddings
    return e.LayerNorm(e.word_embeddings(input_ids))


def positions_added_after_the_norm(input_ids, model):
    e = model.distilbert.embeddings
    words = e.LayerNorm(e.word_embeddings(input_ids))
    places = e.position_embeddings(torch.arange(input_ids.size(1)))
    return words + places[None]


def positions_from_one(input_ids, model):
    e = model.distilbert.embeddings
    S = input_ids.shape[-1]
    positions = torch.arange(1, S + 1)
    return e.LayerNorm(e.word_embeddings(input_ids) + e.position_embeddings(positions))


def multiplied_instead_of_added(input_ids, model):
    e = model.distilbert.embeddings
    w = e.word_embeddings.weight[input_ids]
    p = e.position_embeddings.weight[: input_ids.shape[1]]
    return e.LayerNorm(w * p)


def position_is_the_row_number(input_ids, model):
    e = model.distilbert.embeddings
    pos = torch.arange(input_ids.shape[0]).unsqueeze(1)
    return e.LayerNorm(e.word_embeddings(input_ids) + e.position_embeddings(pos))


def each_normed_then_added(input_ids, model):
    e = model.distilbert.embeddings
    norm = e.LayerNorm
    pos = torch.arange(input_ids.shape[1]).expand_as(input_ids)
    return norm(e.word_embeddings(input_ids)) + norm(e.position_embeddings(pos))


def norm_without_weight_and_bias(input_ids, model):
    e = model.distilbert.embeddings
    x = e.word_embeddings(input_ids) + e.position_embeddings(torch.arange(input_ids.shape[1]))
    return (x - x.mean(-1, keepdim=True)) / torch.sqrt(x.var(-1, keepdim=True, unbiased=False) + 1e-12)


def words_scaled_by_root_of_width(input_ids, model):
    e = model.distilbert.embeddings
    w = e.word_embeddings(input_ids) * math.sqrt(model.config.dim)
    p = e.position_embeddings(torch.arange(input_ids.shape[1]))
    return e.LayerNorm(w + p)


def norm_over_the_whole_sentence(input_ids, model):
    e = model.distilbert.embeddings
    x = e.word_embeddings(input_ids) + e.position_embeddings(torch.arange(input_ids.shape[1]))
    mean = x.mean(dim=(1, 2), keepdim=True)
    std = x.std(dim=(1, 2), keepdim=True)
    return (x - mean) / std * e.LayerNorm.weight + e.LayerNorm.bias


def sine_positions(input_ids, model):
    e = model.distilbert.embeddings
    S, H = input_ids.shape[1], model.config.dim
    pos = torch.arange(S).unsqueeze(1)
    div = torch.exp(torch.arange(0, H, 2) * (-math.log(10000.0) / H))
    pe = torch.zeros(S, H)
    pe[:, 0::2] = torch.sin(pos * div)
    pe[:, 1::2] = torch.cos(pos * div)
    return e.LayerNorm(e.word_embeddings(input_ids) + pe)


def norm_of_the_first_layer(input_ids, model):
    bert = model.distilbert
    x = bert.embeddings.word_embeddings(input_ids)
    x = x + bert.embeddings.position_embeddings(torch.arange(x.shape[1]))
    return bert.transformer.layer[0].sa_layer_norm(x)


def every_position_zero(input_ids, model):
    e = model.distilbert.embeddings
    pos = torch.zeros_like(input_ids)
    return e.LayerNorm(e.word_embeddings(input_ids) + e.position_embeddings(pos))


def divided_by_the_variance(input_ids, model):
    e = model.distilbert.embeddings
    x = e.word_embeddings(input_ids) + e.position_embeddings(torch.arange(input_ids.shape[1]))
    x = (x - x.mean(-1, keepdim=True)) / x.var(-1, keepdim=True, unbiased=False)
    return x * e.LayerNorm.weight + e.LayerNorm.bias


def padding_set_to_zero(input_ids, model):
    e = model.distilbert.embeddings
    x = e.LayerNorm(e.word_embeddings(input_ids) + e.position_embeddings(torch.arange(input_ids.shape[1])))
    return x * (input_ids != 0).unsqueeze(-1)
