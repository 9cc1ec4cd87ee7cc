"""The course's LoRA and PEFT's: the same files, the same logits, the same training."""

import pytest
import torch
from peft import LoraConfig, PeftModel, get_peft_model, set_peft_model_state_dict
from safetensors.torch import load_file
from torch.nn.functional import cross_entropy

from course_utils.errors import CourseError
from course_utils.methods.adapter_folder import CONFIG, TENSORS
from course_utils.methods.lora import LoRALinear, add_lora, lora_layers
from course_utils.methods.lora_files import (
    adapter_state,
    load_adapter,
    save_adapter,
    set_adapter_state,
)
from course_utils.model.layers import ALL_LINEAR, ATTENTION, replace_linear, trainable_parameters
from course_utils.model.tiny import tiny_model
from course_utils.quantisation.layer import quantise_model
from course_utils.training.mixed_precision import MixedPrecisionAdamW
from tests.model.families import build

IDS = torch.tensor([[5, 9, 11, 40], [7, 8, 3, 2]])
KINDS = pytest.mark.parametrize("kind", ["llama", "qwen2"])
TARGETS = pytest.mark.parametrize("targets", [ALL_LINEAR, ATTENTION], ids=["all", "attention"])


def logits(model):
    return model(input_ids=IDS).logits.detach()


@torch.no_grad()
def randomise(model):
    """Give every adapter an A and a B that matter."""
    generator = torch.Generator().manual_seed(1)
    for name, parameter in model.named_parameters():
        if "lora_" in name:
            parameter.copy_(0.3 * torch.randn(parameter.shape, generator=generator))


def course_model(kind="llama", targets=ALL_LINEAR, rank=3, alpha=5.0):
    model = tiny_model(kind)
    add_lora(model, rank=rank, alpha=alpha, targets=targets)
    randomise(model)
    return model


def peft_model(kind="llama", targets=ALL_LINEAR, **options):
    settings = {"r": 3, "lora_alpha": 5, "target_modules": list(targets)} | options
    model = get_peft_model(tiny_model(kind), LoraConfig(task_type="CAUSAL_LM", **settings))
    randomise(model)
    return model.eval()


@KINDS
@TARGETS
def test_peft_opens_the_courses_adapter(tmp_path, kind, targets):
    ours = course_model(kind, targets)
    save_adapter(ours, tmp_path)
    theirs = PeftModel.from_pretrained(tiny_model(kind), tmp_path)
    torch.testing.assert_close(logits(theirs), logits(ours), atol=1e-5, rtol=0)
    assert not torch.allclose(logits(ours), logits(tiny_model(kind)), atol=0.1)


@KINDS
@TARGETS
def test_the_course_opens_pefts_adapter(tmp_path, kind, targets):
    theirs = peft_model(kind, targets)
    theirs.save_pretrained(tmp_path)
    ours = tiny_model(kind)
    names = load_adapter(ours, tmp_path)
    assert len(names) == 2 * len(targets)
    torch.testing.assert_close(logits(ours), logits(theirs), atol=1e-5, rtol=0)


def test_saved_and_loaded_is_the_same(tmp_path):
    first, second = course_model(), tiny_model()
    save_adapter(first, tmp_path)
    load_adapter(second, tmp_path)
    assert torch.equal(logits(first), logits(second))


def test_twenty_steps_agree_with_pefts():
    ours, theirs = course_model(), peft_model()
    set_peft_model_state_dict(theirs, adapter_state(ours))
    optimiser = MixedPrecisionAdamW([p for p in ours.parameters() if p.requires_grad], 1e-2)
    reference = torch.optim.AdamW(
        [p for p in theirs.parameters() if p.requires_grad], lr=1e-2, weight_decay=0.0
    )
    start = adapter_state(ours)
    generator = torch.Generator().manual_seed(0)
    for _ in range(20):
        ids = torch.randint(5, 250, (4, 6), generator=generator)
        losses = [cross_entropy(m(input_ids=ids).logits[:, -1], ids[:, 0]) for m in (ours, theirs)]
        for loss in losses:
            loss.backward()
        optimiser.step(max_norm=float("inf"))
        reference.step()
        reference.zero_grad()
        assert losses[0].item() == pytest.approx(losses[1].item(), abs=1e-5)
    state = adapter_state(ours)
    assert all((state[key] - start[key]).abs().max() > 0.01 for key in state)
    for (name, theirs_), ours_ in zip(_pairs(theirs), state.values()):
        torch.testing.assert_close(ours_, theirs_, atol=1e-5, rtol=0, msg=name)


def _pairs(model):
    return [(n, p.detach()) for n, p in model.named_parameters() if p.requires_grad]


def test_bytes_on_disk(tmp_path):
    model = course_model()
    size = save_adapter(model, tmp_path)
    assert size == sum(path.stat().st_size for path in tmp_path.iterdir())
    assert 4 * trainable_parameters(model) < size < 4 * trainable_parameters(model) + 10_000
    tensors = load_file(tmp_path / TENSORS)
    assert {t.dtype for t in tensors.values()} == {torch.float32}
    assert "base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight" in tensors


def test_saving_again_replaces(tmp_path):
    save_adapter(course_model(rank=3), tmp_path)
    save_adapter(course_model(rank=2), tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == [CONFIG, TENSORS]
    model = tiny_model()
    load_adapter(model, tmp_path)
    assert all(len(layer.lora_A) == 2 for layer in lora_layers(model).values())


def test_a_copy_does_not_follow_later_training():
    model = course_model()
    state = adapter_state(model)
    before = {key: value.clone() for key, value in state.items()}
    with torch.no_grad():
        for layer in lora_layers(model).values():
            layer.lora_A.add_(1)
    assert all(torch.equal(state[key], before[key]) for key in state)


def saved_logits(folder):
    model = tiny_model()
    load_adapter(model, folder)
    return logits(model)


def test_a_failed_saving_leaves_the_adapter_that_was_there(tmp_path, monkeypatch):
    save_adapter(course_model(), tmp_path)
    before = saved_logits(tmp_path)

    def full(state, path, metadata):
        path.write_bytes(b"half")
        raise OSError("No space left on device")

    monkeypatch.setattr("course_utils.methods.adapter_folder.save_file", full)
    with pytest.raises(CourseError, match="No space left"):
        save_adapter(course_model(alpha=9.0), tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == [CONFIG, TENSORS]
    assert torch.equal(saved_logits(tmp_path), before)


def test_a_model_without_lora_is_not_saved(tmp_path):
    with pytest.raises(CourseError, match="no LoRA"):
        save_adapter(tiny_model(), tmp_path)


def test_an_adapter_of_another_base_is_refused_and_the_model_left(tmp_path):
    save_adapter(course_model(), tmp_path)
    other = tiny_model(seed=1)
    with pytest.raises(CourseError, match="other weights"):
        load_adapter(other, tmp_path)
    assert not lora_layers(other) and all(p.requires_grad for p in other.parameters())
    load_adapter(tiny_model(), tmp_path)


def test_a_base_that_was_trained_meanwhile_is_another_one(tmp_path):
    save_adapter(course_model(), tmp_path)
    moved = tiny_model()
    with torch.no_grad():
        moved.model.norm.weight[0] += 1
    with pytest.raises(CourseError, match="other weights"):
        load_adapter(moved, tmp_path)


@pytest.mark.parametrize("change", ["merged", "in 4 bits", "bfloat16"])
def test_the_same_base_is_known_again(tmp_path, change):
    model = tiny_model().to(torch.bfloat16) if change == "bfloat16" else tiny_model()
    if change == "in 4 bits":
        quantise_model(model)
    add_lora(model, rank=3, alpha=5.0)
    if change == "merged":
        for layer in lora_layers(model).values():
            layer.merge()
    save_adapter(model, tmp_path)
    plain = tiny_model().to(torch.bfloat16).float() if change == "bfloat16" else tiny_model()
    load_adapter(plain, tmp_path)


def test_a_compiled_model_is_saved_under_plain_names(tmp_path):
    model = course_model()
    save_adapter(torch.compile(model, backend="eager"), tmp_path)
    assert torch.equal(saved_logits(tmp_path), logits(model))
    theirs = PeftModel.from_pretrained(tiny_model(), tmp_path).eval()
    torch.testing.assert_close(logits(theirs), logits(model), atol=1e-5, rtol=0)


def test_the_scale_that_is_saved_is_the_one_that_computes(tmp_path):
    model = course_model()
    for layer in lora_layers(model).values():
        layer.alpha = 50.0
    save_adapter(model, tmp_path)
    assert torch.equal(saved_logits(tmp_path), logits(model))


def test_layers_that_differ_cannot_be_saved_in_one_file(tmp_path):
    model = course_model()
    next(iter(lora_layers(model).values())).alpha = 1.0
    with pytest.raises(CourseError, match="differ in rank, alpha or dropout"):
        save_adapter(model, tmp_path)


def test_a_scale_of_ones_own_cannot_be_saved(tmp_path):
    class Odd(LoRALinear):
        scale = 3.0

    model = tiny_model()
    replace_linear(model, lambda layer: Odd(layer, 2, 4.0), ("q_proj",))
    with pytest.raises(CourseError, match="multiplies its update by 3.0"):
        save_adapter(model, tmp_path)


def test_a_merged_layer_takes_no_other_adapter():
    model = course_model()
    state, before = adapter_state(model), logits(model)
    layer = next(iter(lora_layers(model).values()))
    layer.merge()
    with pytest.raises(CourseError, match="is merged"):
        set_adapter_state(model, {key: value + 1 for key, value in state.items()})
    layer.unmerge()
    assert torch.equal(logits(model), before)


def test_phi3_says_which_linear_layers_have_no_lora(capsys):
    add_lora(build("Phi-3"), 2, 4.0)
    said = capsys.readouterr().out
    assert "on 4 of 8 linear layers, not on qkv_proj, gate_up_proj" in said
    add_lora(build("Mixtral"), 2, 4.0)
    assert "not on the experts" in capsys.readouterr().out
    add_lora(tiny_model(), 2, 4.0)
    add_lora(tiny_model(), 2, 4.0, ATTENTION)
    assert capsys.readouterr().out == ""
