"""What the model reads in soft tokens, as a table with its controls.

Lesson 4, *Ask the model what it reads*.
"""

from collections.abc import Collection, Mapping, Sequence

from course_utils.analysis.reads import Echoes
from course_utils.measure.means import mean_of
from course_utils.show.tables import Table, table


def echo_table(
    found: Mapping[str, Sequence[Echoes]], start_words: Collection[str], caption: str
) -> Table:
    """A row for each kind of vectors: is the nearest word the start's, and is it echoed?

    Args:
        found: name of the vectors to the ``reads.echoes`` of each prompt.
        start_words: what the tokens started as, without blanks.
        caption: one sentence without a full stop.
    """
    rows = []
    for name, prompts in found.items():
        stayed = [word.strip() in start_words for each in prompts for word in each.nearest]
        rates = [each.rate for each in prompts]
        rows.append(
            {
                "vectors": name,
                "prompts": len(prompts),
                "same word": sum(stayed) / len(stayed),
                "echoed": str(mean_of(rates)) if len(rates) > 1 else f"{rates[0]:.3f}",
                "probability": sum(each.mean_probability for each in prompts) / len(prompts),
            }
        )
    return table(rows, caption, {"same word": ".0%", "probability": 2})
