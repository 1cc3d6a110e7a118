"""A class for each task."""

from pipeline_helpers.practice.answers import TEXTS
from pipeline_helpers.practice.exercise import Change, Exercise


def classes():
    return [
        "AutoModelForSequenceClassification",
        "AutoModelForTokenClassification",
        "AutoModelForQuestionAnswering",
        "AutoModelForCausalLM",
        "AutoModel",
    ]


SPAM, NAMES, CONTRACT, STORY, VECTORS = (
    f'"{name}",\n'
    for name in (
        "AutoModelForSequenceClassification", "AutoModelForTokenClassification", "AutoModelForQuestionAnswering",
        "AutoModelForCausalLM", "AutoModel",
    )
)  # fmt: skip


def _instead(of: str, *others: str) -> list[Change]:
    return [Change(of, f'"AutoModel{other}",\n') for other in others]


def _wrong_at(place: int, symptom: str):
    def shows(_, came, expected) -> bool:
        return came[place] != expected[place]

    return symptom, shows


_NAMES = {
    "AutoModel",
    *(
        f"AutoModelFor{task}"
        for task in (
            "CausalLM", "MaskedLM", "MultipleChoice", "QuestionAnswering", "SequenceClassification",
            "TokenClassification",
        )
    ),
}  # fmt: skip


CLASSES = Exercise(
    solution=classes,
    cases=lambda _: [()],
    reads=TEXTS,
    value=True,
    needs_model=False,
    minutes=4,
    difficulty=1,
    mistakes={
        "spam_by_token": _instead(SPAM, "ForTokenClassification"),
        "spam_as_options": _instead(SPAM, "ForMultipleChoice"),
        "names_of_the_sentence": _instead(NAMES, "ForSequenceClassification"),
        "contract_as_options": _instead(CONTRACT, "ForMultipleChoice"),
        "contract_written": _instead(CONTRACT, "ForCausalLM"),
        "story_as_mask": _instead(STORY, "ForMaskedLM"),
        "vectors_with_head": _instead(VECTORS, "ForSequenceClassification", "ForMaskedLM", "ForMultipleChoice"),
    },
    symptoms={
        "how_many": lambda _, came, expected: len(came) != len(expected),
        "short_names": lambda _, came, __: not all(name.startswith("AutoModel") for name in came),
        "spelling": lambda _, came, __: not _NAMES.issuperset(came),
        **dict([
            _wrong_at(0, "spam"), _wrong_at(1, "names"), _wrong_at(2, "contract"), _wrong_at(3, "story"),
            _wrong_at(4, "vectors"),
        ]),
    },
)  # fmt: skip
