"""What is practised with lesson 4: logits into probabilities, the way back, and the loss."""

from pipeline_helpers.practice.exercises.softmax.logits import (
    ADDS_UP,
    LOG_ODDS,
    PROBABILITY_FROM_DIFFERENCE,
    TEMPERATURE,
)
from pipeline_helpers.practice.exercises.softmax.loss import CROSS_ENTROPY
from pipeline_helpers.practice.exercises.softmax.rows import SOFTMAX

EXERCISES = (ADDS_UP, LOG_ODDS, PROBABILITY_FROM_DIFFERENCE, TEMPERATURE, SOFTMAX, CROSS_ENTROPY)
