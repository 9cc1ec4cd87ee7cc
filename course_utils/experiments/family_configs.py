"""transformers' configurations of the shapes that the memory calculator knows.

Part of ``experiments memory_held_out``.
"""

from transformers import (
    Gemma3TextConfig,
    GemmaConfig,
    LlamaConfig,
    MistralConfig,
    Phi3Config,
    PretrainedConfig,
    Qwen2Config,
    Qwen3Config,
)

from course_utils.memory.families import Family
from course_utils.memory.shapes import SHAPES

KINDS: dict[Family, type[PretrainedConfig]] = {
    Family.LLAMA: LlamaConfig,
    Family.QWEN3: Qwen3Config,
    Family.PHI3: Phi3Config,
    Family.GEMMA: GemmaConfig,
    Family.GEMMA3: Gemma3TextConfig,
}


def config_of(name: str, layers: int | None = None) -> PretrainedConfig:
    """The configuration of a model that the calculator knows.

    Args:
        name: a key of ``memory.shapes.SHAPES``.
        layers: how many of its decoder layers; None for all.
    """
    shape = SHAPES[name]
    kind = KINDS[shape.family]
    if name.startswith("Mistral"):
        kind = MistralConfig
    elif name.startswith("Qwen2"):
        kind = Qwen2Config
    windows = shape.window or name.startswith("Mistral")  # Mistral's default has one
    return kind(
        vocab_size=shape.vocabulary,
        hidden_size=shape.hidden,
        intermediate_size=shape.mlp,
        num_hidden_layers=layers or shape.layers,
        num_attention_heads=shape.heads,
        num_key_value_heads=shape.kv_heads,
        head_dim=shape.head_dim,
        tie_word_embeddings=shape.tied,
        max_position_embeddings=16384,
        pad_token_id=0,
        bos_token_id=1,
        eos_token_id=2,
        **({"sliding_window": shape.window or None} if windows else {}),
    )
