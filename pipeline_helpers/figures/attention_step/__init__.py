"""One attention head for one token; what it shows is worked out in `numbers` and drawn in `plot`."""

from pipeline_helpers.figures.attention_step.numbers import AttentionStep, attention_step
from pipeline_helpers.figures.attention_step.plot import MAX_KEYS, plot_attention_step

__all__ = ["MAX_KEYS", "AttentionStep", "attention_step", "plot_attention_step"]
