"""QLoRA of a larger model from training to use, as recorded.

Lesson 5, *A model ten times as large, from training to use*.
"""

from course_utils.recorded.end_to_end import EndToEnd, changed
from course_utils.show.tables import Table, table


def states_table(report: EndToEnd, caption: str) -> Table:
    """A row a state: accuracy, answers that differ from the trained model's, perplexity, replies.

    Args:
        report: as recorded.
        caption: of the table.
    """
    rows = []
    for state in report.states:
        low, high = state.interval
        rows.append({
            "": state.arm,
            "model": state.state,
            "accuracy [95 %]": f"{state.accuracy:.3f} [{low:.3f}, {high:.3f}]",
            "changed": changed(report, state),
            "perplexity": state.perplexity,
            "written": state.written.count("1") / len(state.written),
        })  # fmt: skip
    return table(rows, caption, {"perplexity": 1, "written": 2})


def costs_table(report: EndToEnd, caption: str) -> Table:
    """A row an arm: chosen rate, the model's bytes, training's peak, the adapter's on disk."""
    rows = [
        {
            "": kept.arm,
            "rate": f"{kept.learning_rate:g}",
            "model (GB)": kept.weight_bytes / 1e9,
            "peak (GB)": kept.peak_memory / 1e9,
            "adapter (MB)": kept.adapter_bytes / 1e6,
        }
        for kept in report.kept
    ]
    digits = {"model (GB)": 2, "peak (GB)": 2, "adapter (MB)": 1}
    return table(rows, caption, digits)
