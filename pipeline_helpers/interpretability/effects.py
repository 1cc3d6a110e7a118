"""Hide tokens: what the answer would be without them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pipeline_helpers.interpretability.source import check_same, read_source
from pipeline_helpers.stages import Row, Trace, labels_of, ready, to_probabilities

if TYPE_CHECKING:
    import torch

ROWS = 8
"""How many rows go through the model together, at most."""
TOKENS = 64
"""How many tokens go through the model together, at most, where a row alone has fewer: a row of a long text takes as
long as many short ones, and whoever waits between two batches is not to wait for longer."""


@dataclass(frozen=True, eq=False)
class TokenEffects:
    """What hiding tokens of one sentence does to the answer. P: sets of tokens that were hidden, C: labels."""

    row: Row
    """The sentence, without padding."""
    places: list[tuple[int, ...]]
    """Which tokens were hidden together, by their positions; P of them."""
    whole: torch.Tensor
    """The probabilities of the sentence as it is; `[C]`."""
    probabilities: torch.Tensor
    """The probabilities with those tokens hidden; NaN where nothing is left to attend to; `[P, C]`."""
    id2label: dict[int, str]
    """The name of each column."""

    @property
    def tokens(self) -> list[str]:
        """The tokens of the sentence."""
        return self.row.tokens

    @property
    def changes(self) -> torch.Tensor:
        """Probability without the tokens minus probability with them: −1 to 1; `[P, C]`."""
        return self.probabilities - self.whole


def token_effects(
    source: Trace | str,
    model: Any,
    tokenizer: Any = None,
    *,
    places: Sequence[int | tuple[int, ...]] | None = None,
    sentence: int = 0,
) -> TokenEffects:
    """How the probabilities of one sentence change when tokens of it are hidden.

    A token is hidden by a 0 at its position of the attention mask, all others staying as they are: no other token
    attends to it any more. A large change says that the answer needed the token. A small one does not say that the
    token means nothing: what is left may say the same by itself, which is why several can be hidden together.

        effects = token_effects("The film is not bad at all", model, tokenizer)
        effects.changes[:, 1]    # POSITIVE: −0.98 for `not` and for `bad`, 0.00 for the others
        token_effects("A terrible, awful film.", model, tokenizer, places=[2, 4, (2, 4)])

    Args:
        source: a `Trace`, or one text.
        model: the sequence-classification model; for a `Trace`, the one that made it.
        tokenizer: the text's tokenizer; none beside a `Trace`.
        places: what to hide, P times: a position, or a tuple of positions that are hidden together; None for each
            token alone.
        sentence: which row of a `Trace`.

    Raises:
        TypeError: `source`, `model` or `tokenizer` is something else; `places` holds something else than positions.
        ValueError: `places` or `sentence` is not there, or `model` is not the one that made the trace.

    Source:
        "Occlusion" of Zeiler and Fergus, *Visualizing and Understanding Convolutional Networks*, 2014, section 4.2,
        with tokens in the place of patches of a picture.
    """
    import torch

    texts, rows, inputs = read_source(source, model, tokenizer)
    if len(texts) > 1 and not isinstance(source, Trace):
        raise ValueError(f"source holds {len(texts)} texts; it takes one, or a Trace and sentence=")
    if not isinstance(sentence, int) or not 0 <= sentence < len(texts):
        raise ValueError(f"sentence is {sentence!r}; source has {len(texts)}, counted from 0")
    attended = inputs["attention_mask"][sentence].bool()
    one = {name: values[sentence][attended] for name, values in inputs.items()}
    row = rows[sentence].without_padding()
    wanted = _positions(range(len(row.tokens)) if places is None else places, len(row.tokens))
    batches = [logits for _, logits in hiding_in_batches(model, one, [(), *wanted])]
    logits = torch.cat(batches)
    check_same(source, logits[:1], slice(sentence, sentence + 1))
    probabilities = to_probabilities(logits, model.config)
    return TokenEffects(
        row=row,
        places=wanted,
        whole=probabilities[0],
        probabilities=probabilities[1:],
        id2label=dict(enumerate(labels_of(model.config, logits.shape[-1]))),
    )


def _positions(places: Any, length: int) -> list[tuple[int, ...]]:
    """Each entry of `places` as a tuple of positions."""
    if isinstance(places, (str, bytes)) or not hasattr(places, "__iter__"):
        raise TypeError(f"places is {places!r}; it takes a list of positions (int) and tuples of them")
    wanted = []
    for place in places:
        positions = tuple(place) if isinstance(place, (tuple, list)) else (place,)
        if not all(hasattr(position, "__index__") and not isinstance(position, bool) for position in positions):
            raise TypeError(f"places holds {place!r}; it takes positions (int) and tuples of them")
        if not all(0 <= position < length for position in positions):
            raise ValueError(f"places holds {place!r}; the sentence has {length} tokens, from 0")
        wanted.append(tuple(int(position) for position in positions))
    return wanted


def hiding_in_batches(
    model: Any, inputs: Mapping[str, Any], places: Sequence[tuple[int, ...]]
) -> Iterator[tuple[Sequence[tuple[int, ...]], torch.Tensor]]:
    """The logits of one sentence with tokens of it hidden, a batch at a time: which ones, and `[n, C]`.

    Nothing is computed before it is asked for, so between two batches there is time for something else. A batch has
    at most `ROWS` rows and, where that is more than one of them, `TOKENS` tokens.

    Args:
        model: a sequence-classification model.
        inputs: what the tokenizer made of one sentence: `input_ids` and whatever else it gave, `[S]`.
        places: the positions that are hidden together, P times; an empty tuple hides none.
    """
    import torch

    one = {name: torch.as_tensor(values, device=model.device)[None] for name, values in inputs.items()}
    mask = one.get("attention_mask", torch.ones_like(one["input_ids"]))
    # Models that look for the last token that is no padding (GPT-2's family) refuse a batch without knowing it.
    most = 1 if model.config.pad_token_id is None else max(1, min(ROWS, TOKENS // mask.shape[1]))
    for start in range(0, len(places), most):
        hidden = places[start : start + most]
        masks = mask.repeat(len(hidden), 1)
        for row, positions in enumerate(hidden):
            masks[row, list(positions)] = 0
        same = {name: values.expand(len(hidden), -1) for name, values in one.items()}
        with ready(model):
            logits = model(**same | {"attention_mask": masks}).logits
        logits[masks.sum(dim=1) == 0] = float("nan")
        yield hidden, logits
