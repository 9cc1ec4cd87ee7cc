"""A tiny model, task and training in the place of the real ones, for the studies of updates."""

import copy
import types

import datasets
import torch

from course_utils.data import tasks
from course_utils.experiments import trained_update, trainings
from course_utils.model.identity import remember_origin
from course_utils.model.tiny import WORDS, tiny_model, tiny_tokenizer


def items(count, seed):
    texts = [("bad film", "good film")[i % 2] + f" {seed} {i % 7}" for i in range(count)]
    return datasets.Dataset.from_dict({"text": texts, "label": [i % 2 for i in range(count)]})


def load_model(dtype=torch.bfloat16, device=None):
    """The norms stay in float32, as in the real one."""
    model = tiny_model().to(dtype)
    for module in model.modules():
        if type(module).__name__.endswith("RMSNorm"):
            module.float()
    remember_origin(model, ())
    return model, copy.deepcopy(tiny_tokenizer())


def use(monkeypatch, *modules):
    """Let these modules, and the training of updates, use the tiny model and task."""
    task = types.SimpleNamespace(
        name="movies", label_words=WORDS[1::-1], train=items(40, 0), validation=items(12, 1),
        test=items(10, 2),
    )  # fmt: skip

    def in_this_process(perform, jobs, workers):
        for job in jobs:
            yield perform(job)

    for module in modules:
        if hasattr(module, "load_model"):
            monkeypatch.setattr(module, "load_model", load_model)
        if hasattr(module, "perform_all"):
            monkeypatch.setattr(module, "perform_all", in_this_process)
    monkeypatch.setattr(trained_update, "load_model", load_model)
    monkeypatch.setattr(trained_update, "STEPS", 4)
    monkeypatch.setattr(tasks, "load", lambda name: task)
    monkeypatch.setattr(trainings, "VALIDATION", 12)
