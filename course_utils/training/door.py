"""What a training is given is looked at before anything is changed."""

from collections.abc import Sequence
from typing import Any

import torch
from transformers import PreTrainedModel

from course_utils import validate
from course_utils.errors import CourseError
from course_utils.methods.lora import refuse_merged
from course_utils.model.positions import room_for
from course_utils.training.plan import Example, TrainingConfig


def check(
    model: PreTrainedModel,
    examples: Sequence[Example],
    validation: Sequence[Example],
    config: TrainingConfig,
    pad_id: int,
) -> None:
    """Refuse what training could not use, or would use otherwise than meant; see ``loop.train``.

    Raises:
        CourseError: there are no examples, one is empty, all answer, too long or has tokens that
            the model does not know; the settings are none; a LoRA layer is merged; a weight is not
            finite.
    """
    vocabulary = model.get_input_embeddings().num_embeddings
    if not isinstance(config, TrainingConfig):
        raise validate.refusal("config", config, "a TrainingConfig")
    validate.whole("pad_id", pad_id, 0, vocabulary - 1)
    for name, group in (("examples", examples), ("validation", validation)):
        _check_group(name, group, vocabulary)
        room_for(model, [len(example.ids) for example in group])
    refuse_merged(model, "training")
    for name, parameter in model.named_parameters():
        if parameter.requires_grad and not bool(torch.isfinite(parameter).all()):
            raise CourseError(
                f"{name} has numbers that are not finite, so no training could mend it",
                "load the model again",
            )


def _check_group(name: str, group: Any, vocabulary: int) -> None:
    if len(group) == 0:
        raise CourseError(f"There are no {name}", "give at least one, made by make_examples")
    for number, example in enumerate(group):
        if not isinstance(example, Example):
            raise validate.refusal(f"{name}[{number}]", example, "an Example, by make_examples")
        if not example.ids:
            raise CourseError(
                f"{name}[{number}] has no tokens, so there is nothing that its answer could follow",
                "write some words beside {text} into the template, or drop empty texts",
            )
        if not 1 <= example.answer_tokens <= len(example.ids):
            raise CourseError(
                f"{name}[{number}] has {len(example.ids)} tokens before its last one, and "
                f"{example.answer_tokens} of its tokens are the answer: it has no prompt",
                "make the examples with make_examples or make_answer_examples",
            )
        tokens = (*example.ids, example.answer)
        if min(tokens) < 0 or max(tokens) >= vocabulary:
            raise CourseError(
                f"{name}[{number}] has a token outside the model's vocabulary of {vocabulary}",
                "make the examples with the tokeniser of this model",
            )
