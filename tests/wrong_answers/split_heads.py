import torch


def true_division(x, heads):
    B, S, H = x.shape
    return x.view(B, S, heads, H / heads).transpose(1, 2)


def true_division_in_unflatten(x, heads):
    return x.unflatten(-1, (heads, x.shape[-1] / heads)).transpose(1, 2)


def slices_one_apart(x, heads):
    D = x.shape[-1] // heads
    return torch.stack([x[:, :, i : i + D] for i in range(heads)], dim=1)


def reshaped_across(x, heads):
    B, S, H = x.shape
    return x.reshape(B, heads, S, H // heads)


def without_the_swap(x, heads):
    return x.unflatten(-1, (heads, -1))
