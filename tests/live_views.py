"""What the tests of the live views share: reading a panel as a browser would, and checkpoints of every kind."""

from html.parser import HTMLParser

# Everything that the views' own HTML is made of. What a reader typed adds no tag and no attribute to it.
TAGS = {"b", "button", "code", "div", "h4", "i", "p", "pre", "section", "small", "span", "strong"}
TAGS |= {"table", "tbody", "td", "tfoot", "th", "thead", "tr"}
ATTRIBUTES = {"aria-hidden", "aria-label", "aria-pressed", "aria-selected", "class", "colspan", "data-action"}
ATTRIBUTES |= {"data-at", "data-detail", "data-keys", "data-shows-detail", "lang", "role", "scope", "style"}
ATTRIBUTES |= {"tabindex", "type"}


class Page(HTMLParser):
    """A panel's HTML: its text, and each element with its attributes and the text inside it."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.text = ""
        self.elements: list[dict] = []
        self._open: list[dict] = []
        self.feed(html)
        self.close()
        assert not self._open, f"left open: {[element['tag'] for element in self._open]}"

    def handle_starttag(self, tag, attrs):
        assert tag in TAGS, f"<{tag}> came into being"
        assert {name for name, _ in attrs} <= ATTRIBUTES, attrs
        element = {"tag": tag, "text": "", **dict(attrs)}
        self.elements.append(element)
        self._open.append(element)

    def handle_endtag(self, tag):
        assert self._open.pop()["tag"] == tag

    def handle_data(self, data):
        self.text += data
        for element in self._open:
            element["text"] += data

    def handle_comment(self, data):
        raise AssertionError(f"a comment came into being: {data!r}")

    handle_decl = handle_pi = unknown_decl = handle_comment

    def all(self, **wanted):
        """The elements with these attributes; an underscore stands for a hyphen."""
        wanted = {name.rstrip("_").replace("_", "-"): value for name, value in wanted.items()}
        return [one for one in self.elements if all(one.get(name) == value for name, value in wanted.items())]

    def rows(self):
        """The cells of every table row, as texts."""
        found, row = [], None
        for element in self.elements:
            if element["tag"] == "tr":
                row = []
                found.append(row)
            elif element["tag"] in ("td", "th"):
                row.append(element["text"].strip())
        return found


def read(panel):
    """What `panel` shows."""
    return Page(panel.html)


def in_a_loop(*steps):
    """Run `steps` (functions, or seconds to wait) on an event loop, as a kernel does.

    On a thread of its own: Playwright's loop stands on this one once a browser's test has run.
    """
    import asyncio
    from concurrent.futures import ThreadPoolExecutor

    async def run():
        for step in steps:
            if callable(step):
                step()
            else:
                await asyncio.sleep(step)

    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, run()).result()


def make_checkpoint(folder, *, labels=2, padding=True, names=None):
    """A tiny untrained DistilBERT with the classroom's tokenizer; returns its folder as a string."""
    import torch
    from transformers import AutoTokenizer, DistilBertConfig, DistilBertForSequenceClassification

    import pipeline_helpers as ph

    tokenizer = AutoTokenizer.from_pretrained(ph.checkpoint("classroom"))
    if not padding:
        tokenizer.pad_token = None
    torch.manual_seed(0)
    names = names or [f"LABEL_{place}" for place in range(labels)]
    config = DistilBertConfig(
        vocab_size=len(tokenizer), dim=16, hidden_dim=16, n_layers=1, n_heads=2, initializer_range=0.5,
        pad_token_id=0 if padding else None, id2label=dict(enumerate(names)),
        label2id={name: place for place, name in enumerate(names)},
    )  # fmt: skip
    DistilBertForSequenceClassification(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return str(folder)
