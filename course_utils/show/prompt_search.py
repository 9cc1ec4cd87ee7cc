"""The recorded search for prompt tuning as tables: what a start and a rate are worth.

Lesson 4, *What matters: start, length, rate*.
"""

from collections.abc import Mapping, Sequence

import torch
from transformers import PreTrainedTokenizerBase

from course_utils.analysis.soft_tokens import describe
from course_utils.measure.means import mean_of
from course_utils.recorded.runs import Record, by_setting, chosen
from course_utils.show.prompt_grid import NAMES
from course_utils.show.tables import Table, table

GEOMETRY = ("length", "nearest word", "tightness")  # see ``soft_tokens.describe``


def starts_table(records: Sequence[Record], length: int = 20) -> Table:
    """A row a start, at the rate of its lowest mean validation loss.

    Args:
        records: of a search, prompts alone.
        length: of the prompts that compete.
    """
    own = [record for record in records if record.length == length]
    rows = []
    for init in dict.fromkeys(record.init for record in own):
        of_init = [record for record in own if record.init == init]
        rates = sorted({record.learning_rate for record in of_init})
        best = chosen(of_init)
        rows.append(
            {
                "start": NAMES.get(init, init),
                "rates tried": f"{len(rates)}, {rates[0]:g} to {rates[-1]:g}",
                "best rate": best[0].learning_rate,
                "seeds": len(best),
                **_measured(best),
                "still falling": _still_falling(best),
            }
        )
    caption = (
        f"Each start at its best rate, {length} tokens; still falling: runs whose lowest "
        "validation loss was the last"
    )
    return table(rows, caption, {"best rate": "g"})


def rates_table(
    records: Sequence[Record],
    vectors: Mapping[str, torch.Tensor],
    vocabulary: torch.Tensor,
    tokenizer: PreTrainedTokenizerBase,
    init: str = "labels",
    length: int = 20,
) -> Table:
    """A row a learning rate, for one start: what it reaches, and what it does to the vectors.

    Args:
        records: as for ``starts_table``.
        vectors: ``Record.key`` to (moments, length, d_model), the last of which is described.
        vocabulary: (words, d_model), the table of embeddings.
        tokenizer: that of the table.
        init, length: of the prompts that are shown.
    """
    own = [record for record in records if (record.init, record.length) == (init, length)]
    rows = []
    for run, seeds in sorted(by_setting(own).items(), key=lambda pair: pair[0].learning_rate):
        prompts = torch.stack([vectors[record.key][-1] for record in seeds])
        found = describe(prompts, vocabulary, tokenizer)
        shape = {name: found[name].mean().item() for name in GEOMETRY}
        falling = {"still falling": _still_falling(seeds)}
        rows.append({"rate": run.learning_rate} | _measured(seeds) | falling | shape)
    caption = f"By learning rate, start from {init}: validation, and the vectors at the end"
    return table(rows, caption, {"rate": "g", **dict.fromkeys(GEOMETRY, 2)})


def _measured(seeds: Sequence[Record]) -> dict[str, object]:
    """Mean validation loss; mean accuracy, with its t interval, or the accuracies of two seeds.

    The t interval of two seeds is 13 times as wide as they lie apart, which says nothing.
    """
    accuracies = [record.accuracy for record in seeds]
    if len(seeds) > 2:
        accuracy = str(mean_of(accuracies))
    else:
        each = " and ".join(f"{value:.3f}" for value in accuracies)
        accuracy = f"{sum(accuracies) / len(seeds):.3f} ({each})"
    return {"loss": sum(record.best[1] for record in seeds) / len(seeds), "accuracy": accuracy}


def _still_falling(seeds: Sequence[Record]) -> str:
    """Runs that were best at their last step: more steps might have gained."""
    return f"{sum(record.best[0] == record.steps for record in seeds)} of {len(seeds)}"
