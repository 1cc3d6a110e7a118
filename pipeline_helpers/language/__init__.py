"""The languages of the course: which of them is in force, and the words that the program shows in each.

The words stand in `words/*.toml`, a file a module, each key with a text for each of `LANGUAGES`;
`say("pipeline.title")` gives the one for the language in force. The terms that they use are those of `glossary.csv`.
"""

from pipeline_helpers.language.catalogue import Mistake, catalogue, say, say_in_each
from pipeline_helpers.language.choice import (
    LANGUAGES,
    choose_language,
    current_language,
    known,
    on_change,
    resolve,
    shown_languages,
)

__all__ = [
    "LANGUAGES",
    "Mistake",
    "catalogue",
    "choose_language",
    "current_language",
    "known",
    "on_change",
    "resolve",
    "say",
    "say_in_each",
    "shown_languages",
]
