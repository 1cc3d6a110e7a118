import math

import torch


def pair_in_a_tensor(difference):
    return torch.softmax(torch.tensor([0, difference]), dim=-1)[1]


def pair_as_a_list(difference):
    return torch.tensor([0, difference]).softmax(-1)


def math_exp(difference):
    return 1 / (1 + math.exp(-difference))


def wrong_sign(difference):
    return 1 / (1 + torch.exp(difference))


def no_parentheses(difference):
    return 1 / 1 + torch.exp(-difference)
