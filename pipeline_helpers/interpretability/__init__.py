"""A sentence and a model, asked "what if": with tokens hidden, with heads removed, with the head read after each layer.

A file a question. Each takes a `Trace`, or a text and its tokenizer, and gives an object that figures and views draw.
"""

from pipeline_helpers.interpretability.effects import TokenEffects, hiding_in_batches, token_effects
from pipeline_helpers.interpretability.heads import without_head
from pipeline_helpers.interpretability.lens import LogitLens, logit_lens

__all__ = ["LogitLens", "TokenEffects", "hiding_in_batches", "logit_lens", "token_effects", "without_head"]
