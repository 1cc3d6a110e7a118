import math


def missing_only(saved, wanted):
    return [name for name in wanted if name not in saved]


def other_shape_only(saved, wanted):
    return [name for name in wanted if name in saved and saved[name] != wanted[name]]


def left_over_ones(saved, wanted):
    return [name for name in saved if name not in wanted or saved[name] != wanted[name]]


def unexpected_ones_too(saved, wanted):
    names = set(saved) | set(wanted)
    return [name for name in names if saved.get(name) != wanted.get(name)]


def same_count_is_enough(saved, wanted):
    return [n for n in wanted if n not in saved or math.prod(saved[n]) != math.prod(wanted[n])]


def dimensions_counted(saved, wanted):
    return [n for n in wanted if n not in saved or len(saved[n]) != len(wanted[n])]


def trained_ones(saved, wanted):
    return [n for n in wanted if n in saved and saved[n] == wanted[n]]


def shape_anywhere(saved, wanted):
    shapes = list(saved.values())
    return [n for n in wanted if wanted[n] not in shapes]


def name_not_looked_for(saved, wanted):
    return [n for n in wanted if saved[n] != wanted[n]]


def first_number_of_shape(saved, wanted):
    result = []
    for name, shape in wanted.items():
        if name not in saved or saved[name][0] != shape[0]:
            result.append(name)
    return result
