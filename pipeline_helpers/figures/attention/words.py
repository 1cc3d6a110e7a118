"""What the picture of attention says: its title, its notes, and in words what it shows."""

from pipeline_helpers.figures import style
from pipeline_helpers.figures.attention.numbers import Attention
from pipeline_helpers.language import say

LEAST = 0.005
"""The smallest weight that is written: those below would read 0.00."""


def title(prepared: Attention, lang: str) -> str:
    """Which layers and heads of which sentence."""
    parts = [say("attention.title.main", lang)]
    for what, numbers in (("layers", prepared.layers), ("heads", prepared.heads)):
        if len(numbers) > 1:
            parts.append(say(f"attention.title.{what}", lang, count=len(numbers)))
        else:
            parts += places(prepared, lang, **{what: numbers[0]})
    if prepared.batch > 1:
        parts.append(say("attention.title.sentence", lang, sentence=prepared.sentence))
    return " · ".join(parts)


def places(prepared: Attention, lang: str, layers: int | None = None, heads: int | None = None) -> list[str]:
    """The layer and the head of those indices in words, where they are known."""
    # hidden_states[0] are the embeddings: what comes out of attentions[3]'s layer is hidden_states[4].
    layer = [] if layers is None else [
        say("attention.title.layer", lang, number=layers + 1, count=prepared.depth, layer=layers)
    ]  # fmt: skip
    return layer + ([] if heads is None else [say("attention.title.head", lang, head=heads)])


def notes(prepared: Attention, step: int, lang: str, numbered: bool = False) -> list[str]:
    """What is to be known to read a picture: each `step`-th token is named (0: none), cells hold weights or not."""
    said = []
    if not step:
        first, last = prepared.name(0), prepared.name(prepared.length - 1)
        said.append(say("attention.note.tiles", lang, first=first, last=last, count=prepared.length))
    said.append(say("attention.note.scale", lang))
    if numbered and (prepared.weights < LEAST).any():
        said.append(say("attention.note.least", lang, least=LEAST))
    if prepared.pooled > 1:
        said.append(say("attention.note.pooled", lang, size=prepared.pooled))
    if step > 1:
        said.append(say("attention.note.every", lang, step=step))
    if prepared.hidden:
        said.append(say("attention.note.hidden", lang, count=prepared.hidden))
    if padded := int((~prepared.attended).sum()):
        said.append(say("attention.note.padding", lang, count=padded))
    return said


def describe(prepared: Attention, lang: str) -> str:
    """The alternative text: the largest weights of one head; of many, the most and the least concentrated."""
    heads = prepared.weights.shape[1]
    heading = title(prepared, lang) + "."
    rest = notes(prepared, 1, lang)[1:]  # how to read colours helps nobody who hears this
    if prepared.alone:
        links = [
            say("attention.alt.link", lang, looking=prepared.name(q), seen=prepared.name(k), weight=f"{weight:z.2f}")
            for q, k, weight in prepared.strongest
        ]
        described = say("attention.alt.one", lang, size=prepared.length, links=", ".join(links) or "–")
        return " ".join([heading, described, *rest])
    extremes = {}
    for which, place in (("sharpest", int(prepared.peaks.argmax())), ("flattest", int(prepared.peaks.argmin()))):
        layer, head = prepared.layers[place // heads], prepared.heads[place % heads]
        extremes[which] = ", ".join(places(prepared, lang, layer, head))
    described = say(
        "attention.alt.tiles",
        lang,
        count=prepared.peaks.size,
        size=prepared.length,
        first=prepared.name(0),
        last=prepared.name(prepared.length - 1),
        sharp=style.number(prepared.peaks.max()),
        flat=style.number(prepared.peaks.min()),
        **extremes,
    )
    return " ".join([heading, described, *rest])
