"""Lesson 3's exercises, written in other ways."""

import itertools

import numpy as np
import torch
from torch import nn

from pipeline_helpers.practice.exercises.heads.classifying import states
from pipeline_helpers.practice.exercises.heads.spans import logits
from pipeline_helpers.practice.exercises.heads.weights import ANSWERS, BODY, CHOICES, SENTENCES, TAGS, TURNED, TWO_TAGS

CLASSES = [
    "AutoModelForSequenceClassification", "AutoModelForTokenClassification", "AutoModelForQuestionAnswering",
    "AutoModelForCausalLM", "AutoModel",
]  # fmt: skip


def relu_with_if(numbers):
    changed = []
    for one in numbers:
        if one < 0:
            changed.append(0)
        else:
            changed.append(one)
    return changed


def relu_with_torch(values):
    return torch.relu(torch.tensor(values, dtype=torch.float64))


def relu_with_numpy(numbers):
    return np.maximum(numbers, 0)


def relu_by_multiplying(numbers):
    return [number * (number > 0) for number in numbers]


def parameters_in_one(width, labels):
    return (width + 1) * (width + labels)


def parameters_of_layers(size, outputs):
    layers = nn.Linear(size, size), nn.Linear(size, outputs)
    return sum(weights.numel() for layer in layers for weights in layer.parameters())


def parameters_with_a_loop(width, labels):
    total, before = 0.0, width
    for after in (width, labels):
        total += before * after + after
        before = after
    return np.float64(total)


def untrained_with_a_loop(saved, wanted):
    found = []
    for name in sorted(wanted):
        if name not in saved or saved[name] != wanted[name]:
            found.append(name)
    return found


def untrained_in_two_parts(checkpoint, needed):
    missing = set(needed) - set(checkpoint)
    mismatched = {name for name in set(needed) & set(checkpoint) if needed[name] != checkpoint[name]}
    return sorted(missing | mismatched, reverse=True)


def untrained_with_filter(saved, wanted):
    return tuple(filter(lambda name: not (name in saved and tuple(saved[name]) == tuple(wanted[name])), wanted))


def head_of_the_model(hidden, model):
    return model.classifier(torch.relu(model.pre_classifier(hidden[:, 0])))


def head_with_dropout_at_rest(states, whole):
    with torch.no_grad():
        vector = whole.pre_classifier(states[:, 0, :])
        return whole.classifier(whole.dropout(nn.ReLU()(vector))).double()


def head_with_numpy(hidden, model):
    w, b, v, c = (
        one.detach().numpy().astype("float64")
        for one in (
            model.pre_classifier.weight,
            model.pre_classifier.bias,
            model.classifier.weight,
            model.classifier.bias,
        )
    )
    return np.maximum(hidden.numpy()[:, 0] @ w.T + b, 0) @ v.T + c


def head_sentence_by_sentence(hidden, model):
    rows = []
    for sentence in hidden:
        summed = model.pre_classifier.weight @ sentence[0] + model.pre_classifier.bias
        rows.append((model.classifier.weight @ summed.clamp(min=0) + model.classifier.bias).tolist())
    return rows


def head_of_all_and_then_the_first(hidden, model):
    return model.classifier(model.pre_classifier(hidden).relu())[:, 0]


def span_with_product(start_logits, end_logits):
    pairs = itertools.combinations_with_replacement(range(len(start_logits)), 2)
    return list(max(pairs, key=lambda pair: start_logits[pair[0]] + end_logits[pair[1]]))


def span_with_numpy(starts, ends):
    table = np.add.outer(starts, ends)
    table[np.tril_indices(len(starts), -1)] = -np.inf
    return np.array(np.unravel_index(table.argmax(), table.shape))


def span_with_torch(start_logits, end_logits):
    table = torch.tensor(start_logits)[:, None] + torch.tensor(end_logits)
    allowed = torch.ones_like(table).triu().bool()
    place = int(table.masked_fill(~allowed, -torch.inf).argmax())
    return torch.tensor(divmod(place, len(end_logits)))


def span_in_one_pass(start_logits, end_logits):
    start, found, best = 0, (0, 0), start_logits[0] + end_logits[0]
    for end in range(len(end_logits)):
        if start_logits[end] > start_logits[start]:
            start = end
        if start_logits[start] + end_logits[end] > best:
            best, found = start_logits[start] + end_logits[end], (start, end)
    return found


RIGHT = {
    "classes": [CLASSES, tuple(CLASSES), np.array(CLASSES)],
    "relu": [relu_with_if, relu_with_torch, relu_with_numpy, relu_by_multiplying],
    "head_parameters": [parameters_in_one, parameters_of_layers, parameters_with_a_loop],
    "untrained": [untrained_with_a_loop, untrained_in_two_parts, untrained_with_filter],
    "head": [
        head_of_the_model, head_with_dropout_at_rest, head_with_numpy, head_sentence_by_sentence,
        head_of_all_and_then_the_first,
    ],
    "span": [span_with_product, span_with_numpy, span_with_torch, span_in_one_pass],
}  # fmt: skip


def _more_states(given):
    random = np.random.default_rng(0)
    return [(states(*map(int, random.integers(1, 6, size=2)), 1, seed), given.model) for seed in range(20, 40)]


def _more_numbers(_):
    random = np.random.default_rng(0)
    return [(random.normal(size=random.integers(1, 6)).round(2).tolist(),) for _ in range(30)]


MORE = {
    "relu": _more_numbers,
    "head_parameters": lambda _: [tuple(map(int, pair)) for pair in np.random.default_rng(0).integers(1, 60, (30, 2))],
    "untrained": lambda _: list(
        itertools.product((ANSWERS, BODY, CHOICES, SENTENCES, TAGS, TURNED, TWO_TAGS), repeat=2)
    ),
    "head": _more_states,
    "span": lambda _: [logits(1 + seed % 8, seed) for seed in range(100, 140)],
}
