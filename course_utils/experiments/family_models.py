"""Models of several families with random weights, trained in each way that the calculator knows.

Part of ``experiments memory_held_out``. Lesson 5, *Is it right?*.
"""

import contextlib
import math
import weakref
from collections.abc import Callable, Iterator

import torch
from torch import nn
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils.checkpoint import checkpoint
from transformers import AutoModelForCausalLM, PretrainedConfig, PreTrainedModel

from course_utils.experiments.random_models import STD
from course_utils.libraries.bnb import library
from course_utils.libraries.qlora import use_checkpointing
from course_utils.libraries.quiet_peft import get_peft_model, peft
from course_utils.memory.families import targeted
from course_utils.memory.options import Attention, Optimiser, Precision
from course_utils.memory.training import Training
from course_utils.methods.lora import add_lora
from course_utils.methods.names import Method
from course_utils.methods.soft_prompt import SoftPrompt, freeze
from course_utils.model.forward import embed
from course_utils.model.layers import linear_layers
from course_utils.model.load import norms_in_float32
from course_utils.model.passes import fast_logits
from course_utils.quantisation.layer import quantise_model
from course_utils.training.mixed_precision import MixedPrecisionAdamW

RATE = 1e-4


def build_family(
    config: PretrainedConfig, training: Training, device: torch.device
) -> PreTrainedModel:
    """A model with random weights, made ready as the training says."""
    eager = training.attention == Attention.EAGER
    config.initializer_range = STD
    with torch.device(device):
        model = AutoModelForCausalLM.from_config(
            config, dtype=training.dtype, attn_implementation="eager" if eager else "sdpa"
        )
    if training.precision == Precision.COURSE:
        norms_in_float32(model)
    if training.method == Method.QLORA:
        _quantise(model, training)
    if training.adapters:
        model = _with_adapters(model, training)
    if training.method == Method.PROMPT_TUNING:
        hidden = model.get_input_embeddings().weight.shape[1]
        model.soft_prompt = SoftPrompt(STD * torch.randn(training.soft_tokens, hidden).to(device))
        freeze(model, model.soft_prompt)
    if training.checkpointing:
        use_checkpointing(model)
    return model.train()


def _quantise(model: PreTrainedModel, training: Training) -> None:
    """In place: the course's 4-bit layers in the course's loop, else bitsandbytes'."""
    if training.precision == Precision.COURSE:
        quantise_model(model)
        return
    model.requires_grad_(False)
    for name, linear in linear_layers(model).items():
        model.set_submodule(name, _library_layer(linear, training))
    model.is_loaded_in_4bit = True  # how PEFT recognises it
    if training.precision.upcasts:
        peft.prepare_model_for_kbit_training(model, use_gradient_checkpointing=False)
        model.enable_input_require_grads()  # as it does by default


def _library_layer(linear: nn.Linear, training: Training) -> nn.Module:
    bnb, double = library().nn, training.double_quantisation
    layer = bnb.Linear4bit(
        linear.in_features, linear.out_features, bias=linear.bias is not None,
        compute_dtype=training.dtype, compress_statistics=double, quant_type="nf4", device="meta",
    )  # fmt: skip
    layer.weight = bnb.Params4bit(
        linear.weight.data, requires_grad=False, compress_statistics=double, quant_type="nf4",
        module=layer,
    )  # fmt: skip
    layer.bias = linear.bias
    layer.support_avx512bf16_for_cpu = False
    return layer.to(linear.weight.device)


def _with_adapters(model: PreTrainedModel, training: Training) -> PreTrainedModel:
    names = {name.split(".")[-1] for name in linear_layers(model)}
    targets = [name for name in sorted(names) if targeted(name, training.targets)]
    if training.precision == Precision.COURSE:
        add_lora(model, rank=training.rank, alpha=2.0 * training.rank, targets=targets)
        return model
    settings = peft.LoraConfig(
        r=training.rank,
        lora_alpha=2 * training.rank,
        target_modules=targets,
        task_type="CAUSAL_LM",
    )
    wide = training.adapter_dtype == torch.float32
    return get_peft_model(model, settings, autocast_adapter_dtype=wide)


def step_of(model: PreTrainedModel, training: Training, ids: torch.Tensor) -> Callable[[], None]:
    """A function that makes one training step.

    Args:
        ids: (batch, length) int64.
    """
    optimise = optimiser_of(model, training)
    trained = [p for p in model.parameters() if p.requires_grad]

    def step() -> None:
        with kernels(training):
            loss_of(model, training, ids).backward()
        for parameter in trained:  # random weights in float16 may overflow; the bytes do not care
            if parameter.grad is not None:  # else it was stepped already
                torch.nan_to_num_(parameter.grad)
        optimise()

    return step


@contextlib.contextmanager
def kernels(training: Training) -> Iterator[None]:
    """Leave out flash attention, where a GPU is to stand for one that has none."""
    if training.attention != Attention.NO_FLASH:
        yield
        return
    with sdpa_kernel([SDPBackend.EFFICIENT_ATTENTION, SDPBackend.MATH]):
        yield


def loss_of(model: PreTrainedModel, training: Training, ids: torch.Tensor) -> torch.Tensor:
    """The loss of the course's loop, or of predicting every next token."""
    if training.precision == Precision.COURSE:
        return _answer_loss(model, ids)
    autocast = training.precision.autocast
    with torch.autocast(ids.device.type, training.dtype, enabled=autocast):
        if training.logit_positions is not None:
            return _chunked_loss(model, ids, training.logit_positions)
        if training.method == Method.PROMPT_TUNING:
            return _prompted_loss(model, ids)
        return model(input_ids=ids, labels=ids, use_cache=False).loss


def _answer_loss(model: PreTrainedModel, ids: torch.Tensor) -> torch.Tensor:
    """The loss at the last position of each row, as ``training.backward`` computes it."""
    embeddings = embed(model, ids)
    mask = ids.new_ones(embeddings.shape[:2])
    last = ids.new_full((len(ids),), embeddings.shape[1] - 1)
    logits = fast_logits(model, embeddings, mask, last)
    return nn.functional.cross_entropy(logits, ids[:, 0])


def _prompted_loss(model: PreTrainedModel, ids: torch.Tensor) -> torch.Tensor:
    words = nn.functional.embedding(ids, model.get_input_embeddings().weight)
    rows = model.soft_prompt.embedding.to(words.dtype).expand(len(ids), -1, -1)
    labels = nn.functional.pad(ids, (rows.shape[1], 0), value=-100)
    embeddings = torch.cat([rows, words], 1)
    return model(inputs_embeds=embeddings, labels=labels, use_cache=False).loss


def _chunked_loss(model: PreTrainedModel, ids: torch.Tensor, chunk: int) -> torch.Tensor:
    """Logits of ``chunk`` positions at once, which are computed again in the backward pass."""
    causal = model.get_base_model() if hasattr(model, "get_base_model") else model
    hidden = causal.model(input_ids=ids, use_cache=False).last_hidden_state.flatten(0, 1)
    labels = nn.functional.pad(ids[:, 1:], (0, 1), value=-100).flatten()
    total = sum(
        checkpoint(_summed_loss, causal.lm_head, h, y, use_reentrant=False,
                   preserve_rng_state=False)
        for h, y in zip(hidden.split(chunk), labels.split(chunk))
    )  # fmt: skip
    return total / (labels != -100).sum()


def _summed_loss(head: nn.Module, hidden: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    return nn.functional.cross_entropy(head(hidden).float(), labels, reduction="sum")


def optimiser_of(model: PreTrainedModel, training: Training) -> Callable[[], object]:
    """A function that steps what is trained and drops the gradients, unless that is done already.

    Keep it as long as the model trains: a step in the backward pass finds its optimisers there.
    """
    trained = [p for p in model.parameters() if p.requires_grad]
    if training.step_in_backward:
        return StepInBackward(trained, training)
    return _stepper(trained, training, max_norm=1.0)


class StepInBackward:
    """Steps each tensor in the backward pass, as soon as its gradient is there.

    Each has an optimiser of its own, which holds it. The tensor's hook must not hold the optimiser:
    that circle goes through C++, where Python's garbage collector does not see it, and the model
    would never be freed. So the hooks have weak references, and this object has the optimisers.

    Raises:
        ReferenceError: in the backward pass, if this object is gone by then.
    """

    def __init__(self, trained: list[nn.Parameter], training: Training):
        self._steps = [_stepper([parameter], training, math.inf) for parameter in trained]
        for parameter, step in zip(trained, self._steps):
            parameter.register_post_accumulate_grad_hook(_hook(weakref.proxy(step)))

    def __call__(self) -> None:
        """Nothing is left to do after the backward pass."""


def _hook(step: Callable[[], object]) -> Callable[[torch.Tensor], None]:
    def after_gradient(parameter: torch.Tensor) -> None:
        step()

    return after_gradient


def _stepper(
    trained: list[nn.Parameter], training: Training, max_norm: float
) -> Callable[[], object]:
    if training.optimiser == Optimiser.MASTERS:
        masters = MixedPrecisionAdamW(trained, RATE)
        return lambda: masters.step(max_norm)
    kinds = {
        Optimiser.PLAIN: lambda: torch.optim.AdamW(trained, lr=RATE, fused=True),
        Optimiser.EIGHT_BIT: lambda: library().optim.AdamW8bit(trained, lr=RATE),
        Optimiser.PAGED: lambda: library().optim.PagedAdamW32bit(trained, lr=RATE),
    }
    optimiser = kinds[training.optimiser]()

    def step() -> None:
        nn.utils.clip_grad_norm_(trained, max_norm)
        optimiser.step()
        optimiser.zero_grad()

    return step
