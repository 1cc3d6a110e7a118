def ones_and_zeros_swapped(tokens, hidden):
    return [1 if token in hidden else 0 for token in tokens]


def only_first_place(tokens, hidden):
    mask = [1] * len(tokens)
    for token in hidden:
        if token in tokens:
            mask[tokens.index(token)] = 0
    return mask


def part_of_a_word(tokens, hidden):
    text = " ".join(hidden)
    return [0 if token in text else 1 for token in tokens]


def only_first_hidden(tokens, hidden):
    return [0 if hidden and token == hidden[0] else 1 for token in tokens]


def hidden_removed(tokens, hidden):
    return [1 for token in tokens if token not in hidden]


def compares_with_the_list(tokens, hidden):
    return [0 if token == hidden else 1 for token in tokens]


def starts_over_for_each(tokens, hidden):
    mask = [1] * len(tokens)
    for one in hidden:
        mask = [0 if token == one else 1 for token in tokens]
    return mask


def specials_always_hidden(tokens, hidden):
    return [0 if token in hidden or token in ("[CLS]", "[SEP]") else 1 for token in tokens]


def appends_in_inner_loop(tokens, hidden):
    mask = []
    for token in tokens:
        for one in hidden:
            mask.append(0 if token == one else 1)
    return mask


def pieces_hidden_too(tokens, hidden):
    return [0 if token.removeprefix("##") in hidden else 1 for token in tokens]
