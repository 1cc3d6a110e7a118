"""Lesson 2's exercises, written in other ways."""

import math

import numpy as np
import torch
from torch.nn import functional

from pipeline_helpers.practice.exercises.hidden_states.cosines import words
from pipeline_helpers.practice.exercises.hidden_states.means import sentences


def with_a_loop(states, mask):
    rows = []
    for vector, one in zip(states, mask):
        if one:
            rows.append(vector.tolist())
    return rows


def with_a_slice(hidden, attention_mask):
    return hidden[: int(attention_mask.sum())].double()


def with_numpy(hidden, attention_mask):
    return hidden.numpy()[attention_mask.numpy().astype(bool)]


def cosine_with_numpy(u, v):
    u, v = u.numpy().astype("float64"), v.numpy().astype("float64")
    return float(u @ v / np.sqrt(u @ u) / np.sqrt(v @ v))


def cosine_with_torch(a, b):
    return functional.cosine_similarity(a, b, dim=0)


def cosine_with_loops(a, b):
    top = left = right = 0.0
    for x, y in zip(a.tolist(), b.tolist()):
        top += x * y
        left += x * x
        right += y * y
    return top / math.sqrt(left * right)


def cosine_of_units(a, b):
    return functional.normalize(a.double(), dim=0) @ functional.normalize(b.double(), dim=0)


def decided_forwards(reads):
    since = 0
    for layer, read in enumerate(reads):
        if read * reads[-1] < 0:
            since = layer + 1
    return since


def decided_with_all(readings):
    for layer in range(len(readings)):
        if all((one > 0) == (readings[-1] > 0) for one in readings[layer:]):
            return layer


def decided_with_numpy(reads):
    other = np.flatnonzero(np.sign(reads) != np.sign(reads[-1]))
    return np.int64(other[-1] + 1) if len(other) else 0


def decided_with_torch(reads):
    reads = torch.tensor(reads)
    return torch.tensor(len(reads)) - (reads.sign() == reads[-1].sign()).flip(0).long().cumprod(0).sum()


def embedding_of_the_model(input_ids, model):
    with torch.no_grad():
        return model.distilbert.embeddings(input_ids)


def embedding_with_modules(ids, whole):
    part = whole.distilbert.embeddings
    places = torch.arange(ids.shape[1]).expand(ids.shape[0], -1)
    return part.LayerNorm(part.word_embeddings(ids) + part.position_embeddings(places)).double()


def embedding_with_loops(input_ids, model):
    part = model.distilbert.embeddings
    rows = []
    for row in input_ids:
        vectors = []
        for place, one in enumerate(row):
            vectors.append(part.LayerNorm(part.word_embeddings.weight[one] + part.position_embeddings.weight[place]))
        rows.append(torch.stack(vectors))
    return torch.stack(rows)


def embedding_with_numpy(input_ids, model):
    part = model.distilbert.embeddings
    table, places = (one.weight.detach().numpy() for one in (part.word_embeddings, part.position_embeddings))
    added = table[input_ids.numpy()] + places[: input_ids.shape[1]]
    normed = (added - added.mean(-1, keepdims=True)) / np.sqrt(added.var(-1, keepdims=True) + 1e-12)
    return normed * part.LayerNorm.weight.detach().numpy() + part.LayerNorm.bias.detach().numpy()


def embedding_by_asking(input_ids, model):
    return model.distilbert(input_ids, output_hidden_states=True).hidden_states[0]


def mean_with_a_loop(hidden, attention_mask):
    return torch.stack([row[mask.bool()].mean(dim=0) for row, mask in zip(hidden, attention_mask)])


def mean_with_numpy(states, mask):
    states, mask = states.numpy().astype("float64"), mask.numpy()
    return np.einsum("bsh,bs->bh", states, mask) / mask.sum(axis=1, keepdims=True)


def mean_with_lists(hidden, attention_mask):
    vectors = []
    for row, mask in zip(hidden.tolist(), attention_mask.tolist()):
        kept = [vector for vector, one in zip(row, mask) if one]
        vectors.append([sum(numbers) / len(kept) for numbers in zip(*kept)])
    return vectors


def mean_with_matrices(hidden, attention_mask):
    shares = attention_mask / attention_mask.sum(dim=1, keepdim=True)
    return (shares[:, None] @ hidden)[:, 0].double()


def mean_with_nan(hidden, attention_mask):
    return hidden.masked_fill(attention_mask[..., None] == 0, torch.nan).nanmean(dim=1)


def baseline_of_the_lesson(words, others):
    return functional.cosine_similarity(words[:, None], others, dim=-1).mean()


def baseline_with_loops(one, other):
    found = [float(functional.cosine_similarity(a, b, dim=0)) for a in one for b in other]
    return sum(found) / len(found)


def baseline_with_numpy(one, other):
    one, other = one.numpy().astype("float64"), other.numpy().astype("float64")
    table = one @ other.T / np.linalg.norm(one, axis=1)[:, None] / np.linalg.norm(other, axis=1)
    return table.mean()


RIGHT = {
    "body_shape": [(5, 11, 384), torch.Size([5, 11, 384]), np.array([5, 11, 384])],
    "without_padding": [with_a_loop, with_a_slice, with_numpy],
    "cosine": [cosine_with_numpy, cosine_with_torch, cosine_with_loops, cosine_of_units],
    "decided": [decided_forwards, decided_with_all, decided_with_numpy, decided_with_torch],
    "embedding": [
        embedding_of_the_model, embedding_with_modules, embedding_with_loops, embedding_with_numpy,
        embedding_by_asking,
    ],
    "mean_vector": [mean_with_a_loop, mean_with_numpy, mean_with_lists, mean_with_matrices, mean_with_nan],
    "baseline": [baseline_of_the_lesson, baseline_with_loops, baseline_with_numpy],
}  # fmt: skip


def _random(make, count=30):
    def more(given):
        random = np.random.default_rng(0)
        return [make(random, given) for _ in range(count)]

    return more


def _one_sentence(random, _):
    places, width = random.integers(3, 9), random.integers(1, 6)
    mask = torch.arange(int(places)) < int(random.integers(3, places + 1))
    return torch.tensor(random.normal(size=(places, width)), dtype=torch.float32), mask.long()


def _two_vectors(random, _):
    width = random.integers(2, 7)
    return tuple(torch.tensor(random.normal(size=width), dtype=torch.float32) for _ in range(2))


def _ids(random, given):
    return torch.tensor(random.integers(0, 30000, size=random.integers(1, 6, size=2))), given.model


def _sentences(random, _):
    lengths = [int(one) for one in random.integers(3, 8, size=random.integers(1, 5))]
    return sentences(lengths, width=int(random.integers(2, 6)), seed=int(random.integers(1000)))


def _two_sentences(random, _):
    return words(*(int(one) for one in random.integers(1, 7, size=3)), seed=int(random.integers(1000)))


MORE = {
    "without_padding": _random(_one_sentence),
    "cosine": _random(_two_vectors),
    "decided": _random(lambda random, _: (random.normal(size=7).round(2).tolist(),), 40),
    "embedding": _random(_ids, 20),
    "mean_vector": _random(_sentences),
    "baseline": _random(_two_sentences),
}
