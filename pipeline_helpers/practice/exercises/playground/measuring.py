"""How often it is right, how well that is known, and what one template alone would have said."""

import math
import random

from pipeline_helpers.practice.answers import parts
from pipeline_helpers.practice.exercise import Arguments, Change, Exercise, Given


def measured(answers, labels):
    right = sum(answer["label"] == label for answer, label in zip(answers, labels, strict=True))
    accuracy = right / len(labels)
    return accuracy, math.sqrt(accuracy * (1 - accuracy) / len(labels))


def _answers(pattern: str) -> Arguments:
    """Answers as the pipeline gives them: "PN" is POSITIVE where NEGATIVE is right."""
    names, seeded = {"P": "POSITIVE", "N": "NEGATIVE"}, random.Random(len(pattern))
    pairs = pattern.split()
    answers = [{"label": names[pair[0]], "score": round(seeded.uniform(0.5, 1), 2)} for pair in pairs]
    return answers, [names[pair[1]] for pair in pairs]


def _measured(_: Given) -> list[Arguments]:
    return [
        _answers("PP PP NN PN"),
        _answers("NN NN PN NP PP PP NN NP"),
        _answers("PP NN"),
        _answers("NP PN PP"),
        _answers("NN NN NN NN NP"),
        _answers("PP " * 17 + "NN " * 20 + "PN " * 10 + "NP " * 13),
        _answers("PN NP"),
    ]


_ERROR = "math.sqrt(accuracy * (1 - accuracy) / len(labels))"

MEASURED = Exercise(
    solution=measured,
    cases=_measured,
    reads=parts("accuracy", "standard_error"),
    needs_model=False,
    minutes=10,
    difficulty=2,
    mistakes={
        "percent": [
            Change("right / len(labels)", "100 * right / len(labels)", _ERROR,
                   "100 * math.sqrt(accuracy / 100 * (1 - accuracy / 100) / len(labels))"),
            Change("return accuracy,", "return 100 * accuracy,"),
        ],
        "count": Change("right / len(labels)", "right", _ERROR,
                        "math.sqrt(right / len(labels) * (1 - right / len(labels)) / len(labels))"),
        "wrong_counted": Change('answer["label"] == label', 'answer["label"] != label'),
        "only_positive": [
            Change('answer["label"] == label', 'answer["label"] == label == "POSITIVE"'),
            Change('answer["label"] == label', 'answer["label"] == "POSITIVE"'),
            Change('answer["label"] == label', 'label == "POSITIVE"'),
        ],
        "scores": [
            Change('answer["label"] == label', 'answer["score"]'),
            Change('answer["label"] == label', 'answer["score"] * (answer["label"] == label)'),
            Change('answer["label"] == label', 'answer["score"] > 0.5'),
        ],
        "no_root": Change(_ERROR, "accuracy * (1 - accuracy) / len(labels)"),
        "not_divided": Change(" / len(labels))", ")"),
        "divided_outside": Change(_ERROR, "math.sqrt(accuracy * (1 - accuracy)) / len(labels)"),
        "square": Change("(1 - accuracy)", "accuracy"),
        "one_factor": [Change(" * (1 - accuracy)", ""), Change("accuracy * (1 - accuracy)", "(1 - accuracy)")],
        "one_less": [Change("(1 - accuracy) / len(labels)", "(1 - accuracy) / (len(labels) - 1)")],
        "half": Change(_ERROR, "0.5 / math.sqrt(len(labels))"),
        "one_by_root": [
            Change(_ERROR, "1 / math.sqrt(len(labels))"),
        ],
        "number_right": Change("(1 - accuracy) / len(labels)", "(1 - accuracy) / max(right, 1)"),
        "two_errors": [Change(_ERROR, f"2 * {_ERROR}"), Change(_ERROR, f"1.96 * {_ERROR}")],
        "exchanged": Change(f"accuracy, {_ERROR}", f"{_ERROR}, accuracy"),
        "error_is_wrong": Change(_ERROR, "1 - accuracy"),
        "whole_division": Change("right / len", "right // len"),
        "rounded": [
            Change("right / len(labels)", "round(right / len(labels), 2)"),
            Change(_ERROR, f"round({_ERROR}, 2)"), Change(_ERROR, f"round({_ERROR}, 1)"),
            Change(f"return accuracy, {_ERROR}", f"return round(accuracy, 2), round({_ERROR}, 2)"),
            Change(f"return accuracy, {_ERROR}", f"return round(accuracy, 3), round({_ERROR}, 3)"),
        ],
    },
    symptoms={
        "error_alone": lambda _, came, expected: abs(came["accuracy"] - expected["accuracy"]) < 1e-4,
        "accuracy_alone": lambda _, came, expected: abs(came["standard_error"] - expected["standard_error"]) < 1e-4,
        "outside": lambda _, came, __: not 0 <= came["accuracy"] <= 1,
    },
)  # fmt: skip


def template_spread(table):
    columns = list(zip(*table, strict=True))
    lowest = [min(column) for column in columns]
    mean = [sum(column) / len(column) for column in columns]
    highest = [max(column) for column in columns]
    last = [sum(row[place] == min(row) for row in table) for place in range(len(columns))]
    return lowest, mean, highest, last


def _table(seeded: random.Random, templates: int, words: int) -> Arguments:
    numbers = seeded.sample(range(1, 100), templates * words)
    return ([[number / 100 for number in numbers[row * words : (row + 1) * words]] for row in range(templates)],)


def _tables(_: Given) -> list[Arguments]:
    seeded = random.Random(0)
    return [
        ([[0.98, 0.96, 0.29], [0.97, 0.77, 0.96]],),
        ([[0.98, 0.29, 0.07], [0.97, 0.14, 0.51], [0.95, 0.96, 0.04], [0.94, 0.62, 0.30]],),
        ([[0.9, 0.2, 0.6, 0.7]],),
        *(_table(seeded, *sizes) for sizes in ((3, 4), (5, 3), (4, 6))),
    ]


_LAST = "[sum(row[place] == min(row) for row in table) for place in range(len(columns))]"

TEMPLATE_SPREAD = Exercise(
    solution=template_spread,
    cases=_tables,
    reads=parts("lowest", "mean", "highest", "last"),
    needs_model=False,
    minutes=10,
    difficulty=2,
    mistakes={
        "over_words": [
            Change("list(zip(*table, strict=True))", "table"),
            Change("list(zip(*table, strict=True))", "table", _LAST,
                   "[sum(row[place] == min(row) for row in table) for place in range(len(table[0]))]"),
        ],
        "whole_table": Change("[min(column) for column in columns]", "[min(map(min, table))] * len(columns)",
                              "[max(column) for column in columns]", "[max(map(max, table))] * len(columns)"),
        "exchanged": Change("return lowest, mean, highest", "return highest, mean, lowest"),
        "not_divided": Change(" / len(column)", ""),
        "divided_by_words": Change("len(column) for", "len(columns) for"),
        "middle": [
            Change("sum(column) / len(column)", "sorted(column)[len(column) // 2]"),
            Change("sum(column) / len(column)", "(min(column) + max(column)) / 2"),
            Change("sum(column) / len(column)", "__import__('statistics').median(column)"),
        ],
        "which_word": [
            Change(_LAST, "[row.index(min(row)) for row in table]"),
        ],
        "which_template": Change(_LAST, "[column.index(min(column)) for column in columns]"),
        "share": Change("row in table) for place", "row in table) / len(table) for place"),
        "first_place": Change("min(row)", "max(row)"),
        "below_half": [
            Change("row[place] == min(row)", "row[place] < 0.5"), Change("row[place] == min(row)", "row[place] < 0.1"),
        ],
        "first_template": [
            Change("for row in table)", "for row in table[:1])"),
            Change("zip(*table, strict=True)", "zip(*table[:1], strict=True)"),
        ],
        "yes_or_no": [
            Change("[sum(row[", "[any(row["), Change("[sum(row[", "[all(row["),
        ],
        "not_last": Change("row[place] == min(row)", "row[place] != min(row)"),
        "least_of_all": Change("min(row)", "min(map(min, table))"),
        "of_means": Change(_LAST, "[int(one == min(mean)) for one in mean]"),
        "spread": Change("max(column) for", "max(column) - min(column) for"),
        "without_first": Change("for row in table)", "for row in table[1:])"),
        "rounded": [
            Change("sum(column) / len(column)", f"round(sum(column) / len(column), {digits})") for digits in (3, 2, 1)
        ],
    },
    symptoms={
        "how_many": lambda _, came, expected: any(came[name].shape != expected[name].shape for name in expected),
        "last_alone": lambda _, came, expected: all(
            abs(came[name] - expected[name]).max() < 1e-4 for name in ("lowest", "mean", "highest")
        ),
        "mean_alone": lambda _, came, expected: all(
            abs(came[name] - expected[name]).max() < 1e-4 for name in ("lowest", "highest", "last")
        ),
        "ends": lambda _, came, expected: all(
            abs(came[name] - expected[name]).max() < 1e-4 for name in ("mean", "last")
        ),
        "last_right": lambda _, came, expected: abs(came["last"] - expected["last"]).max() < 1e-4,
    },
)  # fmt: skip
