"""How many weights a head has, and which of a class's weights nobody has trained."""

from pipeline_helpers.practice.answers import NUMBERS, TEXTS
from pipeline_helpers.practice.exercise import Arguments, Change, Exercise, Given, alone


def head_parameters(width, labels):
    pre_classifier = width * width + width
    classifier = width * labels + labels
    return pre_classifier + classifier


def _with_a_third_bias(width, labels):
    return width * width + width + width + width * labels + labels


SIZES = ((384, 2), (768, 2), (10, 4), (768, 5), (7, 3), (12, 1))

HEAD_PARAMETERS = Exercise(
    solution=head_parameters,
    cases=lambda _: list(SIZES),
    reads=NUMBERS,
    needs_model=False,
    minutes=6,
    difficulty=1,
    mistakes={
        "no_biases": Change("width * width + width", "width * width", "width * labels + labels", "width * labels"),
        "no_first_bias": Change("width * width + width", "width * width"),
        "no_second_bias": Change("width * labels + labels", "width * labels"),
        "one_number_as_bias": [
            Change("width * width + width", "width * width + 1", "* labels + labels", "* labels + 1"),
            Change("width * width + width", "width * width + 1"), Change("* labels + labels", "* labels + 1"),
        ],
        "bias_of_the_input": [
            Change("* labels + labels", "* labels + width"),
            Change("width * width + width", "width * width + labels"),
        ],
        "first_alone": Change("return pre_classifier + classifier", "return pre_classifier"),
        "second_alone": Change("return pre_classifier + classifier", "return classifier"),
        "not_square": [
            # With the two matrices exchanged the sum is right again: no pair of these.
            alone(head_parameters, "width * width + width", "width * labels + labels"),
            *(Change("width * width + width", text) for text in (
                "width + width", "width * 2 + width", "width", "2 * width * width + width"))
        ],
        "second_square": [
            Change("width * labels + labels", text) for text in (
                "width * width + width", "width * width + labels", "labels * labels + labels", "width + labels",
                "labels + labels")
        ],
        "two_labels": [
            Change("width * labels + labels", "width * 2 + 2"), Change("width * labels", "width * 2"),
            Change("* labels + labels", "* labels + 2"),
        ],
        "this_checkpoint": [
            Change("return pre_classifier + classifier", "return 148610"),
            Change("width * width + width", "384 * 384 + 384"),
            Change("width * width + width", "384 * 384 + 384", "width * labels + labels", "384 * labels + labels"),
            Change("width * width + width", "384 * 384 + 384", "width * labels + labels", "384 * 2 + 2"),
        ],
        "multiplied": [
            Change("return pre_classifier + classifier", "return pre_classifier * classifier"),
            Change("width * width + width", "width * width * width"),
            Change("width * labels + labels", "width * labels * labels"),
        ],
        "shapes": Change("return pre_classifier + classifier", "return [pre_classifier, classifier]"),
        "with_activation": [
            Change("return pre_classifier + classifier", f"return pre_classifier + classifier + {what}")
            for what in ("1", "2")
        ] + [_with_a_third_bias],
    },
    symptoms={
        "too_few": lambda _, came, expected: came.shape == () and came < expected,
        "too_many": lambda _, came, expected: came.shape == () and came > expected,
    },
)  # fmt: skip


def untrained(saved, wanted):
    return [name for name, shape in wanted.items() if saved.get(name) != shape]


BODY = {
    "distilbert.embeddings.word_embeddings.weight": [30522, 384],
    "distilbert.transformer.layer.0.ffn.lin1.bias": [1536],
}
SENTENCES = {
    **BODY,
    "pre_classifier.weight": [384, 384], "pre_classifier.bias": [384],
    "classifier.weight": [2, 384], "classifier.bias": [2],
}  # fmt: skip
ANSWERS = {**BODY, "qa_outputs.weight": [2, 384], "qa_outputs.bias": [2]}
TAGS = {**BODY, "classifier.weight": [9, 384], "classifier.bias": [9]}
TWO_TAGS = {**BODY, "classifier.weight": [2, 384], "classifier.bias": [2]}
CHOICES = {**SENTENCES, "classifier.weight": [1, 384], "classifier.bias": [1]}
TURNED = {**SENTENCES, "classifier.weight": [384, 2]}
WIDE = {name: [768 if size == 384 else size for size in shape] for name, shape in SENTENCES.items()}


def _reports(_: Given) -> list[Arguments]:
    return [
        (SENTENCES, ANSWERS),
        (SENTENCES, CHOICES),
        (SENTENCES, SENTENCES),
        (SENTENCES, BODY),
        (SENTENCES, TWO_TAGS),
        (SENTENCES, TAGS),
        (BODY, SENTENCES),
        (TURNED, SENTENCES),
        (WIDE, SENTENCES),
        (SENTENCES, {**SENTENCES, "classifier.weight": [384, 384]}),
        (SENTENCES, {**ANSWERS, "classifier.weight": [1, 384]}),  # one is missing, another has another shape
    ]


def _by_count(saved, wanted):
    def count(shape):
        return 0 if shape is None else shape[0] * (shape[1] if len(shape) > 1 else 1)

    return [name for name, shape in wanted.items() if count(saved.get(name)) != count(shape)]


def _head_alone(saved, wanted):  # noqa: ARG001
    return [name for name in wanted if not name.startswith("distilbert")]


def _both_ways(saved, wanted):
    return [name for name in {**saved, **wanted} if saved.get(name) != wanted.get(name)]


def _both_ways_by_name(saved, wanted):
    return [name for name in {**saved, **wanted} if (name in saved) != (name in wanted)]


def _one_reason_or_the_other(saved, wanted):
    missing = [name for name in wanted if name not in saved]
    return missing or [name for name in wanted if saved[name] != wanted[name]]


def _too_early(saved, wanted):
    found = []
    for name, shape in wanted.items():
        if saved.get(name) != shape:
            found.append(name)
        return found
    return found


def _last_name(saved, wanted):
    found = []
    for name, shape in wanted.items():
        if saved.get(name) != shape:
            found = [name]
    return found


def _by_place(saved, wanted):
    shapes = list(saved.values())
    return [
        name for place, (name, shape) in enumerate(wanted.items()) if place >= len(shapes) or shapes[place] != shape
    ]


def _shape_anywhere(saved, wanted):
    return [name for name, shape in wanted.items() if shape not in saved.values()]


def _shape_anywhere_or_name(saved, wanted):
    return [name for name, shape in wanted.items() if name not in saved or shape not in saved.values()]


CONDITION = "saved.get(name) != shape"

UNTRAINED = Exercise(
    solution=untrained,
    cases=_reports,
    reads=TEXTS,
    compared=lambda _, came: sorted(came),
    needs_model=False,
    minutes=10,
    difficulty=2,
    mistakes={
        "shape_ignored": [
            Change(CONDITION, "name not in saved"), Change(CONDITION, "saved.get(name) is None"),
        ],
        "missing_left_out": [
            Change(CONDITION, "name in saved and saved[name] != shape"),
            Change("saved.get(name)", "saved.get(name, shape)"),
        ],
        "unexpected": [
            Change("wanted.items() if saved", "saved.items() if wanted"), Change(
                "wanted.items() if saved.get(name) != shape", "saved.items() if name not in wanted"),
        ],
        "both_ways": [_both_ways, _both_ways_by_name],
        "trained": [Change(CONDITION, "saved.get(name) == shape"), Change(CONDITION, "name in saved")],
        "all_of_them": Change(f" if {CONDITION}", ""),
        "head_alone": _head_alone,
        "missing_raises": Change("saved.get(name)", "saved[name]"),
        "by_count": [_by_count, Change(
            "saved.get(name) != shape", "sorted(saved.get(name, [])) != sorted(shape)"), Change(
            "saved.get(name) != shape", "saved.get(name, [0])[0] != shape[0]"), Change(
            "saved.get(name) != shape", "saved.get(name, [0])[-1] != shape[-1]")],
        "one_reason": _one_reason_or_the_other,
        "too_early": [_too_early, _last_name],
        "by_place": [_by_place, _shape_anywhere, _shape_anywhere_or_name],
    },
    symptoms={
        "not_wanted": lambda arguments, came, _: any(name not in arguments[1] for name in came),
        "missing_forgotten": lambda arguments, came, _: any(
            name not in arguments[0] for name in set(arguments[1]) - set(came)
        ),
        "shape_forgotten": lambda arguments, came, expected: any(
            name in arguments[0] for name in set(expected) - set(came)
        ),
        "twice": lambda _, came, __: len(set(came)) < len(came),
        "too_many": lambda _, came, expected: set(came) > set(expected),
        "too_few": lambda _, came, expected: set(came) < set(expected),
    },
)  # fmt: skip
