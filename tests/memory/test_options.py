"""The options by name."""

import pytest

from course_utils.memory.options import Attention, Optimiser, Precision


@pytest.mark.parametrize("kind", [Attention, Optimiser, Precision])
def test_an_option_is_known_by_its_name_and_printed_so(kind):
    for option in kind:
        assert kind(str(option)) is option and f"{option}" == option.value


def test_only_after_peft_are_weights_in_float32():
    assert [precision for precision in Precision if precision.upcasts] == [
        Precision.KBIT,
        Precision.KBIT_AUTOCAST,
    ]
    assert not Precision.ONE.wide_stream and not Precision.KBIT.autocast
