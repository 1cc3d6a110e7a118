"""Two small quizzes for the tests, in the form of those of the course, with markup in their texts as data."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from pipeline_helpers.practice import questions

TOKENIZER = """
[[question]]
es = "¿Qué recibe el modelo?"
en = "What is the model given?"
[[question.option]]
es = "El texto, tal como se escribió."
en = "The text, as it was written."
why.es = "No: el texto se convierte antes en `input_ids`."
why.en = "No: the text is turned into `input_ids` first."
[[question.option]]
right = true
es = "Los ids y la máscara."
en = "The ids and the mask."
why.es = "Sí: `input_ids` y `attention_mask`, y nada más: {ids}."
why.en = "Yes: `input_ids` and `attention_mask`, and nothing else: {ids}."
[[question.option]]
es = "Las palabras <b>una por una</b>."
en = "The words <b>one by one</b>."
why.es = "No: a menudo un token ni siquiera es una palabra."
why.en = "No: often a token is not even a word."

[[question]]
es = "¿Qué es `##ization`?"
en = "What is `##ization`?"
[[question.option]]
right = true
es = "Un trozo que continúa una palabra."
en = "A piece that continues a word."
why.es = "Sí: delante de él, en la misma palabra, hay otro."
why.en = "Yes: there is another one before it, in the same word."
[[question.option]]
es = "Un comentario."
en = "A comment."
why.es = "No: lo sería en Python."
why.en = "No: in Python it would be."
[[question.option]]
es = "Un token especial."
en = "A special token."
why.es = "No: los especiales van entre corchetes."
why.en = "No: special ones stand in brackets."
"""
COURSE = TOKENIZER.replace("¿Qué recibe", "Antes y después: ¿qué recibe").replace(
    "What is the", "Before and after: what is the"
)


def write_quizzes(folder: Path, mark: str = "") -> Path:
    """Put the two files into `folder`, with `mark` at the beginning of each text."""
    folder.mkdir(parents=True, exist_ok=True)
    marked = mark.replace('"', '\\"')
    (folder / "tokenizer.toml").write_text(TOKENIZER.replace(' = "', f' = "{marked}'), encoding="utf-8")
    (folder / "course.toml").write_text(COURSE.replace(' = "', f' = "{marked}'), encoding="utf-8")
    return folder


@contextmanager
def other_quizzes(folder: Path, mark: str = "") -> Iterator[None]:
    """Let the course have these two quizzes inside `with`; whatever happens there, it has its own again after it."""
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(questions, "FOLDER", write_quizzes(folder, mark))
            _forget()
            yield
    finally:
        _forget()  # or these two would stay the course's for every test that comes after


def _forget() -> None:
    for known in (questions.quizzes, questions.quiz_data, questions.questions_of):
        known.cache_clear()


def quizzes_for_a_notebook(folder: Path) -> str:
    """Write the two files into `folder`; a notebook's first cell, with which its kernel takes them for the course's."""
    write_quizzes(folder)
    return (
        "from pathlib import Path\nfrom pipeline_helpers.practice import questions\n"
        f"questions.FOLDER = Path({str(folder)!r})"
    )
