"""Softmax in one picture; its steps are worked out in `numbers` and drawn in `plot`."""

from pipeline_helpers.figures.softmax.numbers import READABLE, SoftmaxSteps, softmax_steps
from pipeline_helpers.figures.softmax.plot import plot_logits_to_probs

__all__ = ["READABLE", "SoftmaxSteps", "plot_logits_to_probs", "softmax_steps"]
