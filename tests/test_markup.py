"""No data ever becomes HTML in a live view, though a token, a label or a checkpoint may be markup; nor is that luck.

The net is `shown`: each view in each situation, in both languages, read as a browser would. The last test here tries
the net itself: one by one it takes away each escape that data goes through, and the net has to notice.
"""

import ast
import gc
import html
import importlib
import pkgutil
import re
import sys
import tempfile
from contextlib import contextmanager
from itertools import product
from pathlib import Path

import pytest

import pipeline_helpers as ph
from pipeline_helpers import markup
from pipeline_helpers.language import LANGUAGES, catalogue, choose_language, switch
from pipeline_helpers.live.base import LiveView
from pipeline_helpers.live.controls import Choice, Slider, TextBox
from pipeline_helpers.live.heads import Heads
from pipeline_helpers.practice.grading import find
from pipeline_helpers.practice.quiz import Quiz
from tests.live_views import MARKUP, NO_TOKEN, PIECES, VIEWS, Page, make_markup_checkpoint, parts_of
from tests.quizzes import other_quizzes

PACKAGE = Path(ph.__file__).parent
TEXT = " ".join([*MARKUP[:2], NO_TOKEN, PIECES, *MARKUP[2:], '"><unknown/>', NO_TOKEN])
ERROR = '"><error/>'
CHECKPOINTS = {"two": {}, "one": {"labels": 1}, "many": {"labels": 40}, "no padding": {"padding": False}}


class Still(Page):
    """A stored picture: a page with images of which nothing is data but the alternative text."""

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag == "img":
            assert list(given) == ["alt", "style", "data-letter", "src"]
            assert given["src"].startswith("data:image/png;base64,")
        elif tag == "style":  # the figures' own, which is a constant
            assert not attrs
            self.elements.append({"tag": tag, "text": ""})
            self._open.append(self.elements[-1])
        elif tag == "button":
            assert list(given) == ["type", "hidden", "popovertarget", "aria-label", "data-lm-suppress-shortcuts"]
            super().handle_starttag(tag, [])
        elif given.pop("popover", "") is None:
            assert re.fullmatch(r"ph-[0-9a-f]{8}-\d+", given.pop("id"))
            super().handle_starttag(tag, given.items())
        else:
            super().handle_starttag(tag, attrs)


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    root = tmp_path_factory.mktemp("markup")
    made = {name: make_markup_checkpoint(root / f'"><{name}>', **how) for name, how in CHECKPOINTS.items()}
    gc.freeze()  # `shown` collects hundreds of views; what torch brought need not be looked through each time
    yield made
    gc.unfreeze()


def look(view):
    """What `view` shows now, in both languages; an `AssertionError` where data became HTML."""
    for lang in reversed(LANGUAGES):
        choose_language(lang)
        page = Page(view.status.html + view.output.html)
        assert "&lt;q/w" not in page.text, "escaped twice"
        assert repr(view)
    return page


def use(view):
    """Look at `view` after everything that a reader can do to it."""
    press(view)
    parts = list(parts_of(view))
    for slider in [part for part in parts if isinstance(part, Slider)]:
        before, slider.value = slider.value, slider.max
        press(view)
        slider.value = before
    for box in [part for part in parts if isinstance(part, TextBox)]:
        for text in (" ", TEXT, f"{TEXT}\n{TEXT} {TEXT}", "\n".join([TEXT] * 9), f"{TEXT} " * 15):
            box.value = text
            look(view)
            for choice in [part for part in parts if isinstance(part, Choice)]:
                before = choice.value
                for option in [*choice.options, before]:
                    choice.value = option
                    look(view)


def press(view):
    """Look at `view` after each button in it; a head is switched off beside its picture, which is no HTML of ours."""
    for menu in [part for part in parts_of(view) if isinstance(part, Heads) and part.tokens]:
        for layer, head in product(*map(range, menu.shape[:2])):
            menu._handle_custom_msg({"action": f"off {layer} {head}"}, [])
    for action in [element["data-action"] for element in look(view).elements if element.get("data-action")]:
        view.output._handle_custom_msg({"action": action}, [])
        look(view)


def still(view):
    Still(view.static_html())


def fails(view):
    def fail():
        raise RuntimeError(ERROR)

    view._compute = fail
    view.text.value = "x"
    look(view)


SITUATIONS = {
    "tokens": lambda make, folders: look(make(TEXT, checkpoint=folders["two"])),
    "everything a reader can do": lambda make, folders: use(make(TEXT, checkpoint=folders["two"])),
    "one label": lambda make, folders: press(make(TEXT, checkpoint=folders["one"])),
    "many labels": lambda make, folders: look(make(TEXT, checkpoint=folders["many"])),
    "no padding token": lambda make, folders: use(make(TEXT, checkpoint=folders["no padding"])),
    "no such checkpoint": lambda make, _: look(make(checkpoint='"><none/>')),
    "its picture": lambda make, folders: still(make(TEXT, checkpoint=folders["two"])),
    "the picture of a mistake": lambda make, _: still(make(checkpoint='"><none/>')),
    "an error of the tokenizer": lambda make, folders: use(make(TEXT, checkpoint=folders["two"])),
    "any other error": lambda make, folders: fails(make(checkpoint=folders["two"])),
}


def shown(name, situation, folders):
    """View `name` in `situation`, looked at; an `AssertionError` where data became HTML."""
    made = []

    def make(text="x", **options):
        made.append(VIEWS[name](text, debounce=0, **options))
        return made[0]

    with pytest.MonkeyPatch.context() as patch:
        if situation == "an error of the tokenizer":
            patch.setattr("transformers.BatchEncoding.convert_to_tensors", fail_at_tensors)
        try:
            SITUATIONS[situation](make, folders)
        finally:
            # A view that lives on follows each change of the language, and there are hundreds of them.
            for part in list(parts_of(made.pop())):
                part.close()
            del part
            gc.collect()


def fail_at_tensors(self, tensor_type=None, **_):
    if tensor_type is not None:
        raise ValueError(ERROR)
    return self


def switched():
    """The language switch's stored picture, of words that are markup."""
    with pytest.MonkeyPatch.context() as patch:
        for lang in LANGUAGES:
            patch.setitem(catalogue()["language.switch.static"], lang, '"><word/>')
        data, _ = switch.LanguageSwitch()._repr_mimebundle_()
        Page(data["text/html"])


def practised():
    """The practice, of words, questions, a solution and an error that are markup."""
    shown, exercise = [], find("pad")
    with (
        pytest.MonkeyPatch.context() as patch,
        tempfile.TemporaryDirectory() as folder,
        other_quizzes(Path(folder), '"><question/>'),
    ):
        for key in [key for key in catalogue() if key.startswith("practice")]:
            for lang in LANGUAGES:
                patch.setitem(catalogue()[key], lang, f'"><word/>{catalogue()[key][lang]}')
        patch.setattr("IPython.display.display", lambda bundle, raw=False: shown.append(bundle["text/html"]))
        ph.progress()
        for answer in (lambda rows: None, erring, lambda rows: [ERROR], exercise.solution, ...):
            ph.check("pad", answer)
        for _ in exercise.hints:
            ph.hint("pad")
        ph.check("pad", erring)
        source = exercise.source
        patch.setitem(vars(exercise), "source", f'{source} < "><source/>')
        ph.solution("pad")
        patch.setitem(vars(exercise), "source", source)
        for name in ("tokenizer", "before", "after", "after"):
            quiz = Quiz(name)
            for action in ("check", "choose 0", "check", "next", "choose 0", "check", "back", "next", "next", "see 0"):
                quiz.act(action)
                shown += [quiz.html, *(words["html"] for words in quiz.words.values())]
                ph.progress()
            shown += [quiz._repr_mimebundle_()[0]["text/html"], quiz.gone]
            quiz.close()
        right = Quiz("tokenizer")
        for action in ("choose 1", "check", "next", "choose 0", "check", "next"):
            right.act(action)
        shown.append(right.html)
        right.close()
        ph.progress()
        ph.progress(forget=True)
    for html_shown in shown:
        (Still if "<style>" in html_shown else Page)(html_shown)


def erring(rows):
    raise RuntimeError(ERROR)


def test_every_view_is_in_the_net():
    public = {name: getattr(ph, name) for name in ph.__all__}
    views = {name for name, value in public.items() if isinstance(value, type) and issubclass(value, LiveView)}
    assert views == set(VIEWS), "a live view is missing in tests/live_views.py"


@pytest.mark.parametrize("name", VIEWS)
@pytest.mark.parametrize("situation", SITUATIONS)
def test_no_data_becomes_html(name, situation, folders, watch):
    with watch.of((name, situation)):
        shown(name, situation, folders)


def test_no_word_becomes_html_in_the_switch(watch):
    with watch.of(SWITCH):
        switched()


def test_no_word_and_no_answer_becomes_html_in_the_practice(watch):
    with watch.of(PRACTICE):
        practised()


SWITCH, PRACTICE = "switch", "practice"


@pytest.fixture(scope="module")
def watch():
    """Watches all tests of this file, so that the last one need not look at everything again."""
    with pytest.MonkeyPatch.context() as patch:
        yield Watch(patch)


class Watch:
    """Stands before each escape of the package: notes where data goes through one, and can leave one out.

    A place is a call of `tag`, `join` or `escape` with the number or the name of one of its arguments.
    """

    def __init__(self, patch):
        self.called, self.carries, self.left_out = set(), {}, None
        self.situation, self.watched = None, set()
        for found in pkgutil.walk_packages([str(PACKAGE)], "pipeline_helpers."):
            module = importlib.import_module(found.name)
            if module is markup:
                continue
            for name, value in list(vars(module).items()):
                if value in (markup.tag, markup.join, html.escape):
                    patch.setattr(module, name, self._standing_before(value))
                elif value is markup.Html:
                    patch.setattr(module, name, self._html())

    @contextmanager
    def of(self, situation):
        """What is called inside belongs to `situation`."""
        self.situation = situation
        yield
        self.watched.add(situation)

    def _standing_before(self, escaping):
        def called(*content, **attributes):
            call = self._call()
            first = escaping is markup.tag  # its first argument is a constant of ours
            parts = [self._part(part, (*call, min(place, 16))) if place or not first else part
                     for place, part in enumerate(content)]  # fmt: skip
            if escaping is html.escape:
                return parts[0] if isinstance(parts[0], markup.Html) else html.escape(*content, **attributes)
            raw = {}
            for key, value in attributes.items():
                if self._leaves_out(str(value), '"', (*call, key)):
                    attributes[key] = chr(0xE000 + len(raw))
                    raw[attributes[key]] = str(value)
            made = escaping(*parts, **attributes)
            for stand_in, value in raw.items():
                made = made.replace(stand_in, value)
            return markup.Html(made)

        return called

    def _part(self, part, place):
        if isinstance(part, markup.Html):
            return part
        if isinstance(part, str):
            return markup.Html(part) if self._leaves_out(part, "<", place) else part
        return [self._part(one, place) for one in part]

    def _leaves_out(self, text, dangerous, place):
        if dangerous in text:
            self.carries.setdefault(place, self.situation)
        return place == self.left_out

    def _html(self):
        watch = self

        class Kind(type):
            def __instancecheck__(cls, instance):
                return isinstance(instance, markup.Html)

        class Html(markup.Html, metaclass=Kind):
            def __new__(cls, text):
                watch._call()
                return markup.Html(text)

        return Html

    def _call(self):
        """Where the package called: file, and line and column of the call's beginning."""
        frame = sys._getframe(2)
        line, _, column, _ = list(frame.f_code.co_positions())[frame.f_lasti // 2]
        call = (Path(frame.f_code.co_filename).relative_to(PACKAGE).as_posix(), line, column)
        self.called.add(call)
        return call


def calls():
    """Every call of `tag`, `join`, `Html` or `escape` that is written in the package."""
    for file in sorted(PACKAGE.rglob("*.py")):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        nodes = [node for node in ast.walk(tree) if file.name != "markup.py"]
        names = set()
        for node in nodes:
            if isinstance(node, ast.ImportFrom) and node.module in ("html", markup.__name__):
                names |= {alias.name for alias in node.names} & {"tag", "join", "Html", "escape"}
            if isinstance(node, ast.Import):
                assert "html" not in {alias.name for alias in node.names}, f"{file}: from html import escape"
        for node in nodes:
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names:
                yield file.relative_to(PACKAGE).as_posix(), node.lineno, node.col_offset


def test_the_net_notices_each_escape_that_is_missing(folders, watch):
    net = {(name, situation): lambda name=name, situation=situation: shown(name, situation, folders)
           for situation in SITUATIONS for name in VIEWS} | {SWITCH: switched, PRACTICE: practised}  # fmt: skip
    for situation in set(net) - watch.watched:  # all have been, unless this test runs alone
        with watch.of(situation):
            net[situation]()
    assert sorted(set(calls()) - watch.called) == [], "the net never gets there: give it a situation that does"
    assert len(watch.carries) > 20
    unnoticed = []
    for place, situation in list(watch.carries.items()):
        watch.left_out = place
        try:
            net[situation]()
        except AssertionError:
            continue
        finally:
            watch.left_out = None
        unnoticed.append(place)
    assert unnoticed == []
