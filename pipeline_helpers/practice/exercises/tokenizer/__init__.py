"""What is practised with lesson 1: from words to pieces, from pieces to ids, from rows of ids to one table."""

from pipeline_helpers.practice.exercise import Exercise
from pipeline_helpers.practice.exercises.tokenizer.counts import BATCH_SHAPE, COUNT_WORDS
from pipeline_helpers.practice.exercises.tokenizer.normalizing import NORMALIZE
from pipeline_helpers.practice.exercises.tokenizer.padding import PAD
from pipeline_helpers.practice.exercises.tokenizer.pieces import WORDPIECE
from pipeline_helpers.practice.exercises.tokenizer.truncation import TRUNCATE

EXERCISES: tuple[Exercise, ...] = (COUNT_WORDS, BATCH_SHAPE, TRUNCATE, PAD, NORMALIZE, WORDPIECE)
