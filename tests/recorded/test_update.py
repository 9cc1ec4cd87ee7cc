"""The recorded update of full fine-tuning: shares of the gain by their definition."""

import pytest

from course_utils.recorded.update import recorded_update, share_of_gain


def test_the_share_is_of_the_gain_and_not_of_the_accuracy():
    report = {
        "correct": {"before": "1000", "linear layers": "1111"},
        "correct_by_rank": {1: "1100", 8: "1111", 64: "1000"},
    }
    assert share_of_gain(report, 1) == pytest.approx(1 / 3)
    assert (share_of_gain(report, 8), share_of_gain(report, 64)) == (1.0, 0.0)


def test_the_recorded_ranks_are_numbers_and_every_cut_has_the_same_items():
    report = recorded_update()
    assert list(report["correct_by_rank"]) == [1, 2, 4, 8, 16, 32, 64]
    assert {len(c) for c in report["correct_by_rank"].values()} == {1010}
    for spectra in report["spectra"].values():
        assert spectra["update"] == sorted(spectra["update"], reverse=True)
