"""Lesson 5's exercises, written in other ways."""

import math
from itertools import product

import numpy as np
import torch
from torch import nn


def one_query_with_numpy(q, ks):
    q, ks = np.asarray(q, dtype=float), np.asarray(ks, dtype=float)
    exponentials = np.exp(ks @ q / np.sqrt(q.size))
    return exponentials / exponentials.sum()


def one_query_with_loops(query, keys):
    scores = []
    for key in keys.tolist():
        scores.append(sum(a * b for a, b in zip(query.tolist(), key, strict=True)) / len(key) ** 0.5)
    total = sum(math.exp(score) for score in scores)
    return [math.exp(score) / total for score in scores]


def one_query_scaled_first(query, keys):
    scaled = query.double() * query.shape[0] ** -0.5
    return torch.softmax((keys.double() * scaled).sum(dim=1), dim=0)


def split_heads_with_a_view(vectors, n_heads):
    batch, length, dim = vectors.shape
    return vectors.view(batch, length, n_heads, dim // n_heads).permute(0, 2, 1, 3)


def split_heads_with_numpy(x, heads):
    return np.stack(np.split(x.numpy(), heads, axis=-1), axis=1)


def split_heads_with_chunks(x, heads):
    return torch.stack(x.chunk(heads, dim=-1), dim=1)


def split_heads_with_a_loop(x, heads):
    size = x.shape[2] // heads
    return [[one[:, head * size : (head + 1) * size].tolist() for head in range(heads)] for one in x]


def mix_values_with_einsum(w, values):
    return torch.einsum("baqk,bakd->bqad", w, values).flatten(2)


def mix_values_with_numpy(weights, v):
    mixed = weights.numpy().astype(np.float64) @ v.numpy()
    return np.concatenate(list(np.moveaxis(mixed, 1, 0)), axis=-1)


def mix_values_with_loops(weights, v):
    joined = torch.zeros(v.shape[0], v.shape[2], v.shape[1] * v.shape[3])
    size = v.shape[3]
    for sentence, head, query, key in product(*map(range, weights.shape)):
        part = slice(head * size, (head + 1) * size)
        joined[sentence, query, part] += weights[sentence, head, query, key] * v[sentence, head, key]
    return joined


def count_layer_parameters_by_formula(h, w):
    return 4 * h * h + 2 * h * w + 9 * h + w


def count_layer_parameters_of_modules(width, wide):
    parts = [nn.Linear(width, width) for _ in "qkvo"] + [nn.Linear(width, wide), nn.Linear(wide, width)]
    parts += [nn.LayerNorm(width), nn.LayerNorm(width)]
    return torch.tensor(sum(weights.numel() for part in parts for weights in part.parameters()))


def count_layer_parameters_as_a_list(width, wide):
    shapes = [(width, width), (width,)] * 4 + [(wide, width), (wide,), (width, wide), (width,)] + [(width,)] * 4
    return float(sum(math.prod(shape) for shape in shapes))


def attention_weights_with_numpy(queries, keys, mask):
    scores = queries.numpy().astype(np.float64) @ np.swapaxes(keys.numpy(), -1, -2) / np.sqrt(queries.shape[-1])
    exponentials = np.exp(scores) * mask.numpy()[:, None, None, :]
    return exponentials / exponentials.sum(axis=-1, keepdims=True)


def attention_weights_renormalised(q, k, attention_mask):
    weights = torch.softmax(torch.einsum("baqd,bakd->baqk", q, k) / q.size(-1) ** 0.5, dim=-1)
    weights = weights * attention_mask[:, None, None]
    return weights / weights.sum(dim=-1, keepdim=True)


def attention_weights_with_a_large_number(q, k, attention_mask):
    bias = (1.0 - attention_mask.float()).unsqueeze(1).unsqueeze(2) * -1e4
    return torch.softmax(torch.matmul(q, k.transpose(2, 3)) / math.sqrt(q.size(3)) + bias, dim=3)


def attention_weights_with_both_masks(q, k, attention_mask):
    keep = attention_mask.bool()
    seen = keep[:, None, :, None] & keep[:, None, None, :]
    scores = torch.where(seen, q @ k.mT * q.shape[-1] ** -0.5, float("-inf"))
    return scores.softmax(dim=-1)  # nan where a padded token looks, which nobody compares


def attention_weights_with_loops(q, k, attention_mask):
    weights = torch.zeros(*q.shape[:3], q.shape[2])
    for sentence, head, query in product(*map(range, q.shape[:3])):
        there = [place for place, kept in enumerate(attention_mask[sentence]) if kept]
        scores = torch.stack([q[sentence, head, query] @ k[sentence, head, key] for key in there])
        weights[sentence, head, query, there] = torch.softmax(scores / q.shape[3] ** 0.5, dim=0)
    return weights


def layer_of_the_model(hidden, attention_mask, model):
    mask = (1.0 - attention_mask[:, None, None, :].float()) * torch.finfo(torch.float32).min
    return model.distilbert.transformer.layer[0](hidden, attention_mask=mask)


def layer_of_torch(x, mask, model):
    part = model.distilbert.transformer.layer[0]
    q, k, v = (
        linear(x).view(*x.shape[:2], 12, 32).transpose(1, 2)
        for linear in (part.attention.q_lin, part.attention.k_lin, part.attention.v_lin)
    )
    mixed = nn.functional.scaled_dot_product_attention(q, k, v, attn_mask=mask.bool()[:, None, None])
    mixed = part.attention.out_lin(mixed.transpose(1, 2).reshape(x.shape))
    between = part.sa_layer_norm(mixed + x)
    return part.output_layer_norm(part.ffn(between) + between)


def layer_with_numpy(hidden, attention_mask, model):
    weights = {
        name: value.detach().double().numpy()
        for name, value in model.distilbert.transformer.layer[0].named_parameters()
    }
    erf = np.vectorize(math.erf)

    def linear(x, name):
        return x @ weights[f"{name}.weight"].T + weights[f"{name}.bias"]

    def norm(x, name):
        centred = x - x.mean(-1, keepdims=True)
        return centred / x.std(-1, keepdims=True) * weights[f"{name}.weight"] + weights[f"{name}.bias"]

    x = hidden.double().numpy()
    q, k, v = (linear(x, f"attention.{name}_lin") for name in "qkv")
    gathered = np.zeros_like(x)
    for head in range(model.config.n_heads):
        part = slice(32 * head, 32 * head + 32)
        scores = q[..., part] @ k[..., part].swapaxes(1, 2) / 32**0.5
        shares = np.exp(scores - scores.max()) * attention_mask.numpy()[:, None]
        gathered[..., part] = shares / shares.sum(-1, keepdims=True) @ v[..., part]
    x = norm(x + linear(gathered, "attention.out_lin"), "sa_layer_norm")
    wide = linear(x, "ffn.lin1")
    return norm(x + linear(wide * (1 + erf(wide / 2**0.5)) / 2, "ffn.lin2"), "output_layer_norm")


def layer_sentence_by_sentence(hidden, attention_mask, model):
    part = model.distilbert.transformer.layer[0]
    out = hidden.clone()
    for number, kept in enumerate(attention_mask.bool()):
        out[number, kept] = part(hidden[number : number + 1, kept])[0]
    return out


SHAPES = {"q": [3, 20, 768], "queries": [3, 12, 20, 64], "scores": [3, 12, 20, 20], "mixed": [3, 12, 20, 64],
          "glued": [3, 20, 768]}  # fmt: skip


def _more_queries(_):
    random = torch.Generator().manual_seed(7)
    sizes = [(d, s) for d in range(1, 7) for s in range(1, 7) if d != s]
    return [(torch.randn(d, generator=random), torch.randn(s, d, generator=random)) for d, s in sizes]


def _more_vectors(_):
    random = torch.Generator().manual_seed(7)
    sizes = product((1, 2), (1, 3), (2, 4, 5), (1, 2, 3))
    return [(torch.randn(b, s, a * d, generator=random), a) for b, s, a, d in sizes]


def _more_values(_):
    random = torch.Generator().manual_seed(7)
    sizes = product((1, 2), (1, 3), (2, 4, 5), (1, 2, 3))
    return [(torch.rand(b, a, s, s, generator=random), torch.randn(b, a, s, d, generator=random))
            for b, a, s, d in sizes]  # fmt: skip


def _more_widths(_):
    random = np.random.default_rng(7)
    return [tuple(map(int, random.integers(1, 200, 2))) for _ in range(30)]


def _more_batches(_):
    random, made = torch.Generator().manual_seed(7), []
    for b, a, s, d in product((1, 2, 3), (1, 3), (2, 4), (1, 2, 5)):
        mask = (torch.rand(b, s, generator=random) < 0.6).long()
        mask[:, 0] = 1
        q, k = torch.randn(2, b, a, s, d, generator=random)
        made.append((q, k, mask))
    return made


def _more_hidden_states(given):
    random, made = torch.Generator().manual_seed(7), []
    for b, s in product((1, 2, 3, 4), (1, 2, 3, 5, 6)):
        mask = (torch.rand(b, s, generator=random) < 0.6).long()
        mask[:, 0] = 1
        made.append((torch.randn(b, s, 384, generator=random), mask, given.model))
    return made


RIGHT = {
    "one_query": [one_query_with_numpy, one_query_with_loops, one_query_scaled_first],
    "layer_shapes": [SHAPES, list(SHAPES.values()), [torch.Size(shape) for shape in SHAPES.values()]],
    "split_heads": [split_heads_with_a_view, split_heads_with_numpy, split_heads_with_chunks, split_heads_with_a_loop],
    "mix_values": [mix_values_with_einsum, mix_values_with_numpy, mix_values_with_loops],
    "count_layer_parameters": [
        count_layer_parameters_by_formula, count_layer_parameters_of_modules, count_layer_parameters_as_a_list,
    ],
    "attention_weights": [
        attention_weights_with_numpy, attention_weights_renormalised, attention_weights_with_a_large_number,
        attention_weights_with_both_masks, attention_weights_with_loops,
    ],
    "layer": [layer_of_the_model, layer_of_torch, layer_with_numpy, layer_sentence_by_sentence],
}  # fmt: skip
MORE = {
    "one_query": _more_queries,
    "split_heads": _more_vectors,
    "mix_values": _more_values,
    "count_layer_parameters": _more_widths,
    "attention_weights": _more_batches,
    "layer": _more_hidden_states,
}
