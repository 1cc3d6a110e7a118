"""What is practised with lesson 5: the pieces of attention, each by itself, and then a whole layer."""

from pipeline_helpers.practice.exercises.layer.attention import ATTENTION_WEIGHTS, ONE_QUERY
from pipeline_helpers.practice.exercises.layer.heads import LAYER_SHAPES, MIX_VALUES, SPLIT_HEADS
from pipeline_helpers.practice.exercises.layer.parameters import COUNT_LAYER_PARAMETERS
from pipeline_helpers.practice.exercises.layer.whole import LAYER

EXERCISES = (ONE_QUERY, LAYER_SHAPES, SPLIT_HEADS, MIX_VALUES, COUNT_LAYER_PARAMETERS, ATTENTION_WEIGHTS, LAYER)
