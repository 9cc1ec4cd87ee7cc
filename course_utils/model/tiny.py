"""Tiny random models and a tiny tokeniser: for checks and unit tests, never for a lesson."""

import functools

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from transformers import (
    AutoModelForCausalLM,
    GPT2Config,
    LlamaConfig,
    PreTrainedModel,
    PreTrainedTokenizerFast,
    Qwen2Config,
)

WORDS = (" positive", " negative", " good", " bad", " film", " tweet", " product", " editorial")


@functools.cache
def tiny_tokenizer() -> PreTrainedTokenizerFast:
    """A byte-level BPE tokeniser in which each of ``WORDS``, with its space, is one token.

    Every other text falls into bytes. As in the course's model, the padding token is also the
    end-of-sequence token.
    """
    marker = "\u0120"  # how byte-level BPE writes a space
    vocabulary = {c: i for i, c in enumerate(sorted(pre_tokenizers.ByteLevel.alphabet()))}
    merges = []
    for word in WORDS:
        piece = marker
        for letter in word[1:]:
            if piece + letter not in vocabulary:
                merges.append((piece, letter))
                vocabulary[piece + letter] = len(vocabulary)
            piece += letter
    vocabulary["<end>"] = len(vocabulary)
    tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=merges))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, eos_token="<end>", pad_token="<end>", bos_token="<end>"
    )


def tiny_model(kind: str = "llama", seed: int = 0) -> PreTrainedModel:
    """A random causal language model of two layers, float32, in evaluation mode.

    Args:
        kind: ``llama``, ``qwen2`` or ``gpt2``: the three families that the course supports.
        seed: seed of the weights; the global random state is left as it was.
    """
    vocabulary = len(tiny_tokenizer())
    if kind == "gpt2":
        config = GPT2Config(
            vocab_size=vocabulary, n_embd=32, n_layer=2, n_head=4, n_positions=512,
            embd_pdrop=0.0, attn_pdrop=0.0, resid_pdrop=0.0, bos_token_id=0, eos_token_id=0,
        )  # fmt: skip
    else:
        config_class = {"llama": LlamaConfig, "qwen2": Qwen2Config}[kind]
        config = config_class(
            vocab_size=vocabulary, hidden_size=32, intermediate_size=48, num_hidden_layers=2,
            num_attention_heads=4, num_key_value_heads=2, tie_word_embeddings=True,
            max_position_embeddings=512, initializer_range=0.2,
        )  # fmt: skip
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model = AutoModelForCausalLM.from_config(config, attn_implementation="eager")
    return model.eval()
