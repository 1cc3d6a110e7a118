"""`plot_loss`: a loss a step, also while there are more to come."""

import numpy as np
import pytest
import torch

import pipeline_helpers as ph
from pipeline_helpers.language import LANGUAGES
from tests.drawn import cut_off, overlapping

LOSSES = [0.7, 1.5, 0.4, 0.25]


def line(ax):
    return next(found for found in ax.lines if found.get_gid() == "loss").get_xydata()


@pytest.mark.parametrize("losses", [LOSSES, np.array(LOSSES), torch.tensor(LOSSES, dtype=torch.bfloat16).double()])
def test_the_line_has_a_point_a_step_from_step_0(losses):
    ax = ph.plot_loss(losses, lang="en")
    np.testing.assert_allclose(line(ax), np.stack([range(4), losses], axis=1))
    assert ax.get_xlim() == (0, 3)
    assert ax.get_ylim()[0] == 0


def test_a_picture_that_grows_has_room_for_all_steps_and_the_same_alternative_text_at_each():
    drawn = [ph.plot_loss(LOSSES[:count], steps=100) for count in (1, 3, 4)]
    assert {ax.get_xlim() for ax in drawn} == {(0, 99)}
    assert len({ph.alt_text(ax) for ax in drawn}) == 1
    assert "100" in ph.alt_text(drawn[0])


def test_without_steps_the_alternative_text_has_the_numbers():
    said = ph.alt_text(ph.plot_loss(LOSSES, lang="en"))
    assert said == "The loss over 4 steps: it begins at 0.70 and ends at 0.25; the least is 0.25."


@pytest.mark.parametrize(
    ("error", "says", "losses", "steps"),
    [
        (ValueError, r"losses holds nan at \[1\]", [1, np.nan], None),
        (ValueError, r"losses has shape \[0\]", [], None),
        (ValueError, r"losses has shape \[1, 1\]", [[1]], None),
        (ValueError, r"steps is 1; there are 2 losses already", [1, 2], 1),
        (TypeError, r"steps is of type float", [1, 2], 2.0),
        (TypeError, r"steps is of type bool", [1], True),
    ],
)
def test_what_is_no_loss_is_refused_by_its_name(error, says, losses, steps):
    with pytest.raises(error, match=f"^{says}"):
        ph.plot_loss(losses, steps=steps)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("losses", [[0.5], LOSSES, [-1.0, -2.0], [0.0, 0.0], list(np.linspace(12345, 1, 1000))])
def test_nothing_is_cut_off(losses, lang):
    ax = ph.plot_loss(losses, lang=lang)
    assert cut_off(ax) == []
    assert overlapping(ax) == []
