"""The loss of a step and its gradients, in micro-batches or as a CUDA graph.

Used by ``training.loop``; lesson 3 (*What LoRA saves, and what it does not*) times a step with it.
"""

import contextlib
import math
import traceback
from collections.abc import Callable, Iterator

import torch
from torch.nn.functional import cross_entropy
from transformers import PretrainedConfig, PreTrainedModel

from course_utils.data.batches import WIDEST_PACKED, by_length
from course_utils.errors import CourseError
from course_utils.machine.environment import available_memory
from course_utils.memory import out_of_memory
from course_utils.model.forward import MAX_TOKENS, evaluating, soft_length, text_logits
from course_utils.model.positions import room_for
from course_utils.model.selftest import ways
from course_utils.settings import micro_batch
from course_utils.training.cuda_graphs import WIDTHS, GraphedBackward, width_for
from course_utils.training.mixed_precision import LossScale
from course_utils.training.plan import Example, answers_of

# Padded tokens whose activations are held at once: on a GPU what surely fits; on a CPU at most and
# at least, in between as many as the free memory allows. More tokens than the most gain little.
MICRO_BATCH_TOKENS = {"cpu": 3072, "cuda": 16384}
LEAST_TOKENS = 192
SHARE_OF_MEMORY = 0.5  # of what is free; the rest is for gradients, and for other notebooks


def micro_batch_tokens(model: PreTrainedModel, longest: int) -> int:
    """Padded tokens that go through forward and backward pass at once.

    On a CPU each micro-batch costs once more the adding up of all gradients, and in 4 bits the
    dequantising of all weights, so the whole batch goes through at once where memory allows it.
    The number is halved from the most until it fits: small changes of what is free do not matter.
    ``COURSE_MICRO_BATCH`` overrides it. No checkpoint depends on it.

    Args:
        longest: tokens of the longest text.
    """
    if (given := micro_batch()) is not None:
        return given
    most = MICRO_BATCH_TOKENS[model.device.type]
    if model.device.type != "cpu":
        return most
    fitting = SHARE_OF_MEMORY * available_memory() / activation_bytes(model.config, longest)
    while most > LEAST_TOKENS and most > fitting:
        most //= 2
    return max(most, LEAST_TOKENS)


def activation_bytes(config: PretrainedConfig, longest: int) -> int:
    """About how many bytes the forward pass keeps for each token, where all weights are trained.

    Counted for a layer of Llama in bfloat16 under autocast, with the residual stream and the
    softmax in float32: 26 bytes for each number of the stream (two norms, and what is cast for
    five linear layers), 8 for each of the queries, 6 for each attention score, 8 for each of the
    MLP. With float32 weights, or layers of Qwen2's and GPT-2's kind, it is right within a factor
    of 2; the tests measure it.

    Args:
        longest: tokens of the longest text; rows are up to ``WIDEST_PACKED`` wide.
    """
    text = config.get_text_config()
    hidden, heads = text.hidden_size, getattr(text, "num_attention_heads", 1)
    queries = heads * (getattr(text, "head_dim", None) or hidden // heads)
    scores = heads * max(longest, WIDEST_PACKED)
    mlp = getattr(text, "intermediate_size", None) or 4 * hidden
    return text.num_hidden_layers * (26 * hidden + 8 * queries + 6 * scores + 8 * mlp)


def backward(
    model: PreTrainedModel, examples: list[Example], pad_id: int, loss_scale: float = 1.0
) -> float:
    """Add the gradient of the mean loss over ``examples``, times ``loss_scale``; return that loss.

    The loss of an example is -log p(answer): of several tokens, the sum over them, each behind the
    right ones before it.

    The batch goes through in micro-batches of similar length, as few as memory allows: the same
    gradient, but for rounding, with the activations of one micro-batch in memory at a time.
    """
    total = torch.zeros((), device=model.device)
    lengths = [len(example.ids) for example in examples]
    for rows in by_length(lengths, micro_batch_tokens(model, max(lengths, default=0))):
        loss = _loss_sum(model, [examples[i] for i in rows], pad_id) / len(examples)
        (loss * loss_scale).backward()
        total += loss.detach()
    return total.item()


def backward_of(
    model: PreTrainedModel, pad_id: int, loss_scale: LossScale | None = None
) -> Callable[[list[Example]], float]:
    """The fastest ``backward`` for this device: on a GPU, CUDA graphs for ordinary batches.

    Graphs need the fast way through the model, see ``model.selftest``.

    Args:
        loss_scale: off if not given. Where it is on, the plain way is taken, as the scale may
            change from step to step and a graph could not follow.
    """
    scale = loss_scale or LossScale()
    keys = WIDTHS[-1] + soft_length(model)
    if scale.on or model.device.type != "cuda" or not ways(model).fast_for(keys):
        return lambda examples: backward(model, examples, pad_id, scale.value)
    graphed, room = GraphedBackward(model, pad_id), room_for(model, [])
    widest = max((width for width in WIDTHS if room is None or width <= room), default=0)

    def run(examples: list[Example]) -> float:
        longest = max(len(example.ids) for example in examples)
        fits = longest <= widest and (
            len(examples) * width_for(longest) <= micro_batch_tokens(model, longest)
        )
        if not fits:
            return backward(model, examples, pad_id)
        return graphed(examples)

    return run


def _loss_sum(model: PreTrainedModel, examples: list[Example], pad_id: int) -> torch.Tensor:
    """Summed cross-entropy at the answers' tokens, over the whole vocabulary, in float32."""
    answers = answers_of(examples).to(model.device)  # (examples, count)
    logits = text_logits(model, [example.ids for example in examples], pad_id, answers.shape[1])
    return cross_entropy(logits.flatten(0, 1), answers.flatten(), reduction="sum")


@torch.no_grad()
def mean_loss(model: PreTrainedModel, examples: list[Example], pad_id: int) -> float:
    """Mean loss over ``examples``, without training and without dropout.

    Raises:
        CourseError: there are no examples, or the loss is not finite.
    """
    if not examples:
        raise CourseError("There are no examples to measure", "give at least one")
    total = 0.0
    lengths = [len(example.ids) for example in examples]
    with evaluating(model):
        for rows in by_length(lengths, MAX_TOKENS[model.device.type]):
            total += _loss_sum(model, [examples[i] for i in rows], pad_id).item()
    if not math.isfinite(total):
        raise CourseError(
            f"The loss over {len(examples)} examples is {total / len(examples)}",
            "lower the learning rate, or load the model in float32 (COURSE_DTYPE=float32)",
        )
    return total / len(examples)


@contextlib.contextmanager
def explained_out_of_memory(model: PreTrainedModel, batch: list[Example]) -> Iterator[None]:
    """Where memory runs out in a step on ``batch``, say so; of a GPU's, what the step needs.

    Raises:
        CourseError: see ``memory.out_of_memory.explain``.
    """
    try:
        yield
    except RuntimeError as error:
        if isinstance(error, torch.OutOfMemoryError):
            raise _explained_on_gpu(error, model, batch) from None
        if "DefaultCPUAllocator" in str(error):
            raise _explained_on_cpu(error) from None
        raise


def _explained_on_cpu(error: RuntimeError) -> CourseError:
    traceback.clear_frames(error.__traceback__)  # as below
    return CourseError(
        f"The computer's memory ran out in a step of training ({str(error).splitlines()[0]})",
        "close other notebooks and programs; `python -m course_utils doctor` says how much is free",
    )


def _explained_on_gpu(
    error: torch.OutOfMemoryError, model: PreTrainedModel, batch: list[Example]
) -> CourseError:
    # The frames of the failed step would keep its activations alive, and with them the memory
    # that whoever reads the message needs to go on.
    traceback.clear_frames(error.__traceback__)
    length = max(len(example.ids) for example in batch)
    rows = min(len(batch), max(1, micro_batch_tokens(model, length) // length))
    positions = rows * max(example.answer_tokens for example in batch)
    training = out_of_memory.training_of(model, rows, length, logit_positions=positions)
    memory = out_of_memory.capacity(model.device)
    return out_of_memory.explain(model.config, training, memory)
