"""`plot_reliability`: the numbers of each band, what is refused, and what the picture says of few answers."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch

import pipeline_helpers as ph
from pipeline_helpers.figures.reliability import FEW, Reliability, reliability_bands
from pipeline_helpers.language import LANGUAGES
from tests.drawn import cut_off, labels, overlapping, quiet, texts

SCORES = [0.5, 0.58, 0.6, 0.69, 0.7, 0.95, 1.0, 1.0]
RIGHT = [0, 1, 1, 1, 0, 1, 1, 0]


def patches(ax, gid):
    return [(p.get_x(), p.get_width(), p.get_height()) for p in ax.patches if p.get_gid() == gid]


def test_each_answer_is_in_one_band_with_the_lower_edge_and_the_last_with_both():
    found = reliability_bands(SCORES, RIGHT)
    np.testing.assert_allclose(found.edges, [0.5, 0.6, 0.7, 0.8, 0.9, 1.0])
    assert found.counts.tolist() == [2, 2, 1, 0, 3]
    np.testing.assert_allclose(found.accuracies, [0.5, 1, 0, np.nan, 2 / 3])
    np.testing.assert_allclose(found.scores, [0.54, 0.645, 0.7, np.nan, 2.95 / 3])
    gaps = 2 * 0.04 + 2 * 0.355 + 0.7 + 3 * (2.95 / 3 - 2 / 3)
    assert found.calibration_error == pytest.approx(gaps / 8)


def test_an_edge_that_is_no_exact_number_is_one_all_the_same():
    found = reliability_bands(
        [0.7, 0.3, 0.1], [1, 1, 1]
    )  # 0.1 * 3 would be 0.30000000000000004, and 0.3 in the band below
    assert found.counts.tolist() == [0, 1, 0, 1, 0, 0, 0, 1, 0, 0]


@pytest.mark.parametrize(
    ("right", "of", "low", "high"),
    # Newcombe, "Two-sided confidence intervals for the single proportion", Statistics in Medicine 17 (1998), method 3.
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0000, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_the_interval_is_wilsons(right, of, low, high):
    found = reliability_bands([0.8] * of, [1] * right + [0] * (of - right), edges=[0.5, 1])
    assert (found.low[0], found.high[0]) == pytest.approx((low, high), abs=0.00005)


@pytest.mark.parametrize("kind", [list, tuple, np.array, torch.tensor])
def test_lists_arrays_and_tensors_are_the_same(kind):
    with quiet():
        ax = ph.plot_reliability(kind(SCORES), kind([bool(r) for r in RIGHT]), edges=kind([0.5, 0.8, 1.0]), lang="en")
    assert texts(ax, "count") == ["5", "3"]
    np.testing.assert_allclose(patches(ax, "frame"), [(0.5, 0.3, 0.6), (0.8, 0.2, 2 / 3)], rtol=1e-6)


def test_a_prepared_object_is_drawn_as_it_is():
    found = reliability_bands(SCORES, RIGHT)
    assert isinstance(found, Reliability)
    assert ph.alt_text(ph.plot_reliability(found)) == ph.alt_text(ph.plot_reliability(SCORES, RIGHT))
    for more in ({"right": RIGHT}, {"edges": [0, 1]}):
        with pytest.raises(TypeError, match="right and edges belong to scores"):
            ph.plot_reliability(found, **more)


@pytest.mark.parametrize(
    ("error", "says", "arguments"),
    [
        (TypeError, "right is missing", (SCORES, None)),
        (ValueError, r"right holds 3 answers; there are 8 scores", (SCORES, [1, 0, 1])),
        (ValueError, r"right holds 2; expected True or False", ([0.5, 0.6], [1, 2])),
        (ValueError, r"scores holds 1.2; expected probabilities", ([0.5, 1.2], [1, 1])),
        (ValueError, r"scores holds nan at \[1\]", ([0.5, np.nan], [1, 1])),
        (ValueError, r"right holds nan at \[1\]", ([0.5, 0.6], [1, np.nan])),
        (ValueError, r"scores has shape \[0\]", ([], [])),
        (ValueError, r"scores has shape \[1, 2\]", ([[0.5, 0.6]], [1, 1])),
        (ValueError, r"edges go from 0.6 to 1; scores go from 0.5 to 0.5", ([0.5], [1], [0.6, 1])),
        (ValueError, r"edges is \[0.5, 0.5, 1.0\]; expected two or more rising", ([0.5], [1], [0.5, 0.5, 1])),
        (ValueError, r"edges is \[0.5\]; expected two or more rising", ([0.5], [1], [0.5])),
        (ValueError, r"edges is \[0.0, 2.0\]", ([0.5], [1], [0, 2])),
    ],
)
def test_what_can_not_be_counted_is_refused_by_its_name(error, says, arguments):
    scores, right, *edges = arguments
    with pytest.raises(error, match=f"^{says}"):
        ph.plot_reliability(scores, right, edges=edges[0] if edges else None)


def test_a_band_with_few_answers_is_hatched_and_an_empty_one_has_no_bar():
    scores = [0.55] * FEW + [0.65] * (FEW - 1) + [0.95] * FEW
    ax = ph.plot_reliability(scores, [1] * len(scores), lang="en")
    assert [bool(p.get_hatch()) for p in ax.patches if p.get_gid() == "band"] == [False, True, False]
    assert texts(ax, "count") == [str(FEW), str(FEW - 1), "0", "0", str(FEW)]
    assert f"fewer than {FEW} answers" in " ".join(texts(ax, "note"))
    assert "from 0.7 to 0.8: no answer" in ph.alt_text(ax)
    many = ph.plot_reliability([0.55] * FEW, [1] * FEW, lang="en")
    assert "fewer" not in " ".join(texts(many, "note"))


def test_the_line_of_promises_and_the_points_are_where_their_numbers_say():
    ax = ph.plot_reliability(SCORES, RIGHT)
    (promise,) = [line for line in ax.lines if line.get_gid() == "promise"]
    np.testing.assert_allclose(promise.get_xydata(), [[0.5, 0.5], [1, 1]])
    points = next(line for line in ax.lines if line.get_marker() == "o")
    np.testing.assert_allclose(points.get_xydata(), [[0.54, 0.5], [0.645, 1], [0.7, 0], [2.95 / 3, 2 / 3]])


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(
    "edges", [None, [0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1], [0, 0.5, 0.98, 0.99, 1], list(np.linspace(0, 1, 101))]
)
def test_nothing_is_cut_off_and_no_text_covers_another(edges, lang):
    random = np.random.default_rng(0)
    scores = random.uniform(0.5, 1, 5000)
    ax = ph.plot_reliability(scores, random.random(5000) < scores, edges=edges, lang=lang)
    assert cut_off(ax) == []
    assert overlapping(ax) == []
    assert labels(ax.xaxis)[-1] == "1"


def test_where_there_is_no_room_for_all_counts_the_alternative_text_has_them():
    ax = ph.plot_reliability([0.995, 0.985, 0.7], [1, 1, 0], edges=[0.5, 0.98, 0.99, 1], lang="en")
    assert texts(ax, "count") == ["1"]
    assert "from 0.99 to 1: 1 answers, accuracy 1.00" in ph.alt_text(ax)


def test_on_somebodys_axes():
    _, own = plt.subplots(figsize=(6, 4))
    assert ph.plot_reliability(SCORES, RIGHT, ax=own) is own
