"""Everything that the notes print is in a lesson, as what it is: given, computed there, published, or explained.

`notes.csv` keeps the table. White space does not count: torch breaks long rows in other places than the notes do.
"""

import csv
import json
import re
import shutil
from pathlib import Path

import nbformat
import pytest

import pipeline_helpers as ph
from pipeline_helpers.language.prose import ProseError, read_prose
from tests import notes
from tools import run_lessons

HERE = Path(__file__).parent
NOTEBOOKS = sorted((HERE.parent / "notebooks").glob("*.ipynb"))
HEADS = (
    "Model", "ForCausalLM", "ForMaskedLM", "ForMultipleChoice", "ForQuestionAnswering", "ForSequenceClassification",
    "ForTokenClassification",
)  # fmt: skip
SAYS_PUBLISHED = {"es": "publica", "en": "publish"}


def table():
    with (HERE / "notes.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def lesson(number):
    return next(path for path in NOTEBOOKS if path.stem.startswith(number))


def squeezed(text):
    return re.sub(r"\s+", "", str(text))


def outputs(cell):
    """What the cell shows, as text: what it printed, its error, its HTML without the pictures' bytes."""
    parts = []
    for output in cell.get("outputs", []):
        parts += [output.get("text", ""), output.get("evalue", "")]
        parts += [str(value) for kind, value in output.get("data", {}).items() if kind.startswith("text/")]
    return re.sub(r"base64,[A-Za-z0-9+/=]+", "", "\n".join(parts))


def found(printed, kind, cells):
    """Whether one of `cells` has `printed` as what `kind` says it is."""
    printed = squeezed(printed)
    for cell in cells:
        if cell.cell_type == "markdown":
            try:
                parts = read_prose(cell.source)
            except ProseError:  # test_lessons names it
                continue
            here = all(printed in squeezed(part.text) for part in parts.values())
            said = here and all(word in parts[lang].text for lang, word in SAYS_PUBLISHED.items())
            right = {"explained": here, "published": said}
        else:
            typed = printed in squeezed(cell.source)
            right = {
                "given": typed,
                "computed": printed in squeezed(outputs(cell)),
                "published": typed and "published" in cell.source,
            }
        if right.get(kind):
            return True
    return False


@pytest.mark.parametrize("row", table(), ids=lambda row: f"{row['lesson']} {row['what']} {row['printed'][:24]}")
def test_what_the_notes_print_is_in_its_lesson(row):
    assert row["as"] in ("given", "computed", "published", "explained")
    path = lesson(row["lesson"])
    there = found(row["printed"], row["as"], nbformat.read(path, as_version=4).cells)
    assert there, f"{path.name} has no {row['what']} {row['printed']!r} as {row['as']}; see notes.csv"


def test_the_table_has_everything():
    """The numbers of `notes.py`, which the other tests compare with, are those of the table."""
    printed = [row["printed"] for row in table()]
    for row in (*notes.INPUT_IDS, *notes.ATTENTION_MASK, *notes.LOGITS):
        assert str(row) in printed
    for row in notes.PROBABILITIES:
        assert f"[{', '.join(f'{number:.4e}' for number in row)}]" in printed
    assert set(notes.SENTENCES) < set(printed)
    for head in HEADS:
        assert any(row["what"] == "architecture" and row["printed"].endswith(head) for row in table())


PROSE = '<div lang="es">\n\n{es}\n\n</div>\n<div lang="en">\n\n{en}\n\n</div>'


@pytest.mark.parametrize(
    ("cell", "kind"),
    [
        (nbformat.v4.new_code_cell("print(0.5)"), "computed"),  # typed, and shown nowhere
        (nbformat.v4.new_code_cell("print(0.5)"), "published"),  # nothing says so
        (nbformat.v4.new_markdown_cell(PROSE.format(es="publicado: 0.5", en="published: 0.6")), "published"),
        (nbformat.v4.new_markdown_cell(PROSE.format(es="aquí: 0.5", en="here: 0.5")), "published"),
        (nbformat.v4.new_markdown_cell(PROSE.format(es="publicado: 0.5", en="published: 0.5")), "computed"),
        (nbformat.v4.new_markdown_cell("0.5"), "explained"),
    ],
)
def test_what_is_there_as_something_else_does_not_count(cell, kind):
    assert not found("0.5", kind, [cell])


@pytest.fixture(scope="module")
def published():
    """The published checkpoint's folder, where its weights are at hand or the hub answers."""
    try:
        return ph.checkpoint("sst2")
    except OSError as error:
        pytest.skip(f"the published checkpoint is not here and its hub does not answer ({type(error).__name__})")


def test_the_published_checkpoint_gives_what_the_notes_print(published):
    trace = ph.trace(notes.SENTENCES, published)
    assert trace.input_ids.tolist() == notes.INPUT_IDS
    assert trace.attention_mask.tolist() == notes.ATTENTION_MASK
    assert list(trace.hidden_states[-1].shape) == [2, 16, 768]
    for found_row, row in zip(trace.logits.tolist(), notes.LOGITS, strict=True):
        assert found_row == pytest.approx(row, abs=1e-4)
    for found_row, row in zip(trace.probabilities.tolist(), notes.PROBABILITIES, strict=True):
        assert found_row == pytest.approx(row, abs=1e-4)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=[path.stem for path in NOTEBOOKS])
def test_the_lessons_run_on_the_published_checkpoint(path, published):
    run_lessons.run(nbformat.read(path, as_version=4), {"PIPELINE_HELPERS_CHECKPOINT": "sst2"})


@pytest.fixture(scope="module")
def stand_in(tmp_path_factory):
    """A checkpoint like the published one, but for its weights: width 768, and no tokenizer class named anywhere.

    So transformers gives it a tokenizer that answers with `token_type_ids` too.
    """
    import torch
    from transformers import DistilBertConfig, DistilBertForSequenceClassification

    folder = tmp_path_factory.mktemp("stand_in")
    shutil.copy(Path(ph.checkpoint("classroom")) / "vocab.txt", folder)
    (folder / "tokenizer_config.json").write_text(json.dumps({"model_max_length": 512, "do_lower_case": True}))
    labels = {0: "NEGATIVE", 1: "POSITIVE"}
    torch.manual_seed(0)
    model = DistilBertForSequenceClassification(
        DistilBertConfig(id2label=labels, label2id={v: k for k, v in labels.items()})
    )
    model.save_pretrained(folder)
    yield folder
    shutil.rmtree(folder)  # 268 MB, of which pytest would keep three


@pytest.mark.parametrize("path", NOTEBOOKS, ids=[path.stem for path in NOTEBOOKS])
def test_the_lessons_run_on_a_checkpoint_of_the_published_kind(path, stand_in):
    """Where the published weights are not at hand: no cell may lean on the width or the tokenizer's class of ours."""
    ran = run_lessons.run(nbformat.read(path, as_version=4), {"PIPELINE_HELPERS_CHECKPOINT": str(stand_in)})
    written = [output for cell in ran.cells for output in cell.get("outputs", [])]
    assert not [output.text for output in written if output.get("name") == "stderr"]
