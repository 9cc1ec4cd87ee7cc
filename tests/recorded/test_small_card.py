"""The recorded figures of the small card."""

import bitsandbytes  # noqa: F401 (its first import logs, and pytest's log would hold a model)
import pytest

from course_utils.experiments import small_card
from course_utils.machine.device import GIB
from course_utils.recorded.small_card import recorded_small_card


def test_the_recorded_small_card_holds():
    report = recorded_small_card()
    best = report["variants"][small_card.VARIANTS[-1].name]
    assert best["peak"] < 5.5 * GIB and best["tokens_per_second"] >= 3600
    assert best["predicted"] == pytest.approx(best["peak"], rel=0.05)
    assert report["full fine-tuning"] > 100 * GIB and report["cap"] == 15 * GIB
