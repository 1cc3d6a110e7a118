"""What tests read from a drawn `Axes`: its texts by name, their boxes, contrast."""

import warnings
from contextlib import contextmanager
from weakref import WeakKeyDictionary

import matplotlib as mpl
from hypothesis import strategies as st
from matplotlib.axes import Axes
from matplotlib.font_manager import findfont, get_font
from matplotlib.text import Text

from pipeline_helpers.figures.style import luminance

_measured: WeakKeyDictionary[Axes, dict] = WeakKeyDictionary()
any_text = st.text(st.characters(codec="utf-8"), min_size=0, max_size=24)
"""Any script there is, control characters and emoji included."""
hard_tokens = [
    "$x$",
    "a_b",
    "\\frac{1}{2}",
    "<b>&amp;</b>",
    "two\nlines",
    "tab\there",
    "😀",
    "مرحبا",
    "汉字",
    "",
    " ",
    "%s{0}",
]


def texts(ax, gid=None):
    """The texts on `ax`, in the order drawn; with `gid`, those of that name."""
    return [text.get_text() for text in ax.texts if gid is None or text.get_gid() == gid]


def places(ax, gid):
    """`(text, x, y)` of each text of that name."""
    return [(text.get_text(), *text.get_position()) for text in ax.texts if text.get_gid() == gid]


def labels(axis):
    return [label.get_text() for label in axis.get_ticklabels()]


def boxes_of(ax, gids=None):
    """The drawn box of each text of `ax`, its title and tick labels included, in pixels."""
    if ax not in _measured:  # once a figure: nobody changes it between two questions
        ax.get_figure(root=True).draw_without_rendering()
        _measured[ax] = {text: text.get_window_extent() for text in [*ax.texts, *_named(ax)] if text.get_text().strip()}
    return [(text.get_text(), box) for text, box in _measured[ax].items() if gids is None or text.get_gid() in gids]


def _named(ax):
    """The texts around the picture: its title, and where they are shown the names of its axes and ticks."""
    around = [*ax.get_xticklabels(), *ax.get_yticklabels(), ax.xaxis.label, ax.yaxis.label] if ax.axison else []
    return [ax._left_title, *around]


def cut_off(ax, gids=None):
    """The texts that reach beyond the paper."""
    width, height = ax.get_figure(root=True).canvas.get_width_height()
    return [
        text for text, box in boxes_of(ax, gids)
        if box.x0 < -1 or box.y0 < -1 or box.x1 > width + 1 or box.y1 > height + 1
    ]  # fmt: skip


def overlapping(ax, gids=None):
    """The pairs of texts that cover each other by more than two pixels both ways."""
    found = boxes_of(ax, gids)
    return [
        (one, other)
        for place, (one, a) in enumerate(found) for other, b in found[place + 1 :]
        if min(a.x1, b.x1) - max(a.x0, b.x0) > 2 and min(a.y1, b.y1) - max(a.y0, b.y0) > 2
    ]  # fmt: skip


def contrast(one, other):
    """The contrast ratio of two colours, 1 to 21 (WCAG 2.1)."""
    dark, light = sorted([luminance(one), luminance(other)])
    return (light + 0.05) / (dark + 0.05)


def without_glyph(ax):
    """`(letter, font)` of each letter in the figure of `ax` that the font it is drawn in does not have."""
    found = set()
    for text in ax.get_figure(root=True).findobj(Text):
        font = get_font(findfont(text.get_fontproperties()))
        missing = set(text.get_text()) - {"\n"} - set(map(chr, font.get_charmap()))
        found |= {(letter, font.style_name) for letter in missing}
    return found


@contextmanager
def quiet():
    """Fails on any warning (a missing glyph above all) and on any global setting that changed."""
    before = dict(mpl.rcParams)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield
    assert dict(mpl.rcParams) == before
