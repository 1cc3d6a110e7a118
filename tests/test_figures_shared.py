"""What holds for every figure: the languages, the alternative texts, the files, and nothing left behind."""

import gc
import hashlib
import re
import warnings
from contextlib import contextmanager
from dataclasses import replace
from html.parser import HTMLParser
from types import SimpleNamespace

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch
from cycler import cycler
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.text import Text
from matplotlib.transforms import Bbox

import pipeline_helpers as ph
from pipeline_helpers.figures import canvas, style
from pipeline_helpers.figures.attention_step import AttentionStep
from pipeline_helpers.figures.head import head_run
from pipeline_helpers.figures.reliability import reliability_bands
from pipeline_helpers.figures.show import figure_html
from pipeline_helpers.interpretability import LogitLens
from pipeline_helpers.language import LANGUAGES
from pipeline_helpers.stages import Row, load
from tests.drawn import contrast, quiet, without_glyph

PLOTS = sorted(name for name in ph.__all__ if name.startswith("plot_"))


def sample(name, trace):
    """Something for `ph.<name>` to draw."""
    if name == "plot_head":
        numbers = np.random.default_rng(0).normal(size=(4, 8, 8))
        return head_run(numbers[0, 0], (numbers[1], numbers[2, 0]), (numbers[3, :2], numbers[2, 1, :2]))
    if name == "plot_logit_lens":
        return ph.logit_lens(trace, load(ph.checkpoint())[0])
    if name == "plot_attention_step":
        return attention_step(trace.tokens[1])
    if name == "plot_reliability":
        return reliability_bands([0.55, 0.62, 0.91, 0.97, 0.99] * 8, [0, 1, 1, 1, 1] * 8)
    if name == "plot_loss":
        return [0.7, 0.9, 0.4, 0.2]
    return trace.config if name == "plot_heads_gallery" else trace


def attention_step(tokens, scale=1.0):
    """One head for the last of `tokens` that is no padding, all numbers near `scale`."""
    numbers = scale * np.random.default_rng(0).normal(1, 0.1, size=(2, len(tokens), 4))
    mask = np.array([token != "[PAD]" for token in tokens])
    return AttentionStep(numbers[0, 0], *numbers, mask, tokens, int(mask.sum()) - 1)


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


def test_show_says_how_high_the_smallest_letter_is_that_can_be_seen():
    def plot(lang):
        ax = plt.figure(figsize=(3, 1)).add_subplot()
        ax.axis("off")
        ax.text(0, 0, "seen", size=18)
        ax.text(0, 0, "hidden", size=3, visible=False)
        ax.tick_params(labelsize=2)
        return ax

    assert re.findall(r'data-letter="([\d.]+)"', figure_html(plot)) == ["25.0"] * len(LANGUAGES)


def test_a_picture_changes_in_its_place_and_keeps_its_name(monkeypatch):
    shown, changed = [], []
    place = SimpleNamespace(update=lambda html: changed.append(html.data))

    def display(html, *, display_id):
        assert display_id is True
        shown.append(html.data)
        return place

    monkeypatch.setattr("IPython.display.display", display)
    picture = ph.Picture()
    for losses in ([0.7], [0.7, 0.5], [0.7, 0.5, 0.1]):
        assert picture.show(ph.plot_loss, losses, steps=3) is None
    (first,) = shown
    assert len(changed) == 2
    names = re.findall(r'popover id="([\w-]+)"', first)
    assert len(set(names)) == len(LANGUAGES)
    assert all(re.findall(r'popover id="([\w-]+)"', html) == names for html in changed)
    sources = [Images(html).found[0][2] for html in (first, *changed)]
    assert len(set(sources)) == 3
    assert [alt for _, alt, _ in Images(changed[-1]).found] == [alt for _, alt, _ in Images(first).found]
    assert plt.get_fignums() == []


def test_each_figure_on_a_page_opens_itself(trace, monkeypatch):
    html = figure_html(ph.plot_tokens, trace) + figure_html(ph.plot_tokens, trace)
    monkeypatch.setenv("JPY_SESSION_NAME", "other.ipynb")
    html += figure_html(ph.plot_tokens, trace)
    names = re.findall(r'popover id="([\w-]+)"', html)
    assert len(set(names)) == 3 * len(LANGUAGES)
    assert re.findall(r'popovertarget="([\w-]+)"', html) == names


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


def test_show_leaves_no_figure_open_after_a_hundred_calls():
    for _ in range(100):
        assert ph.show(lambda lang: plt.figure(figsize=(0.2, 0.2)).add_subplot()) is None
    assert plt.get_fignums() == []


@pytest.mark.parametrize("name", PLOTS)
def test_show_keeps_no_pixels(name, trace):
    def pixels():
        return {id(found) for found in gc.get_objects() if type(found) is RendererAgg}

    gc.collect()
    gc.disable()  # which would find them late, and in a kernel with torch takes a quarter of a second each time
    try:
        before = pixels()  # other tests' figures
        figure_html(getattr(ph, name), sample(name, trace))
        assert pixels() <= before
    finally:
        gc.enable()


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
    assert b"CreationDate" not in written
    assert b"dc:date" not in written
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
        *(
            (style.text_on(paper), paper)
            for paper in (style.NEGATIVE, style.POSITIVE, style.CLASS, style.MINUS, style.PLUS)
        ),
    ],
)
def test_the_colours_of_the_style_can_be_read_on_each_other(ink, paper):
    assert contrast(ink, paper) >= 4.5


@pytest.mark.parametrize("name", [style.SEQUENTIAL, style.DIVERGING], ids=["SEQUENTIAL", "DIVERGING"])
def test_text_can_be_read_on_every_colour_of_the_colour_maps(name):
    for colour in mpl.colormaps.get_cmap(name)(np.linspace(0, 1, 256)):
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


NOT_OF_THE_PICTURE = ("backend", "backend_fallback", "figure.max_open_warning", "interactive")
SCRIPTS = ["ب", "ߊ", "ⴰ", "ᚁ", "𝖠", "𝗔", "𝘈", "汉"]
"""Letters of which DejaVu has some in the regular, some in the bold and some in the italic face alone, or in none."""


@pytest.fixture(scope="module")
def other_settings():
    """Each setting of matplotlib's that there is another valid value for, with it."""
    tried = [
        True, False, 0.7, 3, 7, 42, "red", "0.3", "bold", "italic", "large", "right", "top", "x", "--", "tight", "log",
        [0.1, 0.2], [1, 1], (5, 4), (1, 100, 2), ["DejaVu Serif"], "DejaVu Serif", "lower", "both", "cm", "hanning",
        cycler(color=["red", "lime"]), "viridis", "rgba", "small-caps", "condensed", "o", "svg", "major", "inout",
        "out", "miter", "bevel", "butt", "path", "constrained", "none", "%Y", "UTC", "linear", "offset", "xy", "it",
        "mergecells", "round_numbers", "a4", "landscape", "gouraud", "xpdf", "pdflatex", "serial", "horizontal",
        "1980-01-01", "html5", "concise", "sphere",
    ]  # fmt: skip
    others = {}
    with mpl.rc_context(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # two settings are deprecated
        for key, default in mpl.rcParamsDefault.items():
            for value in tried if key not in NOT_OF_THE_PICTURE else ():
                try:
                    mpl.rcParams[key] = value
                except (ValueError, TypeError, AttributeError):
                    continue
                if mpl.rcParams[key] != default:
                    others[key] = value
                    break
    return others


@contextmanager
def users(settings):
    """`settings` as a user's matplotlibrc has them; a warning inside fails."""
    with mpl.rc_context():
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            mpl.rcParams.update(settings)
        with quiet():
            yield


def written(ax, folder, *endings):
    """The checksums of the figure of `ax` as it is drawn on a screen, and in each of some formats."""
    ax.figure.canvas.draw()
    screen = bytes(ax.figure.canvas.buffer_rgba())
    files = {ending: ph.save(ax, folder / f"figure.{ending}").read_bytes() for ending in endings}
    return {kind: hashlib.sha256(content).hexdigest() for kind, content in {"screen": screen, **files}.items()}


def test_nearly_every_setting_is_tried(other_settings):
    print(f"{len(other_settings)} of {len(mpl.rcParamsDefault)} settings have another value")
    assert len(other_settings) >= 300
    assert {"image.origin", "text.usetex", "figure.autolayout", "savefig.bbox", "pdf.fonttype"} <= set(other_settings)


@pytest.mark.parametrize("name", PLOTS)
def test_the_users_settings_change_no_byte_of_a_figure(name, trace, other_settings, tmp_path):
    drawn_before = getattr(ph, name)(sample(name, trace))
    expected = written(drawn_before, tmp_path, "svg", "png", "pdf")
    with users(other_settings):
        assert written(drawn_before, tmp_path, "svg") == {kind: expected[kind] for kind in ("screen", "svg")}
        assert written(getattr(ph, name)(sample(name, trace)), tmp_path, "svg", "png", "pdf") == expected


@pytest.mark.parametrize("key", ["image.origin", "text.usetex", "figure.autolayout", "savefig.bbox"])
def test_one_setting_changes_nothing_that_is_shown(key, other_settings):
    weights = [[1, 0, 0, 0], [1, 0, 0, 0], [1, 0, 0, 0], [0.25] * 4]
    expected = Images(figure_html(ph.plot_attention, weights, tokens=["a", "##b", "$", "_"])).found
    with users({key: other_settings[key]}):
        assert Images(figure_html(ph.plot_attention, weights, tokens=["a", "##b", "$", "_"])).found == expected


@pytest.mark.parametrize("name", PLOTS)
def test_on_somebodys_axes_text_stays_text(name, trace):
    with users({"text.usetex": True, "font.family": ["serif"]}):
        _, own = plt.subplots(figsize=(9, 6))
        own.get_xticklabels(), own.get_yticklabels()  # there before we draw
        getattr(ph, name)(sample(name, trace), ax=own)
        title, names = own.get_title("left"), [*own.get_xticklabels(), *own.get_yticklabels()] * own.axison
        titles = [text for text in own.findobj(Text) if text.get_text() == title]
        assert not any(text.get_usetex() or text.get_parse_math() for text in [*titles, *names])
        own.figure.canvas.draw()


NO_TEXT_OF_THE_DATA = {"plot_heads_gallery", "plot_loss", "plot_reliability"}


def in_many_scripts(name):
    """Data for `ph.<name>` with letters of many scripts wherever it shows text of the data, as arguments."""
    count = len(SCRIPTS)
    vectors = np.random.default_rng(0).normal(size=(count, count))
    if name == "plot_head":
        labels = [" ".join(SCRIPTS), "b"]
        layers = (vectors, vectors[0]), (vectors[:2], vectors[1, :2])
        return (head_run(vectors[0], *layers, labels=labels, token="".join(SCRIPTS)),), {}
    if name == "plot_attention_step":
        return (attention_step([*SCRIPTS, "".join(SCRIPTS)]),), {}
    if name == "plot_logits_to_probs":
        return (range(count),), {"labels": [" ".join(SCRIPTS)] * count}
    if name == "plot_logit_lens":
        row = Row(SCRIPTS, [None] * count, [True] * count)
        shares = torch.full((3, 1, count, 2), 0.5)
        return (LogitLens([row], [0], shares, shares, {0: " ".join(SCRIPTS), 1: "b"}),), {}
    weights = np.full((count, count), 1 / count)
    names = {0: " ".join(SCRIPTS), 1: "".join(reversed(SCRIPTS))}
    of_a_trace = (replace(ph.trace([" ".join(SCRIPTS), "a"]), id2label=names),), {}
    return {
        "plot_attention": ((weights,), {"tokens": SCRIPTS}),
        "plot_attention_mask": (([[1] * count],), {"tokens": [SCRIPTS]}),
        "plot_hidden_states": ((vectors,), {"tokens": SCRIPTS}),
        "plot_token_similarity": (((vectors, vectors),), {"tokens": (SCRIPTS, SCRIPTS)}),
        **{name: ((sample(name, ph.trace("a")),), {}) for name in NO_TEXT_OF_THE_DATA},
    }.get(name, of_a_trace)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", PLOTS)
def test_each_letter_is_in_the_face_that_it_is_drawn_in(name, lang):
    data, options = in_many_scripts(name)
    with quiet():
        ax = getattr(ph, name)(*data, **options, lang=lang)
        ax.figure.canvas.draw()
    assert without_glyph(ax) == set()
    said = "".join(text.get_text() for text in ax.figure.findobj(Text))
    assert ("ᚁ" in said and "𝖠" in said) or name in NO_TEXT_OF_THE_DATA


@pytest.mark.parametrize("face", ["normal", "bold", "italic"])
def test_drawable_asks_the_face(face):
    kept = {"normal": "بߊⴰᚁ𝖠", "bold": "بߊⴰᚁ𝗔", "italic": "𝘈"}
    assert set(style.drawable("".join(SCRIPTS), face)) == {*kept[face], "□"}


TINY = -0.001


def with_tiny_numbers(name, trace):
    """Data for `ph.<name>` whose numbers round to zero from below."""
    tiny = np.full((2, 3, 3), TINY)
    if name == "plot_pipeline":
        return (replace(trace, logits=trace.logits * 0 + TINY, hidden_states=(torch.tensor(tiny),)),)
    if name == "plot_head":
        return (head_run(tiny[0, 0], (tiny[0], tiny[0, 0]), (tiny[0, :2], tiny[0, 0, :2])),)
    if name == "plot_attention_step":
        return (attention_step(["a", "b"], TINY),)
    if name == "plot_token_similarity":
        return ((np.array([[1, 0, 0], [1, TINY, 0]]), np.array([[TINY, 1, 0], [0, 0, 1]])),)
    if name == "plot_attention":
        return (np.array([[1, -0.0], [-0.0, 1]]),)
    if name == "plot_loss":
        return ([TINY, -0.0, TINY],)
    if name == "plot_reliability":
        return ([0.0, -0.0, 1.0], [0, -0.0, 1])
    return {"plot_hidden_states": (tiny,), "plot_logits_to_probs": ([TINY, -0.0],)}.get(name, (sample(name, trace),))


@pytest.mark.parametrize("name", PLOTS)
def test_no_number_reads_minus_zero(name, trace):
    ax = getattr(ph, name)(*with_tiny_numbers(name, trace), lang="en")
    for said in [*(text.get_text() for text in ax.figure.findobj(Text)), ph.alt_text(ax)]:
        assert not re.search(r"[-−]0(\.0*)?(?![\d.])", said), said


NO_REAL_NUMBERS = {
    "complex": np.array([[1 + 2j, 1], [0, 1]]),
    "complex tensor": torch.tensor([[1j, 1], [0, 1]]),
    "masked": np.ma.array([[1.0, 0.0], [0.0, 1.0]], mask=[[True, False], [False, False]]),
    "list of masked": [np.ma.array([1.0, 0.0], mask=[True, False])] * 2,
    "meta tensor": torch.ones(2, 2, device="meta"),
    "digits": [["1", "0"], ["0", "1"]],
    "dates": np.array([["2020-01-01"] * 2] * 2, dtype="datetime64[D]"),
}


@pytest.mark.parametrize("kind", NO_REAL_NUMBERS)
@pytest.mark.parametrize(
    ("name", "argument"),
    [
        ("plot_attention", "data"),
        ("plot_attention_mask", "attention_mask"),
        ("plot_hidden_states", "hidden_states"),
        ("plot_logits_to_probs", "logits"),
        ("plot_loss", "losses"),
        ("plot_reliability", "scores"),
        ("plot_token_similarity", "first"),
    ],
)
def test_what_is_no_real_number_is_refused_by_its_name(name, argument, kind):
    value = NO_REAL_NUMBERS[kind]
    with quiet(), pytest.raises(TypeError, match=f"^{argument} is no array of numbers"):
        getattr(ph, name)((value, value) if name == "plot_token_similarity" else value)
    with quiet(), pytest.raises(TypeError, match=r"^hidden is no array of numbers"):
        head_run(value, (np.eye(2), np.ones(2)), (np.eye(2), np.ones(2)))


def test_a_masked_array_that_hides_nothing_is_an_array():
    assert ph.plot_attention(np.ma.array(np.eye(2))).get_images()


def test_of_more_columns_than_pixels_none_is_dropped():
    values = np.zeros((4, 5000))
    values[1, ::50] = 1.0  # one in fifty, which picking columns could miss or hit alone
    _, ax = plt.subplots(figsize=(3, 2))
    ax.set(xlim=(0, 3), ylim=(2, 0))
    shown = canvas.strip(ax, values, (0, 0, 3, 2), 1.0).get_array()
    assert shown.shape[1] < 1000
    np.testing.assert_allclose(shown.mean(axis=1), values.mean(axis=1), atol=0.01)
    assert canvas.strip(ax, values[:, :200], (0, 0, 3, 2), 1.0).get_array().shape == (4, 200)


@pytest.mark.parametrize("name", ["plot_attention", "plot_attention_mask", "plot_token_similarity"])
def test_cells_smaller_than_a_pixel_are_averaged(name):
    _, small = plt.subplots(figsize=(1, 1))
    stripes = np.tile([0, 1], (100, 400))
    data = {
        "plot_attention": np.full((12, 100, 100), 0.01),
        "plot_attention_mask": stripes,
        "plot_token_similarity": (np.eye(200), np.eye(200)),
    }[name]
    assert getattr(ph, name)(data, ax=small).get_images()[0].get_interpolation() in ("auto", "antialiased")
    assert getattr(ph, name)(data).get_images()[0].get_interpolation() == "nearest"


def test_the_contrast_is_that_of_the_guidelines():
    assert contrast("black", "white") == pytest.approx(21)
    assert contrast("#767676", "white") == pytest.approx(4.54, abs=0.005)  # the best known grey of WCAG's


def test_show_leaves_no_figure_open_when_drawing_fails():
    def plot(lang):
        plt.figure()
        raise RuntimeError("half drawn")

    own = plt.figure()
    with pytest.raises(RuntimeError, match="half drawn"):
        figure_html(plot)
    assert plt.get_fignums() == [own.number]
