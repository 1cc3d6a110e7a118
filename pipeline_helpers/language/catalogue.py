"""The catalogue: every word that the program shows, in each language.

`words/pipeline.toml` holds the keys `pipeline.…`, and so on. A key's text may have `{names}` in braces, which `say`
fills in.
"""

import tomllib
from functools import cache
from importlib.resources import files

from pipeline_helpers.language.choice import LANGUAGES, resolve


@cache
def catalogue() -> dict[str, dict[str, str]]:
    """The whole catalogue: `{"pipeline.title": {"es": …, "en": …}, …}`."""
    found: dict[str, dict[str, str]] = {}
    for file in (files(__package__) / "words").iterdir():
        if file.name.endswith(".toml"):
            _flatten(file.name.removesuffix(".toml"), tomllib.loads(file.read_text(encoding="utf-8")), found)
    return found


def _flatten(prefix: str, table: dict, into: dict[str, dict[str, str]]) -> None:
    if any(isinstance(value, str) for value in table.values()):
        into[prefix] = table
        return
    for name, inner in table.items():
        _flatten(f"{prefix}.{name}", inner, into)


def say(key: str, lang: str | None = None, **values: object) -> str:
    """The catalogue's text for `key` in `lang` (None: the language in force), its `{names}` filled with `values`.

    Raises:
        KeyError: there is no such key, or a name in braces has no value.
    """
    return catalogue()[key][resolve(lang)].format(**values)


def say_in_each(key: str, **values: object) -> dict[str, str]:
    """`say` in each of the languages: `{"es": …, "en": …}`."""
    return {lang: say(key, lang, **values) for lang in LANGUAGES}


class Mistake(ValueError):
    """Something that whoever reads it can put right: one sentence of the catalogue, to be said in any language."""

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(key, values)
        self.key, self.values = key, values

    def sentence(self, lang: str | None = None) -> str:
        """What is wrong and what to do."""
        return say(self.key, lang, **self.values)

    def __str__(self) -> str:
        return self.sentence()
