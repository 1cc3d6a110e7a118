"""DistilBERT's head in one picture; what it shows is worked out in `numbers` and drawn in `plot`."""

from pipeline_helpers.figures.head.numbers import SINGLE, HeadRun, head_run, head_steps, sums_in_few_digits
from pipeline_helpers.figures.head.plot import MAX_LABELS, plot_head

__all__ = ["MAX_LABELS", "SINGLE", "HeadRun", "head_run", "head_steps", "plot_head", "sums_in_few_digits"]
