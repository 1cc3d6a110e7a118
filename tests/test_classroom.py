"""The classroom checkpoint: what the lessons take for granted about it, and how well it does."""

import json
import re
from pathlib import Path

import pytest
import torch
from safetensors import safe_open
from transformers import AutoModel, AutoModelForSequenceClassification, AutoTokenizer, pipeline

from tools.measure_classroom import SAME_SENTENCES, accuracy, agreement, probabilities, standard_error
from tools.measured import measured_sets
from tools.train_classroom import parse_arguments

CLASSROOM = Path(__file__).parents[1] / "pipeline_helpers" / "classroom"
SENTENCES = ["I've been waiting for a HuggingFace course my whole life.", "I hate this so much!"]


@pytest.fixture(scope="module")
def tokenizer():
    return AutoTokenizer.from_pretrained(CLASSROOM)


@pytest.fixture(scope="module")
def model():
    return AutoModelForSequenceClassification.from_pretrained(CLASSROOM)


def test_the_tokenizer_gives_what_the_notes_print(tokenizer):
    inputs = tokenizer(SENTENCES, padding=True, truncation=True, return_tensors="pt")
    assert set(inputs) == {"input_ids", "attention_mask"}
    assert inputs["input_ids"].tolist() == [
        [101, 1045, 1005, 2310, 2042, 3403, 2005, 1037, 17662, 12172, 2607, 2026, 2878, 2166, 1012, 102],
        [101, 1045, 5223, 2023, 2061, 2172, 999, 102, 0, 0, 0, 0, 0, 0, 0, 0],
    ]
    assert inputs["attention_mask"].tolist() == [[1] * 16, [1] * 8 + [0] * 8]
    assert type(tokenizer).__name__ == "DistilBertTokenizer"
    assert tokenizer.model_max_length == 512
    assert len(tokenizer("so good " * 400, truncation=True)["input_ids"]) == 512


def test_the_vocabulary_file_and_the_tokenizer_agree(tokenizer):
    lines = (CLASSROOM / "vocab.txt").read_text(encoding="utf-8").split("\n")[:-1]
    assert len(lines) == 30522
    assert {token: index for index, token in enumerate(lines)} == tokenizer.get_vocab()


def test_the_model_is_the_one_of_the_design(model):
    config = model.config
    assert type(model).__name__ == "DistilBertForSequenceClassification"
    assert (config.n_layers, config.n_heads, config.dim, config.vocab_size) == (6, 12, 384, 30522)
    assert config.id2label == {0: "NEGATIVE", 1: "POSITIVE"}
    assert config.label2id == {"NEGATIVE": 0, "POSITIVE": 1}
    assert not model.training


def test_float16_in_the_file_is_float32_in_memory(model):
    assert {parameter.dtype for parameter in model.parameters()} == {torch.float32}
    assert {parameter.dtype for parameter in AutoModel.from_pretrained(CLASSROOM).parameters()} == {torch.float32}
    with safe_open(CLASSROOM / "model.safetensors", "pt") as file:
        stored = {name: file.get_slice(name).get_dtype() for name in file.keys()}  # noqa: SIM118, a method of its own
    assert set(stored.values()) == {"F16"}
    assert stored.keys() == model.state_dict().keys()


def test_the_folder_is_small_and_has_what_is_needed():
    sizes = {file.name: file.stat().st_size for file in CLASSROOM.iterdir()}
    names = {"config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json", "vocab.txt", "README.md"}
    assert set(sizes) == names
    assert sizes["model.safetensors"] <= 46_000_000


def test_no_path_of_the_machine_that_made_it():
    for file in CLASSROOM.iterdir():
        head = file.read_bytes()[:20_000].decode("utf-8", errors="replace")
        if file.name != "tokenizer.json":  # its vocabulary has entries such as "/" and "home"
            assert not re.search(r"/(root|home|work|tmp|Users)\b|site-packages", head), file.name
    assert "_name_or_path" not in json.loads((CLASSROOM / "config.json").read_text(encoding="utf-8"))


def test_the_notes_sentences():
    first, second = pipeline("sentiment-analysis", model=str(CLASSROOM))(SENTENCES)
    assert first["label"] == "POSITIVE"
    assert second["label"] == "NEGATIVE"
    assert second["score"] > 0.9


# --- how well it does ---------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def scores(model, tokenizer):
    """The probability of POSITIVE of every measured sentence, by set."""
    return {
        name: probabilities([example.text for example in examples], model, tokenizer)
        for name, examples in measured_sets().items()
    }


def share(name, scores):
    return accuracy(scores[name], [example.label for example in measured_sets()[name]])


@pytest.mark.parametrize(
    ("name", "least"),
    [
        ("everyday", 0.95),
        ("everyday_es", 0.85),  # its free half is hard in English too; the card tells
        ("everyday_es_plain", 0.92),
        ("people_es", 0.90),
        ("same_es", 0.92),
    ],
)
def test_everyday_sentences(name, least, scores):
    assert share(name, scores) >= least


def test_the_playground_tells_what_the_card_tells_of_each_language():
    prose = (CLASSROOM.parents[1] / "notebooks" / "07_playground.ipynb").read_text(encoding="utf-8")
    row = " | ".join(
        f"{TOLD[(f'same_{language}',)][1]:.0f} %" for language in ["en", "es", "pt", "ca", "fr", "it", "de"]
    )
    assert prose.count(f"| {row} |") == 2


def test_what_a_student_types_first(model, tokenizer):
    typed = ["Me encanta esta película", "Odio esta película", "me encanta esta pelicula", "La sopa no está nada mal."]
    assert [p > 0.5 for p in probabilities(typed, model, tokenizer)] == [True, False, True, True]


CARD = (CLASSROOM / "README.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| ((?:`\w+`(?:, )?)+)[^|]*\| (\d+) \| ([\d.]+) % ± ([\d.]+) % \|$", re.MULTILINE)
TOLD = {tuple(re.findall(r"`(\w+)`", names)): (int(n), float(x), float(e)) for names, n, x, e in ROW.findall(CARD)}


@pytest.mark.parametrize("name", list(measured_sets()))
def test_the_card_tells_the_accuracy_that_is_measured(name, scores):
    count, told, error = TOLD[(name,)]
    assert count == len(scores[name])
    # Half a sentence of leeway would be none; another processor may round one close call the other way.
    assert abs(told / 100 - share(name, scores)) < 1.5 / count
    assert error == pytest.approx(100 * standard_error(told / 100, count), abs=0.06)


@pytest.mark.parametrize("names", SAME_SENTENCES)
def test_the_card_tells_how_often_two_languages_agree(names, scores):
    count, told, error = TOLD[names]
    one, other = (scores[name] for name in names)
    assert count == len(one)
    assert abs(told / 100 - agreement(one, other)) < 1.5 / count
    assert error == pytest.approx(100 * standard_error(told / 100, count), abs=0.06)


def test_the_readme_tells_what_the_card_tells():
    readme = (CLASSROOM.parents[1] / "README.md").read_text(encoding="utf-8")
    for name in ("everyday", "everyday_es", "people_es"):
        count, told, error = TOLD[(name,)]
        rows = [line for line in readme.splitlines() if line.startswith(f"| {count} ")]
        assert len(rows) == 2, name  # one in each language
        assert all(f"{told} % ± {error} %" in row for row in rows), name


def test_how_it_was_made_is_told_in_the_same_words_everywhere():
    """One command, which the tool understands, in the card and in both languages of the README."""
    texts = [CARD, *(CLASSROOM.parents[1] / "README.md").read_text(encoding="utf-8").split("## English", 1)]
    commands = set()
    for text in texts:
        command = re.search(r"python tools/train_classroom\.py (--[^`]+?)\n\s*\S*python tools/measure", text)
        assert command, text[:80]
        commands.add(tuple(command[1].replace("\\\n", " ").split()))
    (options,) = commands
    args = parse_arguments(list(options))
    assert vars(args) == {**vars(parse_arguments(["--work", args.work, "--output", args.output]))}
