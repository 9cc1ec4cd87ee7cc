"""A tiny model whose widths are multiples of 64, which bitsandbytes needs on a CPU."""

import types

import torch
from transformers import LlamaConfig, LlamaForCausalLM

from course_utils.data import tasks
from course_utils.experiments import trainings
from course_utils.model.tiny import WORDS, tiny_tokenizer
from tests.experiments.tiny_study import items


def save(folder, monkeypatch):
    """Let the course load the model as its own."""
    config = LlamaConfig(
        vocab_size=len(tiny_tokenizer()), hidden_size=64, intermediate_size=128,
        num_hidden_layers=2, num_attention_heads=4, num_key_value_heads=4,
        tie_word_embeddings=True, max_position_embeddings=512, initializer_range=0.1,
    )  # fmt: skip
    torch.manual_seed(0)
    LlamaForCausalLM(config).save_pretrained(folder)
    tiny_tokenizer().save_pretrained(folder)
    monkeypatch.setenv("COURSE_MODEL", str(folder))
    monkeypatch.setenv("COURSE_DEVICE", "cpu")


def use(folder, monkeypatch):
    """Let the course load the model as its own, and a few made-up items as every task."""
    save(folder, monkeypatch)
    task = types.SimpleNamespace(
        name="movies", label_words=WORDS[1::-1], train=items(40, 0), validation=items(12, 1),
        test=items(10, 2),
    )  # fmt: skip
    monkeypatch.setattr(tasks, "load", lambda name: task)
    monkeypatch.setattr(trainings, "VALIDATION", 12)
