"""The LoRA layer by its formula, in a model, merged, in mixed precision, and in training."""

import math

import pytest
import torch
from torch import nn

from course_utils.data.batches import collate
from course_utils.errors import CourseError
from course_utils.memory.formulas import count_lora
from course_utils.methods.lora import LoRALinear, add_lora, lora_layers, remove_lora
from course_utils.model import forward, layers
from course_utils.model.layers import ALL_LINEAR, ATTENTION, trainable_parameters
from course_utils.model.tiny import tiny_model
from course_utils.training import backward
from course_utils.training.loop import train
from course_utils.training.plan import Example, TrainingConfig

BATCH = collate([[5, 9, 11, 40], [7, 8]], 0)
CONFIG = TrainingConfig(learning_rate=1e-2, steps=12, batch_size=4, validate_every=4)


def randomised(model, seed=1):
    """Give every adapter an A and a B that matter: at B = 0 any forward pass looks right."""
    generator = torch.Generator().manual_seed(seed)
    for layer in lora_layers(model).values():
        for part in (layer.lora_A, layer.lora_B):
            part.data = 0.3 * torch.randn(part.shape, generator=generator)
    return model


def random_layer(dropout=0.0, **options):
    layer = LoRALinear(nn.Linear(6, 10), rank=3, alpha=7.0, dropout=dropout).eval()
    nn.init.normal_(layer.lora_B)
    return layer.to(**options)


def logits(model):
    return forward.answer_logits(model, BATCH).detach()


def adapters(model):
    return torch.cat([p.detach().flatten() for p in model.parameters() if p.requires_grad])


def test_forward_is_the_formula():
    layer, x = random_layer(), torch.randn(4, 5, 6)
    update = 7.0 / 3 * layer.lora_B @ layer.lora_A
    expected = x @ (layer.base.weight + update).T + layer.base.bias
    torch.testing.assert_close(layer(x), expected, atol=1e-5, rtol=1e-5)


def test_starts_as_peft_does():
    layer = LoRALinear(nn.Linear(64, 40), rank=8, alpha=16.0)
    assert layer.lora_A.shape == (8, 64) and layer.lora_B.shape == (40, 8)
    assert not layer.lora_B.any()
    bound = 1 / math.sqrt(64)
    assert 0.9 * bound < layer.lora_A.abs().max() <= bound


def test_dropout_acts_on_the_lora_path_and_in_training_alone():
    layer, x = random_layer(dropout=0.5), torch.randn(200, 6)
    plain = layer(x)
    assert torch.equal(plain, layer(x))
    layer.train()
    assert not torch.allclose(layer(x), plain)
    nn.init.zeros_(layer.lora_B)
    assert torch.equal(layer(x), layer.base(x))


def test_only_the_adapters_get_gradients():
    layer = random_layer()
    layer(torch.randn(4, 6)).sum().backward()
    assert layer.lora_A.grad is not None and layer.lora_B.grad is not None
    assert layer.base.weight.grad is None and layer.base.bias.grad is None


@pytest.mark.parametrize("x_dtype", [torch.float32, torch.bfloat16])
def test_mixed_precision_gives_the_dtype_of_a_plain_layer(x_dtype):
    base = nn.Linear(6, 10).bfloat16()
    layer = LoRALinear(base, 3, 7.0).eval()
    nn.init.normal_(layer.lora_B)
    x = torch.randn(4, 6, dtype=x_dtype)
    with torch.autocast("cpu", torch.bfloat16):
        came, plain = layer(x), base(x)
    assert came.dtype == plain.dtype == torch.bfloat16
    assert layer.lora_A.dtype == layer.lora_B.dtype == torch.float32
    update = 7.0 / 3 * x.float() @ layer.lora_A.T @ layer.lora_B.T
    torch.testing.assert_close((came - plain).float(), update, atol=0.05, rtol=0.03)
    assert layer(x.bfloat16()).dtype == torch.bfloat16  # without autocast too


@pytest.mark.parametrize("kind", ["llama", "qwen2"])
@pytest.mark.parametrize("targets", [ALL_LINEAR, ATTENTION])
def test_nothing_changes_before_the_first_step(kind, targets):
    model = tiny_model(kind)
    before, total = logits(model), sum(p.numel() for p in model.parameters())
    shapes = [m.weight.shape for n, m in model.named_modules() if n.endswith(targets)]
    names = add_lora(model, rank=3, alpha=5.0, targets=targets)
    assert torch.equal(logits(model), before)
    assert len(names) == len(shapes) == 2 * len(targets)
    assert list(lora_layers(model)) == names
    assert trainable_parameters(model) == count_lora(shapes, 3)
    assert sum(p.numel() for p in model.parameters()) == total + count_lora(shapes, 3)
    assert {n.split(".")[-1] for n, p in model.named_parameters() if p.requires_grad} == {
        "lora_A",
        "lora_B",
    }
    assert not torch.allclose(logits(randomised(model)), before, atol=0.1)


def test_new_layers_follow_the_mode_of_the_model():
    model = tiny_model()
    add_lora(model, dropout=0.5)
    assert not any(module.training for module in model.modules())


def test_the_seed_fixes_the_start_and_the_random_state_stays():
    before, models = torch.get_rng_state(), [tiny_model() for _ in range(3)]
    for model, seed in zip(models, (0, 0, 1)):
        add_lora(model, seed=seed)
    assert torch.equal(adapters(models[0]), adapters(models[1]))
    assert not torch.equal(adapters(models[0]), adapters(models[2]))
    assert torch.equal(torch.get_rng_state(), before)


def test_remove_gives_the_plain_model_back():
    model = tiny_model()
    plain = tiny_model()
    add_lora(model)
    remove_lora(randomised(model))
    assert str(model) == str(plain) and torch.equal(logits(model), logits(plain))
    assert all(p.requires_grad for p in model.parameters())
    with pytest.raises(CourseError, match="no LoRA"):
        remove_lora(model)


def test_merged_then_removed_is_a_plain_model_that_has_learned():
    model = tiny_model()
    add_lora(model, rank=3, alpha=5.0)
    expected = logits(randomised(model))
    for layer in lora_layers(model).values():
        layer.merge()
    torch.testing.assert_close(logits(model), expected, atol=1e-4, rtol=1e-4)
    remove_lora(model)
    assert str(model) == str(tiny_model())
    torch.testing.assert_close(logits(model), expected, atol=1e-4, rtol=1e-4)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_unmerging_restores_every_bit(dtype):
    base = nn.Linear(6, 10).to(dtype)
    layer = LoRALinear(base, 3, 7.0)
    nn.init.normal_(layer.lora_B)
    before, wanted = base.weight.clone(), 7.0 / 3 * layer.lora_B @ layer.lora_A
    layer.merge()
    torch.testing.assert_close(base.weight.float(), before.float() + wanted, atol=0.03, rtol=0.01)
    layer.unmerge()
    assert torch.equal(base.weight, before) and base.weight.dtype == dtype


def test_merging_or_unmerging_twice_is_refused():
    layer = random_layer()
    with pytest.raises(CourseError, match="not merged"):
        layer.unmerge()
    layer.merge()
    merged = layer.base.weight.clone()
    with pytest.raises(CourseError, match="merged already"):
        layer.merge()
    assert torch.equal(layer.base.weight, merged)


def test_the_output_head_is_never_replaced():
    model = tiny_model()
    add_lora(model, targets=("q_proj", "lm_head"))
    assert isinstance(model.lm_head, nn.Linear)
    with pytest.raises(CourseError, match="it has q_proj, k_proj"):
        add_lora(tiny_model(), targets=("lm_head",))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"targets": ("query",)}, "no linear layers named query; it has q_proj"),
        ({"rank": 0}, "rank = 0 .* of at least 1"),
        ({"rank": 8.0}, "rank = 8.0 .* a whole number"),
        ({"rank": True}, "rank = True"),
        ({"alpha": float("nan")}, "alpha = nan .* above 0"),
        ({"alpha": 0}, "alpha = 0"),
        ({"alpha": "16"}, "alpha = '16'"),
        ({"dropout": 1.5}, "dropout = 1.5 .* below 1"),
        ({"dropout": -0.1}, "dropout = -0.1"),
        ({"seed": -1}, "seed = -1"),
        ({"targets": "q_proj"}, "targets = 'q_proj' .* list of names"),
        ({"targets": ()}, "targets"),
        ({"rank": 17}, "k_proj is 16 x 32"),
    ],
)
def test_refusals_leave_the_model_as_it_was(options, message):
    model = tiny_model()
    with pytest.raises(CourseError, match=message):
        add_lora(model, **options)
    assert not lora_layers(model) and all(p.requires_grad for p in model.parameters())


def test_a_second_lora_is_refused():
    model = tiny_model()
    add_lora(model)
    with pytest.raises(CourseError, match="already"):
        add_lora(model)


def test_gpt2_is_refused_with_its_reason():
    with pytest.raises(CourseError, match="Conv1D"):
        add_lora(tiny_model("gpt2"))


def examples(count=40):
    return [Example([5, 6, 7 + i % 2], 260 + i % 2) for i in range(count)]


def lora_model(dtype, dropout=0.1):
    model = tiny_model().to(dtype)
    add_lora(model, rank=4, alpha=8.0, dropout=dropout)
    return model


def run(model, folder, config=CONFIG):
    return train(model, examples(), examples(8), config, pad_id=0, folder=folder)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_training_learns_and_moves_the_adapters_alone(tmp_path, dtype):
    model = lora_model(dtype, dropout=0.0)
    frozen = {n: p.clone() for n, p in model.named_parameters() if not p.requires_grad}
    history = run(model, tmp_path, TrainingConfig(3e-2, steps=40, batch_size=8))
    assert history.best[1] < 0.6 < math.log(2) < history.validations[0][1]  # it tells them apart
    parameters = dict(model.named_parameters())
    assert all(torch.equal(parameters[name], value) for name, value in frozen.items())
    assert all(layer.lora_B.any() for layer in lora_layers(model).values())


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_an_interrupted_run_resumes_to_the_same_end(tmp_path, monkeypatch, dtype):
    whole = lora_model(dtype)
    expected = run(whole, tmp_path / "whole")
    real, calls = backward.backward, []

    def interrupted(*arguments):
        calls.append(1)
        if len(calls) == 7:
            raise KeyboardInterrupt
        return real(*arguments)

    monkeypatch.setattr(backward, "backward", interrupted)
    first = run(lora_model(dtype), tmp_path / "cut")
    assert first.interrupted
    state = next((tmp_path / "cut").glob("*/state-*")).stat().st_size
    assert 12 * trainable_parameters(whole) < state < 14 * trainable_parameters(whole) + 50_000
    monkeypatch.setattr(backward, "backward", real)
    resumed = lora_model(dtype)  # as after a restart
    assert run(resumed, tmp_path / "cut").losses == expected.losses
    assert torch.equal(adapters(resumed), adapters(whole))


@pytest.mark.parametrize("change", [{"alpha": 9.0}, {"dropout": 0.2}])
def test_another_adapters_run_is_not_resumed(tmp_path, monkeypatch, change):
    real, calls = backward.backward, []

    def cut(*arguments):
        calls.append(1)
        if len(calls) == 7:
            raise KeyboardInterrupt
        return real(*arguments)

    monkeypatch.setattr(backward, "backward", cut)
    assert run(lora_model(torch.float32), tmp_path / "run").interrupted
    other = tiny_model()
    add_lora(other, **{"rank": 4, "alpha": 8.0, "dropout": 0.1, **change})
    run(other, tmp_path / "run")
    assert len(calls) == 7 + CONFIG.steps  # from the start, not from the checkpoint


def test_replacing_takes_any_layer():
    model = nn.Sequential(nn.Linear(4, 4), nn.Sequential(nn.Linear(4, 5)))
    names = layers.replace_linear(model, lambda layer: LoRALinear(layer, 2, 3.0), ("0",))
    assert names == ["0", "1.0"] and list(lora_layers(model)) == names
