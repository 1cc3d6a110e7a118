import math

import torch


def only_up(logits, probability):
    T = 1.0
    while torch.softmax(logits / T, dim=-1).max() > probability:
        T += 0.001
    return T


def only_up_in_large_steps(logits, probability):
    T = 1
    while torch.softmax(logits / T, dim=-1).max().item() > probability:
        T = T + 0.01
    return T


def torch_log(logits, probability):
    return (logits.max() - logits.min()) / torch.log(probability / (1 - probability))


def one_over_it(logits, probability):
    return math.log(probability / (1 - probability)) / (logits.max() - logits.min())


def in_the_order_they_come(logits, probability):
    return (logits[1] - logits[0]) / math.log(probability / (1 - probability))
