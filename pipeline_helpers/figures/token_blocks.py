"""A sentence as its words, each with the pieces that it became and with what no piece keeps."""

from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from functools import cache

from pipeline_helpers.figures.inputs import Row


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
    text: str | None
    cut_off: int

    @property
    def tokens(self) -> list[str]:
        """All tokens of the sentence, special ones and padding included."""
        return [token for block in self.blocks for token in block.tokens]


def token_blocks(row: Row, *, padding: bool = True) -> TokenBlocks:
    """Group the tokens of `row` by word and compare each piece with the text that it stands for.

    >>> row = Row(["es", "##pan", "##ol"], [0, 0, 0], [True] * 3, None, [(0, 2), (2, 5), (5, 7)], "Español")
    >>> block = token_blocks(row).blocks[0]
    >>> "".join(c for c, lost in zip(block.written, block.lost) if lost)
    'Eñ'
    """
    text = row.text or ""
    known = row.text is not None and row.offsets is not None
    blocks: list[Block] = []
    here = 0
    for start, stop in _groups(row):
        kind = "word" if row.word_ids[start] is not None else "special" if row.attended[start] else "padding"
        if kind == "padding" and not padding:
            continue
        written: str | None = None
        lost: list[bool] = []
        gap = ""
        if kind == "word" and known:
            first, last, lost = _compare(row, start, stop)
            written, gap = text[first:last], text[here:first]
            here = max(here, last)
        ids = None if row.ids is None else row.ids[start:stop]
        blocks.append(Block(kind, row.tokens[start:stop], ids, written, lost, gap))
    tail = text[here:] if known and not row.cut_off else ""
    words = [place for place, block in enumerate(blocks) if block.kind == "word"]
    after = words[-1] + 1 if words else 1
    if tail and after < len(blocks):
        blocks[after], tail = replace(blocks[after], gap=tail), ""
    return TokenBlocks(blocks, tail, row.text, row.cut_off)


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
    pieces = [_spelled(token) for token in row.tokens[start:stop]]
    if _from_bytes("".join(pieces)).strip() == text[first:last]:
        return first, last, [False] * (last - first)
    lost = [True] * (last - first)
    for (a, b), piece in zip(spans, pieces, strict=True):
        for place in _kept(text[a:b], piece):
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
    while start < stop and text[start].isspace():
        start += 1
    return start, stop


def _spelled(token: str) -> str:
    """`token` without the marks by which tokenizers tell a word's beginning (Ġ, ▁) from its middle (##) or end."""
    if token in ("[UNK]", "<unk>"):
        return ""
    return token.removeprefix("##").removeprefix("Ġ").removeprefix("▁").removesuffix("</w>")


def _from_bytes(spelled: str) -> str:
    """The text that a byte-level tokenizer spells so (`espaÃ±ol` → `español`); any other comes back as it is."""
    try:
        return bytes(_bytes_of_gpt2()[character] for character in spelled).decode("utf-8")
    except (KeyError, UnicodeDecodeError):
        return spelled


@cache
def _bytes_of_gpt2() -> dict[str, int]:
    """How GPT-2's tokenizer writes each byte as a printable character (`bytes_to_unicode` in openai/gpt-2)."""
    plain = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = [byte for byte in range(256) if byte not in plain]
    return {chr(b): b for b in plain} | {chr(256 + place): b for place, b in enumerate(others)}
