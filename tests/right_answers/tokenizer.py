"""Lesson 1's exercises, written in other ways."""

import copy
import random
import unicodedata
from itertools import zip_longest

import numpy as np
import torch
from tokenizers import models, normalizers
from torch.nn.utils.rnn import pad_sequence


def count_by_joining(tokens):
    return len(" ".join(tokens).replace(" ##", "").split())


def count_with_a_loop(pieces):
    words = 0.0
    for piece in pieces:
        if piece[:2] != "##":
            words += 1
    return words


def count_with_numpy(tokens):
    return np.sum(~np.char.startswith(np.array(tokens, dtype=str), "##"))


def count_with_torch(tokens):
    return torch.tensor([token[:2] != "##" for token in tokens], dtype=torch.bool).sum()


def truncate_words(ids, longest):
    return ids[:-1][: longest - 1] + [ids[-1]]


def truncate_with_numpy(row, most):
    row = np.array(row, dtype=np.float64)
    return row if len(row) <= most else np.concatenate([row[: most - 1], row[-1:]])


def truncate_with_torch(ids, longest):
    kept = [place for place in range(len(ids)) if place < longest - 1 or place == len(ids) - 1]
    return torch.tensor(ids)[kept]


def truncate_with_a_loop(ids, longest):
    short = list(ids)
    while len(short) > longest:
        del short[-2]
    return tuple(short)


def truncate_in_place_of_a_copy(ids, longest):
    new = ids.copy()
    if len(new) > longest:
        new[longest - 1 :] = [new[-1]]
    return new


def pad_with_numpy(rows):
    table = np.zeros((len(rows), max(map(len, rows))))
    mask = np.zeros_like(table)
    for number, row in enumerate(rows):
        table[number, : len(row)] = row
        mask[number, : len(row)] = 1
    return table, mask


def pad_with_torch(sentences):
    ids = pad_sequence([torch.tensor(one) for one in sentences], batch_first=True)
    mask = pad_sequence([torch.ones(len(one), dtype=torch.bool) for one in sentences], batch_first=True)
    return {"input_ids": ids, "attention_mask": mask}


def pad_with_a_loop(rows):
    longest = 0
    for row in rows:
        if len(row) > longest:
            longest = len(row)
    ids, mask = [], []
    for row in rows:
        copy, ones = list(row), [1.0] * len(row)
        while len(copy) < longest:
            copy.append(0)
            ones.append(0.0)
        ids.append(copy)
        mask.append(ones)
    return [ids, mask]


def pad_a_deep_copy(rows):
    input_ids, attention_mask = copy.deepcopy(rows), []
    longest = len(max(rows, key=len))
    for row in input_ids:
        tokens = len(row)
        row += [0] * (longest - tokens)
        attention_mask.append([1] * tokens + [0] * (longest - tokens))
    return {"attention_mask": attention_mask, "input_ids": input_ids}


def pad_by_columns(rows):
    ids = list(zip(*zip_longest(*rows, fillvalue=0), strict=True))
    lengths = torch.tensor([[len(row)] for row in rows])
    return ids, torch.arange(len(ids[0])) < lengths


def normalize_with_a_loop(sentence):
    result = ""
    for letter in unicodedata.normalize("NFD", sentence):
        if unicodedata.category(letter) != "Mn":
            result += letter
    return result.lower()


def normalize_letter_by_letter(text):
    def bare(letter):
        parts = unicodedata.normalize("NFD", letter)
        return "".join(part for part in parts if unicodedata.category(part) not in ["Mn"])

    return "".join(map(bare, text.lower()))


def normalize_by_replacing(text):
    text = unicodedata.normalize("NFD", text.lower())
    for letter in text:
        if unicodedata.category(letter) == "Mn":
            text = text.replace(letter, "")
    return text


def normalize_with_a_table(text):
    text = unicodedata.normalize("NFD", text)
    marks = {ord(letter): None for letter in set(text) if unicodedata.category(letter) == "Mn"}
    return np.str_(text.translate(marks).lower())


def normalize_with_the_library(text):
    return normalizers.BertNormalizer(lowercase=True, strip_accents=True).normalize_str(text)


def wordpiece_with_the_library(word, vocab):
    rule = models.WordPiece({**vocab, "[UNK]": len(vocab)}, unk_token="[UNK]", max_input_chars_per_word=10**6)
    return [token.value for token in rule.tokenize(word)]


def wordpiece_with_places(text, known):
    pieces, start = [], 0
    while start < len(text):
        for end in range(len(text), start, -1):
            piece = text[start:end] if start == 0 else "##" + text[start:end]
            if piece in known:
                break
        else:
            return ["[UNK]"]
        pieces.append(piece)
        start = end
    return pieces


def wordpiece_with_what_is_left(word, vocab):
    pieces = []
    while word != "":
        piece = word
        while piece != "" and (piece if pieces == [] else "##" + piece) not in vocab:
            piece = piece[:-1]
        if piece == "":
            return ["[UNK]"]
        word = word[len(piece) :]
        pieces.append(piece if pieces == [] else "##" + piece)
    return pieces


def wordpiece_by_recursion(word, vocab):
    def rest(word, prefix):
        if not word:
            return []
        found = [end for end in range(1, len(word) + 1) if prefix + word[:end] in vocab]
        after = rest(word[max(found) :], "##") if found else None
        return None if after is None else [prefix + word[: max(found)], *after]

    return rest(word, "") or ["[UNK]"]


def wordpiece_over_the_vocabulary(word, vocab):
    pieces = ()
    while word:
        fits = [piece for piece in vocab if piece.startswith("##") == bool(pieces)]
        fits = [piece for piece in fits if word.startswith(piece[2:] if pieces else piece)]
        if not fits:
            return ("[UNK]",)
        best = max(fits, key=len)
        word = word[len(best) - 2 * bool(pieces) :]
        pieces += (best,)
    return np.array(pieces)


def _more_tokens(_):
    made = random.Random(4)
    tokens = ["hug", "##ga", "##ble", "'", "#", "[UNK]", "1", "el", "##s", "."]
    return [(["so", *made.choices(tokens, k=made.randint(0, 12))],) for _ in range(30)]


def _more_long_rows(_):
    made = random.Random(5)
    return [
        ([made.randint(0, 9), *made.choices(range(30000), k=made.randint(0, 20)), made.randint(0, 200)], made.randint(2, 24))
        for _ in range(40)
    ]  # fmt: skip


def _more_rows(_):
    made = np.random.default_rng(0)
    return [([list(map(int, made.integers(0, 30000, made.integers(1, 9)))) for _ in range(4)],) for _ in range(30)]


def _more_texts(_):
    made = random.Random(6)
    letters = "abcXYZ áéíóúüñÁÉÍÓÚÜÑçÇàÀêåřžŠ¿?¡!.,'1½ﬁß€😀łøЙё\u0301\u0303ếहिंदी\ufe0f\u20e3"
    return [("".join(made.choices(letters, k=made.randint(0, 20))),) for _ in range(40)]


def _more_words(_):
    made, given = random.Random(7), []
    for _ in range(5):
        pieces = {made.choice(["", "##"]) + "".join(made.choices("abc#", k=made.randint(1, 3))) for _ in range(30)}
        vocab = {piece: number for number, piece in enumerate(sorted(pieces))}
        given += [("".join(made.choices("abcC", [9, 9, 9, 1], k=made.randint(1, 9))), vocab) for _ in range(8)]
    return given


RIGHT = {
    "count_words": [count_by_joining, count_with_a_loop, count_with_numpy, count_with_torch],
    "batch_shape": [[3, 8], torch.Size([3, 8]), np.array([3.0, 8.0])],
    "truncate": [
        truncate_words,
        truncate_with_numpy,
        truncate_with_torch,
        truncate_with_a_loop,
        truncate_in_place_of_a_copy,
    ],
    "pad": [pad_with_numpy, pad_with_torch, pad_with_a_loop, pad_a_deep_copy, pad_by_columns],
    "normalize": [
        normalize_with_a_loop,
        normalize_letter_by_letter,
        normalize_by_replacing,
        normalize_with_a_table,
        normalize_with_the_library,
    ],
    "wordpiece": [
        wordpiece_with_places,
        wordpiece_with_what_is_left,
        wordpiece_by_recursion,
        wordpiece_over_the_vocabulary,
        wordpiece_with_the_library,
    ],
}
MORE = {
    "count_words": _more_tokens, "truncate": _more_long_rows, "pad": _more_rows, "normalize": _more_texts,
    "wordpiece": _more_words,
}  # fmt: skip
