"""The choice of a checkpoint: a name → something that `from_pretrained()` takes.

checkpoint()          the classroom checkpoint, a folder on this machine: Spanish and English, at once, offline
checkpoint("sst2")    the published one: English alone, from the hub once, from then on out of the cache
checkpoint("…")       any other string, as it is: a hub id or a folder
"""

import os

from pipeline_helpers import hub, shared_weights
from pipeline_helpers.language import say

ENVIRONMENT = "PIPELINE_HELPERS_CHECKPOINT"

REPOSITORY = "distilbert/distilbert-base-uncased-finetuned-sst-2-english"
REVISION = "714eb0fa89d2f80546fda750413ed43d93601a13"  # the one that transformers' pipeline() pins, as 714eb0f
FILES = {  # with their sha256 at that revision, where there is no tokenizer.json
    "config.json": "582122c8f414793d131e10022ce9ba04e3811a9da6389137ee2f18665b4f4d15",
    "tokenizer_config.json": "5ab9097b4149371c5fd52b2d6e26cb6f9c07c0d19fcfdda895b1adad6b57c3e0",
    "vocab.txt": "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3",
    "model.safetensors": "7c3919835e442510166d267fe7cbe847e0c51cd26d9ba07b89a57b952b49b8aa",
}


def checkpoint(name: str | None = None) -> str:
    """The checkpoint called `name`, as something that any `from_pretrained()` and `pipeline(model=…)` takes.

    Args:
        name: `"classroom"`, the course's own checkpoint (a folder on this machine), which has learned Spanish and
            English; `"sst2"`, the published DistilBERT fine-tuned on SST-2, which has learned English alone, at its
            pinned revision (268 MB, downloaded once, then found offline); any other string comes back as it is.
            None: what `PIPELINE_HELPERS_CHECKPOINT` says, else `"classroom"`.

    Raises:
        TypeError: `name` is no string.
        ValueError: `name` is empty.
        CheckpointError: `"sst2"` can't be had, as `hub.download` has it: no network, a wrong file, a full disk.
    """
    if name is None:
        name = os.environ.get(ENVIRONMENT, "").strip() or "classroom"
    if not isinstance(name, str):
        raise TypeError(say("checkpoints.not_a_string", kind=type(name).__name__))
    if not name.strip():
        raise ValueError(say("checkpoints.empty", name=name))
    if name == "classroom":
        return str(shared_weights.classroom())
    return hub.download(REPOSITORY, REVISION, FILES) if name == "sst2" else name
