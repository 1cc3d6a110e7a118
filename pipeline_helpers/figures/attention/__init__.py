"""Who attends to whom: one head's matrix, a layer's heads, or all layers and heads, tiled on one `Axes`.

`numbers` prepares what is drawn and `plot` draws it.
"""

from pipeline_helpers.figures.attention.numbers import Attention, attention
from pipeline_helpers.figures.attention.plot import plot_attention

__all__ = ["Attention", "attention", "plot_attention"]
