"""`LiveAttention`: who attends to whom in each head, and what the answer is without some of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

import ipywidgets

from pipeline_helpers.figures.attention import Attention, plot_attention
from pipeline_helpers.figures.show import figure_html
from pipeline_helpers.interpretability import without_head
from pipeline_helpers.language import Mistake, say
from pipeline_helpers.live.answers import bar, class_colour
from pipeline_helpers.live.base import DEBOUNCE, LiveView, guarded
from pipeline_helpers.live.controls import TextBox
from pipeline_helpers.live.heads import Heads, heads_of
from pipeline_helpers.live.tokens import cut_off
from pipeline_helpers.markup import Html, join, shorten, tag
from pipeline_helpers.stages import Trace, trace

Head = tuple[int, int]
"""A layer and a head of it, counted as in `attentions[layer][:, head]`."""


@dataclass(frozen=True, eq=False)
class Attended:
    """One sentence or two in one batch, with all heads and without those that are switched off."""

    boxes: list[int]
    """Which text box each sentence stands in: 0 or 1."""
    run: Trace
    without: Trace | Mistake | None = None
    """None where no head is switched off."""
    seen: dict[int, Attention] = field(default_factory=dict)
    """What `heads` has made."""

    def shown(self, box: int) -> int:
        """`box`, or the other one where there is no sentence in it."""
        return box if box in self.boxes else self.boxes[0]

    def heads(self, box: int) -> Attention:
        """All heads of the sentence in `box`; made once, as it takes its time where the sentence is long.

        Raises:
            Mistake: the model gives no matrix of tokens × tokens for each of its layers.
        """
        if box not in self.seen:
            self.seen[box] = heads_of(self.run, self.boxes.index(box))
        return self.seen[box]


class LiveAttention(LiveView):
    """All heads of all layers as a menu, and the sentence twice, with lines from each token to those it looks at.

    A head is chosen with the mouse or the arrow keys, and pointing at a token, or moving to it, shows its lines and its
    weights: that asks no kernel. A head can be switched off, and the answer without it stands beside the answer.

        ph.LiveAttention(["I hate this so much!"], layer=3, head=9)

    Args:
        texts: the sentence to begin with, or two of them, which go through the model as one padded batch.
        checkpoint: the model and its tokenizer, as `pipeline_helpers.checkpoint` takes them.
        layer, head: which to begin with, counted from 0 as in `attentions[layer][:, head]`; None: the one whose tokens
            look at one token at a time, more than those of any other.
        debounce: seconds from a changed text to the answer; 0 answers at once.

    Attributes:
        text, second: the two text boxes; one of them may be empty.
        chosen: layer and head of the one whose lines are shown; `choose` changes it.
        off: the heads that are switched off, each as (layer, head); `switch` changes it.
        box: which box's sentence is looked at, while there is one in it; `look_at` changes it.
        status, output, heads: what there is to say; the answers; the menu and the lines.
        result: the `Attended` shown, or the `Mistake` said instead.
    """

    names = (("text", "live.pipeline.first"), ("second", "live.pipeline.second"), ("output", "live.attention.output"))

    def __init__(
        self,
        texts: str | Sequence[str] = ("I hate this so much!",),
        checkpoint: str | None = None,
        *,
        layer: int | None = None,
        head: int | None = None,
        debounce: float = DEBOUNCE,
    ) -> None:
        given = [texts] if isinstance(texts, str) else list(texts)
        if not 1 <= len(given) <= 2 or not all(isinstance(text, str) for text in given):
            raise ValueError(f"texts is {shorten(repr(texts))}; it takes one sentence or a list of two")
        if (layer is None) != (head is None):
            raise ValueError(f"layer is {layer}, head is {head}; they come together, or neither of them")
        self.text, self.second = (TextBox(value=text) for text in [*given, ""][:2])
        self.heads = Heads()
        self.chosen: Head | None = None
        self.off: frozenset[Head] = frozenset()
        self.box = 0
        super().__init__([self.text, self.second], checkpoint, debounce)
        boxes = ipywidgets.HBox([self.text, self.second])
        boxes.add_class("ph-boxes")
        self.children = [boxes, self.status, self.output, self.heads]
        self.output.on_action(self._clicked)
        self.heads.on_action(self._clicked)
        if layer is not None and head is not None and not isinstance(self.result, Mistake):
            self.choose(layer, head)

    def choose(self, layer: int, head: int) -> None:
        """Show the lines of a head.

        Raises:
            ValueError: there is no such head.
        """
        with self._lock:
            self._check(layer, head)
            self.chosen = (layer, head)
            self._draw()

    def switch(self, layer: int, head: int) -> None:
        """Switch a head off; once more switches it on again.

        Raises:
            ValueError: there is no such head.
        """
        with self._lock:
            self._check(layer, head)
            self._put(self.off ^ {(layer, head)})

    def look_at(self, box: int) -> None:
        """Show the sentence of the first (0) or second (1) box.

        Raises:
            ValueError: there is none in it.
        """
        with self._lock:
            boxes = [] if isinstance(self.result, Mistake) else self.result.boxes
            if box not in boxes:
                raise ValueError(f"box is {box}; there is a sentence in {boxes}")
            self.box = box
            self._show()

    def _check(self, layer: int, head: int) -> None:
        layers, heads = (0, 0) if isinstance(self.result, Mistake) else _size(self.result.run)
        if not (0 <= layer < layers and 0 <= head < heads):
            raise ValueError(f"layer is {layer}, head is {head}; there are {layers} layers of {heads} heads, from 0")

    def _put(self, off: Iterable[Head]) -> None:
        self.off = frozenset(off)
        self.result = replace(self.result, without=self._without(self.result.run))
        self._show()

    def _clicked(self, action: str) -> None:
        # A click may come after the head that it meant is gone.
        asked = re.fullmatch(r"(head|off) (\d{1,4}) (\d{1,4})", action)
        if isinstance(self.result, Mistake):
            return
        if asked:
            layers, heads = _size(self.result.run)
            layer, head = int(asked[2]), int(asked[3])
            if layer < layers and head < heads:
                (self.choose if asked[1] == "head" else self.switch)(layer, head)
        elif action == "all on":
            with self._lock:
                self._put(())
        elif action in [f"look {box}" for box in self.result.boxes]:
            self.look_at(int(action[-1]))

    # What it computes.

    def _compute(self) -> Attended:
        model, tokenizer = self.loaded()
        texts = {box: part.value for box, part in enumerate((self.text, self.second)) if part.value.strip()}
        if not texts:
            raise Mistake("live.empty")
        run = trace(list(texts.values()), model=model, tokenizer=tokenizer, attentions=True)
        result = Attended(list(texts), run)
        peaks = result.heads(result.shown(self.box)).peaks
        layers, heads = peaks.shape
        if self.chosen is None or not (self.chosen[0] < layers and self.chosen[1] < heads):
            self.chosen = (int(peaks.argmax()) // heads, int(peaks.argmax()) % heads)
        self.off = frozenset((layer, head) for layer, head in self.off if layer < layers and head < heads)
        return replace(result, without=self._without(run))

    def _without(self, run: Trace) -> Trace | Mistake | None:
        if not self.off:
            return None
        model, tokenizer = self.loaded()
        made = guarded(lambda: without_head(run.texts, model, tokenizer, heads=sorted(self.off)))
        # Nobody looks at its weights, and those of a long text are 75 MB.
        return made if isinstance(made, Mistake) else replace(made, attentions=None)

    # What it shows.

    def _relabel(self) -> None:
        super()._relabel()
        self.heads.relabel()

    def _show(self) -> None:
        super()._show()
        self._draw()

    def _draw(self) -> None:
        if isinstance(self.result, Mistake) or self.chosen is None:
            self.heads.clear()
        else:
            box = self.result.shown(self.box)
            sentence, all_heads = self.result.boxes.index(box), self.result.heads(box)
            self.heads.draw(self.result.run, sentence, all_heads, self.chosen, self.off)

    def _notices(self, result: Attended, lang: str) -> list[str]:
        said = [sentence for row in result.run.rows for sentence in cut_off(row, lang)]
        return said + ([result.without.sentence(lang)] if isinstance(result.without, Mistake) else [])

    def _announcement(self, result: Attended, lang: str) -> str:
        run = result.without if isinstance(result.without, Trace) else result.run
        return " · ".join(
            say("live.pipeline.announced", lang, number=box, label=shorten(str(one["label"])),
                score=f"{one['score']:z.2f}")
            for box, one in zip(result.boxes, run.predictions, strict=True)
        )  # fmt: skip

    def _render(self, result: Attended, lang: str) -> Html:
        return render(result, lang, result.shown(self.box), self.off)

    def _picture(self, result: Attended) -> str:
        layer, head = self.chosen or (0, 0)
        sentence = result.boxes.index(result.shown(self.box))
        return figure_html(plot_attention, result.run, layer=layer, head=head, sentence=sentence)

    def _said(self) -> list[str]:
        return [shorten(box.value) for box in (self.text, self.second) if box.value.strip()]


def _size(run: Trace) -> tuple[int, int]:
    """L layers of A heads."""
    assert run.attentions is not None
    return len(run.attentions), run.attentions[0].shape[1]


def render(result: Attended, lang: str, looked_at: int, off: Iterable[Head] = ()) -> Html:
    """The answers with all heads and without those that are switched off, and what to switch on again.

    Args:
        result: what was computed.
        lang: one of `LANGUAGES`.
        looked_at: the box whose sentence is shown.
        off: the heads that are switched off, each as (layer, head).
    """
    heads = [say(f"live.attention.{name}", lang) for name in ("with_all", "without_some")]
    head = tag("tr", tag("td"), (tag("th", name, scope="col") for name in heads))
    without = result.without if isinstance(result.without, Trace) else None
    rows = (
        tag("tr", tag("th", _name(result, row, box == looked_at, lang), scope="row"),
            (tag("td", _answer(run, row)) for run in (result.run, without)))
        for row, box in enumerate(result.boxes)
    )  # fmt: skip
    label = say("live.attention.output", lang)
    table = tag("table", tag("thead", head), tag("tbody", rows), aria_label=label)
    scrolls = tag("div", table, class_="ph-scrolls ph-comparison", data_scrolls="", aria_label=label)
    return join(scrolls, _switched_off(sorted(off), lang))


def _name(result: Attended, row: int, looked_at: bool, lang: str) -> Html:
    """The name of a sentence; where there are two of them, a button that shows it."""
    box = result.boxes[row]
    name = say("live.pipeline.sentence", lang, number=box)
    if len(result.boxes) == 1:
        return join(name)
    return tag("button", name, type="button", class_="ph-toggle ph-worded", data_action=f"look {box}",
               aria_pressed="true" if looked_at else "false")  # fmt: skip


def _answer(run: Trace | None, row: int) -> Html:
    if run is None:
        return join("–")
    answer = run.predictions[row]
    labels = [*run.id2label.values()]
    share, colour = float(answer["score"]), class_colour(labels, labels.index(str(answer["label"])))
    return join(tag("strong", shorten(str(answer["label"]))), f" {share:z.4f} ", bar(share, colour))


def _switched_off(off: Sequence[Head], lang: str) -> Html:
    """The heads that are switched off, each a button that switches it on; the line is there without them too."""
    back = say("live.attention.put_back", lang)
    names = [f"{say('live.attention.short', lang, number=layer + 1, head=head)} ✕" for layer, head in off]
    buttons = [
        tag("button", name, type="button", class_="ph-worded", data_action=f"off {layer} {head}",
            aria_label=f"{name}: {back}")
        for name, (layer, head) in zip(names, off, strict=True)
    ]  # fmt: skip
    if len(off) > 1:
        all_on = say("live.attention.all_on", lang)
        buttons.append(tag("button", all_on, type="button", class_="ph-worded", data_action="all on"))
    none = [] if off else [tag("span", say("live.attention.none_off", lang), class_="ph-quiet")]
    return tag("p", tag("span", say("live.attention.off", lang)), buttons + none, class_="ph-switched-off")
