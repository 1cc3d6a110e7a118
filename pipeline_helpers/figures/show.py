"""A figure into a lesson, in both languages; a figure into a file."""

import base64
import os
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from html import escape
from importlib.resources import files
from io import BytesIO
from pathlib import Path
from typing import Any
from zlib import crc32

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.text import Text

from pipeline_helpers.figures.canvas import DPI, figure_of
from pipeline_helpers.figures.style import alt_text, style
from pipeline_helpers.language import say, shown_languages

_LOOK = (files(__package__) / "show.css").read_text(encoding="utf-8")
_shown: Counter[str] = Counter()


def show(plot: Callable[..., Axes], *data: Any, **options: Any) -> None:
    """Show `plot(*data, **options)` in both languages; the language switch changes it without running the cell again.

    Each language has its own picture and its own alternative text. A click or Enter opens a picture in the whole
    window, and closes it. No figure is left open.

        ph.show(ph.plot_tokens, trace)

    Args:
        plot: a `plot_…` of this package, or any function that takes `lang=` and returns `Axes`: it draws in our style,
            and its title is its alternative text.
        data, options: handed on to it.

    Raises:
        TypeError: `plot` is an `Axes` already, or `lang` or `ax` came among the options.
    """
    from IPython.display import HTML, display

    display(HTML(figure_html(plot, *data, **options)))


class Picture:
    """A place in a cell's output for a figure that changes while the cell runs.

    The first call shows it; each further one puts another figure into its place, as `show` would, and the last one
    stays in the notebook.

        picture = ph.Picture()
        for step in range(100):
            …
            if step % 20 == 19:
                picture.show(ph.plot_loss, losses, steps=100)
    """

    def __init__(self) -> None:
        self._names: dict[str, str] = {}
        self._handle: Any = None

    def show(self, plot: Callable[..., Axes], *data: Any, **options: Any) -> None:
        """Show `plot(*data, **options)` here, in both languages; arguments and errors are those of `ph.show`.

        The place keeps its name on the page, by which a click opens the figure.
        """
        from IPython.display import HTML, display

        html = HTML(_html(plot, data, options, self._names))
        if self._handle is None:
            self._handle = display(html, display_id=True)
        else:
            self._handle.update(html)


def figure_html(plot: Callable[..., Axes], *data: Any, **options: Any) -> str:
    """The HTML that `show` shows: a `div` a language, each with an `img` and its `alt`, and a button that opens it.

    The browser opens it (the Popover API), with no script. Where a page keeps neither the style nor the button's
    target, as JupyterLab does before a notebook is trusted, a plain image is left.
    """
    return _html(plot, data, options, {})


def _html(plot: Callable[..., Axes], data: tuple[Any, ...], options: dict[str, Any], names: dict[str, str]) -> str:
    """`figure_html`, with `names`: that of each language's figure on the page; those that are missing are added."""
    if not callable(plot):
        raise TypeError(
            f"plot is {type(plot).__name__}; show takes the function and its data: ph.show(ph.plot_tokens, data)"
        )
    for name in ("lang", "ax"):
        if name in options:
            raise TypeError(f"{name} came to show, which sets it itself; call the function alone to choose it")
    with _no_figure_left(), style():
        parts = [
            f'<div lang="{lang}">{_picture(plot(*data, **options, lang=lang), lang, names)}</div>'
            for lang in shown_languages()
        ]
    return f'<div class="ph-figure"><style>{_LOOK}</style>{"".join(parts)}</div>'


@contextmanager
def _no_figure_left() -> Iterator[None]:
    """Close what is opened inside, also where an error comes in between: a notebook would show it, half drawn."""
    import matplotlib.pyplot as plt

    before = set(plt.get_fignums())
    try:
        yield
    finally:
        for number in set(plt.get_fignums()) - before:
            # A closed figure lies about until Python next looks for cycles, and each of its texts holds all the pixels
            # it was drawn into: up to 8 MB a picture, in the kernel of each student.
            for text in plt.figure(number).findobj(Text):
                text._renderer = None
            plt.close(number)


def _picture(ax: Axes, lang: str, names: dict[str, str]) -> str:
    """The figure of `ax` as an `<img>`, as wide as on paper where there is room, and the button that opens it.

    The image's `data-letter` is how high its smallest letters are at that width, in CSS pixels.
    """
    figure = figure_of(ax)
    with BytesIO() as file, style():
        # On a canvas of its own, which is gone afterwards with its pixels.
        figure.savefig(file, format="png", dpi=DPI, backend="agg")
        data = base64.b64encode(file.getvalue()).decode("ascii")
    width, height = (round(inches * figure.dpi) for inches in figure.get_size_inches())
    letter = min((float(text.get_fontsize()) for text in _texts(figure)), default=0.0) * figure.dpi / 72
    alt = alt_text(ax) or ax.get_title() or ax.get_title("left")  # somebody's own figure has its title
    name = names[lang] if lang in names else names.setdefault(lang, _name(alt))
    # hidden has a value, since JupyterLab drops attributes without one from a notebook that it does not trust.
    return (
        f'<div class="ph-place" style="--ph-width:{width}px;--ph-shape:{width}/{height}">'
        f'<div class="ph-zoom" popover id="{name}">'
        f'<img alt="{escape(alt)}" style="width:{width}px;max-width:100%;height:auto" '
        f'data-letter="{letter:.1f}" src="data:image/png;base64,{data}">'
        f'<button type="button" hidden="hidden" popovertarget="{name}" '
        f'aria-label="{escape(say("language.figure.full", lang))}" '
        f'data-lm-suppress-shortcuts="true"></button></div></div>'
    )


def _name(alt: str) -> str:
    """An id for the figure that `alt` describes: its own on the page, and the same when the notebook is run again.

    Two notebooks may stand on one page of JupyterLab's, whose server tells a kernel which one it belongs to.
    """
    name = f"ph-{crc32((os.environ.get('JPY_SESSION_NAME', '') + alt).encode()):08x}"
    _shown[name] += 1
    return f"{name}-{_shown[name]}"


def _texts(artist: Artist) -> Iterator[Text]:
    """The texts of `artist` that are drawn."""
    if not artist.get_visible() or (isinstance(artist, Axis) and not artist.axes.axison):
        return
    if isinstance(artist, Text) and artist.get_text().strip():
        yield artist
    for child in artist.get_children():
        yield from _texts(child)


def save(ax: Axes, path: str | Path) -> Path:
    """Write the figure of `ax` to `path`, in the format that its ending names: `.png`, `.svg` or `.pdf`.

    The alternative text goes with it, as the file's description. The figure stays open.

    Raises:
        ValueError: `path` ends in none of the three.
    """
    path = Path(path)
    text = alt_text(ax)
    # No date: the same figure is the same file.
    described = {".png": {"Description": text}, ".svg": {"Description": text, "Date": None},
                 ".pdf": {"Subject": text, "CreationDate": None}}  # fmt: skip
    if (metadata := described.get(path.suffix.lower())) is None:
        raise ValueError(f"path is {str(path)!r}; its ending is .png, .svg or .pdf")
    with style():
        figure_of(ax).savefig(path, dpi=2 * DPI, bbox_inches="tight", metadata=metadata)
    return path
