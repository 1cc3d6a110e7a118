"""`grade`: what is no answer yet, what befell a function, and what an answer has to do with the right one."""

import functools
import math

import numpy as np
import pytest

from pipeline_helpers.language import LANGUAGES
from pipeline_helpers.practice import grade
from pipeline_helpers.practice.answers import NUMBERS, described, differences
from pipeline_helpers.practice.relations import RELATIONS
from tests.right_answers.tokenizer import pad_with_a_loop


def nothing(rows): ...


def described_alone(rows):
    """What is to be written."""


def a_text(rows):
    return str(rows)


def dots_left(rows):
    longest = max(map(len, rows))
    return [row + [0] * (longest - len(row)) for row in rows], ...


KEPT: list[list[int]] = []


def kept(rows):
    longest = max(map(len, rows))
    KEPT.extend(row + [0] * (longest - len(row)) for row in rows)
    return KEPT, [[1] * longest for _ in KEPT]


def lengthened(rows):
    mask = [[1] * len(row) + [0] * (max(map(len, rows)) - len(row)) for row in rows]
    longest = max(map(len, rows))
    for row in rows:
        row.extend([0] * (longest - len(row)))
    return rows, mask


class Callable:
    def __call__(self, rows):
        return pad_with_a_loop(rows)


@pytest.mark.parametrize(
    ("answer", "mistake"),
    [
        (None, "unanswered"), (..., "unanswered"), (nothing, "unanswered"), (described_alone, "unanswered"),
        (3, "not_a_function"), (a_text, "not.so_many_parts"), (dots_left, "unfinished"), (kept, "remembers"),
        (lengthened, "changed"),
    ],
)  # fmt: skip
def test_what_is_no_answer_is_told_by_name_in_each_language(answer, mistake):
    given = grade("pad", answer)
    assert (given.right, given.mistake) == (False, mistake)
    assert len({given.sentence(lang) for lang in LANGUAGES}) == len(LANGUAGES)


def test_a_value_is_a_value():
    assert grade("batch_shape", lambda: (3, 8)).mistake == "not_a_value"
    assert grade("batch_shape", (3, None)).mistake != "unanswered"
    assert grade("batch_shape", [None, None]).mistake == "unanswered"


@pytest.mark.parametrize(
    "answer", [Callable(), functools.partial(pad_with_a_loop), Callable().__call__, lambda rows: pad_with_a_loop(rows)]
)
def test_whatever_can_be_called_is_a_function(answer):
    assert grade("pad", answer).right


def test_a_name_that_is_none_names_those_that_are_near():
    with pytest.raises(ValueError, match="name is 'padd', which is no exercise; perhaps it is 'pad'"):
        grade("padd", nothing)


@pytest.mark.parametrize(
    "change", ["model.train()", "model.classifier.bias.data += 1", "model.config.id2label[0] = 'x'"]
)
def test_a_changed_model_is_told_and_is_the_old_one_for_the_next_answer(change):
    space = {}
    exec(f"def head(hidden, model):\n    {change}\n    return hidden[:, 0, :2]", space)
    assert grade("head", space["head"]).mistake == "model_changed"
    right = {}
    exec("def head(hidden, model):\n    return model.classifier(model.pre_classifier(hidden[:, 0]).relu())", right)
    assert grade("head", right["head"]).right


def test_the_globals_of_a_function_are_as_before():
    space = {"model": "mine"}
    exec("def my_pipeline(texts):\n    return [tokenizer, model]", space)
    before = {**space}
    grade("my_pipeline", space["my_pipeline"])
    assert space == before


MATRIX, ROW = np.array([[0.1, 0.7, 0.2], [0.5, 0.25, 0.25]]), np.array([3.0, 1.0, 2.0])


def relation(came, expected, arguments=()):
    """The name of the first relation that holds, on two inputs of the same kind."""
    wrong = [(arguments, came, expected), (arguments, came * 1.0, expected * 1.0)]
    found = (one(wrong) for one in RELATIONS)
    return next((one.key.rpartition(".")[2] for one in found if one is not None), None)


@pytest.mark.parametrize(
    ("came", "expected", "name"),
    [
        (MATRIX * np.nan, MATRIX, "not_finite"),
        (MATRIX.T, MATRIX, "transposed"),
        (-MATRIX, MATRIX, "sign"),
        (1 - MATRIX, MATRIX, "complement"),
        (ROW[::-1], ROW, "turned_round"),
        (MATRIX.round(1), MATRIX, "rounded"),
        (MATRIX * 3, MATRIX, "scaled"),
        (MATRIX + 0.5, MATRIX, "shifted"),
        (MATRIX[0], MATRIX, "first_alone"),
        (np.repeat(MATRIX[:1], 2, 0), MATRIX, "first_for_all"),
        (MATRIX[None], MATRIX, "dimension"),
        (MATRIX[:, :2], MATRIX, "shape"),
    ],
)
def test_an_answer_is_told_by_what_it_has_to_do_with_the_right_one(came, expected, name):
    assert relation(came, expected) == name


def test_what_has_nothing_to_do_with_it_is_told_nothing():
    assert relation(np.array([[0.3, 0.1, 0.6], [0.2, 0.7, 0.1]]), MATRIX) is None


def test_what_was_handed_back_as_it_came_is_told():
    assert relation(ROW, ROW + np.array([1, 0, 5]), arguments=(ROW.tolist(),)) == "unchanged"


@pytest.mark.parametrize("answer", [[1, 2.5], (1, 2.5), np.array([1, 2.5], dtype=np.float32)])
def test_numbers_are_numbers_in_whatever_they_come(answer):
    import torch

    assert NUMBERS.read(answer).tolist() == NUMBERS.read(torch.tensor(answer, requires_grad=True)).tolist() == [1, 2.5]


def test_a_large_difference_is_shown_by_its_place_and_a_small_one_whole():
    large = np.zeros((5, 9))
    other = large.copy()
    other[3, 2] = 1
    assert next(differences(other, large)) == ("[3, 2]", "1", "0")
    assert next(differences(large[:2], large)) == ("shape", "[2, 9]", "[5, 9]")
    assert next(differences(ROW, ROW + 1)) == ("", "[3, 1, 2]", "[4, 2, 3]")
    assert described(large) == "[5, 9]: [0, 0, 0, 0, …]"


@pytest.mark.parametrize("smoothing", ["(wrong.sum() + 1) / (len(wrong) + 1)", "wrong.float().std()"])
def test_infinity_is_no_accident_where_it_says_that_there_is_none(smoothing):
    space = {"math": math}
    exec(
        "def threshold(scores, right, at_most):\n    for t in scores.sort().values:\n"
        f"        wrong = ~right[scores >= t]\n        if {smoothing} <= at_most:\n            return t.item()\n"
        "    return math.inf",
        space,
    )
    assert grade("threshold", space["threshold"]).mistake == "chosen_otherwise"
    assert grade("log_odds", lambda p: float("inf")).mistake == "not_finite"
