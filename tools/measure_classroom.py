"""Measure a sentiment checkpoint, and save one the way that the package carries it.

    python tools/measure_classroom.py pipeline_helpers/classroom --data stanfordnlp/sst2 --mistakes 20

Prints the accuracy with its standard error on every set of ``pipeline_helpers/measured`` and on SST-2's dev split, in
its own and in ordinary spelling, with what the checkpoint gets most wrong; and how often the label of the same sentence
is the same in another language.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections.abc import Sequence
from pathlib import Path

import torch
from safetensors.torch import save_file
from transformers import AutoModelForSequenceClassification, AutoTokenizer, PreTrainedModel, PreTrainedTokenizerBase

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # so that "python tools/…" finds its neighbours

from tools.measured import measured_sets
from tools.training_data import Example, find_split, read_examples, respell

SAME_SENTENCES = [("everyday_es", "everyday_es_in_english")] + [
    ("same_en", f"same_{language}") for language in ("es", "pt", "it", "fr", "ca", "de")
]
"""Sets of the same sentences in the same order."""


def probabilities(
    texts: Sequence[str], model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, *, batch_size: int = 64
) -> list[float]:
    """The probability of the label POSITIVE (index 1) for each text, in the order of ``texts``."""
    model.eval()
    order = sorted(range(len(texts)), key=lambda index: len(texts[index]))
    result = [0.0] * len(texts)
    with torch.inference_mode():
        for start in range(0, len(order), batch_size):
            chunk = order[start : start + batch_size]
            inputs = tokenizer(
                [texts[i] for i in chunk], padding=True, truncation=True, max_length=512, return_tensors="pt"
            )
            logits = model(input_ids=inputs["input_ids"], attention_mask=inputs["attention_mask"]).logits
            for index, probability in zip(chunk, logits.softmax(-1)[:, 1].tolist(), strict=True):
                result[index] = probability
    return result


def accuracy(positive: Sequence[float], labels: Sequence[int]) -> float:
    """The part of the ``labels`` (0 or 1) that the probabilities of POSITIVE fall on the right side of 0.5 for."""
    return sum((p > 0.5) == (label == 1) for p, label in zip(positive, labels, strict=True)) / len(labels)


def agreement(first: Sequence[float], second: Sequence[float]) -> float:
    """How often the probabilities of POSITIVE of the same sentences in two languages give the same label."""
    return sum((a > 0.5) == (b > 0.5) for a, b in zip(first, second, strict=True)) / len(first)


def standard_error(share: float, count: int) -> float:
    """Of a share measured on ``count`` independent sentences: the square root of p (1 - p) / n."""
    return math.sqrt(share * (1 - share) / count)


def save_checkpoint(model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, folder: str | Path) -> None:
    """Write a folder for ``from_pretrained``: float16 weights that load as float32, and the tokenizer.

    float16 halves the file. ``"dtype": "float32"`` in ``config.json`` is what makes them load as float32, which is
    much faster on a CPU. Nothing written names a path of the machine it was made on.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    weights = {name: weight.detach().to(torch.float16).contiguous() for name, weight in model.state_dict().items()}
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    (folder / "model.safetensors").chmod(0o644)  # safetensors writes a file that only its owner may read
    config = model.config.to_dict()
    config.pop("_name_or_path", None)
    config.update(architectures=["DistilBertForSequenceClassification"], dtype="float32")
    _write_json(folder / "config.json", config)
    tokenizer.backend_tokenizer.save(str(folder / "tokenizer.json"))
    vocabulary = sorted(tokenizer.get_vocab().items(), key=lambda item: item[1])
    (folder / "vocab.txt").write_text("".join(f"{token}\n" for token, _ in vocabulary), encoding="utf-8")
    # The class has to be named, or transformers 5 takes BertTokenizer, whose third output DistilBERT refuses.
    tokenizer_config = {"do_lower_case": True, "model_max_length": 512, "tokenizer_class": "DistilBertTokenizer"}
    for kind in ("unk", "sep", "pad", "cls", "mask"):
        tokenizer_config[f"{kind}_token"] = getattr(tokenizer, f"{kind}_token")
    _write_json(folder / "tokenizer_config.json", tokenizer_config)


def _write_json(path: Path, content: dict) -> None:
    path.write_text(json.dumps(content, indent=2, sort_keys=True, ensure_ascii=False) + "\n", encoding="utf-8")


def main(argv: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkpoint", help="folder or hub id of a checkpoint with the labels NEGATIVE, POSITIVE")
    parser.add_argument("--data", help="SST-2: a folder or a hub id; without it only the sets of the project")
    parser.add_argument("--mistakes", type=int, default=10, help="how many of each set to show")
    args = parser.parse_args(argv)
    model = AutoModelForSequenceClassification.from_pretrained(args.checkpoint)
    tokenizer = AutoTokenizer.from_pretrained(args.checkpoint)
    sets = measured_sets()
    if args.data:
        dev = read_examples(find_split(args.data, "dev"))
        sets["SST-2 dev"] = dev
        sets["SST-2 dev, ordinary spelling"] = [Example(respell(e.text), e.label) for e in dev]
    positive = {name: probabilities([e.text for e in examples], model, tokenizer) for name, examples in sets.items()}
    for name, examples in sets.items():
        share = accuracy(positive[name], [e.label for e in examples])
        print(f"{name}: {share:.1%} ± {standard_error(share, len(examples)):.1%} of {len(examples)}")
        wrong = sorted(zip(positive[name], examples, strict=True), key=lambda pair: -abs(pair[0] - pair[1].label))
        for p, example in wrong[: args.mistakes]:
            predicted = int(p > 0.5)
            if predicted != example.label:
                print(f"  {model.config.id2label[predicted]} {p if predicted else 1 - p:.3f}, wrongly: {example.text}")
    for one, other in SAME_SENTENCES:
        share = agreement(positive[one], positive[other])
        print(f"{one}, {other}: the same label in {share:.1%} ± {standard_error(share, len(positive[one])):.1%}")


if __name__ == "__main__":
    main()
