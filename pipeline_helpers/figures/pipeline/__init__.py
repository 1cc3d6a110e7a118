"""The whole way in one picture; what it shows is worked out in `numbers` and drawn in `plot`."""

from pipeline_helpers.figures.pipeline.numbers import MAX_LABELS, MAX_SENTENCES, VALUES, PipelineColumn, PipelineColumns
from pipeline_helpers.figures.pipeline.plot import plot_pipeline

__all__ = ["MAX_LABELS", "MAX_SENTENCES", "VALUES", "PipelineColumn", "PipelineColumns", "plot_pipeline"]
