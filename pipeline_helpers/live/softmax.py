"""`LiveSoftmax`: logits under the hand, and what softmax makes of them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import ipywidgets
import numpy as np

from pipeline_helpers.figures.show import figure_html
from pipeline_helpers.figures.softmax import SoftmaxSteps, plot_logits_to_probs, softmax_steps
from pipeline_helpers.language import Mistake, say, say_in_each
from pipeline_helpers.live.answers import MOST_LABELS
from pipeline_helpers.live.base import DEBOUNCE, LiveView
from pipeline_helpers.live.controls import Slider, TextBox
from pipeline_helpers.live.tokens import cut_off
from pipeline_helpers.markup import Html, join, shorten, tag
from pipeline_helpers.stages import Row, labels_of, trace

REACH = 10.0
"""The sliders go from -REACH to REACH, and further where a sentence's logits do."""
COLDEST, HOTTEST = 0.05, 20.0
"""The temperatures at the ends of their slider; 1 is in its middle."""


@dataclass(frozen=True, eq=False)
class Scores:
    """Logits on their way through softmax, and where they come from."""

    labels: list[str]
    """The names of the C labels."""
    logits: list[float]
    """C of them."""
    temperature: float
    """What they are divided by."""
    by_hand: bool = False
    """The logits are no longer those of the sentence."""
    sentence: Row | None = None
    """The sentence in tokens; None where there is none."""

    @cached_property
    def steps(self) -> SoftmaxSteps:
        """Softmax over the logits; with a single label over the logit and a 0, the sigmoid of the pipeline."""
        row = self.logits if len(self.labels) > 1 else [*self.logits, 0.0]
        return softmax_steps(row, temperature=self.temperature)


class LiveSoftmax(LiveView):
    """Logits as sliders or from a sentence, and their way through softmax: temperature, exponentials, sum, quotients.

        ph.LiveSoftmax("I love this film")

    Args:
        text: the sentence whose logits the sliders begin with.
        checkpoint: the model that gives them, as `pipeline_helpers.checkpoint` takes it.
        temperature: what the logits are divided by, 0.05 to 20.
        debounce: seconds from a changed text to the answer; the sliders answer at once.

    Attributes:
        text: the text box.
        logits: a slider a label.
        temperature: its slider.
        status, output: what there is to say, and the table with its bars.
        result: the `Scores` shown, or the `Mistake` said instead.
    """

    names = (("text", "live.text"), ("temperature", "live.softmax.temperature"), ("output", "live.softmax.output"))

    def __init__(
        self,
        text: str = "I love this film",
        checkpoint: str | None = None,
        *,
        temperature: float = 1.0,
        debounce: float = DEBOUNCE,
    ) -> None:
        if not COLDEST <= temperature <= HOTTEST:
            raise ValueError(f"temperature is {temperature!r}; it takes a number from {COLDEST:g} to {HOTTEST:g}")
        self.text = TextBox(value=text)
        self.logits: list[Slider] = []
        self.temperature = Slider(value=temperature, min=COLDEST, max=HOTTEST, step=0.02, log=True)
        self._sliders = ipywidgets.VBox()
        self._heard: tuple[Any, str] | None = None  # the model and the sentence that the sliders were set from
        self._answered: list[float] = []
        self._labels: list[str] = []
        self._sentence: Row | None = None
        controls = [self.text, self._sliders, self.temperature]
        super().__init__(controls, checkpoint, debounce, at_once=[self.temperature])
        self.output.on_action(lambda action: self.from_sentence() if action == "from_sentence" else None)

    def from_sentence(self) -> None:
        """Put the sliders back to the logits of the sentence."""
        self._heard = None
        self.refresh()

    def _relabel(self) -> None:
        super()._relabel()
        for slider, label in zip(self.logits, self._labels, strict=True):
            named = say_in_each("live.softmax.logit", label=shorten(label))
            slider.show({lang: {"label": name} for lang, name in named.items()})

    def _compute(self) -> Scores:
        model, tokenizer = self.loaded()
        text = self.text.value
        labels = labels_of(model.config, model.config.num_labels)
        if len(labels) > MOST_LABELS:
            raise Mistake("live.softmax.many_labels", n=len(labels), most=MOST_LABELS)
        if labels != self._labels:
            self._make_sliders(labels)
        if not text.strip():
            self._sentence = None
        elif self._heard != (model, text):
            run = trace(text, model=model, tokenizer=tokenizer)
            self._sentence = run.rows[0]
            self._set_sliders(run.logits[0].tolist())
        self._heard = (model, text)
        logits = [slider.value for slider in self.logits]
        by_hand = self._sentence is None or logits != self._answered
        return Scores(labels, logits, self.temperature.value, by_hand, self._sentence)

    def _make_sliders(self, labels: list[str]) -> None:
        for slider in self.logits:
            slider.unobserve_all()
            slider.close()
        self._labels, self.logits = labels, [Slider(min=-REACH, max=REACH) for _ in labels]
        for slider in self.logits:
            slider.observe(self._moved, names="value")
        self._sliders.children = self.logits
        self._relabel()

    def _set_sliders(self, logits: list[float]) -> None:
        self._answered = logits
        for slider, logit in zip(self.logits, logits, strict=True):
            reach = max(REACH, math.ceil(abs(logit)))
            with slider.hold_trait_notifications():
                slider.min, slider.max, slider.value = -reach, reach, logit

    def _notices(self, result: Scores, lang: str) -> list[str]:
        said = cut_off(result.sentence, lang) if result.sentence else [say("live.softmax.empty", lang)]
        if len(result.labels) == 1:
            said.append(say("live.softmax.one_label", lang))
        return said

    def _render(self, result: Scores, lang: str) -> Html:
        back = tag("button", say("live.softmax.back", lang), type="button", data_action="from_sentence")
        source = say(f"live.softmax.{'by_hand' if result.by_hand else 'of_sentence'}", lang)
        line = tag("p", source, " ", back if result.by_hand and result.sentence else "", class_="ph-source")
        return join(line, render(result, lang))

    def _picture(self, result: Scores) -> str:
        return figure_html(plot_logits_to_probs, result.logits, labels=result.labels, temperature=result.temperature)


def render(result: Scores, lang: str) -> Html:
    """The steps as a table, a row a label, each number with its bar; under it what is taken from all logits, if so."""
    steps = result.steps
    shift = f" {'−' if steps.shift > 0 else '+'} {abs(steps.shift):.2f}" if steps.shift else ""
    heads = [
        (say("live.softmax.label", lang), ""),
        (say("softmax.head.logit", lang), "z"),
        (say("softmax.head.scaled", lang), f"T = {steps.temperature:#.3g}"),
        (say("softmax.head.exponential", lang), f"exp(z ÷ T{shift})"),
        (say("softmax.head.probability", lang), say("softmax.divided", lang)),
    ]
    names = result.labels if len(result.labels) > 1 else [result.labels[0], "0"]
    colours = ("negative", "positive") if len(result.labels) == 2 else ["class"] * len(names)
    longest = steps.exponentials.max()
    rows = [
        tag(
            "tr",
            tag("th", shorten(name), scope="row"),
            _step(_decimals(steps.logits[place]), _length(*_from_zero(steps.logits, place), colour)),
            _step(_decimals(steps.scaled[place])),
            _step(_short(steps.exponentials[place]), _length(0, 0, steps.exponentials[place] / longest, colour)),
            _step(f"{steps.probabilities[place]:.4f}", _length(0, 0, steps.probabilities[place], colour, " ph-whole")),
            class_="ph-best" if place == steps.order[0] else None,
        )
        for place, (name, colour) in enumerate(zip(names, colours, strict=True))
    ]
    total = [
        tag("th", say("live.softmax.total", lang), scope="row", colspan=3),
        _step(_short(steps.total)),
        _step(f"{steps.probabilities.sum():.4f}"),
    ]
    header = [tag("th", head, " ", tag("small", operation), scope="col") for head, operation in heads]
    table = tag("table", tag("thead", tag("tr", header)), tag("tbody", rows), tag("tfoot", tag("tr", total)),
                class_="ph-softmax", aria_label=say("live.softmax.table", lang))  # fmt: skip
    taken = say("live.softmax.shift", lang, largest=f"{steps.shift:.2f}") if steps.shift else ""
    return join(table, tag("p", taken, class_="ph-shift"))


def _step(text: str, length: str = "") -> Html:
    return tag("td", tag("span", tag("span", text, class_="ph-number"), length, class_="ph-step"))


def _from_zero(values: np.ndarray, place: int) -> tuple[float, float, float]:
    """On a line 1 long that holds zero and all `values`: where zero is, where the bar at `place` begins and ends."""
    least, most = min(0.0, float(values.min())), max(0.0, float(values.max()))
    whole = most - least or 1.0
    zero, end = -least / whole, (float(values[place]) - least) / whole
    return zero, min(zero, end), max(zero, end)


def _length(zero: float, begins: float, ends: float, colour: str, kind: str = "") -> Html:
    """A bar on a line with a mark where zero is, in shares of the line. For the eye: the number stands beside it."""
    place = f"left:{100 * begins:.1f}%;width:{100 * (ends - begins):.1f}%;background:var(--ph-{colour})"
    line = tag("i", style=place), tag("b", style=f"left:{100 * zero:.1f}%")
    return tag("span", line, class_=f"ph-length{kind}", aria_hidden="true")


def _decimals(value: float) -> str:
    """Four decimals, fewer of a large number: never wider than its column."""
    return f"{value:z.4f}" if abs(value) < 1000 else f"{value:.1f}" if abs(value) < 1e5 else f"{value:.1e}"


def _short(value: float) -> str:
    """Four decimals where they say something, else powers of ten."""
    return f"{value:.4f}" if 1e-3 <= value < 1e5 or value == 0 else f"{value:.2e}"
