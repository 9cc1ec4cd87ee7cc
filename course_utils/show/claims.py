"""What Lester et al. (2021, section 7) say of soft tokens, as tables with their controls.

Lesson 4, *Do soft tokens form clusters?*. Prompts come by start and kind: before training, trained,
and trained on shuffled labels; see ``recorded.cluster_prompts``.
"""

from collections.abc import Collection, Mapping

import torch
from torch.nn.functional import cosine_similarity
from transformers import PreTrainedTokenizerBase

from course_utils.analysis.neighbours import nearest
from course_utils.analysis.related_words import label_ranks, lexicon_share
from course_utils.analysis.soft_tokens import describe
from course_utils.measure.means import mean_difference, mean_of
from course_utils.recorded.cluster_prompts import BEFORE, SHUFFLED, TRAINED, ClusterPrompts
from course_utils.show.tables import Table, table

Prompts = Mapping[str, Mapping[str, torch.Tensor]]  # start, kind: (seeds, length, d_model)
Measured = Mapping[tuple[str, str], Mapping[str, torch.Tensor]]  # start, kind; name: (seeds,)
NEAR, FEELING = 100, 20  # nearest words that are searched for label words, and for feelings
LABEL, RELATED = f"label word in {NEAR}", f"feeling in {FEELING}"


def stay_table(prompts: ClusterPrompts, vocabulary: torch.Tensor, task: str = "movies") -> Table:
    """Do the neighbours change where the accuracy does? A row for each start and kind of labels.

    Args:
        prompts: the recorded ones.
        vocabulary: (words, d_model), the table of embeddings.
        task: that they were trained for.
    """
    rows = []
    for start in prompts.starts:
        for shuffled in (False, True):
            runs = prompts.runs_of(task, start, shuffled)
            ends = prompts.of(task, start, shuffled).unbind(1)  # (seeds, length, d_model) each
            first, last = ends[0].flatten(0, 1), ends[-1].flatten(0, 1)
            before, after = (nearest(v, vocabulary, "cosine", 1) for v in (first, last))
            rows.append(
                {
                    "start": start,
                    "labels": "shuffled" if shuffled else "true",
                    "nearest word is the same": (before == after).float().mean().item(),
                    "cosine with the start": cosine_similarity(first, last).mean().item(),
                    "test accuracy": sum(run.accuracy for run in runs) / len(runs),
                }
            )
    caption = f"Before and after training on {task}, means over {len(runs)} seeds"
    digits: dict[str, int | str] = {"nearest word is the same": ".0%", "cosine with the start": 2}
    return table(rows, caption, digits)


def describe_all(
    prompts: Prompts, vocabulary: torch.Tensor, tokenizer: PreTrainedTokenizerBase
) -> dict[tuple[str, str], dict[str, torch.Tensor]]:
    """``soft_tokens.describe`` of the prompts of each start and kind."""
    return {
        (start, kind): describe(tokens, vocabulary, tokenizer)
        for start, kinds in prompts.items()
        for kind, tokens in kinds.items()
    }


def relate_all(
    prompts: Prompts,
    vocabulary: torch.Tensor,
    tokenizer: PreTrainedTokenizerBase,
    label_ids: list[int],
    lexicon: Collection[str],
) -> dict[tuple[str, str], dict[str, torch.Tensor]]:
    """How near are the words of the task? Shares, (seeds,) each, of every start and kind.

    ``label word in 100``: tokens with a label word among their 100 nearest words. ``feeling in
    20``: words of the lexicon among the 20 nearest words of a token.
    """
    found = {}
    for start, kinds in prompts.items():
        for kind, tokens in kinds.items():
            flat = tokens.flatten(0, 1)  # (seeds * length, d_model)
            near = (label_ranks(flat, vocabulary, label_ids) <= NEAR).float()
            feeling = lexicon_share(flat, vocabulary, tokenizer, lexicon, FEELING)
            shares = {LABEL: near, RELATED: feeling}
            found[start, kind] = {n: v.view(len(tokens), -1).mean(1) for n, v in shares.items()}
    return found


def means_table(measured: Measured, caption: str, digits: int = 2) -> Table:
    """A row for each start and kind, a column a measure: means over seeds."""
    rows = [
        {"start": start, "vectors": kind} | {name: v.mean().item() for name, v in values.items()}
        for (start, kind), values in measured.items()
    ]
    return table(rows, caption, dict.fromkeys(list(rows[0])[2:], digits))


def changes_table(measured: Measured, names: Collection[str], caption: str) -> Table:
    """A row for each start and measure: trained less before, and less shuffled labels.

    Args:
        measured: each start before training, trained, and trained on shuffled labels.
        names: of the measures.
        caption: the number of comparisons and their kind are added to it.
    """
    rows = []
    for start in _starts(measured):
        for name in names:
            trained, *controls = (
                measured[start, kind][name] for kind in (TRAINED, BEFORE, SHUFFLED)
            )
            less = [str(mean_difference(trained, control)) for control in controls]
            columns = ("trained less before", "trained less shuffled")
            rows.append({"start": start, "measure": name} | dict(zip(columns, less)))
    seeds = mean_of(trained).n
    comparisons = f"{2 * len(rows)} comparisons, 95 % t intervals over {seeds} seeds, paired"
    return table(rows, f"{caption}; {comparisons}")


def largest_change(measured: Measured, name: str, control: str) -> float:
    """How far the mean of a measure, over all starts, moves from that of a control at most."""
    return max(
        abs(mean_difference(measured[s, TRAINED][name], measured[s, control][name]).mean)
        for s in _starts(measured)
    )


def by_seed(measured: Measured, name: str) -> dict[str, dict[str, list[float]]]:
    """Kind to start to the value of each seed, as ``prompt_grid.seed_figure`` takes them."""
    found: dict[str, dict[str, list[float]]] = {}
    for (start, kind), values in measured.items():
        found.setdefault(kind, {})[start] = values[name].tolist()
    return found


def excluding_zero(measured: Measured, names: Collection[str]) -> str:
    """Trained less shuffled labels: ``1 of 8: labels, feeling in 20``, those that exclude zero.

    Args:
        measured, names: as for ``changes_table``.
    """
    found = {
        f"{start}, {name}": mean_difference(
            *(measured[start, k][name] for k in (TRAINED, SHUFFLED))
        )
        for start in _starts(measured)
        for name in names
    }
    apart = [name for name, less in found.items() if less.low > 0 or less.high < 0]
    return f"{len(apart)} of {len(found)}" + (f": {'; '.join(apart)}" if apart else "")


def _starts(measured: Measured) -> list[str]:
    return list(dict.fromkeys(start for start, _ in measured))
