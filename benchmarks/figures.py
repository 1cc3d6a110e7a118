"""How long our figures and `LiveAttention` take and how much reaches the browser, beside bertviz's `head_view`.

    pip install -e ".[bench]"
    python benchmarks/figures.py

The same attentions — all layers and heads of the classroom checkpoint, for one sentence — are shown by both. Ours is
what `ph.show` sends: the HTML of both languages, images and alternative texts included. bertviz's is what
`head_view(html_action="return")` returns. Models, attentions and imports are outside the times. A time is processor
time (neither uses more than one core, so on an idle machine it is what the clock shows), the shortest of some runs.

`LiveAttention` is opened anew each time, from ready attentions to the last byte that its parts send: their state and
whatever they send after it, in both languages, with what they hand over as bytes; the envelopes of the messages count
for neither. Its scripts and styles, which do not depend on the text, and the still picture that is stored beside it and
shown where there is no kernel are printed apart. A time is the median of 20 runs there; bertviz's of 3 past 64 tokens.

The tables are Markdown, for the README. Ends with status 1 where a bound is missed.
"""

import json
import statistics
import sys
import time
from collections.abc import Callable
from itertools import cycle, islice
from typing import Any, ClassVar
from unittest import mock

import comm
import numpy as np
from comm.base_comm import BaseComm

from pipeline_helpers.figures.attention import plot_attention
from pipeline_helpers.figures.attention_mask import plot_attention_mask
from pipeline_helpers.figures.show import figure_html
from pipeline_helpers.live import LiveAttention
from pipeline_helpers.stages import Trace, trace

LENGTHS = (16, 32, 64, 128, 256, 512)
FASTER, SMALLER = 20, 500
"""At the longest: how many times faster and smaller than `head_view` ours has to be."""
SMALLER_LIVE, HALF_FROM, LIVE_MS = 20, 64, 15
"""`LiveAttention`: how many times smaller it has to be at every length; from which length on it may take half the time
at most; and how many milliseconds at most where the text is shorter."""
RUNS = 20
MASK_SECONDS = 2.0
"""In how many seconds a mask has to be drawn, here in both languages."""
WORDS = ("a", "warm", "and", "funny", "film", "about", "life", ",", "love", "and", "all", "that", "we", "know", ".")
"""Each of them is one token."""


def main() -> int:
    try:
        from bertviz import head_view
    except ImportError:
        print('bertviz is missing: pip install -e ".[bench]"', file=sys.stderr)
        return 2
    missed = compare_attention(head_view)
    print()
    missed += compare_live(head_view)
    print()
    missed += measure_masks()
    for bound in missed:
        print(f"missed: {bound}", file=sys.stderr)
    return 1 if missed else 0


def compare_attention(head_view: Callable[..., Any]) -> list[str]:
    """Print our view of all layers and heads beside `head_view`, length by length; which bounds are missed."""
    figure_html(plot_attention, sentence_of(LENGTHS[0]))  # fonts are read once
    print("| tokens | `plot_attention`, both languages | bertviz `head_view` | faster | smaller |")
    print("| ---: | ---: | ---: | ---: | ---: |")
    sizes = []
    for length in LENGTHS:
        run = sentence_of(length)
        seconds, html = shortest(lambda run=run: figure_html(plot_attention, run), 3)  # type: ignore[misc]
        ours = len(html.encode())
        their_seconds, shown = shortest(
            lambda run=run: head_view(run.attentions, run.tokens[0], html_action="return"),  # type: ignore[misc]
            3 if length <= 64 else 1,
        )
        theirs = len(shown.data.encode())
        del shown
        sizes.append(ours)
        faster, smaller = their_seconds / seconds, theirs / ours
        print(
            f"| {length} | {seconds:.2f} s, {megabytes(ours)} | {their_seconds:.2f} s, {megabytes(theirs)} | "
            f"{faster:.1f}× | {smaller:.0f}× |",
            flush=True,
        )
    missed = []
    if faster < FASTER:
        missed.append(f"{faster:.1f} times faster at {LENGTHS[-1]} tokens; {FASTER} asked for")
    if smaller < SMALLER:
        missed.append(f"{smaller:.0f} times smaller at {LENGTHS[-1]} tokens; {SMALLER} asked for")
    # Twice the tokens are four times the weights.
    if sizes[-1] > 2 * sizes[-2]:
        missed.append(f"bytes grow with the square of the length: {sizes[-2]} at {LENGTHS[-2]}, {sizes[-1]} after it")
    return missed


class Counted(BaseComm):
    """Carries nothing, and keeps what it was given to carry."""

    sent: ClassVar[list[tuple[dict[str, Any], list[Any]]]] = []

    def publish_msg(self, *_: Any, data: Any = None, buffers: Any = None, **__: Any) -> None:
        """Keep it."""
        Counted.sent.append((data or {}, buffers or []))


def compare_live(head_view: Callable[..., Any]) -> list[str]:
    """Print what `LiveAttention` takes and sends beside `head_view`, length by length; which bounds are missed."""
    missed: list[str] = []
    scripts: set[str] = set()
    opened(sentence_of(LENGTHS[0]))
    print("| tokens | `LiveAttention` | bertviz `head_view` | × | ÷ bytes |")
    print("| ---: | ---: | ---: | ---: | ---: |")
    for length in LENGTHS:
        run = sentence_of(length)
        seconds, _ = median(lambda run=run: opened(run), RUNS)  # type: ignore[misc]
        ours = 0
        for data, buffers in Counted.sent:
            state = data.get("state", {})
            scripts |= {state[name] for name in ("_esm", "_css") if name in state}
            kept = {name: value for name, value in state.items() if name not in ("_esm", "_css")}
            ours += len(json.dumps({**data, "state": kept}, ensure_ascii=False).encode())
            ours += sum(memoryview(part).nbytes for part in buffers)
        their_seconds, shown = median(
            lambda run=run: head_view(run.attentions, run.tokens[0], html_action="return"),  # type: ignore[misc]
            RUNS if length <= 64 else 3,
        )
        theirs = len(shown.data.encode())
        del shown
        print(
            f"| {length} | {1000 * seconds:.0f} ms, {ours / 1000:.0f} kB | {1000 * their_seconds:.0f} ms, "
            f"{megabytes(theirs)} | {their_seconds / seconds:.1f} | {theirs / ours:.0f} |",
            flush=True,
        )
        if theirs < SMALLER_LIVE * ours:
            missed.append(f"{theirs / ours:.1f} times smaller at {length} tokens; {SMALLER_LIVE} asked for")
        if length >= HALF_FROM and seconds > their_seconds / 2:
            missed.append(f"{their_seconds / seconds:.1f} times faster at {length} tokens; 2 asked for")
        if length < HALF_FROM and 1000 * seconds > LIVE_MS:
            missed.append(f"{1000 * seconds:.1f} ms at {length} tokens; {LIVE_MS} ms allowed")
    seconds, picture = shortest(opened(sentence_of(LENGTHS[0])).static_html, 3)
    count = sum(len(text.encode()) for text in scripts)
    print(f"\nscripts and styles, once a page: {count / 1000:.0f} kB; the still picture at {LENGTHS[0]} tokens: "
          f"{seconds:.2f} s, {megabytes(len(picture.encode()))}")  # fmt: skip
    return missed


class Ready(LiveAttention):
    """The view without the model, which has run."""

    def loaded(self) -> Any:
        """No model and no tokenizer: what they made is there."""
        return None, None


def opened(run: Trace) -> LiveAttention:
    """A new view of `run`, which is ready; `Counted.sent` is what it sent."""

    def ready(*_: Any, **__: Any) -> Trace:
        return run

    Counted.sent.clear()
    with mock.patch.object(comm, "create_comm", Counted), mock.patch("pipeline_helpers.live.attention.trace", ready):
        return Ready(run.texts, debounce=0)


def measure_masks() -> list[str]:
    """Print how long masks take to be drawn, without and with the tokens in their cells; which bounds are missed."""
    rows = (
        ("64 × 512, no tokens", np.arange(512) < 8 * np.arange(1, 65)[:, None]),
        ("8 × 48", trace([" ".join(islice(cycle(WORDS), 46 - 4 * row)) for row in range(8)])),
    )
    print("| mask | `plot_attention_mask`, both languages |")
    print("| ---: | ---: |")
    missed = []
    for name, data in rows:
        seconds, _ = shortest(lambda data=data: figure_html(plot_attention_mask, data), 3)  # type: ignore[misc]
        print(f"| {name} | {seconds:.2f} s |")
        if seconds > MASK_SECONDS:
            missed.append(f"mask of {name}: {seconds:.2f} s; {MASK_SECONDS} s allowed")
    return missed


def sentence_of(length: int) -> Trace:
    """A sentence of `length` tokens, special ones included, through the classroom checkpoint."""
    run = trace(" ".join(islice(cycle(WORDS), length - 2)), attentions=True)
    if run.input_ids.shape != (1, length):
        raise ValueError(f"length is {length}; the sentence came out with {run.input_ids.shape[1]} tokens")
    return run


def shortest(work: Callable[[], Any], runs: int) -> tuple[float, Any]:
    """The shortest of some runs, in seconds of processor time, and what the last of them returned."""
    times = []
    for _ in range(runs):
        result = None  # what one run made is not held while the next is under way
        start = time.process_time()
        result = work()
        times.append(time.process_time() - start)
    return min(times), result


def median(work: Callable[[], Any], runs: int) -> tuple[float, Any]:
    """The median of some runs, in seconds of processor time, and what the last of them returned."""
    times = []
    for _ in range(runs):
        seconds, result = shortest(work, 1)
        times.append(seconds)
        if len(times) < runs:
            del result
    return statistics.median(times), result


def megabytes(count: int) -> str:
    return f"{count / 1e6:.2f} MB" if count < 1e7 else f"{count / 1e6:.0f} MB"


if __name__ == "__main__":
    sys.exit(main())
