"""The numbers of `plot_pipeline`, as they were computed, and which tokens of a long sentence have room."""

from bisect import bisect_left
from dataclasses import dataclass

import numpy as np

from pipeline_helpers.figures import style
from pipeline_helpers.stages import Row, Trace

MAX_SENTENCES = 3
MAX_LABELS = 3
VALUES = 48
"""Of a hidden state: so many of its first values are shown."""


@dataclass(frozen=True, eq=False)
class PipelineColumn:
    """What the picture shows of one sentence; numbers as they were computed."""

    text: str
    row: Row
    read: str
    """The token whose hidden state the head reads; empty where it reads several."""
    position: int | None
    """Where that stands; None where the head reads several."""
    vector: np.ndarray
    """Its last hidden state, `[H]`; the mean over the sentence where the head reads several."""
    labels: list[str]
    """The names of the labels, the best first where there are more than the picture has room for."""
    colours: list[str]
    """The colours of `labels`: a class has its own, whatever the answer is."""
    logits: list[float]
    probabilities: list[float]
    prediction: str


@dataclass(frozen=True, eq=False)
class PipelineColumns:
    """The numbers of `plot_pipeline`: a column a sentence, and the shapes on the way."""

    columns: list[PipelineColumn]
    total: int
    hidden_shape: tuple[int, ...]
    logits_shape: tuple[int, ...]

    @property
    def read_alike(self) -> bool:
        """Whether the head reads the same token at the same position in all columns."""
        return len({(column.read, column.position) for column in self.columns}) == 1

    @classmethod
    def of(cls, trace: Trace) -> "PipelineColumns":
        """The first `MAX_SENTENCES` sentences of `trace`, each with its `MAX_LABELS` best labels."""
        names = trace.id2label
        colours = style.class_colours(list(names))
        columns = []
        for row, text in enumerate(trace.texts[:MAX_SENTENCES]):
            probabilities = trace.probabilities[row].tolist()
            order = sorted(range(len(names)), key=lambda label: -probabilities[label])
            shown = range(len(names)) if len(names) <= MAX_LABELS else order[:MAX_LABELS]
            position = trace.head_positions[row]
            read = trace.rows[row].attended if position is None else position
            columns.append(
                PipelineColumn(
                    text=text,
                    row=trace.rows[row],
                    read="" if position is None else trace.tokens[row][position],
                    position=position,
                    vector=np.atleast_2d(trace.hidden_states[-1][row][read].tolist()).mean(axis=0),
                    labels=[names[label] for label in shown],
                    colours=[colours[label] for label in shown],
                    logits=[trace.logits[row, label].item() for label in shown],
                    probabilities=[probabilities[label] for label in shown],
                    prediction=names[order[0]],
                )
            )
        return cls(columns, len(trace.texts), tuple(trace.hidden_states[-1].shape), tuple(trace.logits.shape))


Line = list[int | None]
"""Places of tokens, beside one another; None is a gap."""


def in_lines(cells: list[float], attended: int, gap: float, width: float, most: int) -> list[Line]:
    """The places of the cells, broken into at most `most` lines of at most `width`, with None for a gap.

    All of them; or, where that takes more lines, as many of the first ones as there is room for, then the last of the
    `attended` ones ([SEP]), and after it the last of the padding. `attended` is how many there are up to that one;
    `gap` is how wide a gap is.
    """

    def broken(places: Line) -> list[Line]:
        lines: list[Line] = [[]]
        right = 0.0
        for place in places:
            cell = gap if place is None else cells[place]
            if lines[-1] and right + cell > width:
                lines.append([])
                right = 0.0
            lines[-1].append(place)
            right += cell
        return lines

    whole = broken(list(range(len(cells))))
    if len(whole) <= most:
        return whole
    last, end = attended - 1, len(cells) - 1
    tail: Line = [last] if end == last else [last, end] if end == last + 1 else [last, None, end]

    def first(count: int) -> list[Line]:
        return broken([*range(count), *([] if count == last else [None]), *tail])

    # One more takes a line more or none: the interval is halved.
    return first(max(0, bisect_left(range(last + 1), True, key=lambda count: len(first(count)) > most) - 1))
