import math
import numpy as np
import torch
from torch.nn import functional as F


def first_residual_forgotten(hidden, attention_mask, model):
    block = model.distilbert.transformer.layer[0]
    att = block.attention
    B, S, H = hidden.shape
    A = model.config.n_heads
    D = H // A
    q = att.q_lin(hidden).view(B, S, A, D).transpose(1, 2)
    k = att.k_lin(hidden).view(B, S, A, D).transpose(1, 2)
    v = att.v_lin(hidden).view(B, S, A, D).transpose(1, 2)
    scores = q @ k.transpose(-1, -2) / math.sqrt(D)
    scores = scores.masked_fill(attention_mask[:, None, None, :] == 0, -1e9)
    weights = scores.softmax(dim=-1)
    mixed = (weights @ v).transpose(1, 2).reshape(B, S, H)
    x = block.sa_layer_norm(att.out_lin(mixed))
    y = block.ffn.lin2(F.gelu(block.ffn.lin1(x)))
    return block.output_layer_norm(x + y)


def second_residual_forgotten(h, mask, model):
    L = model.distilbert.transformer.layer[0]
    bs, n, dim = h.shape
    heads, size = 12, 32
    out = torch.zeros(bs, n, dim)
    for i in range(heads):
        cut = slice(i * size, (i + 1) * size)
        q = L.attention.q_lin(h)[:, :, cut]
        k = L.attention.k_lin(h)[:, :, cut]
        v = L.attention.v_lin(h)[:, :, cut]
        s = torch.bmm(q, k.permute(0, 2, 1)) / size**0.5
        s = s + (1 - mask[:, None, :].float()) * -1e9
        p = torch.softmax(s, dim=2)
        out[:, :, cut] = torch.bmm(p, v)
    h = L.sa_layer_norm(h + L.attention.out_lin(out))
    f = L.ffn.lin1(h)
    f = F.gelu(f)
    f = L.ffn.lin2(f)
    h = L.output_layer_norm(f)
    return h


def norm_before_instead_of_after(hidden_states, attn_mask, model):
    lay = model.distilbert.transformer.layer[0]
    sa, ffn = lay.attention, lay.ffn
    bs, seq, dim = hidden_states.shape
    split = lambda t: t.reshape(bs, seq, 12, dim // 12).permute(0, 2, 1, 3)
    normed = lay.sa_layer_norm(hidden_states)
    Q = split(sa.q_lin(normed))
    K = split(sa.k_lin(normed))
    V = split(sa.v_lin(normed))
    logits = torch.einsum("bhqd,bhkd->bhqk", Q, K) / math.sqrt(Q.size(-1))
    logits = logits.masked_fill(attn_mask[:, None, None, :].eq(0), torch.finfo(logits.dtype).min)
    attn = F.softmax(logits, dim=-1)
    context = torch.einsum("bhqk,bhkd->bqhd", attn, V).reshape(bs, seq, dim)
    sa_output = hidden_states + sa.out_lin(context)
    ffn_output = ffn.lin2(F.gelu(ffn.lin1(lay.output_layer_norm(sa_output))))
    return sa_output + ffn_output


def scores_not_scaled(hidden, attention_mask, model):
    block = model.distilbert.transformer.layer[0]
    att = block.attention
    B, S, H = hidden.shape
    A = model.config.n_heads
    D = H // A
    q = att.q_lin(hidden).view(B, S, A, D).transpose(1, 2)
    k = att.k_lin(hidden).view(B, S, A, D).transpose(1, 2)
    v = att.v_lin(hidden).view(B, S, A, D).transpose(1, 2)
    scores = q @ k.transpose(-1, -2)
    scores = scores.masked_fill(attention_mask[:, None, None, :] == 0, -1e9)
    weights = scores.softmax(dim=-1)
    mixed = (weights @ v).transpose(1, 2).reshape(B, S, H)
    x = block.sa_layer_norm(att.out_lin(mixed) + hidden)
    y = block.ffn.lin2(F.gelu(block.ffn.lin1(x)))
    return block.output_layer_norm(x + y)


def relu_instead_of_gelu(h, mask, model):
    L = model.distilbert.transformer.layer[0]
    bs, n, dim = h.shape
    heads, size = 12, 32
    out = torch.zeros(bs, n, dim)
    for i in range(heads):
        cut = slice(i * size, (i + 1) * size)
        q = L.attention.q_lin(h)[:, :, cut]
        k = L.attention.k_lin(h)[:, :, cut]
        v = L.attention.v_lin(h)[:, :, cut]
        s = torch.bmm(q, k.permute(0, 2, 1)) / size**0.5
        s = s + (1 - mask[:, None, :].float()) * -1e9
        p = torch.softmax(s, dim=2)
        out[:, :, cut] = torch.bmm(p, v)
    h = L.sa_layer_norm(h + L.attention.out_lin(out))
    f = L.ffn.lin1(h)
    f = F.relu(f)
    f = L.ffn.lin2(f)
    h = L.output_layer_norm(h + f)
    return h


def norms_swapped(hidden_states, attn_mask, model):
    lay = model.distilbert.transformer.layer[0]
    sa, ffn = lay.attention, lay.ffn
    bs, seq, dim = hidden_states.shape
    split = lambda t: t.reshape(bs, seq, 12, dim // 12).permute(0, 2, 1, 3)
    Q = split(sa.q_lin(hidden_states))
    K = split(sa.k_lin(hidden_states))
    V = split(sa.v_lin(hidden_states))
    logits = torch.einsum("bhqd,bhkd->bhqk", Q, K) / math.sqrt(Q.size(-1))
    logits = logits.masked_fill(attn_mask[:, None, None, :].eq(0), torch.finfo(logits.dtype).min)
    attn = F.softmax(logits, dim=-1)
    context = torch.einsum("bhqk,bhkd->bqhd", attn, V).reshape(bs, seq, dim)
    sa_output = lay.output_layer_norm(hidden_states + sa.out_lin(context))
    ffn_output = ffn.lin2(F.gelu(ffn.lin1(sa_output)))
    return lay.sa_layer_norm(sa_output + ffn_output)


def heads_viewed_without_transpose(hidden, attention_mask, model):
    block = model.distilbert.transformer.layer[0]
    att = block.attention
    B, S, H = hidden.shape
    A = model.config.n_heads
    D = H // A
    q = att.q_lin(hidden).view(B, A, S, D)
    k = att.k_lin(hidden).view(B, A, S, D)
    v = att.v_lin(hidden).view(B, A, S, D)
    scores = q @ k.transpose(-1, -2) / math.sqrt(D)
    scores = scores.masked_fill(attention_mask[:, None, None, :] == 0, -1e9)
    weights = scores.softmax(dim=-1)
    mixed = (weights @ v).view(B, S, H)
    x = block.sa_layer_norm(att.out_lin(mixed) + hidden)
    y = block.ffn.lin2(F.gelu(block.ffn.lin1(x)))
    return block.output_layer_norm(x + y)


def heads_not_transposed_back(hidden, attention_mask, model):
    block = model.distilbert.transformer.layer[0]
    att = block.attention
    B, S, H = hidden.shape
    A = model.config.n_heads
    D = H // A
    q = att.q_lin(hidden).view(B, S, A, D).transpose(1, 2)
    k = att.k_lin(hidden).view(B, S, A, D).transpose(1, 2)
    v = att.v_lin(hidden).view(B, S, A, D).transpose(1, 2)
    scores = q @ k.transpose(-1, -2) / math.sqrt(D)
    scores = scores.masked_fill(attention_mask[:, None, None, :] == 0, -1e9)
    weights = scores.softmax(dim=-1)
    mixed = (weights @ v).reshape(B, S, H)
    x = block.sa_layer_norm(att.out_lin(mixed) + hidden)
    y = block.ffn.lin2(F.gelu(block.ffn.lin1(x)))
    return block.output_layer_norm(x + y)


def mask_not_used(h, mask, model):
    L = model.distilbert.transformer.layer[0]
    bs, n, dim = h.shape
    heads, size = 12, 32
    out = torch.zeros(bs, n, dim)
    for i in range(heads):
        cut = slice(i * size, (i + 1) * size)
        q = L.attention.q_lin(h)[:, :, cut]
        k = L.attention.k_lin(h)[:, :, cut]
        v = L.attention.v_lin(h)[:, :, cut]
        s = torch.bmm(q, k.permute(0, 2, 1)) / size**0.5
        p = torch.softmax(s, dim=2)
        out[:, :, cut] = torch.bmm(p, v)
    h = L.sa_layer_norm(h + L.attention.out_lin(out))
    f = L.ffn.lin1(h)
    f = F.gelu(f)
    f = L.ffn.lin2(f)
    h = L.output_layer_norm(h + f)
    return h


def one_head_only(hidden, attention_mask, model):
    block = model.distilbert.transformer.layer[0]
    att = block.attention
    B, S, H = hidden.shape
    q = att.q_lin(hidden)
    k = att.k_lin(hidden)
    v = att.v_lin(hidden)
    scores = q @ k.transpose(-1, -2) / math.sqrt(H)
    scores = scores.masked_fill(attention_mask[:, None, :] == 0, -1e9)
    weights = scores.softmax(dim=-1)
    mixed = weights @ v
    x = block.sa_layer_norm(att.out_lin(mixed) + hidden)
    y = block.ffn.lin2(F.gelu(block.ffn.lin1(x)))
    return block.output_layer_norm(x + y)


def heads_of_64(h, mask, model):
    L = model.distilbert.transformer.layer[0]
    bs, n, dim = h.shape
    size = 64
    heads = dim // size
    out = torch.zeros(bs, n, dim)
    for i in range(heads):
        cut = slice(i * size, (i + 1) * size)
        q = L.attention.q_lin(h)[:, :, cut]
        k = L.attention.k_lin(h)[:, :, cut]
        v = L.attention.v_lin(h)[:, :, cut]
        s = torch.bmm(q, k.permute(0, 2, 1)) / size**0.5
        s = s + (1 - mask[:, None, :].float()) * -1e9
        p = torch.softmax(s, dim=2)
        out[:, :, cut] = torch.bmm(p, v)
    h = L.sa_layer_norm(h + L.attention.out_lin(out))
    f = L.ffn.lin1(h)
    f = F.gelu(f)
    f = L.ffn.lin2(f)
    h = L.output_layer_norm(h + f)
    return h


def out_lin_forgotten(hidden_states, attn_mask, model):
    lay = model.distilbert.transformer.layer[0]
    sa, ffn = lay.attention, lay.ffn
    bs, seq, dim = hidden_states.shape
    split = lambda t: t.reshape(bs, seq, 12, dim // 12).permute(0, 2, 1, 3)
    Q = split(sa.q_lin(hidden_states))
    K = split(sa.k_lin(hidden_states))
    V = split(sa.v_lin(hidden_states))
    logits = torch.einsum("bhqd,bhkd->bhqk", Q, K) / math.sqrt(Q.size(-1))
    logits = logits.masked_fill(attn_mask[:, None, None, :].eq(0), torch.finfo(logits.dtype).min)
    attn = F.softmax(logits, dim=-1)
    context = torch.einsum("bhqk,bhkd->bqhd", attn, V).reshape(bs, seq, dim)
    sa_output = lay.sa_layer_norm(hidden_states + context)
    ffn_output = ffn.lin2(F.gelu(ffn.lin1(sa_output)))
    return lay.output_layer_norm(sa_output + ffn_output)


def second_residual_from_the_input(hidden, attention_mask, model):
    block = model.distilbert.transformer.layer[0]
    att = block.attention
    B, S, H = hidden.shape
    A = model.config.n_heads
    D = H // A
    q = att.q_lin(hidden).view(B, S, A, D).transpose(1, 2)
    k = att.k_lin(hidden).view(B, S, A, D).transpose(1, 2)
    v = att.v_lin(hidden).view(B, S, A, D).transpose(1, 2)
    scores = q @ k.transpose(-1, -2) / math.sqrt(D)
    scores = scores.masked_fill(attention_mask[:, None, None, :] == 0, -1e9)
    weights = scores.softmax(dim=-1)
    mixed = (weights @ v).transpose(1, 2).reshape(B, S, H)
    x = block.sa_layer_norm(att.out_lin(mixed) + hidden)
    y = block.ffn.lin2(F.gelu(block.ffn.lin1(x)))
    return block.output_layer_norm(hidden + y)


def last_layer_instead_of_first(h, mask, model):
    L = model.distilbert.transformer.layer[-1]
    bs, n, dim = h.shape
    heads, size = 12, 32
    out = torch.zeros(bs, n, dim)
    for i in range(heads):
        cut = slice(i * size, (i + 1) * size)
        q = L.attention.q_lin(h)[:, :, cut]
        k = L.attention.k_lin(h)[:, :, cut]
        v = L.attention.v_lin(h)[:, :, cut]
        s = torch.bmm(q, k.permute(0, 2, 1)) / size**0.5
        s = s + (1 - mask[:, None, :].float()) * -1e9
        p = torch.softmax(s, dim=2)
        out[:, :, cut] = torch.bmm(p, v)
    h = L.sa_layer_norm(h + L.attention.out_lin(out))
    f = L.ffn.lin1(h)
    f = F.gelu(f)
    f = L.ffn.lin2(f)
    h = L.output_layer_norm(h + f)
    return h


def gelu_after_the_second_linear(hidden_states, attn_mask, model):
    lay = model.distilbert.transformer.layer[0]
    sa, ffn = lay.attention, lay.ffn
    bs, seq, dim = hidden_states.shape
    split = lambda t: t.reshape(bs, seq, 12, dim // 12).permute(0, 2, 1, 3)
    Q = split(sa.q_lin(hidden_states))
    K = split(sa.k_lin(hidden_states))
    V = split(sa.v_lin(hidden_states))
    logits = torch.einsum("bhqd,bhkd->bhqk", Q, K) / math.sqrt(Q.size(-1))
    logits = logits.masked_fill(attn_mask[:, None, None, :].eq(0), torch.finfo(logits.dtype).min)
    attn = F.softmax(logits, dim=-1)
    context = torch.einsum("bhqk,bhkd->bqhd", attn, V).reshape(bs, seq, dim)
    sa_output = lay.sa_layer_norm(hidden_states + sa.out_lin(context))
    ffn_output = F.gelu(ffn.lin2(ffn.lin1(sa_output)))
    return lay.output_layer_norm(sa_output + ffn_output)


def _parts(hidden, model, heads=12):
    block = model.distilbert.transformer.layer[0]
    attention = block.attention
    cut = [
        linear(hidden).unflatten(-1, (heads, -1)).transpose(1, 2)
        for linear in (attention.q_lin, attention.k_lin, attention.v_lin)
    ]
    return block, *cut


def _mix(q, k, v, mask):
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
    return torch.softmax(scores.masked_fill(mask[:, None, None, :] == 0, -torch.inf), dim=-1) @ v


def heads_not_moved_before_flatten(hidden, attention_mask, model):
    block, q, k, v = _parts(hidden, model)
    x = block.sa_layer_norm(hidden + block.attention.out_lin(_mix(q, k, v, attention_mask).flatten(2)))
    return block.output_layer_norm(x + block.ffn.lin2(F.gelu(block.ffn.lin1(x))))


def gelu_before_lin1(hidden, attention_mask, model):
    block, q, k, v = _parts(hidden, model)
    joined = _mix(q, k, v, attention_mask).transpose(1, 2).flatten(2)
    x = block.sa_layer_norm(hidden + block.attention.out_lin(joined))
    return block.output_layer_norm(x + block.ffn.lin2(block.ffn.lin1(F.gelu(x))))


def no_first_norm_and_hidden_twice(hidden, attention_mask, model):
    block, q, k, v = _parts(hidden, model)
    joined = _mix(q, k, v, attention_mask).transpose(1, 2).flatten(2)
    x = hidden + block.attention.out_lin(joined)
    return block.output_layer_norm(hidden + block.ffn.lin2(F.gelu(block.ffn.lin1(x))))


def heads_of_12_numbers_and_relu(hidden, attention_mask, model):
    block, q, k, v = _parts(hidden, model, heads=32)
    joined = _mix(q, k, v, attention_mask).transpose(1, 2).flatten(2)
    x = block.sa_layer_norm(hidden + block.attention.out_lin(joined))
    return block.output_layer_norm(x + block.ffn.lin2(F.relu(block.ffn.lin1(x))))


def neither_output_matrix_nor_first_sum(hidden, attention_mask, model):
    block, q, k, v = _parts(hidden, model)
    x = block.sa_layer_norm(_mix(q, k, v, attention_mask).transpose(1, 2).flatten(2))
    return block.output_layer_norm(x + block.ffn.lin2(F.gelu(block.ffn.lin1(x))))


def own_layer_with_the_mask_as_it_comes(hidden, attention_mask, model):
    return model.distilbert.transformer.layer[0](hidden, attention_mask)


def own_layer_with_ones(hidden, attention_mask, model):
    return model.distilbert.transformer.layer[0](hidden, attention_mask[:, None, None, :])


def own_layer_without_a_mask(hidden, attention_mask, model):
    return model.distilbert.transformer.layer[0](hidden)
