"""The language switch: a button a language, which shows that language of a notebook and hides the others."""

from html import escape
from importlib.resources import files
from typing import Any

import anywidget
import traitlets

from pipeline_helpers.language.catalogue import say, say_in_each
from pipeline_helpers.language.choice import LANGUAGES, choose_language, current_language, on_change

_BROWSER = files(__package__) / "browser"
KERNEL_SCRIPT = (_BROWSER / "kernel.js").read_text(encoding="utf-8")
"""The beginning of each widget's script: what it does when its kernel is gone."""


def hiding_rules() -> str:
    """The style that hides, where a language is chosen, what is in the others: divs, and the spans of headings.

    And what stands between languages (.ph-between): a heading's dot, the name in front of a text.

    The rules ask which language the notebook wears, not the page: two notebooks side by side may differ. Never a bare
    [lang]: JupyterLab's own page is <html lang="en">, and a span with a lang inside a text says how to read it aloud.
    Voila has no .jp-Notebook, there the page is the notebook. Nor what is .ph-says: a live view's part, which comes
    into the new language by itself, a moment later, and stays in sight until then.
    """
    headings = ":is(h1, h2, h3, h4, h5, h6)"
    rules = []
    for chosen in LANGUAGES:
        others = ", ".join(f"[lang={lang}]" for lang in LANGUAGES if lang != chosen)
        hidden = f":is(div:is({others}):not(.ph-says), {headings} > span:is({others}), .ph-between)"
        rules.append(f":is(.jp-Notebook, body).ph-{chosen} {hidden} {{ display: none !important; }}\n")
    return "".join(rules)


class LanguageSwitch(anywidget.AnyWidget):
    """A button for each of `LANGUAGES`, and the language in force as `lang`.

    While it is out of view, a small one stands in the corner of the notebook.
    """

    _esm = KERNEL_SCRIPT + "".join((_BROWSER / name).read_text(encoding="utf-8") for name in ("corner.js", "switch.js"))
    _css = hiding_rules() + (_BROWSER / "switch.css").read_text(encoding="utf-8")
    lang = traitlets.Enum(LANGUAGES).tag(sync=True)
    names = traitlets.List().tag(sync=True)
    labels = traitlets.Dict().tag(sync=True)
    corner = traitlets.Dict().tag(sync=True)

    def __init__(self) -> None:
        names = [[lang, name] for lang, name in LANGUAGES.items()]  # a saved dict would come back in another order
        labels, corner = say_in_each("language.switch.label"), say_in_each("language.switch.corner")
        super().__init__(lang=current_language(), names=names, labels=labels, corner=corner)
        self.observe(self._chosen, names="lang")
        on_change(self._follow)

    def _chosen(self, change: dict[str, Any]) -> None:
        choose_language(change["new"])

    def _follow(self, lang: str) -> None:
        self.lang = lang

    def __repr__(self) -> str:
        return f"LanguageSwitch({' · '.join(LANGUAGES.values())})"

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        """The widget, and beside it what a reader without a kernel sees."""
        bundle = super()._repr_mimebundle_(**kwargs)
        data, metadata = bundle if isinstance(bundle, tuple) else (bundle or {}, {})
        return {**data, "text/plain": repr(self), "text/html": static_html()}, metadata


def static_html() -> str:
    """What stands in the stored notebook: the languages' names, and what to do, in each of them."""
    parts = (f'<div lang="{lang}">{escape(say("language.switch.static", lang))}</div>' for lang in LANGUAGES)
    return f"<div><b>{' · '.join(LANGUAGES.values())}</b>{''.join(parts)}</div>"


_switch: LanguageSwitch | None = None


def language_switch() -> None:
    """Show the switch: the prose, the figures and the live views of this notebook follow it at once.

    The language chosen is the one that the next lesson opens in. Called again, it shows the same switch again.
    """
    from IPython.display import display

    global _switch
    if _switch is None:
        _switch = LanguageSwitch()
    display(_switch)
