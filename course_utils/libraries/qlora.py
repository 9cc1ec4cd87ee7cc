"""QLoRA through the libraries: bitsandbytes' 4-bit layers, PEFT's adapters, a paged optimiser.

Lesson 5, *Through the libraries, on a GPU*.
"""

import math
import time

import torch
from torch import nn
from transformers import PreTrainedModel

from course_utils.errors import CourseError
from course_utils.libraries import bnb
from course_utils.libraries.quiet_peft import get_peft_model, peft
from course_utils.model.layers import ALL_LINEAR, trainable_parameters
from course_utils.training.backward import backward
from course_utils.training.plan import Example, TrainingConfig, learning_rate, plan_batches


def use_checkpointing(model: PreTrainedModel) -> None:
    """Compute each decoder layer again in the backward pass, from now on.

    Without dropout nothing is random, so no random state need be kept: that would make the CPU
    wait for the GPU, and a CUDA graph could not be recorded.
    """
    newer = getattr(model, "activation_checkpointing_enable", None)  # its name since 5.23
    enable = newer or model.gradient_checkpointing_enable
    enable({"use_reentrant": False, "preserve_rng_state": False})


def add_peft_lora(model: PreTrainedModel, rank: int = 8, alpha: float = 16.0, seed: int = 0) -> int:
    """Freeze ``model`` and give all its linear layers PEFT's LoRA, in place.

    The adapters start as ``methods.lora.add_lora`` starts them with this seed. PEFT's usual
    ``prepare_model_for_kbit_training`` is left out: it would cast the embedding to float32, while
    the norms, which matter, are in float32 already.

    Args:
        model: as ``bnb.load_model_4bit`` gives it.

    Returns:
        How many numbers training may change.
    """
    targets = {"target_modules": list(ALL_LINEAR), "task_type": "CAUSAL_LM"}
    get_peft_model(model, peft.LoraConfig(r=rank, lora_alpha=alpha, **targets))
    with torch.random.fork_rng(devices=[]), torch.no_grad():
        torch.default_generator.manual_seed(seed)
        for module in model.modules():
            if isinstance(getattr(module, "lora_A", None), nn.ModuleDict):
                weight = module.lora_A["default"].weight
                start = nn.init.kaiming_uniform_(torch.empty(weight.shape), a=math.sqrt(5))
                weight.copy_(start)
    return trainable_parameters(model)


def paged_adamw(model: PreTrainedModel, rate: float) -> torch.optim.Optimizer:
    """AdamW on what is trained; on a GPU its states may move to main memory when room is short.

    bitsandbytes pages only the states of parameters of 100,000 numbers and more. On a CPU there
    is nothing to page, and this is PyTorch's AdamW.
    """
    parameters = [p for p in model.parameters() if p.requires_grad]
    if model.device.type == "cuda":
        return bnb.library().optim.PagedAdamW32bit(parameters, lr=rate, weight_decay=0.0)
    return torch.optim.AdamW(parameters, lr=rate, weight_decay=0.0)


def train_library(
    model: PreTrainedModel,
    examples: list[Example],
    config: TrainingConfig,
    pad_id: int,
    checkpointing: bool = True,
) -> tuple[list[float], list[float]]:
    """Train with the batches, schedule and clipping of ``training.loop.train``; no validation.

    In float16, PyTorch's ``GradScaler`` scales the loss; otherwise it does nothing.

    Args:
        checkpointing: keep only the input of each decoder layer for the backward pass, and
            compute the rest again; from then on, the model does so whenever it is trained.

    Returns:
        The loss and the seconds of each step. The model ends in evaluation mode.

    Raises:
        CourseError: the loss is not finite.
    """
    optimizer = paged_adamw(model, config.learning_rate)
    if checkpointing:
        use_checkpointing(model)
    scaler = torch.amp.GradScaler(model.device.type, enabled=model.dtype == torch.float16)
    losses, seconds = [], []
    model.train()
    for step, rows in enumerate(plan_batches([len(e.ids) for e in examples], config)):
        start = time.perf_counter()
        for group in optimizer.param_groups:
            group["lr"] = learning_rate(step, config)
        loss_scale = scaler.scale(torch.ones((), device=model.device)).item()
        loss = backward(model, [examples[i] for i in rows], pad_id, loss_scale)
        if not math.isfinite(loss):
            raise CourseError(
                f"The loss is {loss} at step {step + 1}, so training was stopped",
                f"lower the learning rate (it is {config.learning_rate:g})",
            )
        scaler.unscale_(optimizer)
        nn.utils.clip_grad_norm_(
            [p for p in model.parameters() if p.requires_grad], config.max_norm
        )
        scaler.step(optimizer)
        scaler.update()
        optimizer.zero_grad()
        losses.append(loss)
        seconds.append(time.perf_counter() - start)
    model.eval()
    return losses, seconds
