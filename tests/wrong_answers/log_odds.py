import math

import torch


def math_log(p):
    return math.log(p / (1 - p))


def math_log_of_each_part(p):
    return math.log(p) - math.log(1 - p)


def without_the_logarithm(p):
    return p / (1 - p)


def sigmoid_again(p):
    return 1 / (1 + torch.exp(-p))


def base_ten(p):
    return torch.log10(p / (1 - p))
