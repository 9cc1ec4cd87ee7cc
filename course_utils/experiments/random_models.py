"""A model of any shape with random weights, and a training step of each method on it."""

import dataclasses
from collections.abc import Callable

import torch
from torch import nn
from torch.utils.checkpoint import checkpoint
from transformers import AutoModelForCausalLM, LlamaConfig, PreTrainedModel
from transformers.models.llama.modeling_llama import LlamaDecoderLayer

from course_utils.libraries.qlora import use_checkpointing
from course_utils.libraries.quiet_peft import get_peft_model, peft
from course_utils.memory.shapes import Shape
from course_utils.memory.training import Training
from course_utils.methods.names import Method
from course_utils.methods.soft_prompt import SoftPrompt, freeze
from course_utils.model.layers import ALL_LINEAR
from course_utils.training.mixed_precision import MixedPrecisionAdamW

LEARNING_RATE = 1e-4
STD = 0.02  # of the random weights


def config_of(shape: Shape) -> LlamaConfig:
    """The configuration of a Llama of this shape (without the biases that some families have)."""
    return LlamaConfig(
        vocab_size=shape.vocabulary,
        hidden_size=shape.hidden,
        intermediate_size=shape.mlp,
        num_hidden_layers=shape.layers,
        num_attention_heads=shape.heads,
        num_key_value_heads=shape.kv_heads,
        head_dim=shape.head_dim,
        tie_word_embeddings=shape.tied,
        max_position_embeddings=4096,
        initializer_range=STD,
    )


def build(
    shape: Shape, training: Training, device: torch.device, adapters_in_float32: bool = False
) -> PreTrainedModel:
    """A model with random weights, on the device and in the dtype at once, ready for the method.

    LoRA and QLoRA are PEFT's, QLoRA on bitsandbytes' NF4 layers with double quantisation.

    Args:
        adapters_in_float32: PEFT's default. Else the adapters have the model's dtype, as the
            optimiser keeps float32 masters of them anyway.
    """
    if training.method == Method.QLORA:
        model = build_quantised(shape, training.dtype, device)
    else:
        with torch.device(device):
            model = AutoModelForCausalLM.from_config(
                config_of(shape), dtype=training.dtype, attn_implementation="sdpa"
            )
    if training.method in (Method.LORA, Method.QLORA):
        model = _with_adapters(model, training, adapters_in_float32)
    if training.method == Method.PROMPT_TUNING:
        start = STD * torch.randn(training.soft_tokens, shape.hidden, device=device)
        model.soft_prompt = SoftPrompt(start)  # without add_soft_prompt's test of the answers
        freeze(model, model.soft_prompt)
    if training.checkpointing:
        use_checkpointing(model)
    return model.train()


def build_quantised(shape: Shape, dtype: torch.dtype, device: torch.device) -> PreTrainedModel:
    """A model whose layers are made and quantised one by one: it never stands there in full."""
    empty = config_of(dataclasses.replace(shape, layers=0))
    with torch.device(device):
        model = AutoModelForCausalLM.from_config(empty, dtype=dtype, attn_implementation="sdpa")
    model.requires_grad_(False)
    model.config.num_hidden_layers = shape.layers
    for index in range(shape.layers):
        with torch.device(device):
            layer = LlamaDecoderLayer(model.config, index).to(dtype).requires_grad_(False)
        for name, linear in list(layer.named_modules()):
            if isinstance(linear, nn.Linear):
                nn.init.normal_(linear.weight, std=STD)
                layer.set_submodule(name, _quantised(linear, dtype))
        model.model.layers.append(layer)
    model.is_loaded_in_4bit = True  # how PEFT recognises it
    return model


def _quantised(linear: nn.Linear, dtype: torch.dtype) -> nn.Linear:
    """bitsandbytes' NF4 layer with double quantisation, of the linear layer's weight."""
    from bitsandbytes.nn import Linear4bit, Params4bit

    layer = Linear4bit(
        linear.in_features, linear.out_features, bias=False, compute_dtype=dtype,
        compress_statistics=True, quant_type="nf4", device="meta",
    )  # fmt: skip
    layer.weight = Params4bit(
        linear.weight.data, requires_grad=False, compress_statistics=True, quant_type="nf4",
        module=layer,
    )  # fmt: skip
    layer.support_avx512bf16_for_cpu = False  # or an evaluation on a CPU would repack the weights
    return layer.to(linear.weight.device)


def _with_adapters(model: PreTrainedModel, training: Training, in_float32: bool) -> PreTrainedModel:
    settings = peft.LoraConfig(
        r=training.rank,
        lora_alpha=2 * training.rank,
        target_modules=list(ALL_LINEAR),
        task_type="CAUSAL_LM",
    )
    return get_peft_model(model, settings, autocast_adapter_dtype=in_float32)


def plain_layer(
    layer: nn.Module, hidden: torch.Tensor, positions: torch.Tensor, rotary: tuple
) -> torch.Tensor:
    """One decoder layer: (batch, tokens, d_model) to the same."""
    hidden = layer(hidden, position_ids=positions, position_embeddings=rotary)
    return hidden if isinstance(hidden, torch.Tensor) else hidden[0]


def loss_of(
    model: PreTrainedModel,
    ids: torch.Tensor,
    chunk: int | None = None,
    run_layer: Callable[..., torch.Tensor] = plain_layer,
) -> torch.Tensor:
    """The mean loss of predicting every next token, with logits in float32.

    Args:
        ids: (batch, tokens) int64.
        chunk: positions whose logits are computed at once, and again in the backward pass; None
            for all, as transformers does.
        run_layer: what to put in the place of ``plain_layer``, where the loss goes in chunks.
    """
    soft_prompt = getattr(model, "soft_prompt", None)
    if soft_prompt is not None:
        words = nn.functional.embedding(ids, model.get_input_embeddings().weight)
        rows = soft_prompt.embedding.to(words.dtype).expand(len(ids), -1, -1)
        labels = nn.functional.pad(ids, (rows.shape[1], 0), value=-100)
        embeddings = torch.cat([rows, words], 1)
        return model(inputs_embeds=embeddings, labels=labels, use_cache=False).loss
    if chunk is None:
        return model(input_ids=ids, labels=ids, use_cache=False).loss
    causal = model.get_base_model() if hasattr(model, "get_base_model") else model
    hidden = _hidden_states(causal.model, ids, run_layer).flatten(0, 1)
    labels = nn.functional.pad(ids[:, 1:], (0, 1), value=-100).flatten()
    total = sum(
        checkpoint(
            _summed_loss, causal.lm_head, h, y, use_reentrant=False, preserve_rng_state=False
        )
        for h, y in zip(hidden.split(chunk), labels.split(chunk))
    )
    return total / (labels != -100).sum()


def _hidden_states(
    decoder: PreTrainedModel, ids: torch.Tensor, run_layer: Callable[..., torch.Tensor]
) -> torch.Tensor:
    """What the decoder gives for rows without padding: (batch, tokens, d_model).

    The decoder's own forward pass looks at the positions to find out whether a mask is needed,
    and waits for the GPU to tell: a CUDA graph could not be recorded.
    """
    hidden = decoder.embed_tokens(ids)
    positions = torch.arange(ids.shape[1], device=ids.device)[None]
    rotary = decoder.rotary_emb(hidden, positions)
    for layer in decoder.layers:
        hidden = run_layer(layer, hidden, positions, rotary)
    return decoder.norm(hidden)


def _summed_loss(head: nn.Module, hidden: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    return nn.functional.cross_entropy(head(hidden).float(), labels, reduction="sum")


def make_optimiser(model: nn.Module) -> MixedPrecisionAdamW:
    """The course's optimiser on all that is trained."""
    return MixedPrecisionAdamW([p for p in model.parameters() if p.requires_grad], LEARNING_RATE)


def random_ids(shape: Shape, training: Training, device: torch.device) -> torch.Tensor:
    """(batch, length) int64."""
    return torch.randint(shape.vocabulary, (training.batch, training.length), device=device)
