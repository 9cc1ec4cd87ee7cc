"""How long a lesson's training will take on this machine, by a probe of about a second.

``lab.doctor.short_report`` prints it in the first cell of each lesson that trains.
"""

import copy
import statistics
import time

import torch
from transformers import AutoModelForCausalLM, PretrainedConfig, PreTrainedModel

from course_utils.data.batches import Batch, collate
from course_utils.machine.device import pick_device, pick_dtype
from course_utils.model.forward import answer_logits
from course_utils.model.load import load_config, norms_in_float32

PROBE_LAYERS, PROBE_ROWS, PROBE_TOKENS = 2, 5, 36  # a micro-batch of the lessons on a CPU
BESIDE_LAYERS = 1.5  # head, optimiser, validation, checkpoints: see ``estimate_training_seconds``


def estimate_training_seconds(tokens: int) -> float:
    """Estimate the seconds of full fine-tuning of the lessons' model on ``tokens`` tokens.

    Two layers with the model's true widths run forward and backward for about a second. The rest
    of the layers is as fast; everything beside the layers costs about half as much again (lesson
    2's training on two cores). Right within about a factor of two, if nothing else runs.

    Args:
        tokens: padded tokens that the whole training processes, over all steps.
    """
    config = load_config()
    per_layer_and_token = _probe(config, pick_device()) / (PROBE_LAYERS * PROBE_ROWS * PROBE_TOKENS)
    return BESIDE_LAYERS * config.num_hidden_layers * tokens * per_layer_and_token


def _probe(config: PretrainedConfig, device: torch.device) -> float:
    """Median seconds of forward and backward of one micro-batch through two layers."""
    small = copy.deepcopy(config)
    small.num_hidden_layers, small.vocab_size, small.pad_token_id = PROBE_LAYERS, 8, None
    with torch.random.fork_rng(devices=[]):
        model = AutoModelForCausalLM.from_config(small, attn_implementation="eager")
    norms_in_float32(model.to(device, pick_dtype(device)))
    batch = collate([[0] * PROBE_TOKENS] * PROBE_ROWS, pad_id=0).to(device)
    seconds: list[float] = []
    end = time.perf_counter() + 1.0
    while time.perf_counter() < end or len(seconds) < 4:
        seconds.append(_timed(model, batch))
    return statistics.median(seconds[2:])


def _timed(model: PreTrainedModel, batch: Batch) -> float:
    start = time.perf_counter()
    answer_logits(model, batch).sum().backward()
    if model.device.type == "cuda":
        torch.cuda.synchronize(model.device)
    return time.perf_counter() - start
