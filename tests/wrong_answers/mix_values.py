def flattened_without_the_swap(weights, v):
    return (weights @ v).flatten(2)


def last_two_exchanged(weights, v):
    return (weights @ v).transpose(-2, -1).flatten(2)


def flattened_from_1(weights, v):
    return (weights @ v).flatten(1)


def swapped_and_flattened_from_1(weights, v):
    return (weights @ v).transpose(1, 2).flatten(1)


def view_after_the_swap(weights, v):
    B, A, S, D = v.shape
    return (weights @ v).transpose(1, 2).view(B, S, A * D)


def reshaped_without_the_swap(weights, v):
    B, A, S, D = v.shape
    return (weights @ v).reshape(B, S, A * D)


def heads_kept(weights, v):
    return (weights @ v).transpose(1, 2)
