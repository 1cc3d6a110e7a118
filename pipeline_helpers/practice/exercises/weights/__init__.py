"""What is practised with lesson 6: a step of training, and what a score is worth."""

from pipeline_helpers.practice.exercises.weights.scores import (
    ACCURACY_WITH_ERROR,
    CALIBRATION_ERROR,
    OVERCONFIDENCE,
)
from pipeline_helpers.practice.exercises.weights.steps import GRADIENT_STEP, ONE_STEP
from pipeline_helpers.practice.exercises.weights.thresholds import THRESHOLD

EXERCISES = (ONE_STEP, OVERCONFIDENCE, ACCURACY_WITH_ERROR, CALIBRATION_ERROR, GRADIENT_STEP, THRESHOLD)
