"""One body, many heads: embeddings → layers → hidden states → head, drawn from a model's configuration."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from matplotlib.axes import Axes

from pipeline_helpers.figures import style
from pipeline_helpers.figures.canvas import WIDTH, arrow, boxes, canvas, said_width, shortened
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
MOST_LAYERS = 6
"""Of more than these the first and the last are drawn."""
_ATTRIBUTES = {
    "layers": ("num_hidden_layers", "n_layers", "n_layer", "num_layers"),
    "hidden": ("hidden_size", "dim", "n_embd", "d_model"),
    "vocabulary": ("vocab_size",),
    "labels": ("num_labels",),
}
_ROW, _HEADING = 0.655, 0.28
"""Inches down of a head, and above the first."""
_BODY, _BUS, _HEADS_AT = 2.45, 2.6, 2.84
"""Inches from the left: where the body ends, the line that carries the hidden states on, and where the heads begin."""


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
        highlight: the head to point out with a thick frame, one of `HEADS`; None points out none.
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
    height = _HEADING + _ROW * len(prepared.heads)
    lines = [line for head in prepared.heads for line in _output(head).split("\n")]
    output = max(said_width("gallery.output", face="bold"), *(style.text_width(line, style.SMALL) for line in lines))
    across = WIDTH - _HEADS_AT - 0.1 - output
    ax, scale = canvas(ax, height, say("gallery.title", lang))
    _draw_body(ax, prepared, scale, lang)
    _draw_heads(ax, prepared, highlight, across, scale, lang)
    style.set_alt_text(ax, _describe(prepared, lang))
    return ax


def _name(head: Head, lang: str) -> str:
    return head.name or say("gallery.missing", lang, head=f"*{head.kind}")


def _output(head: Head) -> str:
    """What a class returns: the names, a line each, then their shape, which is one."""
    if head.name is None:
        return ""
    return "\n".join([",\n".join(head.outputs), str(list(next(iter(head.outputs.values()))))])


def _draw_body(ax: Axes, prepared: HeadsGallery, scale: float, lang: str) -> None:
    """What is before the heads, from the ids at the top down to the hidden states."""
    left, wide, middle = 0.12, _BODY - 0.24, _BODY / 2
    ends = [_HEADING + place * _ROW + (_ROW - 0.08) / 2 for place in (0, len(prepared.heads) - 1)]
    frame: dict[str, Any] = {"edgecolors": style.MUTED, "linestyles": "--", "linewidths": 1.2, "gid": "body"}
    boxes(ax, [(0.01, 0.5, _BODY - 0.01, ends[1] - 0.15)], [style.FAINT], **frame)
    body = shortened(
        f"{say('gallery.body', lang)} · {prepared.heads[0].name or '*Model'}", _BODY - 0.12, style.SMALL, "bold"
    )
    embeddings, states = (left, 0.92, wide, 0.5), (left, ends[1] - 0.25, wide, 0.5)
    numbers: list[int | None] = list(range(1, prepared.layers + 1))
    if prepared.layers > MOST_LAYERS:
        numbers = [1, 2, 3, None, prepared.layers - 1, prepared.layers]
    first, last = embeddings[1] + embeddings[3] + 0.24, states[1] - 0.24
    each = min(0.5, (last - first) / len(numbers))
    layers = [(left, last - (len(numbers) - place) * each + 0.02, wide, each - 0.04) for place in range(len(numbers))]
    first = layers[0][1]
    look: dict[str, Any] = {"edgecolors": style.INK}
    boxes(ax, [embeddings, states], [style.PAPER] * 2, **look)
    drawn = [layer for layer, number in zip(layers, numbers, strict=True) if number is not None]
    boxes(ax, drawn, [style.PAPER] * len(drawn), gid="layers", **look)
    table = say("gallery.embeddings", lang, vocabulary=prepared.vocabulary, hidden=prepared.hidden)
    shape = f"[{prepared.batch}, {prepared.sequence}"
    at: dict[str, Any] = {"ha": "center", "va": "center", "linespacing": 1.15, "size": style.SMALL * scale}
    for y, text, gid in (
        (0.12, f"input_ids {shape}]", "input_ids"),
        (embeddings[1] + embeddings[3] / 2, table, "embeddings"),
        (ends[1], f"{say('gallery.hidden_states', lang)}\n{shape}, {prepared.hidden}]", "states"),
    ):
        ax.text(middle, y, text, gid=gid, **at)
    for (_, top, _, tall), number in zip(layers, numbers, strict=True):
        said = "⋮" if number is None else say("gallery.layer", lang, layer=number)
        ax.text(middle, top + tall / 2, said, gid="layer", **at)
    ax.text(middle, 0.72, body, weight="bold", gid="body", **at)
    for start, stop in ((0.25, 0.5), (embeddings[1] + embeddings[3], first), (last - 0.02, states[1])):
        arrow(ax, (middle, start), (middle, stop), size=10 * scale)
    ax.plot([left + wide, _BUS, _BUS], [ends[1], ends[1], ends[0]], color=style.INK, linewidth=1.5 * scale)


def _draw_heads(
    ax: Axes, prepared: HeadsGallery, highlight: str | None, across: float, scale: float, lang: str
) -> None:
    heading: dict[str, Any] = {"size": style.SMALL * scale, "weight": "bold", "va": "center"}
    plain: dict[str, Any] = {"size": style.SMALL * scale, "va": "center"}
    for place, head in enumerate(prepared.heads):
        top = _HEADING + place * _ROW
        here = top + (_ROW - 0.08) / 2
        chosen, missing = head.kind == highlight, head.name is None
        boxes(
            ax, [(_HEADS_AT, top, across, _ROW - 0.08)], [style.FAINT if missing else style.PAPER],
            edgecolors=style.MUTED if missing else style.INK, linestyles=":" if missing else "-",
            linewidths=3.2 if chosen else 1.0, gid=f"head {head.kind}",
        )  # fmt: skip
        look: dict[str, Any] = {"color": style.MUTED, "linestyle": ":"} if missing else {}
        arrow(ax, (_BUS, here), (_HEADS_AT - 0.02, here), size=10 * scale, **look)
        name = shortened(_name(head, lang), across - 0.18, style.SMALL, "bold")
        ax.text(_HEADS_AT + 0.1, here - 0.12, name, gid="name", **heading)
        purpose = shortened(say(f"gallery.{head.kind}", lang, choices=CHOICES), across - 0.18, style.SMALL)
        ax.text(_HEADS_AT + 0.1, here + 0.13, purpose, gid="for", **plain)
        ax.text(_HEADS_AT + across + 0.1, here, _output(head), gid="shape", linespacing=1.1, **plain)
    ax.text(_HEADS_AT, 0.12, say("gallery.heads", lang), gid="heading", **heading)
    ax.text(_HEADS_AT + across + 0.1, 0.12, say("gallery.output", lang), gid="heading", **heading)


def _describe(prepared: HeadsGallery, lang: str) -> str:
    rows = [
        f"{head.name}: " + ", ".join(f"{output} {list(shape)}" for output, shape in head.outputs.items())
        if head.name
        else _name(head, lang)
        for head in prepared.heads
    ]
    sizes = {"batch": prepared.batch, "sequence": prepared.sequence, "hidden": prepared.hidden}
    return say("gallery.alt", lang, layers=prepared.layers, heads="; ".join(rows), **sizes)
