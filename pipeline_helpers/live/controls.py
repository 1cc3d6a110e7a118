"""The parts that the views are made of: a text box, a slider, a choice, a panel of HTML.

ipywidgets' own have no name or no state in the browser's accessibility tree (its slider) or replace everything on
each update (its HTML). These are small wrappers around `<textarea>`, `<input type="range">` and `<input type="radio">`,
and a panel that changes only what is different. Their scripts stand in `browser/`, and nothing comes from the net.
"""

from collections.abc import Callable, Mapping
from importlib.resources import files
from typing import Any

import anywidget
import traitlets

from pipeline_helpers.figures.colours import variables
from pipeline_helpers.language import current_language
from pipeline_helpers.language.switch import KERNEL_SCRIPT

_BROWSER = files(__package__) / "browser"
_STYLES = ("live.css", "tokenizer.css", "pipeline.css", "attention_mask.css", "softmax.css", "attention.css")
LOOK = variables() + "".join((_BROWSER / file).read_text(encoding="utf-8") for file in _STYLES)


def script(*names: str) -> str:
    """The script of a part that is written in these files of `browser/`, the one with `render` last."""
    return KERNEL_SCRIPT + "".join((_BROWSER / file).read_text(encoding="utf-8") for file in ("keys.js", *names))


class Control(anywidget.AnyWidget):
    """What they share: one look, a name, and a `repr` that is the same in every run."""

    _css = LOOK
    label = traitlets.Unicode().tag(sync=True)
    lang = traitlets.Unicode().tag(sync=True)
    """The language of its texts, for who hears them; empty where nobody said."""
    words = traitlets.Dict().tag(sync=True)
    """Its texts in the other languages: language → trait → text, for a page whose kernel is gone."""

    def show(self, texts: Mapping[str, Mapping[str, Any]]) -> None:
        """Show `texts` (language → trait → text) in the language in force, the others kept at hand; one message."""
        lang = current_language()
        with self.hold_sync():
            self.lang = lang
            for trait, text in texts[lang].items():
                setattr(self, trait, text)
            self.words = {other: dict(said) for other, said in texts.items() if other != lang}

    def on_action(self, callback: Callable[[str], None]) -> None:
        """Call `callback(action)` when a button of that action is clicked."""

        def received(_: Any, content: Any, __: Any) -> None:
            if isinstance(content, dict) and isinstance(content.get("action"), str):
                callback(content["action"])

        self.on_msg(received)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.value!r})"


class TextBox(Control):
    """A named text box that grows with its text and sends every change."""

    _esm = script("text_box.js")
    value = traitlets.Unicode().tag(sync=True)
    hint = traitlets.Unicode().tag(sync=True)
    """Shown while the box is empty."""

    @traitlets.validate("value")
    def _whole_characters(self, proposal: Any) -> str:
        # Half of a surrogate pair can't be sent to the browser, nor read by a tokenizer.
        return proposal["value"].encode("utf-8", "replace").decode("utf-8")


class Slider(Control):
    """A named slider. `value` is exact: only the slider's own movement is in steps.

    With `log` the same way along it is the same factor everywhere, from a `min` above 0; `step` is the share of the
    value that a step adds, and three digits are shown.
    """

    _esm = script("slider.js")
    value = traitlets.Float().tag(sync=True)
    min = traitlets.Float(0.0).tag(sync=True)
    max = traitlets.Float(1.0).tag(sync=True)
    step = traitlets.Float(0.1).tag(sync=True)
    log = traitlets.Bool(False).tag(sync=True)
    digits = traitlets.Int(2).tag(sync=True)
    """How many decimals are shown."""

    def __repr__(self) -> str:
        return f"Slider({self.value:.{self.digits}f})"


class Choice(Control):
    """One of a few values, as a named group of buttons of which one is pressed."""

    _esm = script("choice.js")
    value = traitlets.Unicode().tag(sync=True)
    options = traitlets.List(traitlets.Unicode()).tag(sync=True)

    @traitlets.validate("value")
    def _one_of_them(self, proposal: Any) -> str:
        if proposal["value"] not in self.options:
            raise traitlets.TraitError(f"value is {proposal['value']!r}; it takes one of {self.options}")
        return proposal["value"]


class Panel(Control):
    """HTML that changes in place: what stays the same is not touched, so nothing flickers and the focus stays.

    What the HTML may ask for, by attributes: elements with equal `data-at` light up together when one of them is
    pointed at or has the focus, and the `data-detail` of that one is shown in the element with `data-shows-detail`;
    a button with `data-action` tells Python of its click. An element with `data-keys` is one stop of the Tab key, where
    the focus was last; arrow keys move among what has a `tabindex` in it, row by row where it says how many columns it
    has. An element with `data-scrolls`, an `aria-label` and `role="group"` becomes a stop, and a named region, while
    there is more of it than it has room for. After a button was pressed, the focus goes to the element with
    `data-focus`, if its value is another one than before; an element with another `data-key` is put in anew.
    What has the class `ph-spoken` is read aloud and not seen.
    """

    _esm = script("patch.js", "pointing.js", "panel.js")
    html = traitlets.Unicode().tag(sync=True)
    role = traitlets.Unicode("group").tag(sync=True)
    gone = traitlets.Unicode().tag(sync=True)
    """HTML that is put before it while there is no kernel behind it; it may hold every language."""

    def __repr__(self) -> str:
        return "Panel()"
