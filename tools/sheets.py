"""Two sheets to hand out, in one language each: the map of shapes, on one page, and the glossary.

    python -m tools.sheets es       build/handout/es/shapes.html and glossary.html
    python -m tools.sheets          every language

The map is a half of docs/shapes.md; the glossary is pipeline_helpers/language/glossary.csv, in the order of the
language's alphabet, with the term that the other languages use beside it: code and documentation are in English.
"""

import argparse
import csv
import re
import unicodedata
from collections.abc import Sequence
from html import escape
from pathlib import Path

from nbformat.v4 import new_markdown_cell, new_notebook

from pipeline_helpers import language
from pipeline_helpers.language import LANGUAGES
from tools.export_lessons import BUILD, HandoutExporter
from tools.run_lessons import ROOT

SHAPES = ROOT / "docs" / "shapes.md"
GLOSSARY = Path(language.__file__).with_name("glossary.csv")
TITLE = {"es": "Glosario", "en": "Glossary"}
HEAD = {"es": ("término", "qué es"), "en": ("term", "what it is")}
CALLED = {"es": {"en": "en inglés"}, "en": {"es": "in Spanish"}}
"""How the sheet in one language heads the column of another."""


class SheetExporter(HandoutExporter):
    """A page in the handouts' look, set more closely."""

    styles = (*HandoutExporter.styles, "sheet.css")


def half(text: str, lang: str) -> str:
    """What a document with all languages says in `lang`: its title, and what stands under the language's heading.

    Raises:
        ValueError: it has no heading `## ` with the language's name, or not a title in each language.
    """
    first, _, rest = text.partition("\n")
    titles = first.removeprefix("# ").split(" · ")
    parts = re.split(rf"^## ({'|'.join(LANGUAGES.values())})\n", rest, flags=re.MULTILINE)[1:]
    said = dict(zip(parts[::2], parts[1::2], strict=True))
    if list(said) != list(LANGUAGES.values()) or len(titles) != len(LANGUAGES):
        raise ValueError(f"it needs a title and a part in each of {', '.join(LANGUAGES.values())}")
    return f"# {titles[list(LANGUAGES).index(lang)]}\n\n{said[LANGUAGES[lang]].strip()}\n"


def shapes(lang: str) -> str:
    """The map of shapes in `lang`, as markdown whose links lead to the exported lessons beside it."""
    return half(SHAPES.read_text(encoding="utf-8"), lang).replace("](../notebooks/", "](")


def terms(lang: str) -> list[dict[str, str]]:
    """The rows of the glossary, in the order of the alphabet of `lang`."""
    with GLOSSARY.open(encoding="utf-8", newline="") as file:
        return sorted(csv.DictReader(file), key=lambda row: in_alphabet(row[lang]))


def in_alphabet(word: str) -> tuple[str, str]:
    """Where a dictionary has `word`: accents do not count at first, and ñ is a letter of its own, after n."""
    marked = word.casefold().replace("ñ", "n\uffff")
    bare = "".join(char for char in unicodedata.normalize("NFD", marked) if not unicodedata.combining(char))
    return bare, word


def glossary(lang: str) -> str:
    """The glossary in `lang`, as markdown and HTML."""
    others = [other for other in LANGUAGES if other != lang]
    name, meaning = HEAD[lang]
    lines = [f"<th>{name}</th>", *(f"<th>{CALLED[lang][other]}</th>" for other in others), f"<th>{meaning}</th>"]
    rows = [f"<thead><tr>{''.join(lines)}</tr></thead>", "<tbody>"]
    for row in terms(lang):
        said = re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(row[f"{lang}_means"], quote=False))
        cells = [f'<td class="term">{escape(row[lang])}</td>']
        cells += [f'<td class="elsewhere" lang="{other}">{escape(row[other])}</td>' for other in others]
        rows.append(f'<tr>{"".join(cells)}<td class="meaning">{said}</td></tr>')
    table = "\n".join([*rows, "</tbody>"])
    return f"# {TITLE[lang]}\n\n<table>\n{table}\n</table>\n"


SHEETS = {"shapes": shapes, "glossary": glossary}


def export_sheets(lang: str, folder: Path) -> list[Path]:
    """Write both sheets in `lang` into `folder`; returns their files."""
    written = []
    for name, sheet in SHEETS.items():
        made = new_notebook(cells=[new_markdown_cell(sheet(lang))])
        path = folder / f"{name}.html"
        path.write_text(SheetExporter(lang).page(made), encoding="utf-8")
        written.append(path)
    return written


def main(argv: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("lang", nargs="?", choices=LANGUAGES, help="a language; every one when it is left out")
    parser.add_argument("--output", type=Path, default=BUILD / "handout", help="where they go")
    arguments = parser.parse_args(argv)
    for lang in [arguments.lang] if arguments.lang else LANGUAGES:
        folder = arguments.output / lang
        folder.mkdir(parents=True, exist_ok=True)
        for path in export_sheets(lang, folder):
            print(path, flush=True)


if __name__ == "__main__":
    main()
