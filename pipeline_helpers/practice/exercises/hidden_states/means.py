"""One vector for each sentence: the mean of its tokens, and of nothing else."""

import torch

from pipeline_helpers.practice.answers import NUMBERS
from pipeline_helpers.practice.exercise import Arguments, Change, Exercise, Given, alone


def mean_vector(hidden, attention_mask):
    mask = attention_mask[:, :, None]
    total = (hidden * mask).sum(dim=1)
    return total / mask.sum(dim=1)


def _several_sentences(_: Given) -> list[Arguments]:
    lengths = ([5], [5, 3], [3, 6, 4], [7], [4, 7, 3, 5])  # tokens of each sentence of a batch
    made = [sentences(one, width=width, seed=width) for one, width in zip(lengths, (4, 3, 2, 3, 6), strict=True)]
    hidden, mask = sentences([3, 6, 4], width=5, seed=5)
    return [*made, (hidden.clamp(min=0), mask)]  # as ReLU leaves it: a 0 is a number like any other


def sentences(lengths, width, seed, places=0):
    """A batch as a body gives it: its hidden states, also where there is padding, and its mask."""
    places = max(*lengths, places)
    hidden = torch.randn(len(lengths), places, width, generator=torch.Generator().manual_seed(seed)) + 0.5
    return hidden, (torch.arange(places) < torch.tensor(lengths)[:, None]).long()


def _loop_without_first_and_last(hidden, attention_mask):
    vectors = []
    for row, mask in zip(hidden, attention_mask, strict=True):
        vectors.append(row[mask == 1][1:-1].mean(dim=0))
    return torch.stack(vectors)


def _nonzero_counted(hidden, attention_mask):
    kept = hidden * attention_mask[:, :, None]
    return kept.sum(dim=1) / (kept != 0).sum(dim=1).clamp(min=1)


def _without_cls(hidden, attention_mask):
    mask = attention_mask[:, 1:, None]
    return (hidden[:, 1:] * mask).sum(dim=1) / mask.sum(dim=1)


def _largest_numbers(hidden, attention_mask):
    return hidden.masked_fill(attention_mask[:, :, None] == 0, -torch.inf).max(dim=1).values


def _largest_with_zeros(hidden, attention_mask):
    return (hidden * attention_mask[:, :, None]).max(dim=1).values


def _all_tokens_of_the_batch(hidden, attention_mask):
    return hidden[attention_mask == 1].mean(dim=0)


def _all_of_the_batch_with_padding(hidden, attention_mask):  # noqa: ARG001
    return hidden.mean(dim=(0, 1))


def _one_number(hidden, attention_mask):
    return (hidden * attention_mask[:, :, None]).sum(dim=(1, 2)) / attention_mask.sum(dim=1)


def _one_number_mean(hidden, attention_mask):
    return torch.stack([row[mask == 1].mean() for row, mask in zip(hidden, attention_mask, strict=True)])


def _length_of_the_first(hidden, attention_mask):
    return hidden[:, : int(attention_mask[0].sum())].mean(dim=1)


def _length_of_the_shortest(hidden, attention_mask):
    return hidden[:, : int(attention_mask.sum(dim=1).min())].mean(dim=1)


def _without_axis(hidden, attention_mask):
    return (hidden * attention_mask).sum(dim=1) / attention_mask.sum(dim=1)


def _axis_before(hidden, attention_mask):
    return (hidden * attention_mask[:, None]).sum(dim=1) / attention_mask.sum(dim=1)


def _divisor_without_axis(hidden, attention_mask):
    return (hidden * attention_mask[:, :, None]).sum(dim=1) / attention_mask.sum(dim=1)


def _inside_the_loop(hidden, attention_mask):
    vectors = []
    for row, mask in zip(hidden, attention_mask, strict=True):
        vectors.append(row[mask == 1].mean(dim=0))
        return torch.stack(vectors)
    return None


def _positive_alone(hidden, attention_mask):
    masked = hidden * attention_mask[:, :, None]
    return masked.sum(dim=1) / (masked != 0).sum(dim=(1, 2))[:, None]


def _as_index(hidden, attention_mask):
    return torch.stack([row[mask].mean(dim=0) for row, mask in zip(hidden, attention_mask, strict=True)])


def _last_token(hidden, attention_mask):
    return torch.stack([row[mask.sum() - 1] for row, mask in zip(hidden, attention_mask, strict=True)])


def _without_sep(hidden, attention_mask):
    vectors = []
    for row, mask in zip(hidden, attention_mask, strict=True):
        vectors.append(row[: mask.sum() - 1].mean(dim=0))
    return torch.stack(vectors)


def _last_not_summed(hidden, attention_mask):
    vectors = []
    for row, mask in zip(hidden, attention_mask, strict=True):
        vectors.append(row[: mask.sum() - 1].sum(dim=0) / mask.sum())
    return torch.stack(vectors)


def _first_not_summed(hidden, attention_mask):
    mask = attention_mask[:, :, None]
    return (hidden * mask)[:, 1:].sum(dim=1) / mask.sum(dim=1)


def _overwritten(hidden, attention_mask):
    vectors = []
    for row, mask in zip(hidden, attention_mask, strict=True):
        for vector in row[mask == 1]:
            total = vector
        vectors.append(total / mask.sum())
    return torch.stack(vectors)


def _running(hidden, attention_mask):
    vectors, total = [], 0
    for row, mask in zip(hidden, attention_mask, strict=True):
        total = total + row[mask == 1].sum(dim=0)
        vectors.append(total / mask.sum())
    return torch.stack(vectors)


MASKED, DIVISOR = "hidden * mask", "mask.sum(dim=1)"
WHOLE = "(hidden * mask).sum(dim=1)\n    return total / mask.sum(dim=1)"


def _of_all(*texts: str) -> list[Change]:
    return [Change(WHOLE, f"{text}\n    return total") for text in texts]


MEAN_VECTOR = Exercise(
    solution=mean_vector,
    cases=_several_sentences,
    reads=NUMBERS,
    needs_model=False,
    minutes=15,
    difficulty=3,
    mistakes={
        "padding_counted": _of_all("hidden.mean(dim=1)"),
        "padding_in_sum": Change("(hidden * mask)", "hidden"),
        "nonzero_counted": _nonzero_counted,
        "divided_by_all": [
            Change(f"total / {DIVISOR}", "total / hidden.shape[1]"), *_of_all("(hidden * mask).mean(dim=1)"),
        ],
        "sum": [Change(f" / {DIVISOR}", ""), *_of_all("hidden.sum(dim=1)")],
        "over_width": [
            *_of_all("hidden.mean(dim=2)", "(hidden * mask).mean(dim=2)", "hidden.sum(dim=2)",
                     "(hidden * mask).sum(dim=2)"),
            Change(WHOLE, "(hidden * mask).sum(dim=2)\n    return total / mask.sum(dim=1)"), _one_number,
            _one_number_mean,
        ],
        "over_sentences": [
            *_of_all("hidden.mean(dim=0)", "(hidden * mask).mean(dim=0)", "(hidden * mask).sum(dim=0)",
                     "(hidden * mask).sum(dim=0) / mask.sum(dim=0)", "(hidden * mask).sum(dim=0) / mask.sum(dim=1)"),
        ],
        "over_batch": [
            Change("total / mask.sum(dim=1)", "total / mask.sum()"), _all_tokens_of_the_batch,
            _all_of_the_batch_with_padding, *_of_all("hidden.mean()", "(hidden * mask).sum() / mask.sum()"),
        ],
        "wrong_divisor": [
            Change(f"total / {DIVISOR}", f"total / {text}")
            for text in ("hidden.shape[0]", "hidden.shape[2]", "len(mask[0]) ** 0.5", "mask.sum(dim=1) ** 0.5",
                         "mask.sum(dim=0)", "(mask == 0).sum(dim=1)", "(1 - mask).sum(dim=1).clamp(min=1)",
                         "mask.sum(dim=1) ** 2",
                         "mask.sum(dim=1) * mask.shape[1]")
        ] + [_positive_alone],
        "one_off": [Change(f"total / {DIVISOR}", f"total / ({DIVISOR} {text})") for text in ("- 1", "+ 1", "- 2")],
        "multiplied": Change("total / mask", "total * mask"),
        "maximum": [
            _largest_numbers, _largest_with_zeros, *_of_all("hidden.max(dim=1).values", "hidden.amax(dim=1)"),
            *_of_all("hidden.min(dim=1).values", "hidden.median(dim=1).values"),
        ],
        "first_place": _of_all("hidden[:, 0]", "hidden[:, 1]"),
        "last_place": [*_of_all("hidden[:, -1]"), _last_token],
        "no_specials": [_loop_without_first_and_last, _without_cls, _without_sep, _last_not_summed,
                        _first_not_summed, *_of_all(
            "hidden[:, 1:-1].mean(dim=1)", "hidden[:, 1:].mean(dim=1)")],
        "turned_round": [
            Change("attention_mask[:, :, None]", "1 - attention_mask[:, :, None]"),
            *_of_all("(hidden * (1 - mask)).sum(dim=1) / mask.sum(dim=1)",
                     "(hidden * (1 - mask)).sum(dim=1) / (1 - mask).sum(dim=1).clamp(min=1)",
                     "(hidden * (1 - mask)).sum(dim=1) / ((1 - mask).sum(dim=1) + 1e-9)",
                     "(hidden * (1 - mask)).sum(dim=1) / hidden.shape[1]", "(hidden * (1 - mask)).sum(dim=1)"),
        ],
        "mask_added": [Change("(hidden * mask)", "(hidden + mask)"), Change("(hidden * mask)", "(hidden - mask)")],
        "first_length": [_length_of_the_first, _length_of_the_shortest],
        "mask_without_axis": [
            _without_axis, _axis_before, Change("attention_mask[:, :, None]", "attention_mask"),
            Change("attention_mask[:, :, None]", "attention_mask[:, None]"),
        ],
        "divisor_without_axis": _divisor_without_axis,
        "not_summed": [*_of_all("hidden * mask"), Change("(hidden * mask).sum(dim=1)", "hidden * mask")],
        "mask_as_index": _as_index,
        "too_early": _inside_the_loop,
        "running": _running,
        "overwritten": _overwritten,
        "whole": [Change("return total / mask", "return total // mask"), Change(
            f"return total / {DIVISOR}", f"return (total / {DIVISOR}).round()")],
        "without_sign": Change("(hidden * mask)", "(hidden * mask).abs()"),
        "first_sentence": alone(mean_vector, f"return total / {DIVISOR}", f"return (total / {DIVISOR})[0]"),
        "unit_length": Change(f"return total / {DIVISOR}", "return total / total.norm(dim=1, keepdim=True)"),
    },
    symptoms={
        "unit_length": lambda _, came, __: bool((abs((came**2).sum(-1) - 1) < 1e-3).all()),
        "out_of_range": lambda arguments, came, expected: _full_row_wrong(arguments, came, expected)
        and not _within(arguments, came)
        and not _proportional(came, expected),
        "other_shares": lambda arguments, came, expected: _full_row_wrong(arguments, came, expected)
        and not _proportional(came, expected),
    },
    traits={
        "padding": lambda _, attention_mask: bool((attention_mask == 0).any()),
        "several": lambda hidden, _: len(hidden) > 1,
    },
)  # fmt: skip


def _full_row_wrong(arguments, came, expected) -> bool:
    """Whether a sentence without padding has a wrong vector: what is wrong with padding alone is said otherwise."""
    full = arguments[1].numpy().all(axis=1)
    return came.shape == expected.shape and bool((abs(came - expected)[full] > 1e-3).any())


def _within(arguments, came) -> bool:
    """Whether each number lies between the smallest and the largest of its sentence's tokens, as a mean does."""
    hidden, attention_mask = arguments
    lowest = hidden.masked_fill(attention_mask[:, :, None] == 0, torch.inf).amin(dim=1).numpy()
    highest = hidden.masked_fill(attention_mask[:, :, None] == 0, -torch.inf).amax(dim=1).numpy()
    return bool(((came > lowest - 1e-4) & (came < highest + 1e-4)).all())


def _proportional(came, expected) -> bool:
    """Whether it is the right answer times a number, or with fewer decimals, which is said otherwise."""
    factors = came / expected
    return bool(abs(factors - factors.flat[0]).max() < 1e-3 or abs(came - expected).max() < 0.06)
