"""What holds for every figure: the languages, the alternative texts, the files, and nothing left behind."""

import warnings
from html.parser import HTMLParser

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.text import Text
from matplotlib.transforms import Bbox

import pipeline_helpers as ph
from pipeline_helpers.figures import style
from pipeline_helpers.figures.head import head_run
from pipeline_helpers.figures.show import figure_html
from pipeline_helpers.language import LANGUAGES
from tests.drawn import contrast

PLOTS = sorted(name for name in ph.__all__ if name.startswith("plot_"))


def sample(name, trace):
    """Something for `ph.<name>` to draw."""
    if name == "plot_head":
        numbers = np.random.default_rng(0).normal(size=(4, 8, 8))
        return head_run(numbers[0, 0], (numbers[1], numbers[2, 0]), (numbers[3, :2], numbers[2, 1, :2]))
    return trace.config if name == "plot_heads_gallery" else trace


class Images(HTMLParser):
    """The `(lang, alt, src)` of each image in some HTML."""

    def __init__(self, html):
        super().__init__()
        self.lang, self.found = None, []
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        values = dict(attributes)
        self.lang = values.get("lang", self.lang)
        if tag == "img":
            self.found.append((self.lang, values["alt"], values["src"]))


@pytest.mark.parametrize("name", PLOTS)
def test_a_figure_changes_no_setting_and_draws_on_the_axes_it_is_given(name, trace):
    before = dict(mpl.rcParams)
    ax = getattr(ph, name)(sample(name, trace))
    assert plt.get_fignums() == [ax.figure.number]
    _, own = plt.subplots(figsize=(9, 6))
    assert getattr(ph, name)(sample(name, trace), ax=own) is own
    assert dict(mpl.rcParams) == before


@pytest.mark.parametrize("name", PLOTS)
def test_show_has_both_languages_each_with_its_own_alternative_text(name, trace):
    html = figure_html(getattr(ph, name), sample(name, trace))
    images = Images(html).found
    assert [lang for lang, _, _ in images] == list(LANGUAGES)
    alts = [alt for _, alt, _ in images]
    assert all(len(alt) > 40 for alt in alts)
    assert len(set(alts)) == len(LANGUAGES)
    assert all(src.startswith("data:image/png;base64,iVBOR") for _, _, src in images)
    assert plt.get_fignums() == []


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", PLOTS)
def test_every_text_can_be_read_on_what_is_under_it(name, lang, trace):
    ax = getattr(ph, name)(sample(name, trace), lang=lang)
    figure = ax.figure
    texts = [text for text in figure.findobj(Text) if text.get_visible() and text.get_text().strip()]
    figure.canvas.draw()
    boxes = [text.get_window_extent() for text in texts]
    colours = [text.get_color() for text in texts]
    for text in texts:
        text.set_alpha(0)
    figure.canvas.draw()
    pixels = np.asarray(figure.canvas.buffer_rgba())[::-1, :, :3] / 255
    on_paper = [place for place, box in enumerate(boxes) if Bbox.intersection(box, figure.bbox)]
    assert len(on_paper) > 3
    for place in on_paper:
        box = boxes[place]
        under = pixels[max(0, int(box.y0)) : int(box.y1) + 1, max(0, int(box.x0)) : int(box.x1) + 1]
        behind = np.median(under.reshape(-1, 3), axis=0)
        assert contrast(colours[place], behind) >= 4.5, (texts[place].get_text(), colours[place], behind)


def test_show_leaves_no_figure_open_after_a_hundred_calls(capsys):
    for _ in range(100):
        assert ph.show(lambda lang: plt.figure(figsize=(0.2, 0.2)).add_subplot()) is None
    assert plt.get_fignums() == []


def test_show_leaves_no_figure_open_where_the_data_can_not_be_drawn():
    with pytest.raises(ValueError, match="logits"):
        ph.show(ph.plot_logits_to_probs, [np.nan])
    assert plt.get_fignums() == []


def test_show_sets_the_language_and_the_axes_itself(trace):
    for option in ({"lang": "es"}, {"ax": None}):
        with pytest.raises(TypeError, match=next(iter(option))):
            ph.show(ph.plot_attention, trace, **option)
    with pytest.raises(TypeError, match="plot is Axes"):
        ph.show(ph.plot_attention(trace))


def test_an_alternative_text_with_markup_in_it_stays_one_attribute():
    html = figure_html(ph.plot_logits_to_probs, [1.0, 2.0], labels=['"><script>', "a & b"])
    assert "<script" not in html
    assert all('"><script>' in alt and "a & b" in alt for _, alt, _ in Images(html).found)


@pytest.mark.parametrize(("ending", "begins"), [(".png", b"\x89PNG"), (".svg", b"<?xml"), (".PDF", b"%PDF")])
def test_a_figure_is_saved_in_three_formats_with_its_alternative_text(ending, begins, tmp_path):
    ax = ph.plot_logits_to_probs([1.0, 2.0], labels=["no", "yes"], lang="en")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        path = ph.save(ax, tmp_path / f"figure{ending}")
    written = path.read_bytes()
    assert written.startswith(begins)
    assert b"Softmax at temperature 1" in written or "Softmax".encode("utf-16-be") in written
    assert plt.get_fignums() == [ax.figure.number]


def test_other_endings_are_refused(tmp_path):
    with pytest.raises(ValueError, match=r"path is .*\.jpg"):
        ph.save(ph.plot_logits_to_probs([1.0]), tmp_path / "figure.jpg")


@pytest.mark.parametrize(
    ("ink", "paper"),
    [
        *((style.INK, paper) for paper in (style.PAPER, style.FAINT, style.SPECIAL, *style.WORDS)),
        (style.MUTED, style.PAPER),
        (style.MUTED, style.FAINT),
        *((style.text_on(paper), paper) for paper in (style.BLUE, style.ORANGE, style.GREEN, style.PURPLE)),
    ],
)
def test_the_colours_of_the_style_can_be_read_on_each_other(ink, paper):
    assert contrast(ink, paper) >= 4.5


@pytest.mark.parametrize("name", [style.SEQUENTIAL, style.DIVERGING])
def test_text_can_be_read_on_every_colour_of_the_colour_maps(name):
    for colour in mpl.colormaps[name](np.linspace(0, 1, 256)):
        assert contrast(style.text_on(colour), colour) >= 4.5


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("$x^2$", "$x^2$"),
        ("a_b\\c<d>", "a_b\\c<d>"),
        ("مرحبا", "مرحبا"),
        ("ñandú · ¿qué?", "ñandú · ¿qué?"),
        ("中文", "□□"),
        ("\u200b", "□"),
    ],
)
def test_drawable_keeps_what_the_font_has_and_stands_in_for_the_rest(text, expected):
    assert style.drawable(text) == expected


def test_drawable_shows_line_breaks_and_tabs():
    for character in "\n\t\r\x00":
        shown = style.drawable(character)
        assert shown.isprintable()
        assert shown.strip()


@settings(max_examples=20, deadline=None, derandomize=True)
@given(st.text(max_size=40))
def test_whatever_is_drawable_is_drawn_without_a_warning(text):
    with warnings.catch_warnings(), style.style():
        warnings.simplefilter("error")
        figure = plt.figure(figsize=(1, 1))
        try:
            assert figure.text(0, 0, style.drawable(text)).get_text() == style.drawable(text)
            figure.canvas.draw()
        finally:
            plt.close(figure)
