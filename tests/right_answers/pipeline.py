"""Lesson 0's exercises, written in other ways."""

import random

import numpy as np
import torch
from torch.nn import functional
from transformers import pipeline


def fits_with_a_loop(sentences):
    found = []
    for sentence in sentences:
        pieces = tokenizer.tokenize(sentence)
        if len(pieces) + 2 > 512:
            found.append(False)
        else:
            found.append(True)
    return found


def fits_with_numpy(texts):
    lengths = np.array([len(ids) for ids in tokenizer(texts).input_ids])
    return lengths <= tokenizer.model_max_length


def fits_with_torch(texts):
    return torch.tensor([tokenizer(text, return_tensors="pt").input_ids.shape[1] < 513 for text in texts])


def fits_by_encode(texts):
    return [int(len(tokenizer.encode(text)) <= 512) for text in texts]


def best_label_with_torch(logits, id2label):
    return id2label[torch.tensor(logits).argmax().item()]


def best_label_with_numpy(row, names):
    return names[int(np.argmax(np.array(row)))]


def best_label_with_softmax(logits, id2label):
    scores = torch.softmax(torch.tensor(logits, dtype=torch.float64), dim=0)
    return id2label[scores.tolist().index(max(scores.tolist()))]


def best_label_with_a_loop(logits, id2label):
    best, largest = None, float("-inf")
    for column, logit in enumerate(logits):
        if logit > largest:
            best, largest = column, logit
    return id2label[best]


def best_label_by_pairs(logits, id2label):
    return max(id2label.items(), key=lambda item: logits[item[0]])[1]


def batches_with_a_while(lengths, batch_size):
    left, found = list(lengths), []
    while left:
        found.append([len(left[:batch_size]), max(left[:batch_size])])
        left = left[batch_size:]
    return found


def batches_with_numpy(n_tokens, size):
    parts = np.split(np.array(n_tokens), range(size, len(n_tokens), size))
    return np.array([(len(part), part.max()) for part in parts])


def batches_with_torch(lengths, batch_size):
    return torch.stack([torch.tensor([len(part), part.max()]) for part in torch.tensor(lengths).split(batch_size)])


def batches_one_by_one(lengths, batch_size):
    shapes = []
    for place, length in enumerate(lengths):
        if place % batch_size == 0:
            shapes.append([0, 0.0])
        shapes[-1][0] += 1
        shapes[-1][1] = max(shapes[-1][1], length)
    return [tuple(shape) for shape in shapes]


def all_scores_by_topk(sentence):
    inputs = tokenizer([sentence], padding=True, truncation=True, return_tensors="pt")
    values, columns = functional.softmax(model(**inputs).logits, dim=1)[0].topk(2)
    return [
        {"label": model.config.id2label[column.item()], "score": value.item()} for value, column in zip(values, columns)
    ]


def all_scores_with_numpy(text):
    with torch.no_grad():
        logits = model(**tokenizer(text, return_tensors="pt")).logits.double().numpy()[0]
    scores = np.exp(logits) / np.exp(logits).sum()
    order = np.argsort(-scores)
    return [{"score": scores[place], "label": model.config.id2label[int(place)]} for place in order]


def all_scores_with_the_pipeline(text):
    return pipeline("sentiment-analysis", model=model, tokenizer=tokenizer)(text, top_k=None)


def all_scores_with_an_if(text):
    inputs = tokenizer(text, return_tensors="pt")
    negative, positive = torch.softmax(model(**inputs).logits, -1)[0].tolist()
    answers = [{"label": "NEGATIVE", "score": negative}, {"label": "POSITIVE", "score": positive}]
    return answers[::-1] if positive > negative else answers


def my_pipeline_one_by_one(sentences):
    found = []
    for sentence in sentences:
        logits = model(**tokenizer(sentence, return_tensors="pt")).logits
        score, best = torch.softmax(logits, dim=-1).max(dim=-1)
        found.append({"label": model.config.id2label[best.item()], "score": score})
    for one in found:
        one["score"] = one["score"][0]
    return found


def my_pipeline_with_numpy(texts):
    inputs = tokenizer(list(texts), padding=True, truncation=True, return_tensors="pt")
    with torch.inference_mode():
        logits = model(**inputs).logits.double().numpy()
    scores = np.exp(logits - logits.max(axis=1, keepdims=True))
    scores /= scores.sum(axis=1, keepdims=True)
    best = scores.argmax(axis=1)
    return [
        {"label": model.config.id2label[int(column)], "score": scores[row, column]} for row, column in enumerate(best)
    ]


def my_pipeline_with_max(texts):
    inputs = tokenizer(texts, padding="longest", return_tensors="pt")
    scores, columns = functional.softmax(model(inputs["input_ids"], inputs["attention_mask"])[0], dim=1).max(dim=1)
    return [
        {"label": model.config.id2label[column], "score": round(score, 5)}
        for column, score in zip(columns.tolist(), scores.tolist())
    ]


def my_pipeline_with_the_pipeline(texts):
    return pipeline("sentiment-analysis", model=model, tokenizer=tokenizer)(texts)


def my_pipeline_with_a_sigmoid(texts):
    inputs = tokenizer(texts, padding=True, return_tensors="pt")
    logits = model(**inputs).logits
    positive = torch.sigmoid(logits[:, 1] - logits[:, 0])
    return [
        {"label": "POSITIVE" if one > 0.5 else "NEGATIVE", "score": max(one.item(), 1 - one.item())} for one in positive
    ]


def my_pipeline_to_a_fixed_length(texts):
    inputs = tokenizer(texts, padding="max_length", max_length=40, truncation=True, return_tensors="pt")
    rows = torch.softmax(model(**inputs).logits, dim=-1)
    return tuple({"label": model.config.id2label[int(row.argmax())], "score": float(row.max())} for row in rows)


def _more_logits(_):
    seeded = random.Random(1)
    made = []
    for _ in range(30):
        labels = seeded.randint(2, 6)
        names = list(range(labels))
        seeded.shuffle(names)
        made.append(([round(seeded.uniform(-4, 4), 2) for _ in names], {name: f"label {name}" for name in names}))
    return made


def _more_lengths(_):
    seeded = random.Random(1)
    return [([seeded.randint(2, 60) for _ in range(seeded.randint(1, 12))], seeded.randint(1, 6)) for _ in range(30)]


WORDS = [
    "good",
    "bad",
    "not",
    "film",
    "the",
    "very",
    "no",
    "me",
    "gusta",
    "horrible",
    "!",
    ",",
    "days",
    "untranslatable",
]


def _more_texts(_):
    seeded = random.Random(1)
    return [" ".join(seeded.choices(WORDS, k=seeded.randint(0, 9))) for _ in range(40)]


def _more_long_texts(_):
    seeded = random.Random(1)
    words = ["good ", "español ", "Wonderful! ", "I hate "]
    return [([seeded.choice(words) * seeded.randint(100, 520) for _ in range(3)],) for _ in range(20)]


RIGHT = {
    "table_shapes": [
        [[3, 12], [3, 12], [3, 2]],
        {"input_ids": (3, 12), "attention_mask": (3, 12), "logits": (3, 2)},
        (torch.Size([3, 12]), np.array([3, 12]), torch.tensor([3.0, 2.0])),
        torch.tensor([[3, 12], [3, 12], [3, 2]]),
    ],
    "fits": [fits_with_a_loop, fits_with_numpy, fits_with_torch, fits_by_encode],
    "best_label": [
        best_label_with_torch,
        best_label_with_numpy,
        best_label_with_softmax,
        best_label_with_a_loop,
        best_label_by_pairs,
    ],
    "batches": [batches_with_a_while, batches_with_numpy, batches_with_torch, batches_one_by_one],
    "all_scores": [all_scores_by_topk, all_scores_with_numpy, all_scores_with_the_pipeline, all_scores_with_an_if],
    "my_pipeline": [
        my_pipeline_one_by_one,
        my_pipeline_with_numpy,
        my_pipeline_with_max,
        my_pipeline_with_the_pipeline,
        my_pipeline_with_a_sigmoid,
        my_pipeline_to_a_fixed_length,
    ],
}
MORE = {
    "fits": _more_long_texts,
    "best_label": _more_logits,
    "batches": _more_lengths,
    "all_scores": lambda given: [(text,) for text in _more_texts(given)[:20]],
    "my_pipeline": lambda given: [(_more_texts(given)[2 * place : 2 * place + 3],) for place in range(20)],
}
