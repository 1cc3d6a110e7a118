"""What a student sees: check, hint and solution, the quiz and the progress, as HTML in both languages."""

import json
import multiprocessing
import re

import pytest

import pipeline_helpers as ph
from pipeline_helpers import practice
from pipeline_helpers.language import LANGUAGES
from pipeline_helpers.practice import feedback, progress
from pipeline_helpers.practice.exercises import LESSONS
from pipeline_helpers.practice.grading import find, trial
from pipeline_helpers.practice.questions import COURSE, FOLDER, questions_of, quiz_data, quizzes
from pipeline_helpers.practice.quiz import Quiz
from tests.live_views import Page
from tests.quizzes import other_quizzes

HINTS = len(find("pad").hints)


def unmasked(rows):
    longest = max(map(len, rows))
    return [row + [0] * (longest - len(row)) for row in rows], [
        [0] * len(row) + [1] * (longest - len(row)) for row in rows
    ]


def right(rows):
    longest = max(map(len, rows))
    return [row + [0] * (longest - len(row)) for row in rows], [
        [1] * len(row) + [0] * (longest - len(row)) for row in rows
    ]


def empty(rows): ...


@pytest.fixture(autouse=True)
def _a_new_kernel():
    for counts in (feedback._hints_given, feedback._wrong_tries):
        counts.clear()


@pytest.fixture
def two_quizzes(tmp_path):
    with other_quizzes(tmp_path / "quizzes"):
        yield


@pytest.fixture
def shown(monkeypatch):
    """What is displayed: a list of bundles."""
    bundles = []
    monkeypatch.setattr("IPython.display.display", lambda bundle, raw=False: bundles.append(bundle))
    return bundles


def in_language(bundle, lang):
    """The text of a bundle's HTML in one language."""
    html = re.sub("<style>.*?</style>", "", bundle["text/html"], flags=re.DOTALL)
    return next(one["text"] for one in Page(html).elements if one.get("lang") == lang)


@pytest.mark.parametrize(("lang", "mark", "sentence"), [
    ("es", "✗ Todavía no:", "La máscara está al revés"), ("en", "✗ Not yet:", "The mask is turned round"),
])  # fmt: skip
def test_a_wrong_answer_is_named_in_both_languages_and_told_where_help_is(shown, lang, mark, sentence):
    assert ph.check("pad", unmasked) is None
    said = in_language(shown[0], lang)
    assert said.startswith(f"{mark} pad · {sentence}")
    assert 'ph.hint("pad")' in said
    assert "0 " in said
    assert "ph.solution" not in said
    assert f"{mark} pad · {sentence}" in shown[0]["text/plain"]


def test_a_solution_is_offered_after_the_last_hint_or_the_third_wrong_try(shown):
    for tries in range(1, 4):
        ph.check("pad", unmasked)
        assert ('ph.solution("pad")' in in_language(shown[-1], "en")) == (tries == 3)
    feedback._wrong_tries.clear()
    for seen in range(1, HINTS + 1):
        ph.hint("pad")
        assert ('ph.solution("pad")' in in_language(shown[-1], "en")) == (seen == HINTS)
        feedback._wrong_tries.clear()
        ph.check("pad", unmasked)
        assert f"({seen} of {HINTS} seen)" in in_language(shown[-1], "en")
        assert ('ph.solution("pad")' in in_language(shown[-1], "en")) == (seen == HINTS)


def test_what_the_mistakes_print_and_warn_of_does_not_reach_the_page(recwarn, capfd, shown):
    trial.cache_clear()
    ph.check("softmax", lambda logits: [[0.1 * len(row) for row in logits]])
    assert [str(one.message) for one in recwarn] == []
    assert tuple(capfd.readouterr()) == ("", "")


def test_hints_come_one_more_each_time_and_those_before_with_them(shown):
    for _ in range(HINTS + 1):
        ph.hint("pad")
    counts = [bundle["text/html"].count("<li>") / len(LANGUAGES) for bundle in shown]
    assert counts == [*range(1, HINTS + 1), HINTS]
    assert "<code>" in shown[-1]["text/html"]
    assert shown[0]["text/plain"].startswith("1. ")


def test_an_unanswered_cell_says_so_counts_as_no_try_and_leaves_no_trace(shown):
    for _ in range(4):
        ph.check("pad", empty)
    assert in_language(shown[-1], "es").startswith("… pad · Todavía no hay nada escrito: escribe pad(rows) en lugar")
    assert "<style>" not in shown[-1]["text/html"]
    assert progress.known() == progress.Kept()
    ph.check("pad", unmasked)
    assert "ph.solution" not in in_language(shown[-1], "en")


def test_a_right_answer_says_so_and_stays_done(shown):
    ph.check("pad", right)
    assert in_language(shown[-1], "en").startswith("✓ pad · Right.")
    assert 'ph.solution("pad")' in in_language(shown[-1], "en")
    ph.check("pad", unmasked)
    assert progress.known().exercises == {"pad": True}


def test_the_solution_stands_in_a_block_that_the_keyboard_reaches(shown):
    ph.solution("pad")
    block = [one for one in Page(re.sub("<style>.*?</style>", "", shown[0]["text/html"], flags=re.DOTALL)).elements
             if one["tag"] == "pre"]  # fmt: skip
    assert [(one["tabindex"], one["role"], one["aria-label"]) for one in block] == [
        ("0", "region", "Una solución de pad"), ("0", "region", "A solution of pad"),
    ]  # fmt: skip
    assert block[0]["text"].startswith("def pad(rows):\n    longest")


@pytest.mark.parametrize("show", [lambda: ph.check("pda", right), lambda: ph.hint("pda"), lambda: ph.solution("pda")])
def test_a_name_that_is_none_is_an_error_that_says_which_is(show):
    with pytest.raises(ValueError, match="perhaps it is 'pad'"):
        show()


# What is done.


def test_progress_says_what_is_done_started_and_open(shown, two_quizzes):
    ph.progress()
    assert "○ Rellenar (pad) · por hacer" in in_language(shown[-1], "es")
    progress.tried("pad", False)
    for place, option in enumerate((1, 2)):
        progress.answered("tokenizer", place, option, 2)
    progress.answered("before", 0, 1, 2)
    ph.progress()
    english = in_language(shown[-1], "en")
    assert "… Padding (pad) · started" in english
    assert "quiz: 1 of 2" in english
    assert "The ten questions, before the course · 1 of 2 answered" in english
    progress.tried("pad", True)
    ph.progress()
    assert "✓ Rellenar (pad) · hecho" in in_language(shown[-1], "es")
    assert shown[-1]["text/plain"].startswith("Hecho: 1 de ")


def test_forgotten_is_forgotten(shown, two_quizzes):
    progress.tried("pad", True)
    ph.progress(forget=True)
    assert in_language(shown[-1], "en").startswith("Deleted")
    assert progress.known() == progress.Kept()
    assert not progress._memory().exists()
    ph.progress(forget=True)


@pytest.mark.parametrize("content", [
    b"", b"\xff\xfe", b"[]", b"null", b"{", b'{"exercises": []}', b'{"exercises": {"pad": 3}, "quizzes": {"x": "y"}}',
    b'{"quizzes": {"tokenizer": [true]}}', b"[" * 100_000,
])  # fmt: skip
def test_a_file_that_is_something_else_is_nothing_known_and_written_anew(content):
    progress._memory().write_bytes(content)
    assert progress.known() == progress.Kept()
    progress.tried("pad", True)
    assert progress.known().exercises == {"pad": True}


def test_a_home_that_cannot_be_written_costs_the_memory_alone(monkeypatch, tmp_path, shown):
    (tmp_path / "file").write_text("")
    monkeypatch.setattr(progress, "_memory", lambda: tmp_path / "file" / "progress.json")
    ph.check("pad", right)
    assert in_language(shown[-1], "es").startswith("✓ pad")
    assert progress.known() == progress.Kept()


def _answer(folder, name):
    progress._memory = lambda: folder / "progress.json"
    for number in range(10):
        progress.tried(f"{name}{number}", True)


def test_two_kernels_at_once_lose_nothing(tmp_path):
    kernels = [multiprocessing.get_context("fork").Process(target=_answer, args=(tmp_path, name)) for name in "abc"]
    for kernel in kernels:
        kernel.start()
    for kernel in kernels:
        kernel.join(30)
    assert len(progress.known().exercises) == 30
    assert {file.name for file in tmp_path.iterdir()} <= {"progress.json", "progress.lock"}
    assert json.loads(progress._memory().read_text()).keys() == {"exercises", "quizzes"}


def test_grade_keeps_nothing():
    practice.grade("pad", right)
    assert progress.known() == progress.Kept()


# The quiz.


def page_of(quiz):
    """What the quiz shows, in the language in force."""
    return Page(quiz.html)


def everything(quiz):
    return json.dumps([quiz.html, quiz.words], ensure_ascii=False)


def test_explanations_reach_the_page_once_a_question_is_answered(two_quizzes):
    quiz = Quiz("tokenizer")
    whys = [why for question in quiz.questions for option in question.options for why in option.why.values()]
    told = [why.replace("`", "")[4:] for why in whys]

    def seen():
        text = re.sub("<.*?>", "", everything(quiz))
        return [why in text for why in told]

    assert not any(seen())
    for action in ("check", "choose 7", "choose x", "next", "see 9", "again", "nonsense", "check"):
        quiz.act(action)
        assert not any(seen())
        assert quiz.place == 0
    assert "Elige antes una respuesta." in quiz.html
    quiz.act("choose 2")
    assert not any(seen())
    quiz.act("check")
    assert seen() == [True] * 6 + [False] * 6
    quiz.act("choose 1")
    assert quiz.chosen[0] == 2
    quiz.act("next")
    quiz.act("next")  # the second of a double click
    assert quiz.place == 1
    assert not any(seen())


def test_the_result_names_what_to_look_at_again(two_quizzes):
    quiz = Quiz("tokenizer")
    for action in ("choose 2", "check", "next", "choose 0", "check", "next"):
        quiz.act(action)
    text = page_of(quiz).text
    assert "Resultado: 1 de 2." in text
    assert [one["text"] for one in page_of(quiz).all(data_action="see 0")] == ["1. ¿Qué recibe el modelo?"]
    assert progress.known().quizzes == {"tokenizer": [2, 0]}
    quiz.act("see 0")
    assert "✗ tu respuesta" in page_of(quiz).text
    quiz.act("result")
    quiz.act("again")
    assert (quiz.place, quiz.chosen) == (0, [None, None])
    for action in ("choose 1", "check", "next", "choose 0", "check", "next"):
        quiz.act(action)
    assert "Todas correctas." in page_of(quiz).text


def test_the_radio_buttons_are_native_named_and_grouped_by_their_question(two_quizzes):
    quiz = Quiz("tokenizer")
    quiz.act("choose 1")
    buttons = page_of(quiz).all(type="radio")
    assert ["checked" in one for one in buttons] == [False, True, False]
    assert [one["tag"] for one in page_of(quiz).elements if one["text"].startswith("Pregunta 1 de 2. ¿Qué")][
        -1
    ] == "legend"
    assert "<b>una por una</b>" in page_of(quiz).text, "a text is data"


def test_before_the_course_nothing_is_explained_and_after_it_both_are_compared(two_quizzes):
    quiz = Quiz("before")
    for action in ("choose 2", "check", "choose 1", "check"):
        quiz.act(action)
    shown = everything(quiz)
    assert "Sí:" not in shown
    assert "✓" not in shown
    assert "✗" not in shown
    assert "sin corregir" in shown
    assert progress.known().quizzes == {"before": [2, 1]}
    quiz = Quiz("after")
    for action in ("choose 1", "check", "next", "choose 1", "check", "next"):
        quiz.act(action)
    text = page_of(quiz).text
    assert "Antes del curso, 0 de 2; ahora, 1 de 2." in text
    rows = [one["text"] for one in page_of(quiz).elements if one["tag"] == "tr"]
    assert rows[1].endswith("✗ mal✓ bien")
    assert rows[2].endswith("✗ mal✗ mal")


def test_after_the_course_without_answers_from_before_it_that_is_said_kindly(two_quizzes):
    quiz = Quiz("after")
    for action in ("choose 1", "check", "next", "choose 1", "check", "next"):
        quiz.act(action)
    text = page_of(quiz).text
    assert "y no pasa nada" in text
    assert "Antes" not in text.replace("Antes y después", "")


def test_it_follows_the_language_and_keeps_the_other_at_hand(two_quizzes):
    quiz = Quiz("tokenizer")
    quiz.act("choose 2")
    assert "Question 1 of 2" in quiz.words["en"]["html"]
    ph.choose_language("en")
    assert "Question 1 of 2" in quiz.html
    assert quiz.label == "Quiz · The tokenizer"
    assert "Pregunta 1 de 2" in quiz.words["es"]["html"]
    assert re.findall("checked", quiz.html)


def test_what_fails_among_other_quizzes_leaves_the_courses_own_to_the_next_test(tmp_path):
    own = quizzes(), questions_of("tokenizer"), quiz_data("tokenizer")
    with pytest.raises(ValueError, match="the quizzes are 'before', 'tokenizer', 'after'"), other_quizzes(tmp_path):
        quiz_data("heads")
    assert (quizzes(), questions_of("tokenizer"), quiz_data("tokenizer")) == own


def test_the_stored_quiz_has_all_questions_and_no_answer(two_quizzes):
    data, _ = Quiz("tokenizer")._repr_mimebundle_()
    assert data["text/plain"] == "Quiz('tokenizer')"
    page = Page(data["text/html"])
    assert len([one for one in page.elements if one["tag"] == "li"]) == 2 * (2 + 6)
    assert "Sí:" not in page.text
    assert "✓" not in page.text
    for lang in LANGUAGES:
        assert len(page.all(lang=lang)) == 1


def test_a_quiz_that_is_none_is_an_error_that_names_those_there_are(two_quizzes):
    with pytest.raises(ValueError, match="'before', 'tokenizer', 'after'"):
        ph.quiz("softmax")


# The course's own questions.

QUIZZES = sorted(file.name.removesuffix(".toml") for file in FOLDER.iterdir() if file.name.endswith(".toml"))
every_quiz = pytest.mark.parametrize("name", QUIZZES)


def test_every_lesson_has_its_quiz_and_the_course_its_ten_questions():
    assert set(QUIZZES) == {*LESSONS, *COURSE.values()}


@every_quiz
def test_its_questions_have_all_their_texts_and_one_right_answer(name):
    questions = questions_of(name)
    assert len(questions) == (10 if name == "course" else 6)
    for question in questions:
        assert 3 <= len(question.options) <= 4, question.text
        assert sum(option.right for option in question.options) == 1, question.text
        for texts in (question.text, *(part for option in question.options for part in (option.text, option.why))):
            assert texts.keys() == LANGUAGES.keys(), question.text
            assert all(isinstance(text, str) and text.strip() and text.count("`") % 2 == 0 for text in texts.values())
        for lang in LANGUAGES:
            assert len({option.text[lang] for option in question.options}) == len(question.options), question.text


@every_quiz
def test_the_right_answer_is_told_neither_by_its_place_nor_by_its_length(name):
    questions = questions_of(name)
    places = [question.right for question in questions]
    assert max(map(places.count, places)) <= len(places) / 2, places
    for lang in LANGUAGES:
        longest = [max(question.options, key=lambda option: len(option.text[lang])).right for question in questions]
        assert sum(longest) <= 2 * len(questions) / 3, f"{lang}: the right one is the longest in {sum(longest)}"
