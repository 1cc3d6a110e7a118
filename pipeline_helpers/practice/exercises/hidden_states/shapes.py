"""The shape of what the body gives, before anything runs."""

from pipeline_helpers.practice.answers import NUMBERS
from pipeline_helpers.practice.exercise import Change, Exercise


def body_shape():
    return [5, 11, 384]


BODY_SHAPE = Exercise(
    solution=body_shape,
    cases=lambda _: [()],
    reads=NUMBERS,
    value=True,
    needs_model=False,
    minutes=3,
    difficulty=1,
    mistakes={
        "exchanged": [Change("5, 11", "11, 5"), Change("11, 384", "384, 11"), Change("5, 11, 384", "384, 11, 5")],
        "one_vector": [Change("5, 11, 384", text) for text in ("5, 384", "5, 1, 384")],
        "no_vectors": [Change("5, 11, 384", text) for text in ("5, 11", "5, 11, 1")],
        "logits": [Change("5, 11, 384", text) for text in ("5, 2", "5, 11, 2")],
        "published": Change("384", "768"),
        "of_the_lesson": [Change("5, 11", "2, 16"), Change("5, 11", "5, 16"), Change("5, 11", "2, 11")],
        "to_the_limit": Change("11", "512"),
        "all_in_a_row": [Change("5, 11", text) for text in ("37", "5, 37", "1, 37")],
        "specials": [Change("11", text) for text in ("9", "10", "12", "13")],
        "one_at_a_time": [Change("5, 11", text) for text in ("11", "1, 11")],
        "other_length": [Change("11", text) for text in ("4", "6", "7", "7.4", "8")],
        "all_states": [Change("5, 11", f"{number}, 5, 11") for number in (6, 7)],
    },
    symptoms={
        "not_three": lambda _, came, __: came.shape != (3,),
        "sentences": lambda _, came, __: came[0] != 5,
        "tokens": lambda _, came, __: came[1] != 11,
        "width": lambda _, came, __: came[2] != 384,
    },
)
