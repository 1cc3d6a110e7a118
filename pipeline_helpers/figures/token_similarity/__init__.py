"""How near the tokens of two sentences are to each other: the cosine of their vectors.

`numbers` prepares what is drawn and `plot` draws it.
"""

from pipeline_helpers.figures.token_similarity.numbers import (
    STANDS_OUT,
    TokenSimilarity,
    cosine_similarity,
    token_similarities,
    token_similarity,
)
from pipeline_helpers.figures.token_similarity.plot import plot_token_similarity

__all__ = [
    "STANDS_OUT",
    "TokenSimilarity",
    "cosine_similarity",
    "plot_token_similarity",
    "token_similarities",
    "token_similarity",
]
