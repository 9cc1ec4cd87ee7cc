"""The variants on a tiny model: what each trains, and that nothing else moves."""

import types

import datasets
import pytest
import torch

from course_utils.experiments import trainings, variants
from course_utils.experiments.variants import BLOCK, EVERYTHING, HEAD, LAYER, Job
from course_utils.model.identity import remember_origin
from course_utils.model.tiny import WORDS, tiny_model, tiny_tokenizer


def items(count, seed):
    texts = [("good film", "bad film")[i % 2] + f" {seed} {i % 7}" for i in range(count)]
    return datasets.Dataset.from_dict({"text": texts, "label": [1 - i % 2 for i in range(count)]})


@pytest.fixture
def loaded(monkeypatch):
    """What ``load_model`` gave last; all that the studies read is tiny."""
    task = types.SimpleNamespace(
        name="movies", label_words=WORDS[1::-1], train=items(40, 0), validation=items(12, 1),
        test=items(10, 2),
    )  # fmt: skip
    models = []

    def load():
        model = tiny_model()
        remember_origin(model, ())
        models.append(model)
        return model, tiny_tokenizer()

    monkeypatch.setattr(variants, "load_model", load)
    monkeypatch.setattr(variants.tasks, "load", lambda name: task)
    monkeypatch.setattr(trainings, "VALIDATION", 12)
    monkeypatch.setattr(variants, "BATCH_SIZE", 8)
    for settings, value in ((variants.STEPS, 6), (variants.VALIDATIONS, 2)):
        for name in list(settings):
            monkeypatch.setitem(settings, name, value)
    return models


PARTS = {
    LAYER: ("lm_head.",),
    BLOCK: ("model.layers.1.", "model.norm."),
    EVERYTHING: ("model.",),  # the head is the embedding table
}


@pytest.mark.parametrize("variant", list(PARTS))
def test_only_the_variants_part_moves(loaded, variant):
    done = variants.fit(Job(variant, 1e-2))
    before = tiny_model().state_dict()
    moved = {n for n, p in done.model.named_parameters() if not torch.equal(p, before[n])}
    assert moved and all(name.startswith(PARTS[variant]) for name in moved)
    sizes = [p.numel() for n, p in done.model.named_parameters() if n.startswith(PARTS[variant])]
    figures = done.figures
    assert figures["trainable_parameters"] == sum(sizes)
    assert figures["steps"] == 6 and figures["best_step"] in (0, 3, 6)
    assert figures["seconds"] > 0 and figures["peak_memory"] > 0
    assert len(variants.answers_to_test(done)) == 10 and variants.perplexity(done) > 1


def test_an_untied_head_answers_as_before_until_it_is_trained(loaded):
    model = tiny_model()
    ids = torch.tensor([[5, 6, 7]])
    with torch.no_grad():
        before = model(input_ids=ids).logits
        head = variants.untie(model)
        assert torch.equal(model(input_ids=ids).logits, before)
        head.weight.zero_()
    assert head is model.get_output_embeddings() and model.get_input_embeddings().weight.any()


def test_a_fresh_head_is_trained_on_the_untouched_model(loaded):
    done = variants.fit(Job(HEAD, 3e-2))
    before = tiny_model().state_dict()
    assert all(torch.equal(value, before[n]) for n, value in done.model.state_dict().items())
    assert done.figures["trainable_parameters"] == 32 * 2 + 2
    assert variants.answers_to_test(done) == "1" * 10  # one word tells the labels apart
