"""The lessons in one language: handouts to read, slides to present. Both kinds open complete without a network.

    python -m tools.export_lessons handout es       build/handout/es/00_….html and 00_….ipynb, for each lesson
                                                    and for its practice, in build/handout/es/practice
    python -m tools.export_lessons slides en        build/slides/en/00_….slides.html, reveal.js beside them
    python -m tools.export_lessons slides           every language

Each lesson is run in that language first; `--stored` takes the outputs that are stored in it instead.
"""

import argparse
import re
import shutil
import sys
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path

import nbformat
from latex2mathml.converter import convert as to_mathml
from mistune.plugins.table import render_table_cell
from nbconvert.exporters import HTMLExporter, SlidesExporter
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbformat import NotebookNode
from pygments.formatters import HtmlFormatter
from traitlets import Unicode

from pipeline_helpers.language import LANGUAGES
from pipeline_helpers.language.prose import ProseError
from tools.minutes import without_table
from tools.one_language import one_language, outputs_in_one_language
from tools.pages import for_paper, for_slides
from tools.run_lessons import NOTEBOOKS, ROOT, LessonError, canonical, in_order, run

BUILD = ROOT / "build"
PAGES = Path(__file__).with_name("export")
ENDINGS = {"handout": ".html", "slides": ".slides.html"}
REVEAL_PARTS = (
    "LICENSE",
    "dist/reveal.css",
    "dist/reveal.js",
    "plugin/notes/notes.js",
    "plugin/notes/speaker-view.html",
)
NUMBERS = re.compile(r"[-−\d.,e\s]+")
"""A cell of a table with nothing in it but numbers: 4.0195e-02 is not to be broken at its hyphen."""
CODE_STYLE = "bw"
"""Code without a hue: bold and italic say what is what. A colour has a meaning in this course, and code is none."""
RISE = {"scroll": True, "center": False, "theme": "white", "transition": "none"}
"""jupyterlab-rise shows the notebook itself, with `rise.css`: what is longer than the screen can be scrolled there."""


class Renderer(IPythonRenderer):
    """A prose cell's markdown → HTML, with formulas as MathML and links that stay among the exported lessons."""

    ending = ENDINGS["handout"]

    def inline_math(self, body: str) -> str:
        """A formula in a line of text."""
        return mathml(body, "inline")

    def block_math(self, body: str) -> str:
        """A formula on a line of its own."""
        return mathml(body, "block")

    def latex_environment(self, name: str, body: str) -> str:
        """A formula between `begin` and `end`."""
        return mathml(rf"\begin{{{name}}}{body}\end{{{name}}}", "block")

    def table_cell(self, text: str, align: str | None = None, head: bool = False) -> str:
        """A cell of a table; one that holds numbers alone is not broken."""
        if not head and NUMBERS.fullmatch(text):
            return f'<td class="number">{text}</td>'
        return render_table_cell(self, text, align, head)

    def link(self, text: str, url: str, title: str | None = None) -> str:
        """A link, to the exported file where it leads to a lesson."""
        return super().link(text, link_to(url, self.ending), title)


def mathml(formula: str, display: str) -> str:
    """A LaTeX formula as MathML, which browsers draw by themselves.

    Raises:
        ValueError: the formula can't be read; the message quotes it.
    """
    try:
        drawn = to_mathml(formula.strip(), display=display)
    except Exception as error:  # latex2mathml's exceptions have no base of their own
        raise ValueError(f"the formula {formula!r} can't be turned into MathML: {error!r}") from error
    if "\\" in drawn:  # it leaves a command that it does not know as it is
        raise ValueError(f"the formula {formula!r} has a command that latex2mathml does not know")
    return drawn


def link_to(url: str, ending: str) -> str:
    """Where a lesson's link leads from an exported page: `01_tokenizer.ipynb#x` → `01_tokenizer.html#x`."""
    path, hash_, fragment = url.partition("#")
    if "://" in path or not path.endswith(".ipynb"):
        return url
    return path.removesuffix(".ipynb") + ending + hash_ + fragment


class HandoutExporter(HTMLExporter):
    """One HTML file that needs nothing beside it."""

    kind = "handout"
    styles: tuple[str, ...] = ("lesson.css", "handout.css")

    def __init__(self, lang: str) -> None:
        super().__init__(
            template_name=self.kind,
            extra_template_basedirs=[str(PAGES)],
            language_code=lang,
            embed_images=True,
            exclude_input_prompt=True,
            exclude_output_prompt=True,
        )

    def markdown2html(self, source: str) -> str:
        """The filter that the templates put each prose cell through."""
        renderer = Renderer(escape=False, exclude_anchor_links=True)
        renderer.ending = ENDINGS[self.kind]
        return MarkdownWithMath(renderer=renderer).render(source)

    def page(self, lesson: NotebookNode) -> str:
        """`lesson`, which is in one language, as one page of HTML."""
        style = [HtmlFormatter(style=CODE_STYLE).get_style_defs(".highlight")]
        style += [(PAGES / name).read_text(encoding="utf-8") for name in self.styles]
        resources = {
            "title": title(lesson),
            "style": "\n".join(style),
            "script": (PAGES / "fit.js").read_text(encoding="utf-8"),
        }
        html, _ = self.from_notebook_node(lesson, resources)
        return html


class DeckExporter(HandoutExporter, SlidesExporter):
    """A deck for reveal.js, which lies in the folder `reveal.js` beside it."""

    kind = "slides"
    styles = ("lesson.css", "slides.css")
    reveal_url_prefix = Unicode("reveal.js")


def title(lesson: NotebookNode) -> str:
    """The text of a lesson's first heading."""
    for cell in lesson.cells:
        if cell.cell_type == "markdown" and cell.source.startswith("# "):
            return cell.source.splitlines()[0].removeprefix("# ")
    return "pipeline"


def export_handout(lesson: NotebookNode, stem: str, lang: str, folder: Path) -> None:
    """Write `lesson`, which is in `lang` alone, into `folder` as a page and as a notebook."""
    (folder / f"{stem}.html").write_text(HandoutExporter(lang).page(for_paper(lesson, lang)), encoding="utf-8")
    notebook = nbformat.from_dict({**lesson, "metadata": {**lesson.metadata, "rise": RISE}})
    nbformat.write(notebook, folder / f"{stem}.ipynb")
    shutil.copyfile(PAGES / "rise.css", folder / "rise.css")


def export_slides(lesson: NotebookNode, stem: str, lang: str, folder: Path) -> None:
    """Write `lesson`, which is in `lang` alone, into `folder` as slides, with reveal.js beside them."""
    copy_reveal(folder / "reveal.js")
    deck = for_slides(lesson, lang)
    for cell in deck.cells:
        cell.source = without_table(cell.source)
    (folder / f"{stem}.slides.html").write_text(DeckExporter(lang).page(deck), encoding="utf-8")


EXPORTS: dict[str, Callable[[NotebookNode, str, str, Path], None]] = {
    "handout": export_handout,
    "slides": export_slides,
}


def copy_reveal(target: Path) -> None:
    """Copy what a deck needs of reveal.js from the installed sphinx-revealjs; nothing of Sphinx is imported.

    Raises:
        ModuleNotFoundError: sphinx-revealjs is not installed.
    """
    spec = find_spec("sphinx_revealjs")
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError("sphinx-revealjs, which carries reveal.js, is not installed: pip install .[export]")
    source = Path(spec.submodule_search_locations[0]) / "_static" / "revealjs"
    for part in REVEAL_PARTS:
        (target / part).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source / part, target / part)


def in_language(lesson: NotebookNode, lang: str, *, stored: bool = False) -> NotebookNode:
    """`lesson` in `lang` alone, run in that language, or with its stored outputs."""
    lesson = one_language(lesson, lang)
    if stored:
        return lesson
    # Run as the reader will run it: what comes out is in this language alone.
    return outputs_in_one_language(canonical(run(lesson, {"PIPELINE_HELPERS_LANG": lang})), lang)


def main(argv: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kind", choices=EXPORTS)
    parser.add_argument("lang", nargs="?", choices=LANGUAGES, help="a language; every one when it is left out")
    parser.add_argument("--stored", action="store_true", help="take the stored outputs, run nothing")
    parser.add_argument("--notebooks", type=Path, default=NOTEBOOKS, help="where the lessons are")
    parser.add_argument("--output", type=Path, default=BUILD, help="where they go")
    arguments = parser.parse_args(argv)
    for lang in [arguments.lang] if arguments.lang else LANGUAGES:
        folder = arguments.output / arguments.kind / lang
        folder.mkdir(parents=True, exist_ok=True)
        for path in in_order(arguments.notebooks):
            target = folder / path.parent.relative_to(arguments.notebooks)
            target.mkdir(exist_ok=True)
            try:
                lesson = in_language(nbformat.read(path, as_version=4), lang, stored=arguments.stored)
                EXPORTS[arguments.kind](lesson, path.stem, lang, target)
            except (ProseError, LessonError) as error:
                sys.exit(f"{path.name}: {error}")
            print(target / (path.stem + ENDINGS[arguments.kind]), flush=True)


if __name__ == "__main__":
    main()
