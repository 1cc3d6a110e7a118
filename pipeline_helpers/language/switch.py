"""The language switch: two buttons that show one language of a notebook and hide the other."""

from html import escape
from typing import Any

import anywidget
import traitlets

from pipeline_helpers.language.catalogue import both, say
from pipeline_helpers.language.choice import LANGUAGES, choose_language, current_language, on_change

NAMES = {"es": "Español", "en": "English"}

# The rules ask which language the notebook wears, not the page: two notebooks side by side may differ. Never a bare
# [lang]: JupyterLab's own page is <html lang="en">. Voila has no .jp-Notebook, there the page is the notebook.
_RULES = "\n".join(
    f":is(.jp-Notebook, body).ph-{chosen} div[lang={hidden}] {{ display: none !important; }}"
    for chosen, hidden in (LANGUAGES, LANGUAGES[::-1])
)

_CSS = (
    _RULES
    + """
.ph-switch { display: inline-flex; gap: 4px; padding: 4px 0; font-family: var(--jp-ui-font-family, sans-serif); }
.ph-switch button {
  font: inherit; font-size: 14px; padding: 6px 16px; border-radius: 4px; cursor: pointer;
  border: 1px solid var(--jp-border-color1, #767676);
  background: var(--jp-layout-color1, #fff); color: var(--jp-ui-font-color1, #1b1b1b);
}
.ph-switch button[aria-pressed=true] { background: #00527f; border-color: #00527f; color: #fff; font-weight: bold; }
.ph-switch button[aria-pressed=true]::before { content: "✓ "; }
.ph-switch button:focus-visible { outline: 3px solid #e69f00; outline-offset: 1px; }
"""
)

# The notebook's class changes in the browser itself, so that the prose follows even while the kernel is busy. It is the
# notebook that wears it and not the switch, since JupyterLab takes cells that are out of view off the page.
_ESM = """
function render({ model, el }) {
  const group = document.createElement("div");
  group.className = "ph-switch";
  group.setAttribute("role", "group");
  const names = model.get("names");
  const buttons = Object.entries(names).map(([lang, name]) => {
    const button = document.createElement("button");
    button.type = "button";
    button.lang = lang;
    button.textContent = name;
    button.addEventListener("click", () => {
      model.set("lang", lang);
      model.save_changes();
    });
    group.append(button);
    return button;
  });
  let notebook = null;
  const update = () => {
    const chosen = model.get("lang");
    group.setAttribute("aria-label", model.get("labels")[chosen]);
    for (const button of buttons) button.setAttribute("aria-pressed", String(button.lang === chosen));
    if (el.isConnected) notebook = el.closest(".jp-Notebook") ?? document.body;
    for (const lang of Object.keys(names)) notebook?.classList.toggle(`ph-${lang}`, lang === chosen);
  };
  model.on("change:lang", update);
  el.append(group);
  const arrival = new IntersectionObserver(update);
  arrival.observe(group);
  update();
  return () => {
    model.off("change:lang", update);
    arrival.disconnect();
  };
}
export default { render };
"""


class LanguageSwitch(anywidget.AnyWidget):
    """Two buttons, Español and English, and the language in force as `lang`."""

    _esm = _ESM
    _css = _CSS
    lang = traitlets.Enum(LANGUAGES).tag(sync=True)
    names = traitlets.Dict(NAMES).tag(sync=True)
    labels = traitlets.Dict().tag(sync=True)

    def __init__(self) -> None:
        super().__init__(lang=current_language(), labels=both("language.switch.label"))
        self.observe(self._chosen, names="lang")
        on_change(self._follow)

    def _chosen(self, change: dict[str, Any]) -> None:
        choose_language(change["new"])

    def _follow(self, lang: str) -> None:
        self.lang = lang

    def __repr__(self) -> str:
        return "LanguageSwitch(Español · English)"

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        """The widget, and beside it what a reader without a kernel sees."""
        bundle = super()._repr_mimebundle_(**kwargs)
        data, metadata = bundle if isinstance(bundle, tuple) else (bundle or {}, {})
        return {**data, "text/plain": repr(self), "text/html": static_html()}, metadata


def static_html() -> str:
    """What stands in the stored notebook: both names, and what to do, in both languages."""
    parts = (f'<div lang="{lang}">{escape(say("language.switch.static", lang))}</div>' for lang in LANGUAGES)
    return f"<div><b>{' · '.join(NAMES.values())}</b>{''.join(parts)}</div>"


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
