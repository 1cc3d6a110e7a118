"""`LiveSoftmax`: logits under the hand, and what softmax makes of them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import ipywidgets

from pipeline_helpers.figures.show import figure_html
from pipeline_helpers.figures.softmax import SoftmaxSteps, plot_logits_to_probs, softmax_steps
from pipeline_helpers.language import Mistake, say, say_in_each
from pipeline_helpers.live.answers import MOST_LABELS, bar
from pipeline_helpers.live.base import DEBOUNCE, LiveView
from pipeline_helpers.live.controls import Slider, TextBox
from pipeline_helpers.live.markup import Html, join, shorten, tag
from pipeline_helpers.live.tokens import cut_off
from pipeline_helpers.stages import Row, labels_of, trace

REACH = 10.0
"""The sliders go from -REACH to REACH, and further where a sentence's logits do."""


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
        temperature: what the logits are divided by, 0.1 to 5.
        debounce: seconds from a changed text to the answer; the sliders answer at once.

    Attributes:
        text: the text box.
        logits: a slider a label.
        temperature: its slider.
        status, output: what there is to say, and the table.
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
        if not 0.1 <= temperature <= 5:
            raise ValueError(f"temperature is {temperature!r}; it takes a number from 0.1 to 5")
        self.text = TextBox(value=text)
        self.logits: list[Slider] = []
        self.temperature = Slider(value=temperature, min=0.1, max=5, step=0.1, digits=1)
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
        return join(tag("p", source, " ", back if result.by_hand and result.sentence else ""), render(result, lang))

    def _picture(self, result: Scores) -> str:
        return figure_html(plot_logits_to_probs, result.logits, labels=result.labels, temperature=result.temperature)


def render(result: Scores, lang: str) -> Html:
    """The steps as a table, a row a label, and the sum under the exponentials."""
    steps = result.steps
    shift = f" − {steps.shift:.1f}" if steps.shift > 0 else f" + {-steps.shift:.1f}" if steps.shift else ""
    heads = [
        say("live.softmax.label", lang),
        "logit",
        f"logit / {steps.temperature:.1f}",
        f"exp(logit / {steps.temperature:.1f}{shift})",
        say("live.softmax.probability", lang),
    ]
    names = result.labels if len(result.labels) > 1 else [result.labels[0], "0"]
    rows = [
        tag(
            "tr",
            tag("th", shorten(name), scope="row"),
            _number(f"{steps.logits[place]:z.4f}"),
            _number(f"{steps.scaled[place]:z.4f}"),
            _number(_short(steps.exponentials[place])),
            _number(f"{steps.probabilities[place]:.4f}"),
            tag("td", bar(steps.probabilities[place])),
            class_="ph-best" if place == steps.order[0] else None,
        )
        for place, name in enumerate(names)
    ]
    total = [
        tag("th", say("live.softmax.total", lang), scope="row", colspan=3),
        _number(_short(steps.total)),
        _number(f"{steps.probabilities.sum():.4f}"),
    ]
    header = [tag("th", head, scope="col", class_="ph-number" if place else None) for place, head in enumerate(heads)]
    return tag("table", tag("thead", tag("tr", header)), tag("tbody", rows), tag("tfoot", tag("tr", total)))


def _number(text: str) -> Html:
    return tag("td", text, class_="ph-number")


def _short(value: float) -> str:
    """Four decimals where they say something, else powers of ten."""
    return f"{value:.4f}" if 1e-3 <= value < 1e5 or value == 0 else f"{value:.2e}"
