"""From logits to a label."""

import torch  # noqa: F401  (a mistake needs it)

from pipeline_helpers.practice.answers import TEXT
from pipeline_helpers.practice.exercise import Arguments, Change, Exercise, Given


def best_label(logits, id2label):
    best = logits.index(max(logits))
    return id2label[best]


_SENTIMENT = {0: "NEGATIVE", 1: "POSITIVE"}


def _logits(_: Given) -> list[Arguments]:
    stars = {0: "1 star", 1: "2 stars", 2: "3 stars", 3: "4 stars", 4: "5 stars"}
    return [
        ([-0.3, 0.33], _SENTIMENT),
        ([2.52, -2.18], _SENTIMENT),
        ([3.1, 0.8], _SENTIMENT),
        ([-1.2, -3.5], _SENTIMENT),
        ([-3.4, -1.1], _SENTIMENT),
        ([0.2, 0.4], _SENTIMENT),
        ([1.3, -0.4], {0: "POSITIVE", 1: "NEGATIVE"}),
        ([-0.7, 2.1], {1: "NEU", 0: "NEG"}),  # the labels by their numbers, not by their places
        ([0.1, 1.9, -4.2], {0: "NEG", 1: "NEU", 2: "POS"}),
        ([-2.0, -0.5, -0.1], {2: "POS", 0: "NEG", 1: "NEU"}),
        ([0.3, 0.9, 2.4, 1.7, -3.0], stars),
        ([0.1, 0.3, 0.2], {0: "sport", 1: "politics", 2: "weather"}),  # none has a probability above one half
    ]


BEST_LABEL = Exercise(
    solution=best_label,
    cases=_logits,
    reads=TEXT,
    needs_model=False,
    minutes=5,
    difficulty=1,
    mistakes={
        "smallest": Change("max(logits)", "min(logits)"),
        "without_sign": Change("max(logits)", "max(logits, key=abs)"),
        "by_place": [
            Change("id2label[best]", "list(id2label.values())[best]"),
            Change("id2label[best]", "list(id2label.items())[best][1]"),
            Change("id2label[best]", "sorted(id2label.values())[best]"),
        ],
        "own_names": [
            Change("id2label[best]", '["NEGATIVE", "POSITIVE"][best]'),
            Change("id2label[best]", '"POSITIVE" if best == 1 else "NEGATIVE"'),
            Change("id2label[best]", '"POSITIVE" if best else "NEGATIVE"'),
            Change("id2label[best]", '{0: "NEGATIVE", 1: "POSITIVE"}[best]'),
            Change("id2label[best]", '"POSITIVE" if logits[1] > logits[0] else "NEGATIVE"'),
            Change("id2label[best]", '"NEGATIVE" if logits[0] > logits[1] else "POSITIVE"'),
            Change("id2label[best]", '"POSITIVE" if logits[1] > 0 else "NEGATIVE"'),
            Change("id2label[best]", '"POSITIVE" if logits[1] > 0.5 else "NEGATIVE"'),
            Change("id2label[best]", '"POSITIVE" if max(logits) > 0 else "NEGATIVE"'),
        ],
        "two_labels": [
            Change("logits.index(max(logits))", "1 if logits[1] > logits[0] else 0"),
            Change("logits.index(max(logits))", "logits.index(max(logits[0], logits[1]))"),
            Change("max(logits)", "max(logits[:2])"),
        ],
        "above_a_number": [
            Change("logits.index(max(logits))", "1 if logits[1] > 0 else 0"),
            Change("logits.index(max(logits))", "1 if logits[1] > 0.5 else 0"),
            Change("logits.index(max(logits))", "1 if logits[-1] > 0 else 0"),
            Change("logits.index(max(logits))", "next((i for i, x in enumerate(logits) if x > 0), 0)"),
            Change("logits.index(max(logits))", "next((i for i, x in enumerate(logits) if x > 0.5), 0)"),
            Change("logits.index(max(logits))", "0 if logits[0] > 0 else 1"),
        ],
        "always_last": [
            Change("[best]", "[len(logits) - 1]"), Change("[best]", "[1]"),
            Change("logits.index(", "sorted(logits).index("),
        ],
        "always_first": [Change("[best]", "[0]"), Change("logits.index(", "sorted(logits, reverse=True).index(")],
        "exchanged": [Change("[best]", "[len(logits) - 1 - best]"), Change("[best]", "[1 - best]")],
        "no_number": [
            Change("logits.index(max(logits))", "torch.tensor(logits).argmax()"),
            Change("[best]", "[max(logits)]"), Change("[best]", "[str(best)]"),
        ],
        "by_name": [
            Change("id2label[best]", "max(id2label.values())"), Change("id2label[best]", "min(id2label.values())"),
        ],
        "letters": [
            Change("[best]", "[best].lower()"), Change("[best]", "[best].title()"),
            Change("id2label[best]", 'f"LABEL_{best}"'), Change("id2label[best]", "str(best)"),
            Change("id2label[best]", "str(id2label)"),
        ],
    },
    symptoms={
        "no_label": lambda arguments, came, _: came not in arguments[1].values(),
        "second": lambda arguments, came, _: arguments[0][_at(arguments, came)] == sorted(arguments[0])[-2],
    },
    traits={
        "three_labels": lambda logits, _: len(logits) > 2,
        "below_zero": lambda logits, _: max(logits) < 0,
        "keys": lambda _, id2label: list(id2label) != sorted(id2label),
    },
)  # fmt: skip


def _at(arguments: Arguments, label: str) -> int:
    return next(column for column, name in arguments[1].items() if name == label)
