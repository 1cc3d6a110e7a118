"""A figure into a lesson, in both languages; a figure into a file."""

import base64
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from html import escape
from io import BytesIO
from pathlib import Path
from typing import Any

from matplotlib.axes import Axes
from matplotlib.text import Text

from pipeline_helpers.figures.canvas import DPI, figure_of
from pipeline_helpers.figures.style import alt_text, style
from pipeline_helpers.language import LANGUAGES


def show(plot: Callable[..., Axes], *data: Any, **options: Any) -> None:
    """Show `plot(*data, **options)` in both languages; the language switch changes it without running the cell again.

    Each language has its own picture and its own alternative text. No figure is left open.

        ph.show(ph.plot_tokens, trace)

    Args:
        plot: a `plot_…` of this package, or any function that takes `lang=` and returns `Axes`.
        data, options: handed on to it.

    Raises:
        TypeError: `plot` is an `Axes` already, or `lang` or `ax` came among the options.
    """
    from IPython.display import HTML, display

    display(HTML(figure_html(plot, *data, **options)))


def figure_html(plot: Callable[..., Axes], *data: Any, **options: Any) -> str:
    """The HTML that `show` shows: a `div` a language, each with an `img` and its `alt`."""
    if not callable(plot):
        raise TypeError(
            f"plot is {type(plot).__name__}; show takes the function and its data: ph.show(ph.plot_tokens, data)"
        )
    for name in ("lang", "ax"):
        if name in options:
            raise TypeError(f"{name} came to show, which sets it itself; call the function alone to choose it")
    with _no_figure_left():
        parts = [f'<div lang="{lang}">{_image(plot(*data, **options, lang=lang))}</div>' for lang in LANGUAGES]
    return f'<div class="ph-figure">{"".join(parts)}</div>'


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


def _image(ax: Axes) -> str:
    """The figure of `ax` as an `<img>`, as wide as on paper where there is room."""
    figure = figure_of(ax)
    with BytesIO() as file, style():
        # On a canvas of its own, which is gone afterwards with its pixels.
        figure.savefig(file, format="png", dpi=DPI, backend="agg")
        data = base64.b64encode(file.getvalue()).decode("ascii")
    width = round(figure.get_figwidth() * figure.dpi)
    return (
        f'<img alt="{escape(alt_text(ax))}" style="width:{width}px;max-width:100%;height:auto" '
        f'src="data:image/png;base64,{data}">'
    )


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
