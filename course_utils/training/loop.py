"""The training loop of every lesson: prompts in, an answer token out, cross-entropy on it.

Lesson 2 writes such a loop by hand, of the pieces in ``training.plain``, and finds that this one
has the same losses; lessons 3 to 5 use it. What is trained is whatever requires a gradient, be it
all weights, LoRA or a soft prompt.
"""

from collections.abc import Callable
from pathlib import Path

import torch
from transformers import PreTrainedModel

from course_utils.training import door
from course_utils.training.backward import backward_of, explained_out_of_memory
from course_utils.training.display import TrainingDisplay
from course_utils.training.graphed_adamw import optimiser_of
from course_utils.training.mixed_precision import LossScale, MixedPrecisionAdamW
from course_utils.training.plan import Example, TrainingConfig, learning_rate, plan_batches
from course_utils.training.run import Run
from course_utils.training.state import History, refuse_not_finite, trainable_by_name


def train(
    model: PreTrainedModel,
    examples: list[Example],
    validation: list[Example],
    config: TrainingConfig,
    *,
    pad_id: int,
    folder: Path,
    resume: bool = True,
    further: bool = False,
    watch: Callable[[int], None] | None = None,
    masters: dict[str, torch.Tensor] | None = None,
) -> History:
    """Train the parameters of ``model`` that require gradients.

    The model ends in evaluation mode with the weights of the lowest validation loss. If the
    kernel is interrupted, it has the best weights so far, and the history is returned as it is;
    the same call, in this session or after a restart, resumes from the last checkpoint and gives
    what an uninterrupted run gives.

    Args:
        folder: where the checkpoints go while the run lasts; runs that differ in settings, data or
            starting weights lie side by side, and a run's own part is removed when it ends.
        resume: continue an unfinished run of the same settings, data and weights in ``folder``.
        further: begin even with weights that have moved since the model was loaded.
        watch: called after each validation with the steps done; the model holds the weights of
            that moment. A resumed run calls it again for the moments before the interruption; for
            that the weights of each moment are kept while the run lasts.
        masters: an empty dictionary, which is given the float32 weights that those of the model
            are rounded from, by the parameter's name, on the CPU: those of the best step.

    Raises:
        CourseError: something about model, data or settings is refused (nothing has changed
            then), another kernel trains in ``folder``, the loss is not finite, or memory ran out;
            the model has the best weights so far.
    """
    door.check(model, examples, validation, config, pad_id)
    run = Run(
        model, examples, validation, config,
        pad_id=pad_id, folder=folder, watch=watch, masters=masters,
    )  # fmt: skip
    backward = backward_of(model, pad_id, run.optimiser.loss_scale)
    batches = plan_batches([len(example.ids) for example in examples], config)

    with run.going(resume, further) as history:
        if not history.validations:
            run.validate()  # step 0: what training has to improve on
        with TrainingDisplay(config.steps, config.learning_rate, history) as display:
            model.train()  # dropout on, if there is any
            for step in range(len(history.losses), config.steps):
                batch = [examples[i] for i in batches[step]]
                history.add(*_step(model, run.optimiser, backward, batch, step, config))
                display.step()
                if (step + 1) % config.validate_every == 0 or step + 1 == config.steps:
                    run.validate()
    return run.history


def first_losses(
    model: PreTrainedModel, examples: list[Example], config: TrainingConfig, steps: int, pad_id: int
) -> list[float]:
    """The losses of the first steps that ``train`` would make; the model is trained by them.

    Nothing is validated, kept or shown: lesson 2 holds them beside those of the learner's loop.
    """
    optimiser = optimiser_of(
        list(trainable_by_name(model).values()),
        config.learning_rate,
        LossScale(on=model.dtype == torch.float16),
    )
    backward = backward_of(model, pad_id, optimiser.loss_scale)
    model.train()
    losses = []
    for step, rows in enumerate(plan_batches([len(e.ids) for e in examples], config)[:steps]):
        batch = [examples[i] for i in rows]
        losses.append(_step(model, optimiser, backward, batch, step, config)[0])
    model.eval()
    return losses


def _step(
    model: PreTrainedModel,
    optimiser: MixedPrecisionAdamW,
    backward: Callable[[list[Example]], float],
    batch: list[Example],
    step: int,
    config: TrainingConfig,
) -> tuple[float, float]:
    """One step: the mean loss of the batch, and the gradients' norm before clipping."""
    optimiser.set_learning_rate(learning_rate(step, config))  # up, then down to 0
    with explained_out_of_memory(model, batch):
        loss = backward(batch)  # forward and backward: gradients of the mean loss
        refuse_not_finite(loss, step, config)
        norm = optimiser.step(config.max_norm)  # clip, then AdamW on the masters
    return loss, norm
