"""No two colours that mean different things look alike: with normal sight, with dichromacy, in grey print."""

from itertools import combinations

import numpy as np
import pytest

from pipeline_helpers.figures import colours
from tests.drawn import contrast

SIGHTS = {
    "normal": np.eye(3),
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]],
    "tritanopia": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}
"""What linear RGB becomes at severity 1 (Machado, Oliveira and Fernandes, 2009, "A Physiologically-based Model for
Simulation of Color Vision Deficiency")."""
LEAST = 14.0
"""Of CIELAB's ΔE*ab (CIE 1976); the eye tells two surfaces side by side from about 2.3 on (Mahy and others, 1994)."""
LEAST_GREY = 6.0
"""Of CIELAB's L*, where ink is all there is."""
TO_XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.072175], [0.0193339, 0.119192, 0.9503041]]
)


def linear(colour):
    channels = np.array([int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)])
    return np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)


def lab(rgb):
    ratio = (TO_XYZ @ rgb) / TO_XYZ.sum(axis=1)
    x, y, z = np.where(ratio > 216 / 24389, np.cbrt(ratio), (24389 / 27 * ratio + 16) / 116)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def distance(one, other, sight):
    if sight == "grey print":
        return abs(lab(linear(one))[0] - lab(linear(other))[0])
    seen = [lab(np.clip(np.array(SIGHTS[sight]) @ linear(colour), 0, 1)) for colour in (one, other)]
    return float(np.linalg.norm(seen[0] - seen[1]))


@pytest.mark.parametrize("sight", [*SIGHTS, "grey print"])
def test_colours_of_different_meaning_are_told_apart(sight):
    pairs = combinations(colours.MEANINGS.items(), 2)
    least, one, other = min((distance(a, b, sight), one, other) for (one, a), (other, b) in pairs)
    print(f"{sight}: {least:.1f} between {one!r} and {other!r}")
    assert least >= (LEAST_GREY if sight == "grey print" else LEAST)


def test_the_measure_is_cielabs():
    # White, black and the red primary of sRGB, as tables have them.
    assert lab(linear("#ffffff")) == pytest.approx([100, 0, 0], abs=0.05)
    assert lab(linear("#ff0000")) == pytest.approx([53.24, 80.09, 67.2], abs=0.05)
    assert distance("#ff0000", "#00ff00", "grey print") == pytest.approx(87.73 - 53.24, abs=0.1)


def test_no_two_meanings_share_a_colour_and_a_frame_is_not_one_of_them():
    filled = list(colours.MEANINGS.values())
    assert len(set(filled)) == len(filled)
    assert not {colours.INK, colours.FAINT, colours.MUTED} & set(filled)


@pytest.mark.parametrize("colour", [colours.NEGATIVE, colours.POSITIVE, colours.CLASS, colours.PLUS])
def test_a_bar_stands_out_from_the_paper(colour):
    assert contrast(colour, colours.PAPER) >= 3  # WCAG 2.1, 1.4.11


def test_only_two_labels_have_colours_of_their_own():
    assert colours.class_colours(["NEGATIVE", "POSITIVE"]) == [colours.NEGATIVE, colours.POSITIVE]
    for count in (1, 3, 28):
        assert set(colours.class_colours(range(count))) == {colours.CLASS}


def test_the_pages_get_every_colour():
    rules = colours.variables()
    for colour in {*colours.MEANINGS.values(), colours.INK, colours.MUTED, colours.FAINT}:
        assert colour in rules
