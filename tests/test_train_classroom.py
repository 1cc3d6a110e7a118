"""How the classroom checkpoint is made: the conversion, the data, and a run that is cut and taken up again."""

import json
import random
import shutil
import sys
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file
from transformers import BertConfig, BertModel

from pipeline_helpers.measured import names, read_table, sentences
from tools import train_classroom
from tools.convert_minilm import bert_to_distilbert, load_initial
from tools.everyday_english import english_examples
from tools.everyday_spanish import spanish_examples
from tools.measure_classroom import accuracy, agreement, standard_error
from tools.measured import (
    EVERYDAY,
    EVERYDAY_ES,
    is_near_copy,
    measured_sets,
    measured_texts,
    without_accents,
    words,
)
from tools.training_data import find_split, plan_batches, read_examples, respell

CLASSROOM = Path(__file__).parents[1] / "pipeline_helpers" / "classroom"
VOCABULARY = 30522


def tiny_bert(**changes) -> BertModel:
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=VOCABULARY,
        hidden_size=16,
        num_hidden_layers=2,
        num_attention_heads=4,
        intermediate_size=32,
        max_position_embeddings=64,
        initializer_range=0.5,  # large, so that a weight in the wrong place shows
        **changes,
    )
    bert = BertModel(config, add_pooling_layer=False).eval()
    for name, parameter in bert.named_parameters():
        if "LayerNorm" in name or name.endswith("bias"):  # fresh ones are all 1 or all 0: any two could be swapped
            torch.nn.init.normal_(parameter, std=0.5)
    return bert


@pytest.fixture(scope="module")
def bert_folder(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("bert")
    tiny_bert().save_pretrained(folder)
    shutil.copy(CLASSROOM / "tokenizer.json", folder)
    (folder / "tokenizer_config.json").write_text(json.dumps({"tokenizer_class": "BertTokenizer"}))
    return folder


# --- the conversion -----------------------------------------------------------------------------------------------


def test_converted_hidden_states_are_those_of_bert():
    bert = tiny_bert()
    distilbert = bert_to_distilbert(bert).distilbert.eval()
    inputs = {
        "input_ids": torch.randint(1000, VOCABULARY, (3, 9)),
        "attention_mask": torch.tensor([[1] * 9, [1] * 5 + [0] * 4, [1] * 2 + [0] * 7]),
    }
    with torch.no_grad():
        expected = bert(**inputs, output_hidden_states=True).hidden_states
        got = distilbert(**inputs, output_hidden_states=True).hidden_states
    assert len(got) == len(expected) == 3
    for ours, theirs in zip(got, expected, strict=True):
        torch.testing.assert_close(ours, theirs, atol=1e-4, rtol=1e-4)


def test_the_converted_model_is_the_one_that_the_course_describes():
    model = bert_to_distilbert(tiny_bert(), dropout=0.25)
    config = model.config
    assert (config.n_layers, config.n_heads, config.dim, config.hidden_dim) == (2, 4, 16, 32)
    assert config.dropout == config.attention_dropout == 0.25
    assert config.id2label == {0: "NEGATIVE", 1: "POSITIVE"}
    assert config.label2id == {"NEGATIVE": 0, "POSITIVE": 1}
    assert model.classifier.weight.shape == (2, 16)


@pytest.mark.parametrize("change", [{"hidden_act": "relu"}, {"layer_norm_eps": 1e-5}])
def test_a_bert_that_distilbert_cannot_be_is_refused(change):
    with pytest.raises(ValueError, match=rf"^bert: .*{next(iter(change.values()))}"):
        bert_to_distilbert(tiny_bert(**change))


def test_initial_weights_come_with_a_tokenizer_that_neither_pads_nor_cuts(bert_folder, tmp_path):
    folder = tmp_path / "as a sentence encoder stores it"
    shutil.copytree(bert_folder, folder)
    stored = json.loads((folder / "tokenizer.json").read_text(encoding="utf-8"))
    stored["padding"] = {
        "strategy": {"Fixed": 128},
        "direction": "Right",
        "pad_to_multiple_of": None,
        "pad_id": 0,
        "pad_type_id": 0,
        "pad_token": "[PAD]",
    }
    stored["truncation"] = {"max_length": 4, "strategy": "LongestFirst", "stride": 0, "direction": "Right"}
    (folder / "tokenizer.json").write_text(json.dumps(stored), encoding="utf-8")
    _, tokenizer = load_initial(folder)
    assert len(tokenizer("I hate this so much!")["input_ids"]) == 8


# --- the data -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sst2", "ordinary"),
    [
        ("you ca n't say it 's not fun .", "You can't say it's not fun."),
        ("it is n't bad , but they wo n't like it", "It isn't bad, but they won't like it"),
        ("`` bad '' is the word for `` bad company , '' and", '"Bad" is the word for "bad company," and'),
        ("the actors ' best work , i 've heard", "The actors' best work, i've heard"),
        ("a comedy -lrb- of sorts -rrb- !", "A comedy (of sorts)!"),
        ("that $ 10 million , i can not say , was gon na help", "That $10 million, i cannot say, was gonna help"),
        ("well-wrought", "Well-wrought"),
        ("", ""),
    ],
)
def test_respell(sst2, ordinary):
    assert respell(sst2).casefold() == ordinary.casefold()
    assert respell(sst2)[:1] == ordinary[:1]


def test_what_is_spelled_as_usual_stays_as_it_is():
    for example in read_examples(EVERYDAY) + read_examples(EVERYDAY_ES):
        assert respell(example.text) == example.text


def test_batches_hold_every_index_once_and_sentences_of_one_length():
    lengths = [random.Random(1).randint(3, 60) for _ in range(10)] + list(range(3, 60)) * 20
    chosen = range(10, len(lengths))
    batches = plan_batches(lengths, chosen, batch_size=8, rng=random.Random(0))
    assert sorted(index for batch in batches for index in batch) == list(chosen)
    padded = sum(len(batch) * max(lengths[i] for i in batch) for batch in batches)
    assert padded < 1.1 * sum(lengths[i] for i in chosen)
    assert batches == plan_batches(lengths, chosen, batch_size=8, rng=random.Random(0))
    assert batches != plan_batches(lengths, chosen, batch_size=8, rng=random.Random(1))


def test_the_same_examples_out_of_each_kind_of_file(tmp_path):
    (tmp_path / "a.tsv").write_text('label\tcontent\n1\tso " good\n0\tbad\n', encoding="utf-8")
    (tmp_path / "b.jsonl").write_text(
        '{"text": "so \\" good", "label": 1}\n{"text": "bad", "label": 0}\n', encoding="utf-8"
    )
    assert read_examples(tmp_path / "a.tsv") == read_examples(tmp_path / "b.jsonl")
    assert [(e.text, e.label) for e in read_examples(tmp_path / "a.tsv")] == [('so " good', 1), ("bad", 0)]


@pytest.mark.parametrize(
    "content", ["label\tsentence\n", "label\tsentence\n-1\tno label\n", "label\treview\n1\tgood\n"]
)
def test_a_file_without_labelled_sentences_is_refused(tmp_path, content):
    (tmp_path / "test.tsv").write_text(content, encoding="utf-8")
    with pytest.raises(ValueError, match=r"^path: expected .*test\.tsv has"):
        read_examples(tmp_path / "test.tsv")


def test_parquet_without_pyarrow_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)  # as if it were not there
    with pytest.raises(ValueError, match="pip install pyarrow"):
        read_examples(tmp_path / "train.parquet")


def test_a_split_is_found_in_a_folder_and_on_the_hub(tmp_path, monkeypatch):
    for name in ("train.tsv", "validation-00000-of-00001.parquet", "README.md"):
        (tmp_path / name).touch()
    assert find_split(str(tmp_path), "train") == tmp_path / "train.tsv"
    assert find_split(str(tmp_path), "dev") == tmp_path / "validation-00000-of-00001.parquet"

    published = ["README.md", "data/train-00000-of-00001.parquet", "data/validation-00000-of-00001.parquet"]
    monkeypatch.setattr("huggingface_hub.HfApi.list_repo_files", lambda self, repo_id, repo_type: published)
    monkeypatch.setattr("huggingface_hub.hf_hub_download", lambda repo_id, file, repo_type: f"{repo_id} {file}")
    assert str(find_split("stanfordnlp/sst2", "dev")) == f"stanfordnlp/sst2 {published[2]}"
    with pytest.raises(ValueError, match="expected a file test"):
        find_split("stanfordnlp/sst2", "test")


# --- the measured sentences ---------------------------------------------------------------------------------------


def test_the_measured_sets_are_many_balanced_and_different():
    sets = measured_sets()
    sizes = {name: len(examples) for name, examples in sets.items()}
    assert sizes["everyday"] == 224
    assert sizes["everyday_es"] >= 250
    assert sizes["everyday_es_plain"] == sizes["everyday_es_free"] == sizes["everyday_es"] / 2
    for name, examples in sets.items():
        assert sum(example.label for example in examples) * 2 == len(examples), name
        assert len({tuple(words(example.text)) for example in examples}) == len(examples), name
    spanish = [tuple(words(e.text)) for name in ("everyday_es", "people_es", "same_es", "films_es") for e in sets[name]]
    assert len(set(spanish)) == len(spanish)


def test_the_same_sentences_stand_in_the_same_order_in_every_language():
    sets = measured_sets()
    labels = {
        tuple(example.label for example in sets[f"same_{lang}"]) for lang in ["es", "en", "pt", "it", "fr", "ca", "de"]
    }
    assert len(labels) == 1
    assert [e.label for e in sets["everyday_es"]] == [e.label for e in sets["everyday_es_in_english"]]
    assert sets["everyday_es"] == sets["everyday_es_plain"] + sets["everyday_es_free"]


def test_every_set_is_there_for_a_student_with_the_package_alone():
    for name in names():
        given = sentences(name)
        assert {type(text) for _, text in given} == {str}
        assert {label for label, _ in given} == {0, 1}
        given.clear()  # their own list
        assert sentences(name)
    with pytest.raises(ValueError, match=r"^name is 'nobody'; expected one of everyday, everyday_es"):
        sentences("nobody")


def test_the_tables_are_whole():
    for row in read_table(EVERYDAY_ES):
        assert row["label"] in {"0", "1"}
        assert row["form"] in {"plain", "free"}
        assert all(row[column].strip() == row[column] != "" for column in ("sentence", "english"))


def runs_of_five(text: str) -> set[str]:
    plain = without_accents(text).casefold().replace("’", "'")
    said = "".join(mark if mark.isalnum() or mark in "'_" else " " for mark in plain).split()
    return {" ".join(said[place : place + 5]) for place in range(len(said) - 4)}


@pytest.mark.parametrize("draw", [english_examples, spanish_examples])
def test_no_measured_sentence_is_trained_on(draw):
    drawn = draw(4000, random.Random("714 0"))  # the first of those that the recipe's first epoch draws
    assert len(drawn) == 4000
    assert sum(example.label for example in drawn) == 2000
    measured = [frozenset(words(text)) for text in measured_texts()]
    closest = max(len(a & b) / len(a | b) for a in {frozenset(words(e.text)) for e in drawn} for b in measured)
    assert closest < 0.7
    taken = set().union(*map(runs_of_five, measured_texts()))
    assert [example.text for example in drawn if not taken.isdisjoint(runs_of_five(example.text))] == []


@pytest.mark.parametrize(
    ("text", "near"),
    [
        ("I HATE getting up early, in the morning.", True),
        ("I hate getting up so early in the morning!", True),
        ("I hate washing up in the evening!", False),
        ("mi telefono nuevo FUNCIONA de maravilla", True),  # without accents, another case
        ("Ayer me dijeron que los vecinos de arriba son unos maleducados sin remedio", True),  # five words in a row
        ("Mis vecinos de arriba son un encanto", False),
    ],
)
def test_a_near_copy_is_known(text, near):
    assert is_near_copy(text) == near


def test_accents_and_case_and_marks_are_no_difference():
    assert words("¿MAÑANA? ¡Qué alegría, it’s here!") == ["manana", "que", "alegria", "it's", "here"]


# --- the run ------------------------------------------------------------------------------------------------------


@pytest.fixture
def command(bert_folder, tmp_path):
    data = tmp_path / "data"
    data.mkdir()
    for split in ("train", "dev"):
        rows = [f"{e.label}\t{e.text}" for e in english_examples(120, random.Random(split))]
        (data / f"{split}.tsv").write_text("\n".join(["label\tsentence", *rows]) + "\n", encoding="utf-8")
    dev = data / "dev.tsv"
    options = f"--initial {bert_folder} --data {data} --english-dev {dev} --spanish-dev {dev} --min-words 1 4"
    options += " --english 40 --spanish 60 --batch-size 16 --evaluate-every 5 --learning-rate 0.01 --dropout 0.3"
    options += " --ema 0.5 --save-every 3"

    def run(name: str, *more: str) -> dict[str, torch.Tensor]:
        places = ["--work", str(tmp_path / f"{name} work"), "--output", str(tmp_path / name)]
        train_classroom.main([*options.split(), *places, *more])
        return load_file(tmp_path / f"{name} work" / "last" / "model.safetensors")

    return run


def test_a_run_that_was_cut_ends_like_one_that_was_not(command, tmp_path, monkeypatch, capsys):
    uncut = command("uncut")

    train_step = train_classroom.Run.train_step

    def cut(run):
        if run.step == 7:  # behind the state of step 6, which is in the middle of the first epoch
            raise KeyboardInterrupt
        return train_step(run)

    monkeypatch.setattr(train_classroom.Run, "train_step", cut)
    with pytest.raises(KeyboardInterrupt):
        command("cut")
    assert not (tmp_path / "cut").exists()
    monkeypatch.setattr(train_classroom.Run, "train_step", train_step)
    torch.manual_seed(99)  # whatever else drew random numbers in between
    capsys.readouterr()
    taken_up = command("cut")
    assert "taken up at step 6" in capsys.readouterr().out
    assert uncut.keys() == taken_up.keys()
    for name, weight in uncut.items():
        torch.testing.assert_close(taken_up[name], weight, atol=0, rtol=0)
    assert (tmp_path / "cut" / "model.safetensors").read_bytes() == (
        tmp_path / "uncut" / "model.safetensors"
    ).read_bytes()
    # Something was learned, and another seed learns something else.
    other = command("other", "--seed", "5")
    assert not torch.equal(other["classifier.weight"], uncut["classifier.weight"])
    assert not torch.equal(
        other["distilbert.transformer.layer.0.ffn.lin1.weight"], uncut["distilbert.transformer.layer.0.ffn.lin1.weight"]
    )


def test_a_run_with_other_options_is_not_taken_up(command):
    command("run", "--steps", "3")
    with pytest.raises(ValueError, match=r"^work: .* holds a run with other options"):
        command("run", "--steps", "4")


def test_the_learning_rate_rises_falls_to_zero_and_is_lower_near_the_input(bert_folder):
    args = train_classroom.parse_arguments(["--output", "o", "--work", "w"])
    rates = [train_classroom.learning_rate(step, 100, args) for step in range(101)]
    assert rates[0] > 0
    assert rates[100] == 0
    assert max(rates) == pytest.approx(args.learning_rate)
    peak = rates.index(max(rates))
    assert 4 <= peak <= 7
    assert rates[peak:] == sorted(rates[peak:], reverse=True)

    model, _ = load_initial(bert_folder)
    scale = {}
    for group in train_classroom.parameter_groups(model, args):
        scale.update({id(parameter): group["scale"] for parameter in group["params"]})
    of = {name: scale[id(parameter)] for name, parameter in model.named_parameters()}
    assert of["classifier.weight"] == 1
    assert of["distilbert.transformer.layer.1.ffn.lin1.bias"] == pytest.approx(0.9)
    assert of["distilbert.transformer.layer.0.ffn.lin1.weight"] == pytest.approx(0.81)
    assert of["distilbert.embeddings.position_embeddings.weight"] == pytest.approx(0.729)


def test_accuracy_and_its_standard_error():
    assert accuracy([0.9, 0.4, 0.2, 0.6], [1, 1, 0, 0]) == 0.5
    assert standard_error(0.9, 900) == pytest.approx(0.01)


def test_agreement_is_of_labels():
    assert agreement([0.9, 0.4, 0.2, 0.6], [0.6, 0.1, 0.7, 0.8]) == 0.75


def test_batches_are_padded_with_what_the_model_does_not_attend_to():
    input_ids, attention_mask = train_classroom.pad([[5, 6, 7], [8]], pad_token_id=0)
    assert input_ids.tolist() == [[5, 6, 7], [8, 0, 0]]
    assert attention_mask.tolist() == [[1, 1, 1], [1, 0, 0]]
