"""The Spanish sentences to train on: agreement, what the templates put together, and the phrases themselves."""

import random
import re

import pytest
from transformers import AutoTokenizer

import pipeline_helpers as ph
from tools import everyday_spanish
from tools.everyday_spanish import TOPICS, finish, phrases, spanish_examples
from tools.measured import is_near_copy, without_accents, words
from tools.spanish_agreement import Noun, contract, inflect

CORNERS = [(False, False), (True, False), (False, True), (True, True)]
DRAWN = spanish_examples(16000, random.Random("714 0"))


# --- agreement ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("adjective", "forms"),
    [
        ("rico", "rico rica ricos ricas"),
        ("amable", "amable amable amables amables"),
        ("feliz", "feliz feliz felices felices"),
        ("genial", "genial genial geniales geniales"),
        ("encantador", "encantador encantadora encantadores encantadoras"),
        ("mejor", "mejor mejor mejores mejores"),
        ("gruñón", "gruñón gruñona gruñones gruñonas"),
        ("inglés", "inglés inglesa ingleses inglesas"),
        ("cortés", "cortés cortés corteses corteses"),
        ("común", "común común comunes comunes"),
        ("joven", "joven joven jóvenes jóvenes"),
        ("egoísta", "egoísta egoísta egoístas egoístas"),
        ("holgazán", "holgazán holgazana holgazanes holgazanas"),
        ("guay", "guay guay guais guais"),
    ],
)
def test_an_adjective_agrees(adjective, forms):
    assert [inflect(adjective, feminine=f, plural=p) for f, p in CORNERS] == forms.split()


@pytest.mark.parametrize(
    ("said", "of_soups"),
    [
        ("muy limpio y ordenado", "muy limpias y ordenadas"),
        ("bien hecho", "bien hechas"),
        ("lleno de ruido y humo", "llenas de ruido y humo"),
        ("un desastre", "un desastre"),
        ("para chuparse los dedos", "para chuparse los dedos"),
        ("nada del otro mundo", "nada del otro mundo"),
        ("más que correcto", "más que correctas"),
        ("fatal", "fatal"),
        ("fuera de lugar", "fuera de lugar"),
    ],
)
def test_what_is_said_agrees_with_the_thing(said, of_soups):
    assert Noun("las sopas").agree(said) == of_soups
    assert Noun("el caldo").agree(said) == said


def test_a_noun_chooses_by_number_and_gender():
    forms = [f"{Noun(noun):es/son} {Noun(noun):o/a/os/as}" for noun in ("el té", "la sopa", "los tés", "las sopas")]
    assert forms == ["es o", "es a", "son os", "son as"]
    assert [Noun("las sopas").after(word) for word in ("este", "mi", "")] == ["estas sopas", "mis sopas", "sopas"]


def test_articles_are_contracted():
    assert contract("vi a el perro de el vecino, a él y a ella") == "vi al perro del vecino, a él y a ella"


# --- the phrases --------------------------------------------------------------------------------------------------


def test_the_phrases_are_many_and_differ_in_more_than_one_word():
    kept, seen = 0, set()
    for phrase in phrases("positive") + phrases("negative"):
        said = tuple(words(phrase))
        # A word put in the place of another leaves the same gap; a word more leaves the other phrase.
        gaps = {(*said[:place], "", *said[place + 1 :]) for place in range(len(said))}
        shorter = {said[:place] + said[place + 1 :] for place in range(len(said))} - {()}
        signs = {("is", said)} | {("gap", gap) for gap in gaps}
        if seen.isdisjoint(signs | {("is", less) for less in shorter} | {("less", said)}):
            kept += 1
        seen |= signs | {("less", less) for less in shorter}
    assert kept >= 1500
    assert kept == len(phrases("positive") + phrases("negative"))


def test_no_phrase_is_a_near_copy_of_a_measured_sentence():
    assert [phrase for kind in ("positive", "negative") for phrase in phrases(kind) if is_near_copy(phrase)] == []


def test_no_phrase_is_said_with_both_feelings():
    positive, negative = ({tuple(words(phrase)) for phrase in phrases(kind)} for kind in ("positive", "negative"))
    assert positive.isdisjoint(negative)


@pytest.mark.parametrize("name", ["positive", "negative", "positive_sayings", "negative_sayings"])
def test_clauses_can_be_joined_and_sayings_stand_alone(name):
    for phrase in (phrase for topic in TOPICS for phrase in topic[name]):
        assert phrase == phrase.strip()
        assert "  " not in phrase
        assert phrase.count("¿") == phrase.count("?"), phrase
        assert phrase.count("¡") == phrase.count("!"), phrase
        if name.endswith("sayings"):
            assert re.match(r"[¡¿«]*[A-ZÁÉÍÓÚÑ0-9]", phrase), phrase
            assert phrase[-1] in ".!?…»", phrase
        else:
            assert phrase[-1] not in ".!,;", phrase


@pytest.mark.parametrize(
    "word",
    [
        "perro",
        "médico",
        "lluvia",
        "jefe",
        "autobús",
        "examen",
        "abuela",
        "casa",
        "hermana",
        "profesor",
        "comida",
        "día",
    ],
)
def test_what_is_neutral_stands_in_both_classes(word):
    word = without_accents(word)
    positive, negative = (sum(word in words(phrase) for phrase in phrases(kind)) for kind in ("positive", "negative"))
    assert min(positive, negative) >= 5
    assert max(positive, negative) <= 2.5 * min(positive, negative)


@pytest.mark.parametrize("word", ["no", "pero", "ojalá", "menos", "nunca", "nada"])
def test_what_turns_a_sentence_stands_in_both_classes(word):
    found = [
        sum(without_accents(word) in words(phrase) for phrase in phrases(kind)) for kind in ("positive", "negative")
    ]
    assert min(found) >= 15


# --- what is put together -----------------------------------------------------------------------------------------


def test_the_sentences_are_balanced_and_mostly_different():
    assert len(DRAWN) == 16000
    assert sum(example.label for example in DRAWN) == 8000
    assert len({example.text for example in DRAWN}) > 12000


def test_the_same_seed_draws_the_same_sentences():
    first, second = (spanish_examples(50, random.Random(seed)) for seed in (1, 1))
    assert first == second
    assert first != spanish_examples(50, random.Random(2))


def test_every_way_of_putting_together_is_used_and_leaves_no_gap():
    text = "\n".join(example.text for example in DRAWN)
    assert not re.search(r"[{}]|  |\b(a|de) el\b|(?<!\.)\.\.(?!\.)", text)
    for part in ("pensaba que", "no es nada", "no está nada mal", "de verdad", "ha sido", "con mi", "cae muy bien"):
        assert part in text.lower(), part
    assert all(example.text[:1].isupper() or example.text[:1] in "¡¿«0123456789" for example in DRAWN)


def test_some_sentences_lack_their_opening_marks():
    closed = [example.text for example in DRAWN if "!" in example.text]
    assert 0.3 < sum("¡" in text for text in closed) / len(closed) < 0.9


def test_a_text_is_finished_as_people_write():
    written = {finish("vi a el perro", random.Random(seed)) for seed in range(60)}
    assert written == {"Vi al perro.", "¡Vi al perro!", "Vi al perro!", "Vi al perro"}
    assert finish("¿qué tal?", random.Random(0)) in {"¿Qué tal?", "Qué tal?"}


def test_accents_are_nothing_to_the_tokenizer():
    tokenizer = AutoTokenizer.from_pretrained(ph.checkpoint("classroom"))
    for example in DRAWN[:300]:
        assert tokenizer(example.text)["input_ids"] == tokenizer(without_accents(example.text))["input_ids"]


def test_a_near_copy_is_not_drawn(monkeypatch):
    monkeypatch.setattr(everyday_spanish, "is_near_copy", lambda text: "perro" in text.lower())
    assert not [example for example in spanish_examples(500, random.Random(3)) if "perro" in example.text.lower()]
