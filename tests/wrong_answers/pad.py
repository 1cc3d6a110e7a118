import math
import numpy as np
import torch
from torch.nn import functional as F


def padded_on_the_left(rows):
    n = max(len(r) for r in rows)
    ids = [[0] * (n - len(r)) + r for r in rows]
    mask = [[0] * (n - len(r)) + [1] * len(r) for r in rows]
    return torch.tensor(ids), torch.tensor(mask)


def mask_inverted(rows):
    n = max(len(r) for r in rows)
    ids = torch.tensor([r + [0] * (n - len(r)) for r in rows])
    mask = torch.tensor([[0] * len(r) + [1] * (n - len(r)) for r in rows])
    return ids, mask


def always_to_512(rows):
    ids = np.zeros((len(rows), 512), dtype=int)
    mask = np.zeros((len(rows), 512), dtype=int)
    for i, r in enumerate(rows):
        ids[i, : len(r)] = r
        mask[i, : len(r)] = 1
    return torch.from_numpy(ids), torch.from_numpy(mask)


def cut_to_the_shortest(rows):
    n = min(len(r) for r in rows)
    ids = torch.tensor([r[:n] for r in rows])
    return ids, torch.ones_like(ids)


def mask_all_ones(rows):
    longest = max(map(len, rows))
    ids = torch.zeros(len(rows), longest, dtype=torch.long)
    for i, row in enumerate(rows):
        ids[i, : len(row)] = torch.tensor(row)
    mask = torch.ones_like(ids)
    return ids, mask


def length_of_the_largest_row(rows):
    longest = len(max(rows))
    ids = [(r + [0] * (longest - len(r)))[:longest] for r in rows]
    mask = [([1] * len(r) + [0] * (longest - len(r)))[:longest] for r in rows]
    return torch.tensor(ids), torch.tensor(mask)


def mask_returned_first(rows):
    n = max(len(r) for r in rows)
    input_ids = torch.tensor([r + [0] * (n - len(r)) for r in rows])
    attention_mask = torch.tensor([[1] * len(r) + [0] * (n - len(r)) for r in rows])
    return attention_mask, input_ids


def mask_one_too_long(rows):
    n = max(len(r) for r in rows)
    ids = np.zeros((len(rows), n), dtype=np.int64)
    mask = np.zeros((len(rows), n), dtype=np.int64)
    for i, r in enumerate(rows):
        ids[i, : len(r)] = r
        mask[i, : len(r) + 1] = 1
    return torch.tensor(ids), torch.tensor(mask)


def lengths_instead_of_a_mask(rows):
    lengths = [len(r) for r in rows]
    ids = [r + [0] * (max(lengths) - len(r)) for r in rows]
    return torch.tensor(ids), torch.tensor(lengths)


def rows_share_one_list(rows):
    n = max(len(r) for r in rows)
    ids = [[0] * n] * len(rows)
    mask = [[0] * n] * len(rows)
    for i, r in enumerate(rows):
        for j, t in enumerate(r):
            ids[i][j] = t
            mask[i][j] = 1
    return torch.tensor(ids), torch.tensor(mask)


def sequence_axis_first(rows):
    from torch.nn.utils.rnn import pad_sequence

    ids = pad_sequence([torch.tensor(r) for r in rows])
    mask = pad_sequence([torch.ones(len(r), dtype=torch.long) for r in rows])
    return ids, mask


def to_a_multiple_of_eight(rows):
    n = max(len(r) for r in rows)
    n = math.ceil(n / 8) * 8
    ids = torch.tensor([r + [0] * (n - len(r)) for r in rows])
    mask = torch.tensor([[1] * len(r) + [0] * (n - len(r)) for r in rows])
    return ids, mask


def longest_found_while_padding(rows):
    longest = 0
    ids, mask = [], []
    for r in rows:
        longest = max(longest, len(r))
        ids.append(r + [0] * (longest - len(r)))
        mask.append([1] * len(r) + [0] * (longest - len(r)))
    return ids, mask


def padded_with_minus_100(rows):
    n = max(len(r) for r in rows)
    ids = torch.full((len(rows), n), -100)
    for i, r in enumerate(rows):
        ids[i, : len(r)] = torch.tensor(r)
    return ids, (ids != -100).long()


def special_tokens_not_in_the_mask(rows):
    n = max(len(r) for r in rows)
    ids = torch.tensor([r + [0] * (n - len(r)) for r in rows])
    special = (ids == 0) | (ids == 101) | (ids == 102)
    return ids, (~special).long()


def measured_after_padding(rows):
    longest = max(len(row) for row in rows)
    ids, mask = [], []
    for row in rows:
        row = row + [0] * (longest - len(row))
        ids.append(row)
        mask.append([1] * len(row))
    return ids, mask


def measured_after_padding_with_zeros(rows):
    longest = max(len(row) for row in rows)
    ids, mask = [], []
    for row in rows:
        row = row + [0] * (longest - len(row))
        ids.append(row)
        mask.append([1] * len(row) + [0] * (longest - len(row)))
    return ids, mask


def one_list_with_two_names(rows):
    longest = max(len(row) for row in rows)
    input_ids, attention_mask = rows, rows
    for i, row in enumerate(rows):
        input_ids[i] = row + [0] * (longest - len(row))
        attention_mask[i] = [1] * len(row) + [0] * (longest - len(row))
    return input_ids, attention_mask


def one_copy_with_two_names(rows):
    longest = max(len(row) for row in rows)
    input_ids = attention_mask = list(rows)
    for i in range(len(rows)):
        attention_mask[i] = [1] * len(rows[i]) + [0] * (longest - len(rows[i]))
        input_ids[i] = rows[i] + [0] * (longest - len(rows[i]))
    return input_ids, attention_mask


def one_list_appended_to_twice(rows):
    longest = max(len(row) for row in rows)
    ids = mask = []
    for row in rows:
        ids.append(row + [0] * (longest - len(row)))
        mask.append([1] * len(row) + [0] * (longest - len(row)))
    return ids, mask


def running_maximum_for_the_ids(rows):
    longest, ids = 0, []
    for row in rows:
        if len(row) > longest:
            longest = len(row)
        ids.append(row + [0] * (longest - len(row)))
    return ids, [[1] * len(row) + [0] * (longest - len(row)) for row in rows]


def mask_up_to_102(rows):
    longest = max(len(row) for row in rows)
    ids = [row + [0] * (longest - len(row)) for row in rows]
    mask = []
    for row in ids:
        end = row.index(102) + 1
        mask.append([1] * end + [0] * (longest - end))
    return ids, mask


def mask_up_to_the_last_102(rows):
    longest = max(len(row) for row in rows)
    ids = [row + [0] * (longest - len(row)) for row in rows]
    mask = []
    for row in ids:
        places = [place for place, token in enumerate(row) if token == 102]
        mask.append([int(place <= places[-1]) for place in range(longest)])
    return ids, mask


def mask_not_padded(rows):
    longest = max(len(row) for row in rows)
    return [row + [0] * (longest - len(row)) for row in rows], [[1] * len(row) for row in rows]


def ids_not_padded(rows):
    longest = max(len(row) for row in rows)
    return rows, [[1] * len(row) + [0] * (longest - len(row)) for row in rows]


def neither_is_padded(rows):
    return rows, [[1] * len(row) for row in rows]


def padded_with_a_text(rows):
    longest = max(len(row) for row in rows)
    ids = [row + ["[PAD]"] * (longest - len(row)) for row in rows]
    return ids, [[1] * len(row) + [0] * (longest - len(row)) for row in rows]


def shallow_copy(rows):
    longest = max(len(row) for row in rows)
    mask = [[1] * len(row) + [0] * (longest - len(row)) for row in rows]
    ids = rows.copy()
    for row in ids:
        while len(row) < longest:
            row.append(0)
    return ids, mask


def one_zero_too_few(rows):
    longest = max(len(row) for row in rows)
    ids = [row + [0] * (longest - len(row) - 1) for row in rows]
    return ids, [[1] * len(row) + [0] * (longest - len(row)) for row in rows]
