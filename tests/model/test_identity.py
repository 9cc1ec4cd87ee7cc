"""Digests that stand for weights: equal for the same ones, in whatever dress, else different."""

import dataclasses

import pytest
import torch
from safetensors.torch import load_file, save_file

from course_utils import settings
from course_utils.errors import CourseError
from course_utils.methods.lora import add_lora, lora_layers
from course_utils.methods.soft_prompt import SoftPrompt, add_soft_prompt
from course_utils.model.identity import (
    base_of,
    digest,
    has_moved,
    model_name,
    refuse_other_base,
    weights_digest,
)
from course_utils.model.load import load_model
from course_utils.model.tiny import tiny_model, tiny_tokenizer
from course_utils.quantisation.layer import quantise_model

CPU = torch.device("cpu")
PLAIN = weights_digest(tiny_model())


def saved(folder, seed=0, dtype=torch.float32):
    tiny_model(seed=seed).to(dtype).save_pretrained(folder)
    tiny_tokenizer().save_pretrained(folder)
    return folder


@pytest.mark.parametrize(
    "change",
    [
        lambda t: t + torch.tensor([0.0, 0.0, 1e-6]),
        lambda t: t.flip(0),
        lambda t: t[:, None],
        lambda t: -t,
    ],
)
def test_values_order_and_shape_count(change):
    tensor = torch.tensor([1.0, 2.0, 3.0])
    assert digest([("a", tensor)]) != digest([("a", change(tensor))])


def test_the_name_counts_and_the_order_of_tensors_does_not():
    a, b = torch.ones(2), torch.zeros(3)
    assert digest([("a", a), ("b", b)]) == digest([("b", b), ("a", a)])
    assert digest([("a", a)]) != digest([("c", a)])


def test_precision_does_not_count_where_it_loses_nothing():
    short = torch.randn(50, generator=torch.Generator().manual_seed(0)).bfloat16()
    assert digest([("a", short)]) == digest([("a", short.float())])
    exact = torch.tensor([0.1, 0.2])
    assert digest([("a", exact)]) != digest([("a", exact.bfloat16())])


def test_what_stands_on_the_base_does_not_count():
    model = tiny_model()
    add_lora(model, 3, 5.0)
    assert weights_digest(model) == PLAIN
    assert weights_digest(torch.compile(model, backend="eager")) == PLAIN
    for layer in lora_layers(model).values():
        torch.nn.init.normal_(layer.lora_B)
        layer.merge()
    assert weights_digest(model) == PLAIN
    prompted = tiny_model()
    add_soft_prompt(prompted, SoftPrompt(torch.ones(2, 32)))
    assert weights_digest(prompted) == PLAIN
    four = tiny_model()
    quantise_model(four)
    assert weights_digest(four) == PLAIN


def test_another_model_or_one_number_is_another_base():
    assert weights_digest(tiny_model(seed=1)) != PLAIN
    model = tiny_model()
    with torch.no_grad():
        model.model.layers[0].mlp.up_proj.weight[0, 0] += 1e-3
    assert weights_digest(model) != PLAIN


def test_a_loaded_model_knows_whether_it_has_moved(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_MODEL", str(saved(tmp_path)))
    model, _ = load_model(torch.float32, CPU)
    assert not has_moved(model) and base_of(model).files
    with torch.no_grad():
        model.model.norm.weight.mul_(2)
    assert has_moved(model) and not base_of(model).files
    assert not has_moved(tiny_model())  # it was never loaded


def test_the_files_stand_for_the_base_in_every_precision(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_MODEL", str(saved(tmp_path)))
    bases = [base_of(load_model(dtype, CPU)[0]) for dtype in (torch.float32, torch.bfloat16)]
    assert bases[0].weights != bases[1].weights and bases[0].is_same(bases[1])


def test_no_files_are_no_sameness():
    first, second = base_of(tiny_model()), base_of(tiny_model(seed=1))
    assert first.files == second.files == "" and not first.is_same(second)


def test_a_note_that_cannot_be_read_is_refused():
    refuse_other_base(tiny_model(), None, "It")
    refuse_other_base(tiny_model(), dataclasses.asdict(base_of(tiny_model())), "It")
    with pytest.raises(CourseError, match="cannot be read"):
        refuse_other_base(tiny_model(), {"x": 1}, "It")


def test_the_courses_model_has_its_short_name(monkeypatch):
    monkeypatch.delenv("COURSE_MODEL", raising=False)
    assert model_name() == settings.COURSE_MODEL


def test_folders_of_one_name_and_a_folder_that_changes_have_different_names(tmp_path, monkeypatch):
    names = set()
    for parent, seed in (("a", 0), ("b", 1)):
        folder = saved(tmp_path / parent / settings.COURSE_MODEL, seed)
        monkeypatch.setenv("COURSE_MODEL", str(folder))
        names.add(model_name())
        assert str(folder) in model_name()
    state = load_file(folder / "model.safetensors")
    save_file({k: v * 2 for k, v in state.items()}, folder / "model.safetensors", {"format": "pt"})
    names.add(model_name())
    assert len(names) == 3 and settings.COURSE_MODEL not in names


def test_a_folder_that_is_not_there_has_its_path_as_name(monkeypatch):
    monkeypatch.setenv("COURSE_MODEL", "/runs/llama/checkpoint-100")
    assert model_name() == "/runs/llama/checkpoint-100"
