"""Tables of the recorded way of a larger model from training to use."""

from course_utils.recorded.end_to_end import EndToEnd, Kept, State
from course_utils.show.end_to_end import costs_table, states_table

REPORT = EndToEnd(
    model="m", parameters=7, settings={}, device="d", versions={}, date="x", trials=[],
    kept=[Kept("QLoRA", 1e-3, 9, 0.1, 60.0, 4_340_000_000, 1_140_000_000, 37_000_000)],
    states=[
        State("QLoRA", "untrained", "1100" * 25, 0.5, 84.2, "1000", "no"),
        State("QLoRA", "trained", "1110" * 25, 0.0, 103.15, "1110", "yes"),
    ],
)  # fmt: skip


def test_a_state_is_shown_beside_what_it_answers_otherwise_than_the_trained_model():
    before, after = states_table(REPORT, "c").frame.to_dict("records")
    assert before == {
        "": "QLoRA", "model": "untrained", "accuracy [95 %]": "0.500 [0.404, 0.596]",
        "changed": "25", "perplexity": "84.2", "written": "0.25",
    }  # fmt: skip
    assert (after["changed"], after["written"]) == ("0", "0.75")


def test_costs_are_in_gigabytes_and_megabytes():
    (row,) = costs_table(REPORT, "c").frame.to_dict("records")
    assert row == {"": "QLoRA", "rate": "0.001", "model (GB)": "1.14", "peak (GB)": "4.34",
                   "adapter (MB)": "37.0"}  # fmt: skip
