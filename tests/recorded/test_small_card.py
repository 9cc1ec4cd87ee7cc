"""The recorded figures of the small card, and how they are read."""

import bitsandbytes  # noqa: F401 (its first import logs, and pytest's log would hold a model)
import pytest

from course_utils.experiments import small_card
from course_utils.machine.device import GIB
from course_utils.recorded.small_card import (
    describe_small_card,
    measured_rows,
    recorded_small_card,
    small_card_rows,
)


def test_the_recorded_small_card_holds():
    report = recorded_small_card()
    assert list(report["variants"]) == [variant.name for variant in small_card.VARIANTS]
    best = report["variants"][small_card.VARIANTS[-1].name]
    assert best["peak"] <= 4.6 * GIB and best["reserved"] <= 5.0 * GIB
    assert best["card"] < report["cap"] == small_card.CAP
    assert best["tokens_per_second"] >= 10_000
    for row in report["variants"].values():
        if row["predicted"]:
            assert row["predicted"] == pytest.approx(row["peak"], rel=0.05)
        assert row["losses"][-1] == pytest.approx(best["losses"][-1], abs=0.02)


def test_rows_are_in_gib_and_what_failed_is_left_out_of_the_table_but_said():
    sizes = {"loaded": GIB, "peak": 2 * GIB, "reserved": 3 * GIB, "card": None, "host": 0}
    row = sizes | {"tokens_per_second": 1234.5, "losses": [3.0, 2.5, 2.0]}
    failed = {"note": "no room"}
    report = {"variants": {"a": row, "b": failed, "c": {"predicted": 1}}, "libraries": {"d": row}}
    assert list(measured_rows(report)) == ["a", "d"]
    assert small_card_rows(report)[0] == {
        "training": "a", "allocated": 2, "reserved": 3, "on the card": None,
        "in the computer": 0, "tokens/s": 1234.5,
    }  # fmt: skip
    assert describe_small_card(failed) == "no room"
    assert "reserved 3.00 GiB, 1,234 tokens/s, loss 3.00 to 2.00" in describe_small_card(row)
