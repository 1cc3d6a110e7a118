import math
import numpy as np
import torch
from torch.nn import functional as F


def sep_cut_off(ids, longest):
    return ids[:longest]


def sep_makes_it_one_too_long(ids, longest):
    if len(ids) <= longest:
        return ids
    return ids[:longest] + [ids[-1]]


def sep_twice_when_it_fits(ids, longest):
    return ids[: longest - 1] + [ids[-1]]


def keeps_the_end(ids, longest):
    if len(ids) > longest:
        ids = ids[-longest:]
    return ids


def cls_and_the_end(ids, longest):
    if len(ids) <= longest:
        return ids
    return [ids[0]] + ids[len(ids) - longest + 1 :]


def ends_in_cls_id(ids, longest):
    SEP = 101
    if len(ids) <= longest:
        return ids
    return ids[: longest - 1] + [SEP]


def room_for_two_specials(ids, longest):
    if len(ids) <= longest:
        return ids
    return ids[: longest - 2] + [102]


def specials_not_counted(ids, longest):
    first, inner, last = ids[0], ids[1:-1], ids[-1]
    return [first] + inner[:longest] + [last]


def padded_when_short(ids, longest):
    new = list(ids[:longest])
    if len(ids) > longest:
        new[-1] = ids[-1]
    while len(new) < longest:
        new.append(0)
    return new


def sep_forgotten(ids, longest):
    if len(ids) <= longest:
        return ids
    body = ids[:-1]
    return body[: longest - 1]


def append_returns_none(ids, longest):
    if len(ids) <= longest:
        return ids
    return ids[: longest - 1].append(ids[-1])


def only_one_removed(ids, longest):
    ids = list(ids)
    if len(ids) > longest:
        del ids[-2]
    return ids


def first_half_last_half(ids, longest):
    if len(ids) <= longest:
        return ids
    half = longest // 2
    return ids[:half] + ids[-half:]


def in_chunks(ids, longest):
    return [ids[i : i + longest] for i in range(0, len(ids), longest)]


def up_to_the_first_sep(ids, longest):
    end = ids.index(102)
    body = ids[:end]
    return body[: longest - 1] + [102]


def last_of_this_tokenizer(ids, longest):
    sep_token_id = 102
    if len(ids) > longest:
        ids = ids[: longest - 1] + [sep_token_id]
    return ids


def first_of_the_row_and_102(ids, longest):
    if len(ids) <= longest:
        return ids
    return [ids[0], *ids[1 : longest - 1]] + [102]


def first_is_101(ids, longest):
    if len(ids) <= longest:
        return ids
    return [101] + ids[1 : longest - 1] + [ids[-1]]


def both_are_written(ids, longest):
    if len(ids) <= longest:
        return ids
    return [101] + ids[1 : longest - 1] + [102]


def a_number_is_added(ids, longest):
    if len(ids) <= longest:
        return ids
    return ids[: longest - 1] + ids[-1]


def a_number_is_always_added(ids, longest):
    return ids[: longest - 1] + ids[-1]


def begins_with_a_number(ids, longest):
    if len(ids) > longest:
        return ids[0] + ids[1 : longest - 1] + ids[-1]
    return ids
