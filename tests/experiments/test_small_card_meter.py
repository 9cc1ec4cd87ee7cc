"""The meter: what it caps, and what it makes of the steps it is told about."""

from types import SimpleNamespace

import pytest
import torch

from course_utils.experiments.small_card_meter import Meter
from course_utils.machine.device import GIB

CPU = torch.device("cpu")
TOTAL, CONTEXT, OTHERS, RESERVED = 40 * GIB, GIB // 2, 3 * GIB, 2 * GIB


@pytest.fixture
def shares(monkeypatch):
    """A card on which somebody else holds 3 GiB; the shares of it that were allowed."""
    told = []
    taken = CONTEXT + OTHERS + RESERVED
    fakes = {
        "get_device_properties": lambda device: SimpleNamespace(total_memory=TOTAL),
        "mem_get_info": lambda device: (TOTAL - taken, TOTAL),
        "memory_reserved": lambda device: RESERVED,
        "memory_allocated": lambda device: 5,
        "max_memory_allocated": lambda device: 7,
        "max_memory_reserved": lambda device: 9,
        "reset_peak_memory_stats": lambda device: told.append("reset"),
        "set_per_process_memory_fraction": lambda share, device: told.append(share),
    }
    for name, fake in fakes.items():
        monkeypatch.setattr(torch.cuda, name, fake)
    return told


@pytest.mark.parametrize("cap, room", [(8, 4.5), (3, 0), (100, 40)])
def test_the_cap_is_what_context_and_others_leave(shares, cap, room):
    Meter(CPU, cap * GIB, 100)
    assert shares == [pytest.approx(room * GIB / TOTAL)]


def test_a_row_has_the_later_steps_speed_and_the_bytes(shares):
    meter = Meter(CPU, 8 * GIB, 100)
    meter.model_is_loaded()
    assert shares[-1] == "reset"  # so that loading is no part of the peak
    row = meter.row([0.0, 1.0, 2.0, 3.0, 4.0, 4.5], [1.23456], None)
    assert row["seconds"] == [1.0, 1.0, 1.0, 1.0, 0.5]
    assert row["tokens_per_second"] == pytest.approx(100 / 0.75)
    assert row["card"] == CONTEXT + OTHERS + RESERVED
    assert (row["loaded"], row["peak"], row["reserved"], row["host"]) == (5, 7, 9, None)
    assert row["losses"] == [1.2346]
