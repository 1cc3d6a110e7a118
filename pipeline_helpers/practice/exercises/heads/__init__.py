"""What is practised with lesson 3: which class, what is trained and what is not, and the head by hand."""

from pipeline_helpers.practice.exercises.heads.classifying import HEAD, RELU
from pipeline_helpers.practice.exercises.heads.spans import SPAN
from pipeline_helpers.practice.exercises.heads.weights import HEAD_PARAMETERS, UNTRAINED
from pipeline_helpers.practice.exercises.heads.which_class import CLASSES

EXERCISES = (CLASSES, RELU, HEAD_PARAMETERS, UNTRAINED, HEAD, SPAN)
