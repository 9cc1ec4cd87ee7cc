"""One batch of several trainings at once: losses, gradients, and what is answered.

``together`` has what the trials train; ``until_best`` the loop.
"""

import math

import torch
from torch.nn.functional import cross_entropy
from transformers import PreTrainedModel

from course_utils.data.batches import Batch, by_length, collate
from course_utils.experiments.together import Trained
from course_utils.model.forward import MAX_TOKENS, answer_logits, evaluating, soft_length
from course_utils.model.selftest import ways
from course_utils.training.cuda_graphs import WIDTHS, Recorder, width_for
from course_utils.training.plan import NO_TOKEN, Example, answers_of


class TogetherPass:
    """Mean loss of each active trial, and its gradients; on a GPU as a CUDA graph.

    A graph is recorded for each width that occurs and each number of answer tokens, and anew when a
    trial ends. Where a family
    needs the plain way through the model, or a text is longer than any graph, nothing is recorded.

    Args:
        model: with ``trained`` in it.
        pad_id: what to fill rows up with.
    """

    def __init__(self, model: PreTrainedModel, trained: Trained, pad_id: int):
        self.model, self.trained, self.pad_id = model, trained, pad_id
        keys = WIDTHS[-1] + soft_length(model)  # asked while the turn is of one trial
        self._records = ways(model).fast_for(keys) and model.device.type == "cuda"
        self._graphs_for: tuple[int, ...] = ()
        self._graphs: dict[tuple[int, int, int], tuple] = {}

    def __call__(self, active: tuple[int, ...], batches: list[list[Example]]) -> list[float]:
        """Add the gradients of each trial's mean loss to its parameters; return these losses.

        Args:
            active: numbers of the trials.
            batches: one a trial, all of the same size.
        """
        self.trained.turn.active = active
        examples = [example for batch in batches for example in batch]
        longest = max(len(example.ids) for example in examples)
        answers = answers_of(examples)  # (examples, count)
        if self._records and longest <= WIDTHS[-1]:
            batch = collate_wide([e.ids for e in examples], self.pad_id, width_for(longest))
            return self._replayed(active, batch.reading(answers.shape[1]), answers)
        batch = collate([e.ids for e in examples], self.pad_id).reading(answers.shape[1])
        losses = self._losses(batch.to(self.model.device), answers.to(self.model.device))
        losses.sum().backward()
        return losses.tolist()

    def _losses(self, batch: Batch, answers: torch.Tensor) -> torch.Tensor:
        """(trials,) the mean over each trial's rows of the loss, summed over an answer's tokens."""
        logits = answer_logits(self.model, batch).flatten(0, 1)
        each = cross_entropy(logits, answers.flatten(), reduction="none").view_as(answers).sum(1)
        return each.view(len(self.trained.turn.active), -1).mean(1)

    def _replayed(
        self, active: tuple[int, ...], batch: Batch, answers: torch.Tensor
    ) -> list[float]:
        if active != self._graphs_for:
            self._graphs.clear()
            self._recorder = Recorder(
                [p for trial in active for p in self.trained.parameters_of(trial)]
            )
            self._graphs_for = active
        key = (*batch.input_ids.shape, answers.shape[1])
        if key not in self._graphs:
            self._graphs[key] = self._record(
                batch.to(self.model.device), answers.to(self.model.device)
            )
        replay, static, static_answers, losses = self._graphs[key]
        for name in ("input_ids", "attention_mask", "last"):
            getattr(static, name).copy_(getattr(batch, name))
        static_answers.copy_(answers)
        replay()
        return losses.tolist()

    def _record(self, batch: Batch, answers: torch.Tensor) -> tuple:
        losses = torch.zeros(len(self.trained.turn.active), device=self.model.device)

        def loss_of() -> torch.Tensor:
            own = self._losses(batch, answers)
            losses.copy_(own.detach())
            return own.sum()

        return self._recorder.record(loss_of), batch, answers, losses


def collate_wide(sequences: list[list[int]], pad_id: int, width: int) -> Batch:
    """A batch that is padded to ``width`` tokens."""
    batch = collate(sequences, pad_id)
    more = (0, width - batch.input_ids.shape[1])
    ids = torch.nn.functional.pad(batch.input_ids, more, value=pad_id)
    return Batch(ids, torch.nn.functional.pad(batch.attention_mask, more), batch.last)


@torch.no_grad()
def answered(
    model: PreTrainedModel, examples: list[Example], label_ids: list[int] | None, pad_id: int
) -> tuple[float, str]:
    """Mean loss over ``examples``, and which of them are right; of one trial, whose turn it is.

    An answer is the label word with the highest score, as in ``measure.scoring``; the loss is over
    the whole vocabulary, as in training.

    Args:
        label_ids: the label words; None where an answer is a whole reply, which is right if each
            of its tokens is the likeliest of the vocabulary, as in ``measure.exact_match``.

    Returns:
        The loss, not finite where the model's answers are not; and one character an example, ``1``
        where right.
    """
    total, right = 0.0, [False] * len(examples)
    choices = None if label_ids is None else torch.tensor(label_ids, device=model.device)
    with evaluating(model):
        for rows in by_length([len(e.ids) for e in examples], MAX_TOKENS[model.device.type]):
            answers = answers_of([examples[i] for i in rows]).to(model.device)  # (rows, count)
            batch = collate([examples[i].ids for i in rows], pad_id).reading(answers.shape[1])
            logits = answer_logits(model, batch.to(model.device))  # (rows, count, vocabulary)
            total += float(cross_entropy(logits.flatten(0, 1), answers.flatten(), reduction="sum"))
            if choices is None:
                said = logits.argmax(2)
            else:
                said = choices[logits[..., choices].argmax(2)]
            good = ((said == answers) | (answers == NO_TOKEN)).all(1)
            for row, one in zip(rows, good.tolist()):
                right[row] = one
    loss = total / len(examples)
    return (loss if math.isfinite(loss) else math.inf), "".join("01"[good] for good in right)
