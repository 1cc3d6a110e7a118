"""What all live views have in common: when they compute, what they say, what is stored, which language they speak."""

import asyncio
import re
import threading
import time

import pytest
from IPython.core.interactiveshell import InteractiveShell

import pipeline_helpers as ph
from pipeline_helpers import shared_weights
from pipeline_helpers.language import LANGUAGES, choose_language
from pipeline_helpers.live import base, pipeline
from pipeline_helpers.live.base import checkpoint_name
from pipeline_helpers.stages import load_tokenizer
from tests.live_views import VIEWS, in_a_loop, make_checkpoint, read

NEEDS_A_HEAD = [name for name in VIEWS if getattr(ph, name)._load is not load_tokenizer]


@pytest.fixture(params=VIEWS)
def make(request):
    return lambda text="I love this film", **options: VIEWS[request.param](text, **{"debounce": 0, **options})


def counted(view):
    """A list that grows with every computation of `view`, and holds the text that it was about."""
    seen, compute = [], view._compute

    def counting():
        seen.append(view.text.value)
        return compute()

    view._compute = counting
    return seen


# When they compute.


def test_without_debounce_a_change_shows_at_once(make):
    view = make()
    before = view.output.html
    view.text.value = "I hate this film"
    assert view.output.html != before
    assert view.output.html == make("I hate this film").output.html


@pytest.fixture
def answers_alone(monkeypatch):
    """No bars after the answers: by when they are there is another question."""
    monkeypatch.setattr(pipeline, "AT_ONCE", 0)


def test_what_is_typed_in_a_burst_is_computed_once_and_the_last_text_wins(make, answers_alone):
    view = make(debounce=0.02)
    seen = counted(view)

    def type_(text):
        return lambda: setattr(view.text, "value", text)

    in_a_loop(type_("I"), type_("I hate"), type_("I hate it"), 0.2)
    assert seen == ["I hate it"]
    assert view.output.html == make("I hate it").output.html


def test_typing_on_for_longer_than_the_debounce_never_ends_with_an_outdated_answer(make, answers_alone):
    view = make(debounce=0.01)
    seen = counted(view)
    text = "this is a very long and rather boring film"
    steps = []
    for end in range(1, len(text) + 1):
        steps += [lambda end=end: setattr(view.text, "value", text[:end]), 0.002]
    in_a_loop(*steps, 0.3)
    assert seen[-1] == text
    assert len(seen) < len(text)
    assert view.output.html == make(text).output.html


def test_no_more_than_one_computation_is_ever_waiting(make):
    view = make(debounce=60)
    waiting = []

    def listen():
        asyncio.get_running_loop().call_later = lambda *call: waiting.append(call)

    in_a_loop(listen, *[lambda end=end: setattr(view.text, "value", "a" * end) for end in range(1, 50)])
    assert [call[:2] for call in waiting] == [(60, view._ring)]


def test_a_change_shows_while_the_typing_goes_on():
    view = ph.LiveTokenizer("", debounce=0.01)
    seen = counted(view)
    steps = []
    for end in range(1, 40):
        steps += [lambda end=end: setattr(view.text, "value", "a" * end), 0.005]
    in_a_loop(*steps)
    assert len(seen) > 3


def test_a_loop_that_ended_before_the_clock_rang_does_not_stop_the_view():
    view = ph.LiveTokenizer("", debounce=0.05)
    in_a_loop(lambda: setattr(view.text, "value", "lost"))
    in_a_loop(lambda: setattr(view.text, "value", "found"), 0.2)
    assert "found" in view.result.tokens


def test_two_threads_change_it_one_after_the_other(make):
    view = make()
    running, together = [], []
    compute = view._compute

    def slow():
        running.append(1)
        together.append(len(running))
        time.sleep(0.01)
        try:
            return compute()
        finally:
            running.pop()

    view._compute = slow
    threads = [threading.Thread(target=setattr, args=(view.text, "value", f"film {number}")) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert max(together) == 1
    assert view.output.html == make(view.text.value).output.html


@pytest.mark.parametrize("debounce", [-1, float("nan"), float("inf"), "0", None])
def test_debounce_is_a_number_of_seconds(make, debounce):
    with pytest.raises((ValueError, TypeError), match="debounce is"):
        make(debounce=debounce)


# What they say.


@pytest.mark.parametrize("text", ["", "   ", "\n\t "])
def test_without_text_they_say_what_to_do_and_go_on(make, text):
    view = make(text)
    assert "escribe" in read(view.status).text
    view.text.value = "I love this film"
    assert view.status.html == make("I love this film").status.html
    assert view.output.html == make("I love this film").output.html


def test_a_text_past_the_maximum_is_cut_off_and_they_say_so(make):
    view = make("very " * 600)
    if type(view).__name__ not in ("LiveAttentionMask",):  # there max_length is in the reader's hand
        assert "512" in read(view.status).text
    assert view.output.html
    view.text.value = "good"
    assert "512" not in view.status.html


def test_an_unknown_checkpoint_is_a_sentence_and_another_one_puts_it_right(make, tmp_path):
    view = make(checkpoint=str(tmp_path / "nothing"))
    assert "No se puede cargar el checkpoint" in read(view.status).text
    assert view.output.html == ""
    view.checkpoint = None
    assert view.output.html == make().output.html
    assert not view.status.html or view.status.html == make().status.html


def test_a_checkpoint_that_failed_is_not_tried_again_with_every_key(make, tmp_path):
    view = make(checkpoint=str(tmp_path))
    tried = []
    view._load = tried.append
    view.text.value = "more"
    assert tried == []


@pytest.mark.parametrize("name", NEEDS_A_HEAD)
def test_a_checkpoint_without_a_head_is_a_sentence(name, tmp_path):
    from transformers import AutoTokenizer, DistilBertConfig, DistilBertModel

    DistilBertModel(DistilBertConfig(dim=16, hidden_dim=16, n_layers=1, n_heads=2)).save_pretrained(tmp_path)
    AutoTokenizer.from_pretrained(ph.checkpoint("classroom")).save_pretrained(tmp_path)
    view = VIEWS[name](checkpoint=str(tmp_path), debounce=0)
    assert "no tiene una cabeza de clasificación" in read(view.status).text
    assert "##film" not in view.output.html
    assert ph.LiveTokenizer("film", str(tmp_path), debounce=0).result.tokens == ["[CLS]", "film", "[SEP]"]


def test_whatever_else_goes_wrong_is_a_sentence_too(make):
    view = make()
    compute = view._compute

    def fail():
        raise RuntimeError("out of <b>memory</b>")

    view._compute = fail
    view.text.value = "x"
    assert "RuntimeError: out of <b>memory</b>" in read(view.status).text
    assert view.output.html == ""
    view._compute = compute
    view.text.value = "I love this film"
    assert view.output.html == make().output.html


def test_the_status_is_one_for_the_ear_too(make):
    assert make().status.role == "status"


def test_each_shows_its_checkpoint(make, tmp_path):
    assert "Checkpoint: classroom" in read(make().output).text
    folder = make_checkpoint(tmp_path / "my-model")
    view = make(checkpoint=folder)
    assert "Checkpoint: my-model" in read(view.output).text
    assert str(tmp_path) not in view.output.html + repr(view)


def test_the_name_of_a_checkpoint_is_no_path(tmp_path, monkeypatch):
    assert checkpoint_name(None) == checkpoint_name("classroom") == checkpoint_name(ph.checkpoint()) == "classroom"
    assert checkpoint_name(str(shared_weights.SOURCE)) == "classroom"  # the package's own, wherever the shared one is
    assert checkpoint_name("sst2") == "sst2"
    assert checkpoint_name("owner/name") == "owner/name"
    cached = tmp_path / "models--owner--some-name" / "snapshots" / "714eb0f"
    cached.mkdir(parents=True)
    assert checkpoint_name(str(cached)) == "owner/some-name"
    monkeypatch.setenv("PIPELINE_HELPERS_CHECKPOINT", "sst2")
    assert checkpoint_name(None) == "sst2"


def test_the_box_says_which_languages_its_checkpoint_reads(make, tmp_path, monkeypatch):
    monkeypatch.setattr("pipeline_helpers.hub.download", lambda *_: "/nowhere")
    view = make()
    assert "en español o en inglés" in view.text.label
    view.checkpoint = make_checkpoint(tmp_path)  # somebody's own: nothing is known of it
    assert "inglés" not in view.text.label
    for published in ("sst2", "distilbert/distilbert-base-uncased-finetuned-sst-2-english"):
        assert "en inglés" in make(checkpoint=published).text.label
        assert "español" not in make(checkpoint=published).text.label


# The language.


def test_they_follow_the_language_at_once_and_compute_nothing(make):
    view = make("I love 🤗 " + "very " * 600)
    seen = counted(view)
    spanish = (view.text.label, view.output.html, view.status.html)
    choose_language("en")
    english = (view.text.label, view.output.html, view.status.html)
    assert all(es != en for es, en in zip(spanish, english, strict=True) if es)
    assert seen == []
    choose_language("es")
    assert (view.text.label, view.output.html, view.status.html) == spanish


def test_an_error_follows_the_language_too(make):
    view = make(checkpoint="/nowhere/at/all")
    choose_language("en")
    assert "can't be loaded" in read(view.status).text


def test_no_part_of_a_live_view_is_hidden_by_the_language_switch(make):
    """The switch hides every `div[lang]` of the other language: none may stand inside a live view."""
    assert not re.search(r"<div[^>]* lang=", make().output.html + make().status.html)


# What is stored.


def test_the_repr_is_short_and_has_no_address(make):
    view = make("word " * 100)
    assert re.fullmatch(r"Live\w+\(.{1,80}, checkpoint='classroom'\)", repr(view))
    assert "0x" not in "".join(map(repr, [view.text, view.status, view.output]))


def test_a_display_holds_the_widget_and_the_same_static_picture_in_either_language(make, monkeypatch):
    view = make()
    monkeypatch.setattr(view, "_picture", lambda result: "<img>")
    spanish, _ = InteractiveShell.instance().display_formatter.format(view)
    choose_language("en")
    english, _ = InteractiveShell.instance().display_formatter.format(view)
    assert spanish["text/html"] == english["text/html"]
    assert spanish["text/plain"] == repr(view)
    assert "application/vnd.jupyter.widget-view+json" in spanish
    for lang, words in (("es", "Ejecuta esta celda"), ("en", "Run this cell")):
        assert re.search(f'<div lang="{lang}"><p class="ph-invitation"><small>{words}', spanish["text/html"])


def test_the_static_picture_has_its_words_in_both_languages(make):
    def picture():
        return re.sub(r"ph-[0-9a-f]{8}-\d+", "", make().static_html())  # each picture on a page has a name of its own

    html = picture()
    assert html == picture()
    alts = re.findall(r'<img alt="([^"]+)"', html)
    assert len(alts) == len(set(alts)) == len(LANGUAGES)


def test_an_error_is_stored_as_a_sentence_in_both_languages(make, tmp_path):
    html = make(checkpoint=str(tmp_path / "x")).static_html()
    assert "No se puede cargar" in html
    assert "be loaded" in html
    assert "<img" not in html


def answer(view, text):
    """Type `text`, and do not wait for the debounce."""
    view.text.value = text
    view.refresh()


def test_other_languages_wait_until_nobody_types():
    view = ph.LivePipeline("I love this film", debounce=60)
    waiting, rendered = [], []
    render = view._render
    view._render = lambda result, lang: rendered.append(lang) or render(result, lang)

    def listen():
        asyncio.get_running_loop().call_later = lambda *call: waiting.append(call)

    in_a_loop(listen, lambda: answer(view, "I hate"), lambda: answer(view, "I hate it"))
    waiting = [call for call in waiting if call[1] == view._translate]
    assert [call[0] for call in waiting] == [base.CALM] * 2
    assert rendered == ["es", "es"]
    assert view.output.words == {}  # what it said of another text is no answer to this one
    for _, translate, shown in waiting:
        translate(shown)
    assert rendered == ["es", "es", "es", "en"]
    assert "Model: ids" in view.output.words["en"]["html"]


def test_a_result_is_announced_once_nobody_types():
    view = ph.LivePipeline("I love this film", debounce=60)
    waiting = []

    def spoken():
        return [one["text"] for one in read(view.status).all(class_="ph-spoken")]

    def listen():
        asyncio.get_running_loop().call_later = lambda *call: waiting.append(call)

    assert spoken() == ["Frase 0: POSITIVE 0.99"]  # it is there from the beginning, and so no news
    in_a_loop(listen, lambda: answer(view, "I hate"), lambda: answer(view, "I hate it"))
    assert spoken() == ["Frase 0: POSITIVE 0.99"]
    for _, translate, *shown in waiting:
        if translate == view._translate:
            translate(*shown)
    assert spoken() == ["Frase 0: NEGATIVE 0.99"]
    choose_language("en")
    assert spoken() == ["Sentence 0: NEGATIVE 0.99"]
    view.debounce = 0
    view.text.value = " "
    assert spoken() == []
