import math


def absolute_values(numbers):
    return [abs(n) for n in numbers]


def negatives_thrown_away(numbers):
    return [n for n in numbers if n > 0]


def keeps_the_negatives(numbers):
    return [min(0, n) for n in numbers]


def step_function(numbers):
    return [1 if n > 0 else 0 for n in numbers]


def leaky(numbers):
    return [n if n > 0 else 0.01 * n for n in numbers]


def clipped_at_one(numbers):
    return [min(max(n, 0), 1) for n in numbers]


def maximum_of_the_list(numbers):
    return max(0, max(numbers))


def below_one_is_zero(numbers):
    return [n if n >= 1 else 0 for n in numbers]


def sigmoid_instead(numbers):
    return [1 / (1 + math.exp(-n)) for n in numbers]


def cut_to_integers(numbers):
    result = []
    for n in numbers:
        result.append(max(0, int(n)))
    return result
