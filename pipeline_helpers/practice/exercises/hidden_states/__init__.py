"""What is practised with lesson 2: shapes, first vectors, cosines, layers, and padding that stays out of it."""

from pipeline_helpers.practice.exercises.hidden_states.cosines import BASELINE, COSINE
from pipeline_helpers.practice.exercises.hidden_states.first_vectors import EMBEDDING
from pipeline_helpers.practice.exercises.hidden_states.layers import DECIDED
from pipeline_helpers.practice.exercises.hidden_states.means import MEAN_VECTOR
from pipeline_helpers.practice.exercises.hidden_states.padding import WITHOUT_PADDING
from pipeline_helpers.practice.exercises.hidden_states.shapes import BODY_SHAPE

EXERCISES = (BODY_SHAPE, WITHOUT_PADDING, COSINE, DECIDED, EMBEDDING, MEAN_VECTOR, BASELINE)
