def mask_as_indices(hidden, attention_mask):
    return hidden[attention_mask]


def multiplied_by_mask(hidden, attention_mask):
    return hidden * attention_mask.unsqueeze(-1)


def only_the_padding(hidden, attention_mask):
    return hidden[attention_mask == 0]


def specials_removed_too(hidden, attention_mask):
    n = int(attention_mask.sum())
    return hidden[1 : n - 1]


def one_too_few(hidden, attention_mask):
    n = int(attention_mask.sum())
    return hidden[: n - 1]


def last_rows(hidden, attention_mask):
    n = int(attention_mask.sum())
    return hidden[-n:]


def cut_by_mask_length(hidden, attention_mask):
    return hidden[: len(attention_mask)]


def columns_instead_of_rows(hidden, attention_mask):
    return hidden[:, : int(attention_mask.sum())]


def mean_of_the_tokens(hidden, attention_mask):
    return hidden[attention_mask.bool()].mean(dim=0)


def index_keeps_a_dimension(hidden, attention_mask):
    return hidden[attention_mask.nonzero()]
