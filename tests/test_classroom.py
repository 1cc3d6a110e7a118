"""The classroom checkpoint: what the lessons take for granted about it, and how well it does."""

import json
import re
from pathlib import Path

import pytest
import torch
from safetensors import safe_open
from transformers import AutoModel, AutoModelForSequenceClassification, AutoTokenizer, pipeline

from tools.measure_classroom import accuracy, probabilities
from tools.measured import measured_sets

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
    assert first["score"] > 0.9
    assert second["label"] == "NEGATIVE"
    assert second["score"] > 0.9


def test_everyday_sentences(model, tokenizer):
    examples = read_examples(EVERYDAY)
    positive = probabilities([e.text for e in examples], model, tokenizer)
    assert accuracy(positive, [e.label for e in examples]) >= 0.95


def test_the_card_tells_the_accuracy_that_is_measured(model, tokenizer):
    card = (CLASSROOM / "README.md").read_text(encoding="utf-8")
    told = re.search(r"everyday sentences[^|]*\|\s*(\d+)\s*\|\s*([\d.]+) % ± ([\d.]+)", card)
    assert told, "the card's table has no row for the everyday sentences"
    examples = read_examples(EVERYDAY)
    share = accuracy(probabilities([e.text for e in examples], model, tokenizer), [e.label for e in examples])
    assert int(told[1]) == len(examples)
    # Half a sentence of leeway would be none; another processor may round one close call the other way.
    assert abs(float(told[2]) / 100 - share) < 1.5 / len(examples)
