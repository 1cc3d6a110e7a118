"""How alike vectors are: one cosine by hand, and what it has to be compared with."""

import torch

from pipeline_helpers.practice.answers import NUMBERS
from pipeline_helpers.practice.exercise import Arguments, Change, Exercise, Given


def cosine(a, b):
    return (a * b).sum() / (a.norm() * b.norm())


def _two_vectors(_: Given) -> list[Arguments]:
    pairs = [
        ([3.0, 4.0], [4.0, 3.0]),
        ([1.0, 2.0, 2.0], [2.0, 4.0, 4.0]),
        ([1.0, -2.0, 0.5], [-3.0, 1.0, 2.0]),
        ([2.0, 0.0, 0.0, 0.0], [0.0, 5.0, 0.0, 1.0]),
        ([0.5, 0.1, -0.2, 0.4, 0.3], [0.2, 0.6, -0.1, 0.1, 0.9]),
        ([6.0, -1.0, 2.0, 7.0], [-12.0, 2.0, -4.0, -14.0]),
    ]
    return [(torch.tensor(a), torch.tensor(b)) for a, b in pairs]


def _first_place(a, b):
    total = 0
    for one, other in zip(a, b, strict=True):
        total += one * other
        return total / (a.norm() * b.norm())
    return total


def _last_place(a, b):
    for one, other in zip(a, b, strict=True):
        total = one * other
    return total / (a.norm() * b.norm())


NORMS, PRODUCT = "(a.norm() * b.norm())", "(a * b).sum()"


def _of_all(*texts: str) -> list[Change]:
    return [Change(f"{PRODUCT} / {NORMS}", text) for text in texts]


COSINE = Exercise(
    solution=cosine,
    cases=_two_vectors,
    reads=NUMBERS,
    needs_model=False,
    minutes=8,
    difficulty=1,
    mistakes={
        "no_norms": Change(f" / {NORMS}", ""),
        "one_norm": [Change(NORMS, "a.norm()"), Change(NORMS, "b.norm()"), *_of_all(
            "(a * b).sum() / a.norm() * b.norm()", "(a * b).sum() / b.norm() * a.norm()")],
        "squared": [
            Change(NORMS, text)
            for text in ("((a * a).sum() * (b * b).sum())", "(a.norm() * b.norm()) ** 2", "(a * a).sum()",
                         "(b * b).sum()")
        ],
        "root_of_all": [Change(NORMS, "(a.norm() * b.norm()) ** 0.5")],
        "norms_added": [Change(NORMS, text) for text in (
            "(a.norm() + b.norm())", "(a + b).norm()", "((a * a).sum() + (b * b).sum())",
            "((a * a).sum() + (b * b).sum()) ** 0.5")],
        "norms_multiplied": [Change(f"/ {NORMS}", f"* {NORMS}")],
        "norm_of_product": Change(NORMS, "(a * b).norm()"),
        "not_summed": [Change(PRODUCT, "(a * b)"), *_of_all("a * b", "torch.outer(a, b)")],
        "mean": [
            Change(PRODUCT, "(a * b).mean()"), Change(NORMS, "len(a)"),
            Change(NORMS, "(a.norm() * b.norm() * len(a))"),
        ],
        "sums": [
            Change(NORMS, text) for text in (
                "(a.sum() * b.sum())", "(a.abs().sum() * b.abs().sum())", "(a.abs().max() * b.abs().max())",
                "(len(a) * len(b))")
        ],
        "sum_times_sum": [Change(PRODUCT, "a.sum() * b.sum()"), Change(PRODUCT, "(a + b).sum()"), *_of_all(
            "a.sum() * b.sum()")],
        "without_sign": [*_of_all(
            "abs((a * b).sum() / (a.norm() * b.norm()))", "max((a * b).sum() / (a.norm() * b.norm()), 0)"),
            Change(PRODUCT, "(a * b).abs().sum()")],
        "squared_cosine": _of_all("((a * b).sum() / (a.norm() * b.norm())) ** 2"),
        "angle": _of_all(
            "torch.acos(((a * b).sum() / (a.norm() * b.norm())).clamp(-1, 1))",
            "torch.rad2deg(torch.acos(((a * b).sum() / (a.norm() * b.norm())).clamp(-1, 1)))",
            "torch.cos((a * b).sum() / (a.norm() * b.norm()))", "torch.cos(a * b)", "torch.cos((a * b).sum())",
        ),
        "distance": _of_all(
            "1 - (a * b).sum() / (a.norm() * b.norm())", "(a - b).norm()", "((a - b) ** 2).sum()",
            "(a - b).abs().sum()", "((a - b) ** 2).mean()", "(a / a.norm() - b / b.norm()).norm()",
            "1 - (a / a.norm() - b / b.norm()).norm()", "1 / (1 + (a - b).norm())", "torch.exp(-(a - b).norm())",
        ),
        "centred": _of_all(
            "((a - a.mean()) * (b - b.mean())).sum() / ((a - a.mean()).norm() * (b - b.mean()).norm())",
            "((a - a.mean()) * (b - b.mean())).sum() / (a.norm() * b.norm())",
            "((a - a.mean()) * (b - b.mean())).mean() / (a.std() * b.std())",
        ),
        "deviations": [Change(NORMS, "(a.std() * b.std())")],
        "same_vector": [Change("(a * b)", "(a * a)"), Change("(a * b)", "(b * b)")],
        "one_place": [_first_place, _last_place],
        "division": [Change("(a * b)", "(a / b)")],
        "half_way": _of_all("(1 + (a * b).sum() / (a.norm() * b.norm())) / 2"),
    },
    symptoms={
        "above_1": lambda _, came, __: came.shape == () and abs(float(came)) > 1.001,
        "not_one_number": lambda _, came, __: came.size > 1,
        "other_quotient": lambda _, came, expected: came.shape == () and _clearly_other(came, expected),
    },
)  # fmt: skip


def baseline(one, other):
    one = one / one.norm(dim=-1, keepdim=True)
    other = other / other.norm(dim=-1, keepdim=True)
    return (one @ other.T).mean()


def _two_sentences(_: Given) -> list[Arguments]:
    sizes = ((2, 3, 4), (4, 2, 5), (3, 5, 2), (1, 4, 3), (6, 4, 7))  # words of each, numbers in a vector
    return [words(*size, seed=seed) for seed, size in enumerate(sizes, start=3)]


def words(first, second, width, seed):
    """The vectors of two sentences' words, of different lengths."""
    random = torch.Generator().manual_seed(seed)
    one, other = (torch.randn(words, width, generator=random) + 0.3 for words in (first, second))
    return one * torch.linspace(0.5, 2, first)[:, None], other * torch.linspace(3, 1, second)[:, None]


def _place_by_place(one, other):
    cosine = torch.nn.functional.cosine_similarity
    shorter = min(len(one), len(other))
    return cosine(one[:shorter], other[:shorter], dim=-1).mean()


def _sum_place_by_place(one, other):
    cosine = torch.nn.functional.cosine_similarity
    shorter = min(len(one), len(other))
    return cosine(one[:shorter], other[:shorter], dim=-1).sum() / (len(one) * len(other))


def _every_other_number(one, other):
    cosine = torch.nn.functional.cosine_similarity
    return torch.stack(
        [cosine(one[i], other[j], dim=0) for i in range(len(one)) for j in range(len(other)) if i != j]
    ).mean()


def _of_the_means(one, other):
    return torch.nn.functional.cosine_similarity(one.mean(dim=0), other.mean(dim=0), dim=0)


def _of_the_first(one, other):
    return torch.nn.functional.cosine_similarity(one[0], other[0], dim=0)


def _first_with_all(one, other):
    return torch.nn.functional.cosine_similarity(one[:1], other, dim=-1).mean()


def _all_with_first(one, other):
    return torch.nn.functional.cosine_similarity(one, other[:1], dim=-1).mean()


def _last_with_all(one, other):
    return torch.nn.functional.cosine_similarity(one[-1:], other, dim=-1).mean()


def _all_with_last(one, other):
    return torch.nn.functional.cosine_similarity(one, other[-1:], dim=-1).mean()


def _along_the_first(one, other):
    return torch.nn.functional.cosine_similarity(one[:, None], other, dim=0).mean()


def _along_the_second(one, other):
    return torch.nn.functional.cosine_similarity(one[:, None], other, dim=1).mean()


def _the_last_one(one, other):
    for a in one:
        for b in other:
            found = torch.nn.functional.cosine_similarity(a, b, dim=0)
    return found


MEAN = "(one @ other.T).mean()"
ONE, OTHER = "one / one.norm(dim=-1, keepdim=True)", "other / other.norm(dim=-1, keepdim=True)"

BASELINE = Exercise(
    solution=baseline,
    cases=_two_sentences,
    reads=NUMBERS,
    needs_model=False,
    minutes=12,
    difficulty=3,
    mistakes={
        "place_by_place": [_place_by_place, _sum_place_by_place, Change(MEAN, "(one @ other.T).diagonal().mean()")],
        "of_the_means": [_of_the_means],
        "not_the_same_place": _every_other_number,
        "no_norms": Change(f"one = {ONE}\n    other = {OTHER}", "pass"),
        "one_norm": [Change(ONE, "one"), Change(OTHER, "other")],
        "norm_over_words": [
            Change(ONE, "one / one.norm(dim=0, keepdim=True)", OTHER, "other / other.norm(dim=0, keepdim=True)"),
            Change(ONE, "one / one.norm(dim=0)"), Change(OTHER, "other / other.norm(dim=0)"), _along_the_first,
            _along_the_second,
        ],
        "one_norm_for_all": [
            Change(ONE, "one / one.norm()", OTHER, "other / other.norm()"), Change(ONE, "one / one.norm()"),
            Change(OTHER, "other / other.norm()"),
        ],
        "sums_to_1": [
            Change(ONE, "one / one.sum(dim=-1, keepdim=True)", OTHER, "other / other.sum(dim=-1, keepdim=True)"),
            Change(ONE, "one / (one**2).sum(dim=-1, keepdim=True)", OTHER,
                   "other / (other**2).sum(dim=-1, keepdim=True)"),
        ],
        "sum": [Change(MEAN, "(one @ other.T).sum()")],
        "half_a_mean": [
            Change(MEAN, text) for text in (
                "(one @ other.T).sum() / len(one)", "(one @ other.T).sum() / len(other)",
                "(one @ other.T).sum() / (len(one) + len(other))")
        ],
        "table": [Change(MEAN, text) for text in (
            "one @ other.T", "(one @ other.T).mean(dim=0)", "(one @ other.T).mean(dim=1)")],
        "best": [
            Change(MEAN, text) for text in (
                "(one @ other.T).max()", "(one @ other.T).max(dim=1).values.mean()",
                "(one @ other.T).max(dim=0).values.mean()", "(one @ other.T).min()", "(one @ other.T).median()")
        ],
        "without_sign": [Change(MEAN, "(one @ other.T).abs().mean()"), Change(MEAN, "(one @ other.T).mean().abs()")],
        "one_word": [_of_the_first, _first_with_all, _all_with_first, _last_with_all, _all_with_last, _the_last_one],
        "with_itself": [
            Change(MEAN, text) for text in ("(one @ one.T).mean()", "(other @ other.T).mean()")
        ] + [Change(MEAN, "(torch.cat([one, other]) @ torch.cat([one, other]).T).mean()")],
        "no_specials": [
            Change(MEAN, "(one[1:-1] @ other[1:-1].T).mean()"), Change(MEAN, "(one[1:] @ other[1:].T).mean()"),
        ],
        "distance": [Change(MEAN, "1 - (one @ other.T).mean()"), Change(MEAN, "torch.cdist(one, other).mean()")],
        "not_transposed": Change("other.T", "other"),
    },
    symptoms={
        "above_1": lambda _, came, __: came.shape == () and abs(float(came)) > 1.001,
        "other_pairs": lambda _, came, expected: came.shape == () and _clearly_other(came, expected),
    },
)  # fmt: skip


def _clearly_other(came, expected) -> bool:
    """Whether it is neither the right number with fewer decimals nor with another sign, nor 1 minus it, nor nan."""
    near = (expected, -expected, 1 - expected)
    return all(abs(float(came) - float(one)) > 0.006 for one in near)
