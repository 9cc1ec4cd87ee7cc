"""Small models of every family, and the bytes of a training step of theirs, counted on a CPU."""

import dataclasses
import gc
import itertools

import torch
from transformers import (
    Gemma3TextConfig,
    GemmaConfig,
    LlamaConfig,
    MistralConfig,
    Phi3Config,
    Qwen2Config,
    Qwen3Config,
)

from course_utils.experiments.family_models import build_family, loss_of, optimiser_of
from course_utils.memory.shapes import Shape
from tests.memory.live_bytes import LiveBytes, kernel_of_a_gpu

CPU = torch.device("cpu")
SIZES = {
    "hidden_size": 256, "intermediate_size": 704, "num_hidden_layers": 2, "vocab_size": 1000,
    "num_attention_heads": 8, "num_key_value_heads": 2, "head_dim": 32, "pad_token_id": 0,
    "bos_token_id": 1, "eos_token_id": 2, "tie_word_embeddings": False,
}  # fmt: skip
FAMILIES = {
    "llama": (LlamaConfig, {}),
    "qwen2": (Qwen2Config, {}),
    "qwen3": (Qwen3Config, {}),
    "mistral": (MistralConfig, {"sliding_window": 32}),
    "phi3": (Phi3Config, {"num_key_value_heads": 8}),
    "gemma": (GemmaConfig, {"tie_word_embeddings": True, "num_key_value_heads": 1}),
    "gemma3": (Gemma3TextConfig, {"tie_word_embeddings": True, "sliding_window": 32}),
}


def tiny_config(family, **changes):
    kind, own = FAMILIES[family]
    return kind(**SIZES | own | changes)


@dataclasses.dataclass
class Counted:
    """Bytes: of the model, after the forward pass, at the peak of the second step."""

    loaded: int
    forward: int
    peak: int


def counted(config, training):
    """What a step of training holds, counted tensor by tensor."""
    shape = Shape.of(config)
    with LiveBytes() as live:
        model = build_family(config, training, CPU)
        for tensor in itertools.chain(model.parameters(), model.buffers()):
            live.watch(tensor)
        gc.collect()
        loaded, optimise = live.now, optimiser_of(model, training)
        ids = torch.randint(1, shape.vocabulary, (training.batch, training.length))
        for _ in range(2):
            live.peak = live.now
            with kernel_of_a_gpu(shape, training):
                loss = loss_of(model, training, ids)
                forward = live.now
                loss.backward()
            del loss
            optimise()
    return Counted(loaded, forward, live.peak)
