"""How many numbers a layer has learned."""

import math

from pipeline_helpers.practice.answers import NUMBER
from pipeline_helpers.practice.exercise import Arguments, Change, Exercise, Given


def count_layer_parameters(width, wide):
    linear = width * width + width
    attention = 4 * linear
    widened = width * wide + wide
    narrowed = wide * width + width
    norms = 2 * (width + width)
    return attention + widened + narrowed + norms


def _widths(_: Given) -> list[Arguments]:
    return [(384, 1536), (768, 3072), (2, 5), (100, 31), (64, 64), (1, 1), (13, 300)]


def _only(missing: tuple[tuple[int, int], ...]):
    """A symptom: what is missing (or too much) is a few of the products of width and wide, or of the two by themselves.

    `missing`: the powers of width and of wide.
    """

    def shows(arguments: Arguments, came, expected) -> bool:
        width, wide = arguments
        off = round(float(came - expected))
        terms = [width**one * wide**other for one, other in missing]
        return off == came - expected and any(
            sum(map(math.prod, zip(terms, factors, strict=True))) == off for factors in _FACTORS
        )

    return shows


_FACTORS = [(one, other) for one in range(-12, 13) for other in range(-4, 5)]

COUNT_LAYER_PARAMETERS = Exercise(
    solution=count_layer_parameters,
    cases=_widths,
    reads=NUMBER,
    needs_model=False,
    minutes=8,
    difficulty=2,
    mistakes={
        "no_biases": Change("width * width + width", "width * width", "width * wide + wide", "width * wide",
                            "wide * width + width", "wide * width"),
        "only_matrices": [
            Change("width * width + width", "width * width", "width * wide + wide", "width * wide",
                   "wide * width + width", "wide * width", " + norms", ""),
        ],
        "four_vectors": [Change("width * width + width", "width * width"), Change(" + norms", "")],
        "no_feed_forward_biases": Change("width * wide + wide", "width * wide", "wide * width + width", "wide * width"),
        "one_bias_for_both": [
            Change("width * wide + wide", "width * wide + width"),
            Change("wide * width + width", "wide * width + wide"),
        ],
        "one_bias_missing": [
            Change("width * wide + wide", "width * wide"), Change("wide * width + width", "wide * width"),
        ],
        "half_the_norms": Change("2 * (width + width)", "2 * width"),
        "norms_of_wide": [
            Change("2 * (width + width)", "2 * (width + wide)"), Change("2 * (width + width)", "2 * width + 2 * wide"),
            Change("2 * (width + width)", "2 * (wide + wide)"),
        ],
        "no_output_matrix": Change("4 * linear", "3 * linear"),
        "one_matrix": [Change("4 * linear", "linear"), Change("4 * linear", "2 * linear")],
        "matrix_for_each_head": [
            Change("4 * linear", text) for text in ("4 * 12 * linear", "(3 * 12 + 1) * linear", "48 * width * width")
        ],
        "heads_divided": [Change("4 * linear", "4 * linear // 12"), Change("4 * linear", "3 * linear // 12 + linear")],
        "no_attention": Change("attention + widened", "widened"),
        "no_feed_forward": Change(" + widened + narrowed", ""),
        "half_the_feed_forward": [Change(" + narrowed", ""), Change(" + widened", "")],
        "square_feed_forward": [
            Change("width * wide + wide", "width * width + width"),
            Change("wide * width + width", "wide * wide + wide"),
            Change("width * wide + wide", "wide * wide + wide", "wide * width + width", "wide * wide + wide"),
            Change("width * wide + wide", "width * width + width", "wide * width + width", "width * width + width"),
        ],
        "always_four_times": [
            Change("width * wide + wide", "width * (4 * width) + 4 * width",
                   "wide * width + width", "4 * width * width + width"),
            Change("norms = 2 * (width + width)", "return 12 * width * width + 13 * width"),
        ],
        "sums_for_products": [
            Change("width * width + width", "width + width + width", "width * wide + wide", "width + wide + wide",
                   "wide * width + width", "wide + width + width"),
        ],
        "all_layers": Change("attention + widened + narrowed + norms", "6 * (attention + widened + narrowed + norms)"),
    },
    symptoms={
        "vectors": _only(((1, 0), (0, 1))),
        "attention_matrices": _only(((2, 0), (1, 0))),
        "feed_forward_matrices": _only(((1, 1), (0, 1))),
        "too_few": lambda _, came, expected: came < expected,
        "too_many": lambda _, came, expected: came > expected,
    },
)  # fmt: skip
