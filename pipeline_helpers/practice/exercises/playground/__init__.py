"""What is practised with the playground: hide a token, change one word, and count before saying a percentage."""

from pipeline_helpers.practice.exercises.playground.hiding import MASK_WITHOUT, TOKEN_EFFECT
from pipeline_helpers.practice.exercises.playground.measuring import MEASURED, TEMPLATE_SPREAD
from pipeline_helpers.practice.exercises.playground.pairs import MINIMAL_PAIRS, SAME_TOKENS

EXERCISES = (MASK_WITHOUT, MINIMAL_PAIRS, SAME_TOKENS, MEASURED, TEMPLATE_SPREAD, TOKEN_EFFECT)
