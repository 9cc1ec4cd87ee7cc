"""Tiny random models of many families, for ``test_families``; and the table that it writes."""

from collections.abc import Callable

import torch
import transformers
from transformers import AutoModelForCausalLM, PretrainedConfig, PreTrainedModel

from course_utils.model.tiny import tiny_tokenizer

VOCABULARY = len(tiny_tokenizer())
OLD = {"vocab_size": VOCABULARY, "bos_token_id": 1, "eos_token_id": 2}
SHAPE = OLD | {
    "hidden_size": 32,
    "intermediate_size": 48,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "initializer_range": 0.2,
    "pad_token_id": 0,
    "max_position_embeddings": 64,
}
WINDOW = 6  # positions, fewer than the tests' rows have


def _of(name: str, **more: object) -> Callable[[], PretrainedConfig]:
    return lambda: getattr(transformers, name)(**{**SHAPE, **more})


def _old(name: str, **more: object) -> Callable[[], PretrainedConfig]:
    return lambda: getattr(transformers, name)(**{**OLD, **more})


FAMILIES: dict[str, Callable[[], PretrainedConfig]] = {
    "Llama": _of("LlamaConfig"),
    "Qwen2": _of("Qwen2Config", tie_word_embeddings=True),
    "Qwen3": _of("Qwen3Config", head_dim=8),
    "Mistral": _of("MistralConfig", sliding_window=WINDOW),
    "Mixtral": _of("MixtralConfig", num_local_experts=4),
    "Phi-3": _of("Phi3Config"),
    "OLMo 2": _of("Olmo2Config"),
    "StableLM": _of("StableLmConfig"),
    "Granite": _of("GraniteConfig", logits_scaling=8.0),
    "Cohere": _of("CohereConfig", logit_scale=0.0625),
    "Gemma": _of("GemmaConfig", head_dim=8),
    "Gemma 2": _of("Gemma2Config", head_dim=8, sliding_window=WINDOW, final_logit_softcapping=5.0),
    "Gemma 3": _of("Gemma3TextConfig", head_dim=8, sliding_window=WINDOW),
    "GPT-2": _old(
        "GPT2Config", n_embd=32, n_layer=2, n_head=4, n_positions=64, initializer_range=0.2
    ),
    "GPT-NeoX": _of("GPTNeoXConfig"),
    "OPT": _old(
        "OPTConfig", hidden_size=32, ffn_dim=48, num_hidden_layers=2, num_attention_heads=4,
        max_position_embeddings=64, word_embed_proj_dim=32, init_std=0.2, pad_token_id=1,
    ),
    "BLOOM": _old("BloomConfig", hidden_size=32, n_layer=2, n_head=4, initializer_range=0.2),
    "Falcon, ALiBi": _old(
        "FalconConfig", hidden_size=32, num_hidden_layers=2, num_attention_heads=4, alibi=True,
        initializer_range=0.2,
    ),
    "MPT": _old("MptConfig", d_model=32, n_layers=2, n_heads=4, max_seq_len=64),
    "Mamba": _old("MambaConfig", hidden_size=32, num_hidden_layers=2, state_size=8),
}  # fmt: skip


def build(family: str) -> PreTrainedModel:
    """A random model of the family, float32, in evaluation mode; its dropout is off."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        model = AutoModelForCausalLM.from_config(FAMILIES[family](), attn_implementation="eager")
    for module in model.modules():
        if isinstance(module, torch.nn.Dropout):
            module.p = 0.0
    return model.eval()
