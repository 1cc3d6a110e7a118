"""A sentence as its words, each with the pieces that it became and with what no piece keeps."""

import re
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from functools import cache

from pipeline_helpers.stages import Row


@dataclass(frozen=True)
class Block:
    """A word with its pieces, or a special token, or padding: neighbours that are never drawn apart."""

    kind: str
    """`"word"`, `"special"` or `"padding"`; in the picture also `"end"`, which holds no token but what follows."""
    tokens: list[str]
    ids: list[int] | None
    written: str | None
    """The word as it stands in the text; None where there is none, or where the text is not known."""
    lost: list[bool]
    """For each character of `written` whether no piece keeps it: an accent, a capital letter, an unknown word."""
    gap: str
    """What stands between the block before and this one in the text, and in no token: mostly a space."""


@dataclass(frozen=True)
class TokenBlocks:
    """The numbers of `plot_tokens`: one sentence as blocks, in the order of its tokens."""

    blocks: list[Block]
    tail: str
    """What stands in the text after the last token, where that is not what was cut off."""
    row: Row

    @property
    def tokens(self) -> list[str]:
        """All tokens of the sentence, special ones and padding included."""
        return [token for block in self.blocks for token in block.tokens]


def token_blocks(row: Row, *, padding: bool = True) -> TokenBlocks:
    """Group the tokens of `row` by word and compare each piece with the text that it stands for.

    >>> spans = [(0, 2), (2, 5), (5, 7)]
    >>> row = Row(["es", "##pan", "##ol"], [0, 0, 0], [True] * 3, offsets=spans, text="Español")
    >>> block = token_blocks(row).blocks[0]
    >>> "".join(c for c, lost in zip(block.written, block.lost) if lost)
    'Eñ'
    """
    text = row.text or ""
    known = row.text is not None and row.offsets is not None
    blocks: list[Block] = []
    here: int | None = 0 if row.begins else None  # None: what stands before the first word is another row's
    held = 0
    for start, stop in _groups(row):
        kind = "word" if row.word_ids[start] is not None else "special" if row.attended[start] else "padding"
        if kind == "padding" and not padding:
            continue
        written: str | None = None
        lost: list[bool] = []
        gap = ""
        if kind == "word" and known:
            first, last, lost = _compare(row, start, stop)
            here = first if here is None else here
            written, gap = text[first:last], text[here:first]
            # The spaces at the end of the gap are in the token where it has a Ġ or ▁, or where a token of spaces alone,
            # of which byte-level tokenizers do not say where it stands, came before it.
            held += _leading_spaces(_spelled(_letters(row.tokens[start])))
            taken = min(held, len(gap) - len(gap.rstrip()))
            gap, held = gap[: len(gap) - taken], 0 if written else held - taken
            here = max(here, last)
        ids = None if row.ids is None else row.ids[start:stop]
        blocks.append(Block(kind, row.tokens[start:stop], ids, written, lost, gap))
    tail = text[here or 0 :] if known and row.ends else ""
    tail = tail[min(held, _leading_spaces(tail)) :]
    words = [place for place, block in enumerate(blocks) if block.kind == "word"]
    after = words[-1] + 1 if words else 1
    if tail and after < len(blocks):
        blocks[after], tail = replace(blocks[after], gap=tail), ""
    return TokenBlocks(blocks, tail, row)


def _groups(row: Row) -> list[tuple[int, int]]:
    """Runs of tokens of one word; a special token stands alone."""
    groups: list[tuple[int, int]] = []
    for place, word in enumerate(row.word_ids):
        if groups and word is not None and word == row.word_ids[place - 1]:
            groups[-1] = (groups[-1][0], place + 1)
        else:
            groups.append((place, place + 1))
    return groups


def _compare(row: Row, start: int, stop: int) -> tuple[int, int, list[bool]]:
    """Where the word of the tokens `start:stop` stands in the text, and which of its characters no piece keeps."""
    text, spans = row.text or "", [_trimmed(row.text or "", span) for span in (row.offsets or [])[start:stop]]
    first, last = min(a for a, _ in spans), max(b for _, b in spans)
    unknown = row.unknown or [False] * len(row.tokens)
    pieces = ["" if unknown[place] else _letters(row.tokens[place]) for place in range(start, stop)]
    if _spelled("".join(pieces)).strip() == text[first:last]:
        return first, last, [False] * (last - first)
    lost = [not character.isspace() for character in text[first:last]]
    for (a, b), piece in zip(spans, pieces, strict=True):
        for place in _kept(text[a:b], _spelled(piece).lstrip()):
            lost[a + place - first] = False
    return first, last, lost


def _kept(written: str, piece: str) -> list[int]:
    """The places in `written` whose characters `piece` keeps."""
    if len(written) == len(piece):
        return [place for place, character in enumerate(written) if character == piece[place]]
    same = SequenceMatcher(None, written, piece, autojunk=False).get_matching_blocks()
    return [block.a + step for block in same for step in range(block.size)]


def _trimmed(text: str, span: tuple[int, int]) -> tuple[int, int]:
    """`span` without the spaces at its beginning, which some tokenizers count in."""
    start, stop = span
    return start + _leading_spaces(text[start:stop]), stop


def _leading_spaces(text: str) -> int:
    return len(text) - len(text.lstrip())


def _letters(token: str) -> str:
    """`token` without the marks of a word's middle or end, and a single byte (Llama's `<0x0A>`) in GPT-2's writing."""
    if byte := re.fullmatch("<0x([0-9A-F]{2})>", token):
        return next(character for character, code in _bytes_of_gpt2().items() if code == int(byte[1], 16))
    return token.removeprefix("##").removesuffix("</w>")


def _spelled(letters: str) -> str:
    """The text that `letters` stand for: ▁ is a space, and byte-level tokenizers write bytes (`ĠespaÃ±ol`)."""
    try:
        return bytes(_bytes_of_gpt2()[character] for character in letters.replace("▁", "Ġ")).decode("utf-8")
    except (KeyError, UnicodeDecodeError):
        return letters.replace("▁", " ")


@cache
def _bytes_of_gpt2() -> dict[str, int]:
    """How GPT-2's tokenizer writes each byte as a printable character (`bytes_to_unicode` in openai/gpt-2)."""
    plain = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = [byte for byte in range(256) if byte not in plain]
    return {chr(b): b for b in plain} | {chr(256 + place): b for place, b in enumerate(others)}
