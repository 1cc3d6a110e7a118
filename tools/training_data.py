"""What the classroom checkpoint learns from: SST-2, in its own spelling and in ordinary spelling.

SST-2 is written the way a parser of the 1990s left it: ``it 's n't bad , but ...`` in lower case, with a space
before each comma. People do not type like that, so each sentence can be put back (:func:`respell`).
"""

from __future__ import annotations

import csv
import importlib
import json
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

SENTENCE_COLUMNS = ("sentence", "content", "text")


@dataclass(frozen=True)
class Example:
    """A sentence and its label: 0 is NEGATIVE, 1 is POSITIVE."""

    text: str
    label: int


# The order matters: brackets and dashes come first since the rules on spaces look at what they leave.
RESPELLINGS = [
    (re.compile(r"-lrb-\s*"), "("),
    (re.compile(r"\s*-rrb-"), ")"),
    (re.compile(r"``\s*"), '"'),
    (re.compile(r"\s*''"), '"'),
    (re.compile(r"(\w) ?n't\b"), r"\1n't"),
    (re.compile(r"\b(can|won|don|ain|isn|didn|doesn|wasn|couldn) 't\b"), r"\1't"),
    (re.compile(r"\s+'(s|re|ve|ll|d|m)\b"), r"'\1"),
    (re.compile(r"(\w)s '(?=\s|$)"), r"\1s'"),
    (re.compile(r"\b(gon(?= na)|wan(?= na)|got(?= ta)|can(?= not)) (na|ta|not)\b"), r"\1\2"),
    (re.compile(r"\s+([.,;:!?%)])"), r"\1"),
    (re.compile(r"([($#])\s+"), r"\1"),
    (re.compile(r"\s{2,}"), " "),
]


def respell(sentence: str) -> str:
    """``sentence`` put back from SST-2's tokenized spelling into ordinary spelling, first letter upper case.

    >>> respell("you ca n't say it 's not fun .")
    "You can't say it's not fun."
    """
    text = sentence.strip()
    for pattern, replacement in RESPELLINGS:
        text = pattern.sub(replacement, text)
    return text[:1].upper() + text[1:]


def read_examples(path: str | Path) -> list[Example]:
    """Labelled sentences from a ``.tsv`` (with a header), ``.jsonl`` or ``.parquet`` file.

    Columns: ``label`` (0 or 1) and ``sentence``, ``content`` or ``text``. Parquet, in which the hub publishes SST-2,
    needs the package pyarrow.
    """
    path = Path(path)
    examples = [Example(_sentence(row, path), int(row["label"])) for row in _rows(path)]
    if not examples:
        raise ValueError(f"path: expected labelled sentences, {path} has none")
    if labels := {example.label for example in examples} - {0, 1}:
        raise ValueError(f"path: expected the labels 0 and 1, {path} has {sorted(labels)}")
    return examples


def _rows(path: Path) -> Iterator[dict]:
    if path.suffix == ".parquet":
        try:
            parquet = importlib.import_module("pyarrow.parquet")
        except ImportError:
            raise ValueError(f"path: {path.name} is a Parquet file, which needs pyarrow: pip install pyarrow") from None
        yield from parquet.read_table(path).to_pylist()
        return
    with open(path, encoding="utf-8", newline="") as file:
        if path.suffix == ".jsonl":
            yield from (json.loads(line) for line in file)
        else:
            yield from csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)


def _sentence(row: dict, path: Path) -> str:
    for column in SENTENCE_COLUMNS:
        if row.get(column) is not None:
            return row[column]
    raise ValueError(f"path: expected a column {' or '.join(SENTENCE_COLUMNS)}, {path} has {', '.join(row)}")


def find_split(data: str, split: str) -> Path:
    """The file of a split (``train`` or ``dev``) of ``data``: a folder, or a data set's hub id.

    From the hub only the files of that split are downloaded, and cached.
    """
    names = [split, "validation"] if split == "dev" else [split]
    if Path(data).is_dir():
        files = sorted(str(path.relative_to(data)) for path in Path(data).rglob("*"))
    else:
        from huggingface_hub import HfApi, hf_hub_download

        files = HfApi().list_repo_files(data, repo_type="dataset")
    for name in names:
        for file in files:
            if re.fullmatch(rf"{name}(-00000-of-00001)?\.(tsv|jsonl|parquet)", Path(file).name):
                return (
                    Path(data, file) if Path(data).is_dir() else Path(hf_hub_download(data, file, repo_type="dataset"))
                )
    raise ValueError(
        f"data: expected a file {names[0]}.tsv, .jsonl or .parquet in {data}, found {', '.join(files) or 'nothing'}"
    )


def plan_batches(
    lengths: Sequence[int], chosen: Sequence[int], *, batch_size: int, rng: random.Random, pool: int = 50
) -> list[list[int]]:
    """Batches of the indices ``chosen``, in random order, each of sentences of nearly the same length.

    A padded position costs as much as a real one. So the shuffled indices are cut into pools of ``pool`` batches,
    each pool is sorted by ``lengths``, cut into batches, and all batches are shuffled.
    """
    order = list(chosen)
    rng.shuffle(order)
    batches = []
    for start in range(0, len(order), pool * batch_size):
        part = sorted(order[start : start + pool * batch_size], key=lambda index: lengths[index])
        batches += [part[i : i + batch_size] for i in range(0, len(part), batch_size)]
    rng.shuffle(batches)
    return batches
