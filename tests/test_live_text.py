"""Text is data: whatever is typed is shown as it was typed, and never becomes HTML."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import pipeline_helpers as ph
from pipeline_helpers.markup import Html, join, shorten, tag, visible
from tests.live_views import VIEWS, Page, make_checkpoint, read

NASTY = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "&amp; &lt;b&gt; &#60;",
    "\"><b onclick='x'>' \" ` {text} {0} %s",
    "-->]]><!-- <?php <!DOCTYPE",
    "\x00\x01\x7f\r\x0b\ud800 \u202e\u2066 \ufeff \u0000",
    "</p></textarea></div>",
    "👩‍👩‍👧 שלום 你好 العربية",
]
texts = st.one_of(st.text(max_size=60), st.sampled_from(NASTY), st.lists(st.sampled_from(NASTY)).map(" ".join))
few = settings(max_examples=40, deadline=None, derandomize=True)


@pytest.fixture(scope="module")
def views():
    return {name: make("a", debounce=0) for name, make in VIEWS.items()}


@few
@given(text=texts)
def test_markup_gives_back_the_text_that_it_was_given(text):
    page = Page(tag("p", text, tag("b", text), [text], aria_label=text))
    assert page.elements[0]["aria-label"] == page.elements[1]["text"] == visible(text)
    assert page.text == 3 * visible(text)


def test_markup_takes_its_own_html_as_it_is_and_nothing_else():
    assert join(Html("<b>"), "<b>", ["<i>"]) == "<b>&lt;b&gt;&lt;i&gt;"
    assert tag("td", colspan=2, lang=None, data_keys="") == '<td colspan="2" data-keys=""></td>'


def test_shorten():
    assert shorten("abc", 3) == "abc"
    assert shorten("abcd", 3) == "ab…"


@settings(max_examples=15, deadline=None, derandomize=True)
@given(text=texts, other=texts)
def test_no_text_becomes_html_in_any_view(views, text, other):
    for view in views.values():
        view.text.value = f"{text}\n{other}"
        read(view.status)
        read(view.output)
        assert repr(view)
    tokenizer, mask, pipeline = (views[name] for name in ("LiveTokenizer", "LiveAttentionMask", "LivePipeline"))
    pipeline.second.value = other
    for token in pipeline.result.columns[0].sentence.tokens[:24] if not isinstance(pipeline.result, Exception) else []:
        assert visible(shorten(token)) in read(pipeline.output).text
    (typed,) = read(tokenizer.output).all(class_="ph-typed")
    if not tokenizer.result.cut_off:
        assert typed["text"] == visible(tokenizer.text.value)
    for row in [r.tokens for r in mask.result.rows] if not isinstance(mask.result, Exception) else []:
        assert all(visible(shorten(token)) in read(mask.output).text for token in row[:24])


@pytest.mark.parametrize("text", NASTY)
def test_a_box_keeps_what_is_typed(views, text):
    for view in views.values():
        view.text.value = text
        assert view.text.value == text.replace("\ud800", "?")


@pytest.mark.parametrize("text", ["x" * 100_000, "<b> " * 25_000, "🤗" * 100_000])
def test_a_hundred_thousand_characters(views, text):
    for view in views.values():
        view.text.value = text
        assert len(view.output.html) < 1_000_000
        assert read(view.output).text
        assert len(repr(view)) < 200
        view.text.value = "short"
        assert "short" in repr(view)


@pytest.mark.parametrize("make", [ph.LiveSoftmax, ph.LiveAttentionMask, ph.LivePipeline])
def test_names_of_labels_are_data_too(tmp_path, make):
    folder = make_checkpoint(tmp_path / "<i>model", names=["<script>alert(1)</script>", "<img onerror=x>"])
    view = make(["good one", "bad"] if make is not ph.LiveSoftmax else "good one", checkpoint=folder, debounce=0)
    page = read(view.output)
    assert "<script>alert(1)</script>" in page.text or "<img onerror=x>" in page.text
    assert "<i>model" in page.text


def test_the_name_of_a_checkpoint_is_data_too(views):
    for view in views.values():
        view.checkpoint = "<img src=x onerror=alert(1)>"
        assert "<img src=x onerror=alert(1)>" in read(view.status).text
        assert "<img src=x" not in view.static_html()
        view.checkpoint = None
        assert view.output.html
