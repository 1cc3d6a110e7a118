"""Exercises that say which mistake it was, quizzes, and what of them is done."""

from pipeline_helpers.practice.feedback import check, hint, solution
from pipeline_helpers.practice.grading import Grade, grade

__all__ = ["Grade", "check", "grade", "hint", "solution"]
