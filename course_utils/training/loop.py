"""The training loop of every lesson: prompts in, an answer token out, cross-entropy on it.

Lesson 2 writes the plain step by hand (``training.plain``) and then uses this loop, as do lessons 3
to 5: what is trained is whatever requires a gradient, be it all weights, LoRA or a soft prompt.
"""

from collections.abc import Callable
from pathlib import Path

import torch
from transformers import PreTrainedModel

from course_utils.training.backward import backward_of, explained_out_of_memory, mean_loss
from course_utils.training.checkpoint import Checkpoint, fingerprint
from course_utils.training.display import TrainingDisplay
from course_utils.training.mixed_precision import LossScale, MixedPrecisionAdamW
from course_utils.training.plan import Example, TrainingConfig, learning_rate, plan_batches
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
    watch: Callable[[int], None] | None = None,
) -> History:
    """Train the parameters of ``model`` that require gradients.

    The model ends in evaluation mode with the weights of the lowest validation loss. If the
    kernel is interrupted, it has the best weights so far, and the history is returned as it is;
    the same call, in this session or after a restart, resumes from the last checkpoint and gives
    what an uninterrupted run gives. The folder is removed when a run ends.

    Args:
        folder: where the checkpoints go while the run lasts.
        resume: continue an unfinished run of the same settings and data in ``folder``.
        watch: called after each validation with the steps done; the model holds the weights of
            that moment.

    Raises:
        CourseError: nothing is to be trained, the loss is not finite, or the GPU's memory ran out;
            the model has the best weights so far.
    """
    trainable = trainable_by_name(model)
    optimiser = MixedPrecisionAdamW(
        list(trainable.values()), config.learning_rate, LossScale(on=model.dtype == torch.float16)
    )
    backward = backward_of(model, pad_id, optimiser.loss_scale)
    batches = plan_batches([len(example.ids) for example in examples], config)
    run = fingerprint(model, trainable, config, examples + validation)
    checkpoint = Checkpoint(Path(folder), run, model.device)

    torch.manual_seed(config.seed)  # of dropout; the order of the batches has its own generator
    history = checkpoint.resumed(optimiser) if resume else None
    if history is None:
        checkpoint.clear()
        history = History()

    def validate() -> None:
        done = len(history.losses)
        history.validations.append((done, mean_loss(model, validation, pad_id)))
        if watch is not None:
            watch(done)
        if history.best[0] == done:
            checkpoint.save_best(trainable)
        if 0 < done < config.steps:
            checkpoint.save_state(optimiser, history)

    try:
        if not history.validations:
            validate()  # step 0: what training has to improve on
        with TrainingDisplay(config.steps, history) as display:
            model.train()  # dropout on, if there is any
            for step in range(len(history.losses), config.steps):
                batch = [examples[i] for i in batches[step]]
                optimiser.set_learning_rate(learning_rate(step, config))  # warm up, then fall to 0
                with explained_out_of_memory(model, batch):
                    loss = backward(batch)  # forward and backward: gradients of the mean loss
                    refuse_not_finite(loss, step, config)
                    norm = optimiser.step(config.max_norm)  # clip, then AdamW on float32 masters
                history.add(loss, norm)
                display.step()
                if (step + 1) % config.validate_every == 0 or step + 1 == config.steps:
                    validate()
    except KeyboardInterrupt:
        history.interrupted = True
    finally:  # after an error too, the model has the best weights so far
        model.zero_grad(set_to_none=True)
        checkpoint.load_best(trainable)
        model.eval()

    if history.interrupted:
        print(
            f"Interrupted after {len(history.losses)} of {config.steps} steps. The model has the "
            "best weights so far; the same call resumes."
        )
    else:
        checkpoint.clear()
    return history
