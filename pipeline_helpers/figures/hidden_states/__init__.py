"""The vectors of each token, `[batch, sequence, hidden]`, as a table of numbers a sentence.

`numbers` prepares what is drawn and `plot` draws it.
"""

from pipeline_helpers.figures.hidden_states.numbers import (
    HiddenVectors,
    dimensions,
    hidden_vectors,
    layer_name,
    one_layer,
    rows_of,
)
from pipeline_helpers.figures.hidden_states.plot import plot_hidden_states

__all__ = [
    "HiddenVectors",
    "dimensions",
    "hidden_vectors",
    "layer_name",
    "one_layer",
    "plot_hidden_states",
    "rows_of",
]
