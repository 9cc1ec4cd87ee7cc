"""The table of what the model reads: rates over prompts, and of what stayed near its start."""

import pytest
import torch

from course_utils.analysis.reads import Echoes
from course_utils.measure.means import mean_of
from course_utils.show.echoes import echo_table


def prompt(nearest, echoed, probability):
    echoed = torch.tensor(echoed)
    return Echoes(tuple(nearest), tuple(nearest), echoed, torch.full((len(nearest),), probability))


def test_a_row_says_what_stayed_what_is_echoed_and_over_how_many_prompts():
    found = {
        "before": [prompt([" positive", " negative"], [True, True], 0.5)],
        "trained": [
            prompt([" positive", " film"], [True, False], 0.2),
            prompt([" Negative", " negative"], [False, False], 0.4),
        ],
    }
    frame = echo_table(found, ("negative", "positive"), "Echoes").frame
    assert frame["prompts"].tolist() == ["1", "2"]
    assert frame["same word"].tolist() == ["100%", "50%"]
    assert frame["echoed"].tolist() == ["1.000", str(mean_of([0.5, 0.0]))]
    assert [float(p) for p in frame["probability"]] == pytest.approx([0.5, 0.3])
