"""Spanish agreement: a noun's gender and number are in its article, and what is said of it follows.

>>> soups = Noun("las sopas")
>>> f"{soups.after('este')} {soups:es/son} {soups.agree('muy limpio y ordenado')}"
'estas sopas son muy limpias y ordenadas'
"""

from __future__ import annotations

import re
from dataclasses import dataclass

ARTICLES = {"el": (False, False), "la": (True, False), "los": (False, True), "las": (True, True)}
DETERMINERS = {
    "el": ("el", "la", "los", "las"),
    "este": ("este", "esta", "estos", "estas"),
    "mi": ("mi", "mi", "mis", "mis"),
    "tu": ("tu", "tu", "tus", "tus"),
}
# These stand before an adjective that agrees.
ADVERBS = {"muy", "tan", "bien", "mal", "demasiado", "bastante", "medio", "poco", "más", "menos", "nada", "algo"}
ADVERBS |= {"siempre", "que", "y", "e"}
# What begins with one of these says the same of everything.
FIXED = {"un", "una", "unos", "unas", "de", "del", "en", "para", "como", "lo", "la", "el", "a", "al", "fuera", "sin"}
FIXED |= {"por", "mal", "bien", "fatal", "todo"}
SAME_FEMININE = {"mejor", "peor", "mayor", "menor", "superior", "inferior", "anterior", "posterior", "común", "cortés"}
SAME_FEMININE |= {"exterior", "interior", "descortés"}
IRREGULAR = {"joven": "jóvenes"}
STRESSED = re.compile(r"[áéíóú][ns]$")
ACCENTS = str.maketrans("áéíóú", "aeiou")


def inflect(adjective: str, *, feminine: bool, plural: bool) -> str:
    """An adjective in the masculine singular, made to agree.

    >>> [inflect(word, feminine=True, plural=True) for word in ("rico", "gruñón", "feliz", "trabajador", "amable")]
    ['ricas', 'gruñonas', 'felices', 'trabajadoras', 'amables']
    """
    one = _feminine(adjective) if feminine and adjective not in SAME_FEMININE else adjective
    return _plural(one) if plural else one


def _feminine(adjective: str) -> str:
    if adjective.endswith("o"):
        return adjective[:-1] + "a"
    if STRESSED.search(adjective) or adjective.endswith("or"):
        return _without_stress(adjective) + "a"
    return adjective


def _plural(adjective: str) -> str:
    if adjective in IRREGULAR:
        return IRREGULAR[adjective]
    if adjective[-1] in "aeioué":
        return adjective + "s"
    if adjective[-1] in "yz":
        return adjective[:-1] + ("is" if adjective.endswith("y") else "ces")
    return _without_stress(adjective) + "es"


def _without_stress(adjective: str) -> str:
    """``gruñón`` without the accent that it needs no more with a syllable behind it."""
    return adjective[:-2] + adjective[-2:].translate(ACCENTS) if STRESSED.search(adjective) else adjective


@dataclass(frozen=True)
class Noun:
    """A noun with its definite article: ``"la sopa"``, ``"los fideos"``.

    In a format string it chooses by number and gender: ``{noun:es/son}`` by number, ``{noun:o/a/os/as}`` by both.
    """

    text: str

    @property
    def _form(self) -> int:
        feminine, plural = ARTICLES[self.text.split()[0]]
        return feminine + 2 * plural

    def __format__(self, spec: str) -> str:
        if not spec:
            return self.text
        forms = spec.split("/")
        return forms[self._form if len(forms) == 4 else self._form // 2]

    def after(self, determiner: str) -> str:
        """The noun with another determiner (its masculine singular), or with none."""
        noun = self.text.split(maxsplit=1)[1]
        return f"{DETERMINERS[determiner][self._form]} {noun}" if determiner else noun

    def agree(self, said: str) -> str:
        """``said`` of this noun: its first adjective agrees, and the one behind each ``y``; "un desastre" stays."""
        feminine, plural = bool(self._form % 2), self._form >= 2
        parts = said.split()
        due = True
        for place, part in enumerate(parts):
            if due and part in FIXED and (part not in ADVERBS or len(parts) == 1):
                break
            if due and part not in ADVERBS:
                parts[place] = inflect(part, feminine=feminine, plural=plural)
                # "limpio y ordenado", but not "lleno de ruido y humo"
                due = parts[place + 1 : place + 2] in (["y"], ["e"])
        return " ".join(parts)


def contract(text: str) -> str:
    """``a el`` and ``de el`` as they are written: ``al``, ``del``."""
    return re.sub(r"\b([Aa]|[Dd]e) el\b", lambda match: match[1] + "l", text)
