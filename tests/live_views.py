"""What the tests of the live views share: reading a panel as a browser would, and checkpoints of every kind."""

from html.parser import HTMLParser

import pipeline_helpers as ph
from tests.loops import finish

VIEWS = {
    "LiveTokenizer": lambda text="I love this film", **options: ph.LiveTokenizer(text, **options),
    "LiveSoftmax": lambda text="I love this film", **options: ph.LiveSoftmax(text, **options),
    "LiveAttentionMask": lambda text="I love this film", **options: ph.LiveAttentionMask([text], **options),
    "LiveAttention": lambda text="I love this film", **options: ph.LiveAttention(text, **options),
    "LivePipeline": lambda text="I love this film", **options: ph.LivePipeline(text, **options),
}
"""Every live view there is, made from one text: a new one goes in here, and all that holds for views is tried on it."""

# Everything that the views' own HTML is made of. What a reader typed adds no tag and no attribute to it.
TAGS = {"b", "button", "code", "div", "h4", "i", "p", "pre", "section", "small", "span", "strong"}
TAGS |= {"table", "tbody", "td", "tfoot", "th", "thead", "tr"}
TAGS |= {"br", "fieldset", "form", "input", "label", "legend", "li", "ol", "ul"}  # the practice's
ATTRIBUTES = {"aria-hidden", "aria-label", "aria-pressed", "aria-selected", "class", "colspan", "data-action"}
ATTRIBUTES |= {
    "data-at",
    "data-detail",
    "data-keys",
    "data-scrolls",
    "data-shows-detail",
    "lang",
    "role",
    "scope",
    "style",
}
ATTRIBUTES |= {"tabindex", "type", "checked", "data-focus", "data-key", "disabled", "name"}
VOID = {"br", "input"}


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
        if tag not in VOID:
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


def notices(view):
    """The sentences that `view` shows in its status, as texts; what is there only to be heard is left out."""
    return [one["text"] for one in read(view.status).all(class_="ph-notice")]


def in_a_loop(*steps):
    """Run `steps` (functions, or seconds to wait) on an event loop, as a kernel does."""
    import asyncio

    async def run():
        for step in steps:
            if callable(step):
                step()
            else:
                await asyncio.sleep(step)

    finish(run())


def parts_of(view):
    """`view`, its panels and its controls, however deep they stand."""
    yield view
    for child in getattr(view, "children", ()):
        yield from parts_of(child)


MARKUP = ['"><q/w>', '"><img/src/onerror=ran=1>', '"onclick="x', "&lt;b&gt;", "</p>", "<!--"]
"""Tokens that would be markup if anything let them: each of them ends what it stands in, or begins something."""
PIECES = MARKUP[0] + '"><piece/>'
"""A word of two tokens: the tokenizer below is a WordPiece that knows its beginning, and its end as `##…`."""
NO_TOKEN = '"><gap/>'
"""Letters that the tokenizer below leaves out: they stand in the text and in no token."""


def make_markup_checkpoint(folder, *, labels=2, padding=True, longest=80):
    """A tiny untrained DistilBERT of which all is markup: its folder, its tokens, the special ones, its labels.

    A tokenizer that cuts at spaces alone is the only one whose tokens can be markup: BERT's cuts at each `<`.
    """
    import torch
    from tokenizers import Regex, Tokenizer, models, pre_tokenizers, processors
    from transformers import DistilBertConfig, DistilBertForSequenceClassification, PreTrainedTokenizerFast

    special = {f"{name}_token": f'"><{name}/>' for name in ("pad", "unk", "cls", "sep", "mask")}
    goes_on = "##" + PIECES.removeprefix(MARKUP[0])
    ids = {token: id_ for id_, token in enumerate([*special.values(), *MARKUP, goes_on])}
    tokenizer = Tokenizer(models.WordPiece(ids, unk_token=special["unk_token"]))
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Split(Regex(NO_TOKEN), "removed"), pre_tokenizers.WhitespaceSplit()]
    )
    cls, sep = special["cls_token"], special["sep_token"]
    tokenizer.post_processor = processors.TemplateProcessing(
        single=[cls, "$A", sep], special_tokens=[(cls, ids[cls]), (sep, ids[sep])]
    )
    if not padding:
        del special["pad_token"]
    torch.manual_seed(0)
    config = DistilBertConfig(
        vocab_size=len(ids), dim=16, hidden_dim=16, n_layers=1, n_heads=2, initializer_range=0.5,
        pad_token_id=0 if padding else None, max_position_embeddings=longest,
        id2label={place: f'"><name/{place}>' for place in range(labels)},
    )  # fmt: skip
    DistilBertForSequenceClassification(config).save_pretrained(folder)
    PreTrainedTokenizerFast(tokenizer_object=tokenizer, model_max_length=longest, **special).save_pretrained(folder)
    return str(folder)


def make_checkpoint(folder, *, labels=2, padding=True, names=None):
    """A tiny untrained DistilBERT with the classroom's tokenizer; returns its folder as a string."""
    import torch
    from transformers import AutoTokenizer, DistilBertConfig, DistilBertForSequenceClassification

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
