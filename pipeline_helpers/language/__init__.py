"""Spanish and English: which of the two is in force, and the words that the program shows in each.

The words stand in `words/*.toml`, a file a module, each key with an `es` and an `en`. `say("pipeline.title")`
gives the one for the language in force. The terms that they use are those of `glossary.csv`.
"""

from pipeline_helpers.language.catalogue import Mistake, both, catalogue, say
from pipeline_helpers.language.choice import (
    LANGUAGES,
    choose_language,
    current_language,
    on_change,
    resolve,
)

__all__ = [
    "LANGUAGES",
    "Mistake",
    "both",
    "catalogue",
    "choose_language",
    "current_language",
    "on_change",
    "resolve",
    "say",
]
