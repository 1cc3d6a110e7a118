"""One body, many heads: embeddings → layers → hidden states → head, drawn from a model's configuration."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from matplotlib.axes import Axes

from pipeline_helpers.figures import style
from pipeline_helpers.figures.canvas import arrow, boxes, canvas, shortened
from pipeline_helpers.language import resolve, say

HEADS = (
    "Model",
    "ForCausalLM",
    "ForMaskedLM",
    "ForMultipleChoice",
    "ForQuestionAnswering",
    "ForSequenceClassification",
    "ForTokenClassification",
)
"""The heads of the notes' list, by the ending of the class's name."""
CHOICES = 4
"""So many answers to choose from, for multiple choice: the configuration does not say it."""
NAME, PURPOSE = 11.5, 10.5
"""Points."""
_ATTRIBUTES = {
    "layers": ("num_hidden_layers", "n_layers", "n_layer", "num_layers"),
    "hidden": ("hidden_size", "dim", "n_embd", "d_model"),
    "vocabulary": ("vocab_size",),
    "labels": ("num_labels",),
}
_ROW, _BODY, _HEADS_AT = 0.74, 5.15, 5.85


@dataclass(frozen=True)
class Head:
    """One row of the gallery."""

    kind: str
    """One of `HEADS`."""
    name: str | None
    """The class that transformers has for this model; None where it has none."""
    outputs: dict[str, tuple[int, ...]]
    """What the class returns: name → shape."""


@dataclass(frozen=True)
class HeadsGallery:
    """What `plot_heads_gallery` draws: the sizes of the body, and the heads."""

    layers: int
    hidden: int
    vocabulary: int
    labels: int
    batch: int
    sequence: int
    heads: list[Head]


def heads_gallery(config: Any, *, batch: int = 2, sequence: int = 16) -> HeadsGallery:
    """Read the sizes out of `config` and work out the shape of each head's output.

    The shapes are those that transformers returns: per token for CausalLM, MaskedLM and TokenClassification, per
    sentence for SequenceClassification, per answer for MultipleChoice, two scores a token for QuestionAnswering.

    Args:
        config: what `AutoConfig.from_pretrained(…)` returns or a model has as `model.config`; or any object with its
            sizes: `num_hidden_layers`, `hidden_size`, `vocab_size`, `num_labels` (or DistilBERT's and GPT-2's names).
        batch, sequence: sentences, and tokens of each.

    Raises:
        TypeError: `batch` or `sequence` is no integer.
        ValueError: `config` lacks a size or has a senseless one; `batch` or `sequence` is less than 1.
    """
    sizes = {name: _size(config, attributes) for name, attributes in _ATTRIBUTES.items()}
    for name, value in (("batch", batch), ("sequence", sequence)):
        if isinstance(value, bool) or not isinstance(value, int):
            raise TypeError(f"{name} is of type {type(value).__name__}; expected an integer")
        if value < 1:
            raise ValueError(f"{name} is {value}; expected at least 1")
    hidden, vocabulary, labels = sizes["hidden"], sizes["vocabulary"], sizes["labels"]
    outputs: dict[str, dict[str, tuple[int, ...]]] = {
        "Model": {"last_hidden_state": (batch, sequence, hidden)},
        "ForCausalLM": {"logits": (batch, sequence, vocabulary)},
        "ForMaskedLM": {"logits": (batch, sequence, vocabulary)},
        "ForMultipleChoice": {"logits": (batch, CHOICES)},
        "ForQuestionAnswering": {"start_logits": (batch, sequence), "end_logits": (batch, sequence)},
        "ForSequenceClassification": {"logits": (batch, labels)},
        "ForTokenClassification": {"logits": (batch, sequence, labels)},
    }
    heads = [Head(kind, _class_name(config, kind), outputs[kind]) for kind in HEADS]
    return HeadsGallery(**sizes, batch=batch, sequence=sequence, heads=heads)


def _size(config: Any, attributes: Sequence[str]) -> int:
    for attribute in attributes:
        value = getattr(config, attribute, None)
        if value is not None:
            if isinstance(value, bool) or not isinstance(value, int) or value < 1:
                raise ValueError(f"config.{attribute} is {value!r}; expected an integer of at least 1")
            return value
    raise ValueError(f"config ({type(config).__name__}) has none of {', '.join(attributes)}")


def _class_name(config: Any, kind: str) -> str | None:
    """The class that the Auto class picks for `config`; for an object of somebody else's, `*` and the ending."""
    if not type(config).__module__.startswith("transformers."):
        return f"*{kind}"
    # Names alone, and only for a configuration that transformers made, so it is there already.
    from transformers.models.auto import modeling_auto

    # ForCausalLM → MODEL_FOR_CAUSAL_LM_MAPPING_NAMES
    words = "_".join(re.findall("LM|[A-Z][a-z]+", "Model" + kind.removeprefix("Model"))).upper()
    name = getattr(modeling_auto, f"{words}_MAPPING_NAMES").get(config.model_type)
    return name[0] if isinstance(name, (list, tuple)) else name


@style.styled
def plot_heads_gallery(
    data: Any,
    *,
    batch: int = 2,
    sequence: int = 16,
    highlight: str | None = "ForSequenceClassification",
    ax: Axes | None = None,
    lang: str | None = None,
) -> Axes:
    """Draw what all heads share and what each makes of it: embeddings → layers → hidden states → head.

    The classes and the sizes are those of this model; a head that transformers does not have for it is grey,
    with a dotted frame.

        plot_heads_gallery(AutoConfig.from_pretrained(checkpoint))
        plot_heads_gallery(model.config, batch=1, sequence=8)

    Args:
        data: a model's configuration, as `heads_gallery` takes it, or what it returns.
        batch, sequence: sentences, and tokens of each, for the shapes.
        highlight: the head to point out, one of `HEADS`; None points out none.
        ax: where to draw, scaled to fit; None makes a new figure.
        lang: one of `LANGUAGES`; None is the language in force.

    Raises:
        TypeError: `batch` or `sequence` is no integer.
        ValueError: the configuration lacks a size; `batch` or `sequence` is less than 1; no such head to highlight.
    """
    lang = resolve(lang)
    if highlight is not None and highlight not in HEADS:
        raise ValueError(f"highlight is {highlight!r}; expected one of {', '.join(HEADS)} or None")
    prepared = data if isinstance(data, HeadsGallery) else heads_gallery(data, batch=batch, sequence=sequence)
    height = _ROW * len(prepared.heads) + 0.45
    names = [_name(head, lang) for head in prepared.heads]
    across = min(4.2, max(style.text_width(name, NAME, "bold") for name in names) + 0.26)
    lines = [say("gallery.output", lang), *(line for head in prepared.heads for line in _output(head).split("\n"))]
    width = _HEADS_AT + across + 0.2 + max(style.text_width(line, NAME, "bold") for line in lines)
    ax, scale = canvas(ax, height, say("gallery.title", lang))
    _draw_body(ax, prepared, height, scale, lang)
    _draw_heads(ax, prepared, highlight, across, scale, lang)
    style.set_alt_text(ax, _describe(prepared, lang))
    return ax


def _name(head: Head, lang: str) -> str:
    return head.name or say("gallery.missing", lang, head=f"*{head.kind}")


def _output(head: Head) -> str:
    """What a class returns, in two lines: the names, then their shape, which is one."""
    if head.name is None:
        return ""
    return f"{', '.join(head.outputs)}\n{list(next(iter(head.outputs.values())))}"


def _draw_body(ax: Axes, prepared: HeadsGallery, height: float, scale: float, lang: str) -> None:
    """What is before the heads: the ids come in at the left, the hidden states come out at the right."""
    middle, tall = height / 2 + 0.1, 1.5
    top, bottom = middle - tall / 2, middle + tall / 2
    frame = (1.15, top - 0.62, _BODY - 1.15, tall + 1.2)
    boxes(ax, [frame], ["#f4f8fb"], edgecolors=style.MUTED, linestyles="--", linewidths=1.2)
    stack = min(prepared.layers, 6)
    layers = [(2.85 + 0.05 * place, top - 0.05 * place + 0.12, 0.85, tall - 0.12) for place in range(stack)]
    front = layers[-1]
    boxes(ax, [(1.3, top, 1.2, tall)], [style.WORDS[0]], edgecolors=style.INK)
    boxes(ax, layers, [style.WORDS[1]] * stack, edgecolors=style.INK, gid="layers")
    boxes(ax, [(4.4, middle - 0.47, 0.6, 0.8), (4.33, middle - 0.4, 0.6, 0.8)], ["#e9def0"] * 2, edgecolors=style.INK)
    body = f"{say('gallery.body', lang)} · {prepared.heads[0].name or '*Model'}"
    name = shortened(body, frame[2] - 0.2, NAME, "bold")
    ids = f"input_ids\n[{prepared.batch},\n{prepared.sequence}]"
    if style.text_width(line := f"[{prepared.batch}, {prepared.sequence}]", NAME) < 0.85:
        ids = f"input_ids\n{line}"
    table = say("gallery.embeddings", lang, vocabulary=prepared.vocabulary, hidden=prepared.hidden)
    at: dict[str, Any] = {"va": "center", "linespacing": 1.3}
    count = say("gallery.layers", lang, layers=prepared.layers)
    for x, y, text, gid in (
        (0.46, middle, ids, "input_ids"),
        (1.9, middle, table, "embeddings"),
        (front[0] + front[2] / 2, front[1] + front[3] / 2, count, "layers"),
    ):
        ax.text(x, y, text, size=NAME * scale, ha="center", gid=gid, **at)
    ax.text(frame[0] + frame[2] / 2, top - 0.38, name, size=NAME * scale, weight="bold", ha="center", **at)
    states = f"{say('gallery.hidden_states', lang)}\n[{prepared.batch}, {prepared.sequence}, {prepared.hidden}]"
    ax.text(_BODY - 0.12, bottom + 0.24, states, size=PURPOSE * scale, ha="right", gid="hidden states", **at)
    for start, stop in ((0.93, 1.28), (2.52, 2.83), (front[0] + front[2] + 0.02, 4.31)):
        arrow(ax, (start, middle), (stop, middle), size=12 * scale)


def _draw_heads(
    ax: Axes, prepared: HeadsGallery, highlight: str | None, across: float, scale: float, lang: str
) -> None:
    middle = (_ROW * len(prepared.heads) + 0.45) / 2 + 0.1
    heading: dict[str, Any] = {"size": NAME * scale, "weight": "bold", "va": "center"}
    for place, head in enumerate(prepared.heads):
        top = 0.38 + place * _ROW
        here = top + (_ROW - 0.12) / 2
        chosen, missing = head.kind == highlight, head.name is None
        boxes(
            ax, [(_HEADS_AT, top, across, _ROW - 0.12)],
            [style.FAINT if missing else style.WORDS[0] if chosen else style.PAPER],
            edgecolors=style.MUTED if missing else style.INK, linestyles=":" if missing else "-",
            linewidths=2.6 if chosen else 1.2, gid=f"head {head.kind}",
        )  # fmt: skip
        look: dict[str, Any] = {"color": style.MUTED, "linestyle": ":"} if missing else {}
        arrow(ax, (_BODY + 0.04, middle), (_HEADS_AT - 0.03, here), size=12 * scale, **look)
        name = shortened(_name(head, lang), across - 0.2, NAME, "bold")
        ax.text(_HEADS_AT + 0.12, here - 0.13, name, gid="name", **heading)
        purpose = shortened(say(f"gallery.{head.kind}", lang, choices=CHOICES), across - 0.2, PURPOSE)
        ax.text(_HEADS_AT + 0.12, here + 0.15, purpose, size=PURPOSE * scale, va="center", gid="for")
        look = {"size": NAME * scale, "va": "center", "linespacing": 1.3}
        ax.text(_HEADS_AT + across + 0.14, here, _output(head), gid="shape", **look)
    ax.text(_HEADS_AT, 0.18, say("gallery.heads", lang), **heading)
    ax.text(_HEADS_AT + across + 0.14, 0.18, say("gallery.output", lang), **heading)


def _describe(prepared: HeadsGallery, lang: str) -> str:
    rows = [
        f"{head.name}: " + ", ".join(f"{output} {list(shape)}" for output, shape in head.outputs.items())
        if head.name
        else _name(head, lang)
        for head in prepared.heads
    ]
    sizes = {"batch": prepared.batch, "sequence": prepared.sequence, "hidden": prepared.hidden}
    return say("gallery.alt", lang, layers=prepared.layers, heads="; ".join(rows), **sizes)
