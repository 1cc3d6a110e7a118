"""Texts → a `Trace`: the whole pipeline run once, with every intermediate kept by its name.

    texts → rows: tokens, input_ids, attention_mask → models: hidden_states → head → logits → softmax → traces

These are the same calls that the lessons write out by hand.
"""

from pipeline_helpers.stages.models import (
    check_name,
    close,
    labels_of,
    load,
    load_tokenizer,
    quiet_transformers,
    ready,
    to_probabilities,
)
from pipeline_helpers.stages.rows import Row, encode, longest_input, read
from pipeline_helpers.stages.traces import Trace, as_texts, prepare, run, trace

__all__ = [
    "Row",
    "Trace",
    "as_texts",
    "check_name",
    "close",
    "encode",
    "labels_of",
    "load",
    "load_tokenizer",
    "longest_input",
    "prepare",
    "quiet_transformers",
    "read",
    "ready",
    "run",
    "to_probabilities",
    "trace",
]
