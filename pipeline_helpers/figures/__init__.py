"""Arrays, a tokenizer's output or a `Trace` → pictures of each stage, on matplotlib `Axes`.

Every `plot_<what>(data, *, …, ax=None, lang=None)` returns the one `Axes` that it drew on, changes no global setting
and loads no model. `show` puts a figure into a lesson in both languages, `save` into a file.
"""

import pipeline_helpers.figures.quietly  # noqa: F401
from pipeline_helpers.figures.attention import plot_attention
from pipeline_helpers.figures.attention_mask import plot_attention_mask
from pipeline_helpers.figures.attention_step import AttentionStep, attention_step, plot_attention_step
from pipeline_helpers.figures.gallery import plot_heads_gallery
from pipeline_helpers.figures.head import HeadRun, head_run, head_steps, plot_head
from pipeline_helpers.figures.hidden_states import plot_hidden_states
from pipeline_helpers.figures.logit_lens import plot_logit_lens
from pipeline_helpers.figures.loss import plot_loss
from pipeline_helpers.figures.pipeline import plot_pipeline
from pipeline_helpers.figures.reliability import Reliability, plot_reliability, reliability_bands
from pipeline_helpers.figures.show import Picture, save, show
from pipeline_helpers.figures.softmax import plot_logits_to_probs
from pipeline_helpers.figures.style import alt_text
from pipeline_helpers.figures.token_similarity import cosine_similarity, plot_token_similarity
from pipeline_helpers.figures.tokens import plot_tokens

__all__ = [
    "AttentionStep",
    "HeadRun",
    "Picture",
    "Reliability",
    "alt_text",
    "attention_step",
    "cosine_similarity",
    "head_run",
    "head_steps",
    "plot_attention",
    "plot_attention_mask",
    "plot_attention_step",
    "plot_head",
    "plot_heads_gallery",
    "plot_hidden_states",
    "plot_logit_lens",
    "plot_logits_to_probs",
    "plot_loss",
    "plot_pipeline",
    "plot_reliability",
    "plot_token_similarity",
    "plot_tokens",
    "reliability_bands",
    "save",
    "show",
]
