"""Train the classroom checkpoint: a small DistilBERT fine-tuned on SST-2 and on everyday English and Spanish.

    python tools/train_classroom.py --initial sentence-transformers/all-MiniLM-L6-v2 --data stanfordnlp/sst2 \\
        --work build/classroom --output pipeline_helpers/classroom

``--initial`` and ``--data`` take a folder as well. A run that was cut takes up where its last state in ``--work``
was saved and ends with the same weights as one that was not: all that is drawn at random (the order of the batches,
the spelling of each sentence, dropout) comes from ``--seed`` and is part of that state.

The recipe, beside what the options say:

- Each sentence is put back into ordinary spelling half of the times that it is seen (``training_data.respell``).
- Everyday sentences in English (``everyday_english``) and Spanish (``everyday_spanish``) are mixed in, since English
  film reviews are all that SST-2 has.
- Epoch by epoch the shortest of SST-2's phrases are left out (``--min-words``): whole sentences are what counts.
- AdamW with a learning rate that falls linearly after a warm-up and is lower in the layers nearer to the input.
- The word embeddings learn too: the vocabulary is English, and the pieces that Spanish words fall into meant nothing.
- What is evaluated and kept is an exponential moving average of the weights, not the last weights.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import random
import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import torch
from torch.nn import functional as F
from torch.nn.utils.rnn import pad_sequence
from tqdm import tqdm
from transformers import DistilBertForSequenceClassification, PreTrainedTokenizerBase

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # so that "python tools/…" finds its neighbours

from tools.convert_minilm import load_initial
from tools.everyday_english import english_examples
from tools.everyday_spanish import spanish_examples
from tools.measure_classroom import accuracy, probabilities, save_checkpoint
from tools.measured import EVERYDAY, EVERYDAY_ES
from tools.training_data import Example, find_split, plan_batches, read_examples, respell


def parse_arguments(argv: list[str] | None = None) -> argparse.Namespace:
    """The command line; ``--help`` says what each option does."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("--initial", default="sentence-transformers/all-MiniLM-L6-v2", help="weights to start from: folder or hub id")
    add("--data", default="stanfordnlp/sst2", help="SST-2: a folder with train.tsv and dev.tsv, or a hub id")
    add("--english-dev", default=str(EVERYDAY), help="English sentences to choose the checkpoint by, never trained on")
    add("--spanish-dev", default=str(EVERYDAY_ES), help="Spanish sentences to choose the checkpoint by")
    add("--output", required=True, help="folder for the finished checkpoint")
    add("--work", required=True, help="folder for the states of the run; a run found there is taken up")
    add(
        "--min-words",
        type=int,
        nargs="+",
        default=[1, 4, 9],
        help="one number an epoch: SST-2's shorter phrases sit it out",
    )
    add("--english", type=int, default=4000, help="everyday English sentences in each epoch")
    add("--spanish", type=int, default=30000, help="everyday Spanish sentences in each epoch")
    add("--steps", type=int, help="end after so many steps (the learning rate falls to zero there)")
    add("--batch-size", type=int, default=32)
    add("--learning-rate", type=float, default=8e-5, help="of the head; each layer below has --layer-decay times it")
    add("--layer-decay", type=float, default=0.9)
    add("--weight-decay", type=float, default=0.01)
    add("--warmup", type=float, default=0.06, help="part of the steps in which the learning rate rises")
    add("--label-smoothing", type=float, default=0.02)
    add("--dropout", type=float, default=0.1)
    add("--ema", type=float, default=0.998, help="decay of the moving average of the weights, a step")
    add("--evaluate-every", type=int, default=600, help="steps between evaluations (and one at the end)")
    add("--save-every", type=int, default=250, help="steps between saved states")
    add("--seed", type=int, default=714)
    add("--threads", type=int, help="torch's threads; as many as there are cores unless given")
    return parser.parse_args(argv)


# --- the plan: what is seen when ----------------------------------------------------------------------------------


Batch = list[tuple[list[int], int]]
"""Sentences, each as its token ids and its label."""


def make_plan(examples: list[Example], tokenizer: PreTrainedTokenizerBase, args: argparse.Namespace) -> list[Batch]:
    """Every batch of the run: draw order, spelling and everyday sentences of all epochs from ``args.seed``."""
    plan: list[Batch] = []
    for epoch, min_words in enumerate(args.min_words):
        rng = random.Random(f"{args.seed} {epoch}")
        texts = [
            Example(respell(e.text) if rng.random() < 0.5 else e.text, e.label)
            for e in examples
            if len(e.text.split()) >= min_words
        ]
        texts += english_examples(args.english, rng) + spanish_examples(args.spanish, rng)
        ids = tokenizer([e.text for e in texts], truncation=True, max_length=128)["input_ids"]
        batches = plan_batches(list(map(len, ids)), range(len(ids)), batch_size=args.batch_size, rng=rng)
        plan += [[(ids[place], texts[place].label) for place in batch] for batch in batches]
    return plan[: args.steps]


def pad(rows: Sequence[list[int]], pad_token_id: int) -> tuple[torch.Tensor, torch.Tensor]:
    """``input_ids`` and ``attention_mask``, both (batch, longest row)."""
    input_ids = pad_sequence([torch.tensor(row) for row in rows], batch_first=True, padding_value=pad_token_id)
    return input_ids, pad_sequence([torch.ones(len(row), dtype=torch.long) for row in rows], batch_first=True)


# --- the optimizer ------------------------------------------------------------------------------------------------


def parameter_groups(model: DistilBertForSequenceClassification, args: argparse.Namespace) -> list[dict]:
    """One group a depth and kind: ``scale`` is the part of the learning rate that it learns at."""
    layers = model.config.n_layers
    groups: dict[tuple[int, bool], list[torch.nn.Parameter]] = {}
    for name, parameter in model.named_parameters():
        if ".embeddings." in name:
            depth = 0
        elif ".layer." in name:
            depth = 1 + int(name.split(".layer.")[1].split(".")[0])
        else:
            depth = layers + 1
        # Biases and layer norms are not pulled towards zero, as is usual.
        groups.setdefault((depth, parameter.ndim > 1), []).append(parameter)
    return [
        {
            "params": parameters,
            "scale": args.layer_decay ** (layers + 1 - depth),
            "weight_decay": args.weight_decay if decays else 0.0,
        }
        for (depth, decays), parameters in groups.items()
    ]


def learning_rate(step: int, steps: int, args: argparse.Namespace) -> float:
    """Of the head at ``step`` (from 0): up in the warm-up, then down in a straight line to zero."""
    warmup = max(1, math.ceil(args.warmup * steps))
    if step < warmup:
        return args.learning_rate * (step + 1) / warmup
    return args.learning_rate * (steps - step) / max(1, steps - warmup)


# --- the run ------------------------------------------------------------------------------------------------------


@dataclass
class Run:
    """A run with all its state: what :meth:`save` writes, :meth:`take_up` reads."""

    model: DistilBertForSequenceClassification
    tokenizer: PreTrainedTokenizerBase
    plan: list[Batch]
    args: argparse.Namespace
    step: int = 0
    history: list[dict] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.optimizer = torch.optim.AdamW(parameter_groups(self.model, self.args), lr=0.0, fused=True)
        self.parameters = list(self.model.parameters())
        self.average = [parameter.detach().clone() for parameter in self.parameters]
        self.state_file = Path(self.args.work) / "state.pt"

    def train_step(self) -> float:
        """One batch: forward, loss, backward, AdamW, moving average. Returns the loss."""
        rows, labels = zip(*self.plan[self.step], strict=True)
        input_ids, attention_mask = pad(rows, self.model.config.pad_token_id)
        self.model.train()
        logits = self.model(input_ids=input_ids, attention_mask=attention_mask).logits
        loss = F.cross_entropy(logits, torch.tensor(labels), label_smoothing=self.args.label_smoothing)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.parameters, 1.0)
        for group in self.optimizer.param_groups:
            group["lr"] = group["scale"] * learning_rate(self.step, len(self.plan), self.args)
        self.optimizer.step()
        self.optimizer.zero_grad(set_to_none=True)
        self.step += 1
        # A short memory at first, or the random head would stay in the average for long.
        decay = min(self.args.ema, (1 + self.step) / (10 + self.step))
        with torch.no_grad():
            torch._foreach_lerp_(self.average, self.parameters, 1 - decay)
        return loss.item()

    def swap_average(self) -> None:
        """Exchange the model's weights and their moving average."""
        with torch.no_grad():
            for parameter, average in zip(self.parameters, self.average, strict=True):
                parameter.data, average.data = average.data, parameter.data

    def evaluate(self, sets: dict[str, list[Example]]) -> dict:
        """Accuracy of the averaged weights on each set; the best so far are kept in ``work/best``."""
        self.swap_average()
        result: dict = {"step": self.step}
        for name, examples in sets.items():
            scores = probabilities([e.text for e in examples], self.model, self.tokenizer)
            result[name] = accuracy(scores, [e.label for e in examples])
        # The three kinds of sentences count the same; SST-2 is there in two spellings.
        sst2 = [value for name, value in result.items() if name.startswith("sst2")]
        result["score"] = sum(sst2) / len(sst2) + result["english"] + result["spanish"]
        if result["score"] >= max((past["score"] for past in self.history), default=0.0):
            save_checkpoint(self.model, self.tokenizer, Path(self.args.work) / "best")
        save_checkpoint(self.model, self.tokenizer, Path(self.args.work) / "last")
        self.swap_average()
        self.history.append(result)
        return result

    def save(self) -> None:
        """Write the whole state, or nothing: a cut in the middle leaves the state before."""
        state = {
            "step": self.step,
            "history": self.history,
            "model": self.model.state_dict(),
            "average": self.average,
            "optimizer": self.optimizer.state_dict(),
            "rng": torch.get_rng_state(),
            "args": fingerprint(self.args),
        }
        temporary = self.state_file.with_suffix(".tmp")
        torch.save(state, temporary)
        os.replace(temporary, self.state_file)

    def take_up(self) -> bool:
        """Read the state that :meth:`save` wrote, if there is one, and say whether there was.

        Raises ``ValueError`` when it belongs to a run with other options.
        """
        if not self.state_file.exists():
            return False
        state = torch.load(self.state_file, weights_only=True)
        if state["args"] != fingerprint(self.args):
            raise ValueError(f"work: {self.args.work} holds a run with other options: {state['args']}")
        self.step, self.history = state["step"], state["history"]
        self.model.load_state_dict(state["model"])
        self.average = state["average"]
        self.optimizer.load_state_dict(state["optimizer"])
        torch.set_rng_state(state["rng"])
        return True


def fingerprint(args: argparse.Namespace) -> dict:
    """The options that a run must share with the one it takes up."""
    others = ("output", "work", "save_every", "threads")
    return {name: value for name, value in vars(args).items() if name not in others}


def publish(source: Path, output: Path) -> None:
    """Copy the files of ``source`` into ``output``, each of them whole or not at all; other files there stay."""
    output.mkdir(parents=True, exist_ok=True)
    for file in sorted(source.iterdir()):
        temporary = output / f".{file.name}.new"
        shutil.copyfile(file, temporary)
        os.replace(temporary, output / file.name)


def main(argv: list[str] | None = None) -> None:
    args = parse_arguments(argv)
    if args.threads:
        torch.set_num_threads(args.threads)
    Path(args.work).mkdir(parents=True, exist_ok=True)
    torch.manual_seed(args.seed)
    model, tokenizer = load_initial(args.initial, dropout=args.dropout)
    dev = read_examples(find_split(args.data, "dev"))
    sets = {
        "sst2": dev,
        "sst2_respelled": [Example(respell(e.text), e.label) for e in dev],
        "english": read_examples(args.english_dev),
        "spanish": read_examples(args.spanish_dev),
    }
    run = Run(model, tokenizer, make_plan(read_examples(find_split(args.data, "train")), tokenizer, args), args)
    if run.take_up():
        print(f"taken up at step {run.step}", flush=True)

    steps = len(run.plan)
    progress = tqdm(total=steps, initial=run.step, unit="step", mininterval=1, smoothing=0.05)
    loss = 0.0
    while run.step < steps:
        current = run.train_step()
        loss = current if loss == 0.0 else 0.98 * loss + 0.02 * current
        progress.update()
        progress.set_postfix(loss=f"{loss:.3f}", refresh=False)
        if run.step % args.evaluate_every == 0 or run.step == steps:
            result = run.evaluate(sets)
            progress.write(json.dumps({"loss": round(loss, 4), **result}), file=sys.stdout)
            sys.stdout.flush()
        if run.step % args.save_every == 0 or run.step == steps:
            run.save()
    progress.close()
    best = max(run.history, key=lambda result: result["score"])
    print(f"best: {json.dumps(best)}")
    publish(Path(args.work) / "best", Path(args.output))


if __name__ == "__main__":
    main()
