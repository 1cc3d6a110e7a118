"""What is practised with lesson 0: the shapes on the way, the label, and the whole pipeline by hand."""

from pipeline_helpers.practice.exercises.pipeline.by_hand import ALL_SCORES, MY_PIPELINE
from pipeline_helpers.practice.exercises.pipeline.labels import BEST_LABEL
from pipeline_helpers.practice.exercises.pipeline.shapes import BATCHES, FITS, TABLE_SHAPES

EXERCISES = (TABLE_SHAPES, FITS, BEST_LABEL, BATCHES, ALL_SCORES, MY_PIPELINE)
