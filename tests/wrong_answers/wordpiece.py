import math
import numpy as np
import torch
from torch.nn import functional as F


def forgets_the_hashes(word, vocab):
    pieces = []
    start = 0
    while start < len(word):
        end = len(word)
        while end > start and word[start:end] not in vocab:
            end -= 1
        if end == start:
            return ["[UNK]"]
        pieces.append(word[start:end])
        start = end
    return pieces


def hashes_only_in_the_output(word, vocab):
    pieces = []
    rest = word
    while rest:
        for n in range(len(rest), 0, -1):
            if rest[:n] in vocab:
                pieces.append(rest[:n] if not pieces else "##" + rest[:n])
                rest = rest[n:]
                break
        else:
            return ["[UNK]"]
    return pieces


def shortest_match(word, vocab):
    out, start = [], 0
    while start < len(word):
        for end in range(start + 1, len(word) + 1):
            piece = word[start:end] if start == 0 else "##" + word[start:end]
            if piece in vocab:
                out.append(piece)
                start = end
                break
        else:
            return ["[UNK]"]
    return out


def unk_only_for_the_rest(word, vocab):
    out, start = [], 0
    while start < len(word):
        for end in range(len(word), start, -1):
            piece = word[start:end] if start == 0 else "##" + word[start:end]
            if piece in vocab:
                out.append(piece)
                start = end
                break
        else:
            out.append("[UNK]")
            break
    return out


def skips_unknown_characters(word, vocab):
    out = []
    i = 0
    while i < len(word):
        found = False
        for j in range(len(word), i, -1):
            p = word[i:j]
            if i > 0:
                p = "##" + p
            if p in vocab:
                out.append(p)
                i = j
                found = True
                break
        if not found:
            i += 1
    return out or ["[UNK]"]


def never_tries_the_whole_rest(word, vocab):
    out = []
    start = 0
    while start < len(word):
        for end in range(len(word) - 1, start, -1):
            p = ("##" if start else "") + word[start:end]
            if p in vocab:
                out.append(p)
                start = end
                break
        else:
            return ["[UNK]"]
    return out


def hashes_on_the_first_piece_too(word, vocab):
    tokens = []
    while len(word) > 0:
        i = len(word)
        while i > 0 and "##" + word[:i] not in vocab:
            i -= 1
        if i == 0:
            return ["[UNK]"]
        tokens.append("##" + word[:i])
        word = word[i:]
    return tokens


def returns_ids(word, vocab):
    out, start = [], 0
    while start < len(word):
        for end in range(len(word), start, -1):
            piece = word[start:end] if start == 0 else "##" + word[start:end]
            if piece in vocab:
                out.append(vocab[piece])
                start = end
                break
        else:
            return [vocab["[UNK]"]]
    return out


def longest_match_from_the_end(word, vocab):
    pieces = []
    end = len(word)
    while end > 0:
        for start in range(0, end):
            piece = word[start:end]
            if start > 0:
                piece = "##" + piece
            if piece in vocab:
                pieces.insert(0, piece)
                end = start
                break
        else:
            return ["[UNK]"]
    return pieces


def drops_the_unknown_rest(word, vocab):
    pieces = []
    start = 0
    while start < len(word):
        end = len(word)
        piece = None
        while start < end:
            sub = word[start:end] if start == 0 else "##" + word[start:end]
            if sub in vocab:
                piece = sub
                break
            end -= 1
        if piece is None:
            break
        pieces.append(piece)
        start = end
    return pieces if pieces else ["[UNK]"]


def whole_word_or_characters(word, vocab):
    if word in vocab:
        return [word]
    chars = [word[0]] + ["##" + c for c in word[1:]]
    if all(c in vocab for c in chars):
        return chars
    return ["[UNK]"]


def piece_length_counts_the_hashes(word, vocab):
    pieces = []
    start = 0
    while start < len(word):
        for end in range(len(word), start, -1):
            piece = word[start:end]
            if start > 0:
                piece = "##" + piece
            if piece in vocab:
                pieces.append(piece)
                start += len(piece)
                break
        else:
            return ["[UNK]"]
    return pieces


def lowercases_first(word, vocab):
    word = word.lower()
    out, start = [], 0
    while start < len(word):
        for end in range(len(word), start, -1):
            piece = word[start:end] if start == 0 else "##" + word[start:end]
            if piece in vocab:
                out.append(piece)
                start = end
                break
        else:
            return ["[UNK]"]
    return out


def goes_back_when_stuck(word, vocab):
    def search(rest, first):
        if rest == "":
            return []
        for n in range(len(rest), 0, -1):
            piece = rest[:n] if first else "##" + rest[:n]
            if piece in vocab:
                tail = search(rest[n:], False)
                if tail is not None:
                    return [piece] + tail
        return None

    found = search(word, True)
    return ["[UNK]"] if found is None else found


def first_in_the_dict_order(word, vocab):
    pieces = []
    rest = word
    while rest:
        prefix = "##" if pieces else ""
        for entry in vocab:
            if (prefix + rest).startswith(entry) and len(entry) > len(prefix):
                pieces.append(entry)
                rest = rest[len(entry) - len(prefix) :]
                break
        else:
            return ["[UNK]"]
    return pieces


def hashes_glued_to_the_word(word, vocab):
    pieces = []
    while word:
        end = len(word)
        while end > 0 and word[:end] not in vocab:
            end -= 1
        if end == 0:
            return ["[UNK]"]
        pieces.append(word[:end])
        word = word[end:]
        if word:
            word = "##" + word
    return pieces


def hashes_glued_to_nothing_too(word, vocab):
    pieces = []
    while word:
        end = len(word)
        while end > 0 and word[:end] not in vocab:
            end -= 1
        if end == 0:
            return ["[UNK]"]
        pieces.append(word[:end])
        word = "##" + word[end:]
    return pieces


def hashes_glued_in_a_for(word, vocab):
    pieces = []
    rest = word
    while rest != "" and rest != "##":
        for n in range(len(rest), 0, -1):
            if rest[:n] in vocab:
                pieces.append(rest[:n])
                rest = "##" + rest[n:]
                break
        else:
            return ["[UNK]"]
    return pieces
