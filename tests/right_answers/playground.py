"""Lesson 7's exercises, written in other ways."""

import math
import random
from collections import Counter

import numpy as np
import torch


def mask_without_a_comprehension(tokens, hidden):
    mask = torch.ones(len(tokens), dtype=torch.long)
    for place, token in enumerate(tokens):
        if token in hidden:
            mask[place] = 0
    return mask


def mask_without_with_numpy(words, gone):
    return ~np.isin(np.array(words), np.array(gone, dtype=str))


def mask_without_with_not(tokens, hidden):
    return [not any(token == one for one in hidden) for token in tokens]


def mask_without_with_lists(tokens, hidden):
    mask = []
    for token in tokens:
        mask += [float(hidden.count(token) == 0)]
    return mask


def minimal_pairs_with_a_loop(pairs):
    found = []
    for pair in pairs:
        one, other = pair[0].split(), pair[1].split()
        if len(one) != len(other):
            found.append(False)
            continue
        different = 0
        for place in range(len(one)):
            if one[place] != other[place]:
                different += 1
        found.append(different == 1)
    return found


def minimal_pairs_with_numpy(pairs):
    def minimal(one, other):
        one, other = np.array(one.split()), np.array(other.split())
        return one.shape == other.shape and (one != other).sum() == 1

    return np.array([minimal(*pair) for pair in pairs])


def minimal_pairs_by_prefix(pairs):
    found = []
    for a, b in pairs:
        a, b = a.split(), b.split()
        start = 0
        while start < min(len(a), len(b)) and a[start] == b[start]:
            start += 1
        found.append(len(a) == len(b) and start < len(a) and a[start + 1 :] == b[start + 1 :])
    return torch.tensor(found)


def same_tokens_with_counter(pairs):
    return [Counter(tokenizer.tokenize(one)) == Counter(tokenizer.tokenize(other)) for one, other in pairs]


def same_tokens_by_ids(pairs):
    return [sorted(tokenizer(one)["input_ids"]) == sorted(tokenizer(other)["input_ids"]) for one, other in pairs]


def same_tokens_by_removing(pairs):
    found = []
    for one, other in pairs:
        left, same = tokenizer.tokenize(other), True
        for token in tokenizer.tokenize(one):
            if token in left:
                left.remove(token)
            else:
                same = False
        found.append(int(same and not left))
    return np.array(found)


def accuracy_with_numpy(answers, labels):
    hits = np.array([answer["label"] for answer in answers]) == np.array(labels)
    return hits.mean(), hits.std() / np.sqrt(len(hits))


def accuracy_with_torch(given, expected):
    hits = torch.tensor([one["label"] == name for one, name in zip(given, expected)], dtype=torch.float64)
    share = hits.mean()
    return {"accuracy": share, "standard_error": (share * (1 - share) / len(hits)) ** 0.5}


def accuracy_with_a_loop(answers, labels):
    right = 0
    for place in range(len(labels)):
        if answers[place]["label"] == labels[place]:
            right += 1
    wrong, n = len(labels) - right, len(labels)
    return [right / n, math.sqrt(right * wrong / n**3)]


def spread_with_torch(table):
    numbers = torch.tensor(table, dtype=torch.float64)
    last = torch.bincount(numbers.argmin(dim=1), minlength=numbers.shape[1])
    return numbers.min(dim=0).values, numbers.mean(dim=0), numbers.max(dim=0).values, last


def spread_with_numpy(rows):
    numbers = np.array(rows)
    last = (numbers == numbers.min(axis=1, keepdims=True)).sum(axis=0)
    return {"lowest": numbers.min(0), "mean": numbers.mean(0), "highest": numbers.max(0), "last": last}


def spread_with_loops(table):
    words = len(table[0])
    lowest, mean, highest, last = [], [], [], [0] * words
    for word in range(words):
        numbers = [row[word] for row in table]
        lowest.append(min(numbers))
        highest.append(max(numbers))
        mean.append(sum(numbers) / len(table))
    for row in table:
        last[row.index(min(row))] += 1
    return lowest, mean, highest, last


def token_effect_in_one_batch(text, place):
    inputs = tokenizer([text, text], return_tensors="pt")
    inputs["attention_mask"][1][place] = 0
    with torch.no_grad():
        whole, hidden = torch.nn.functional.softmax(model(**inputs).logits, dim=-1)
    return (hidden - whole)[whole.argmax()]


def token_effect_with_numpy(sentence, position):
    inputs = tokenizer(sentence, return_tensors="pt")
    mask = inputs["attention_mask"].clone()
    mask[:, position] = 0
    with torch.no_grad():
        rows = [
            model(inputs["input_ids"], attention_mask=one).logits[0].double().numpy()
            for one in (inputs["attention_mask"], mask)
        ]
    whole, hidden = [np.exp(row) / np.exp(row).sum() for row in rows]
    return hidden[np.argmax(whole)] - whole[np.argmax(whole)]


def token_effect_by_the_difference(text, place):
    inputs = tokenizer(text, return_tensors="pt")
    before = model(**inputs).logits.diff(dim=-1).item()
    inputs["attention_mask"][0, place] = 0
    after = model(**inputs).logits.diff(dim=-1).item()
    change = 1 / (1 + math.exp(-after)) - 1 / (1 + math.exp(-before))
    return change if before > 0 else -change


def token_effect_that_hides_the_id_too(text, place):
    def probability(mask):
        return torch.softmax(model(input_ids=ids, attention_mask=mask).logits, dim=1)[0]

    ids = tokenizer(text, return_tensors="pt").input_ids
    mask = torch.ones_like(ids)
    whole = probability(mask)
    mask[0, place] = 0
    best = int(whole.argmax())
    return float(probability(mask)[best] - whole[best])


def _more_tokens(_):
    seeded = random.Random(1)
    tokens = ["[CLS]", "[SEP]", "a", "##a", "not", "good", "bad", ","]
    return [
        (
            ["[CLS]", *seeded.choices(tokens[2:], k=seeded.randint(0, 7)), "[SEP]"],
            seeded.sample(tokens, seeded.randint(0, 3)),
        )
        for _ in range(30)
    ]


def _more_pairs(_):
    seeded = random.Random(1)
    made = []
    for _ in range(30):
        one = seeded.choices(["good", "Good", "bad", "not", "film", "good,"], k=seeded.randint(1, 6))
        other = list(one)
        for _ in range(seeded.randint(0, 2)):
            other[seeded.randrange(len(other))] = seeded.choice(["good", "bad", "not"])
        if seeded.random() < 0.3:
            seeded.shuffle(other)
        if seeded.random() < 0.2:
            other.append("film")
        made.append(([(" ".join(one), " ".join(other)), (" ".join(other), " ".join(reversed(one)))],))
    return made


def _more_answers(_):
    seeded = random.Random(1)
    made = []
    for _ in range(30):
        size = seeded.randint(1, 20)
        names = ["POSITIVE", "NEGATIVE"]
        answers = [{"label": seeded.choice(names), "score": seeded.random()} for _ in range(size)]
        made.append((answers, seeded.choices(names, k=size)))
    return made


def _more_tables(_):
    seeded = random.Random(1)
    return [
        ([[seeded.random() for _ in range(words)] for _ in range(seeded.randint(1, 6))],)
        for words in seeded.choices(range(2, 7), k=30)
    ]


def _more_places(_):
    texts = ["Not bad!", "No me gustó nada", "This film is long.", "Odio los lunes", "Good, not bad"]
    return [(text, place) for text in texts for place in (0, 1, 2, 3)]


RIGHT = {
    "mask_without": [
        mask_without_a_comprehension,
        mask_without_with_numpy,
        mask_without_with_not,
        mask_without_with_lists,
    ],
    "minimal_pairs": [minimal_pairs_with_a_loop, minimal_pairs_with_numpy, minimal_pairs_by_prefix],
    "same_tokens": [same_tokens_with_counter, same_tokens_by_ids, same_tokens_by_removing],
    "measured": [accuracy_with_numpy, accuracy_with_torch, accuracy_with_a_loop],
    "template_spread": [spread_with_torch, spread_with_numpy, spread_with_loops],
    "token_effect": [
        token_effect_in_one_batch,
        token_effect_with_numpy,
        token_effect_by_the_difference,
        token_effect_that_hides_the_id_too,
    ],
}
MORE = {
    "mask_without": _more_tokens,
    "minimal_pairs": _more_pairs,
    "same_tokens": _more_pairs,
    "measured": _more_answers,
    "template_spread": _more_tables,
    "token_effect": _more_places,
}
