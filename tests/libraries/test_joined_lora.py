"""PEFT's LoRA with the sum in the product: the same output and gradients, and less is kept."""

import peft
import pytest
import torch
from peft import LoraConfig

from course_utils.errors import CourseError
from course_utils.libraries.joined_lora import join_lora
from course_utils.model.tiny import tiny_model
from tests.memory.live_bytes import LiveBytes

TARGETS = ["q_proj", "v_proj", "down_proj"]


def adapted(dtype=torch.float32, **more):
    torch.manual_seed(0)
    settings = LoraConfig(r=3, lora_alpha=12, target_modules=TARGETS, task_type="CAUSAL_LM", **more)
    model = peft.get_peft_model(tiny_model().to(dtype), settings, autocast_adapter_dtype=False)
    for name, parameter in model.named_parameters():
        if "lora_B" in name:
            torch.nn.init.normal_(parameter, std=0.1)
    return model


def run(model):
    ids = torch.arange(24).view(2, 12)
    loss = model(input_ids=ids, labels=ids).loss
    loss.backward()
    gradients = {n: p.grad.clone() for n, p in model.named_parameters() if p.grad is not None}
    model.zero_grad()
    return loss.item(), gradients


@pytest.mark.parametrize("dtype, near", [(torch.float32, 1e-4), (torch.bfloat16, 0.05)])
def test_loss_and_gradients_are_those_of_peft(dtype, near):
    model = adapted(dtype)
    loss, expected = run(model)
    assert join_lora(model) == 3 * model.config.num_hidden_layers
    joined, gradients = run(model)
    assert joined == pytest.approx(loss, rel=near / 10)
    assert gradients.keys() == expected.keys()
    for name, gradient in gradients.items():
        assert (gradient - expected[name]).norm() < near * expected[name].norm()


def test_the_forward_pass_makes_fewer_tensors_of_the_outputs_size():
    peaks = []
    for join in (False, True):
        model = adapted()
        if join:
            join_lora(model)
        layer = model.base_model.model.model.layers[0].mlp.down_proj
        with LiveBytes() as live:
            x = torch.randn(2000, layer.in_features, requires_grad=True)
            live.peak = start = live.now
            output = layer(x)
        peaks.append((live.peak - start) / output.nbytes)
    plain, joined = peaks
    assert plain > 2.9 and joined < 2.2


def test_peft_still_saves_and_switches_it_off(tmp_path):
    model = adapted()
    kept = peft.get_peft_model_state_dict(model)
    join_lora(model)
    assert all(torch.equal(v, kept[n]) for n, v in peft.get_peft_model_state_dict(model).items())
    ids = torch.arange(12)[None]
    joined = model(input_ids=ids).logits
    merged = model.merge_and_unload()(input_ids=ids).logits
    torch.testing.assert_close(merged, joined, rtol=1e-4, atol=1e-4)


def test_all_layers_of_a_kind_share_a_class():
    model = adapted()
    join_lora(model)
    layers = [m for m in model.modules() if isinstance(m, peft.tuners.lora.LoraLayer)]
    assert len({type(layer) for layer in layers}) == 1
    assert all("forward" not in vars(layer) for layer in layers)


def test_what_it_does_not_compute_is_refused():
    with pytest.raises(CourseError, match="without dropout"):
        join_lora(adapted(lora_dropout=0.1))
    model = adapted()
    model.base_model.model.model.layers[0].mlp.down_proj.lora_A.to(torch.bfloat16)
    with pytest.raises(CourseError, match="of one dtype"):
        join_lora(model)
