"""QLoRA through bitsandbytes and PEFT on a small model, against the course's own."""

import pytest
import torch

from course_utils.errors import CourseError
from course_utils.libraries import bnb
from course_utils.libraries import qlora as library
from course_utils.libraries.qlora import add_peft_lora, paged_adamw, train_library
from course_utils.methods.lora import add_lora, lora_layers
from course_utils.model.layers import trainable_parameters
from course_utils.model.load import load_model
from course_utils.quantisation.layer import quantise_model, quantised_layers
from course_utils.training.loop import train
from course_utils.training.plan import Example, TrainingConfig
from tests.experiments import wide_model

CPU = torch.device("cpu")
IDS = torch.tensor([[5, 9, 11, 40], [7, 8, 3, 2]])
EXAMPLES = [Example([5, 9, 11], 40), Example([7, 8, 3, 2], 12), Example([4, 4], 12)]


@pytest.fixture(autouse=True)
def own_model(tmp_path, monkeypatch):
    wide_model.save(tmp_path / "model", monkeypatch)


def library_model(seed=0):
    model, _ = bnb.load_model_4bit(CPU)
    add_peft_lora(model, 4, 8.0, seed)
    return model


def course_model(seed=0):
    """By hand, with bitsandbytes' second scales: it rounds a few of those in another way."""
    model, _ = load_model(device=CPU)
    quantise_model(model)
    theirs, _ = bnb.load_model_4bit(CPU)
    for name, layer in quantised_layers(model).items():
        layer.absmax_codes.copy_(theirs.get_submodule(name).weight.quant_state.absmax)
    add_lora(model, 4, 8.0, seed=seed)
    return model


def peft_matrix(model, name, part):
    return getattr(model.get_submodule(name), part)["default"].weight


def test_only_the_adapters_train_and_start_as_the_courses_do():
    theirs, ours = library_model(seed=3), course_model(seed=3)
    assert trainable_parameters(theirs) == trainable_parameters(ours) > 0
    assert all("lora_" in n for n, p in theirs.named_parameters() if p.requires_grad)
    for name, layer in lora_layers(ours).items():
        for part in ("lora_A", "lora_B"):
            weight = peft_matrix(theirs, name, part)
            assert weight.dtype == torch.float32 and torch.equal(weight, getattr(layer, part))


def test_both_compute_the_same_before_training():
    with torch.no_grad():
        ours, theirs = (m(input_ids=IDS).logits.float() for m in (course_model(), library_model()))
    torch.testing.assert_close(ours, theirs, atol=0.02, rtol=0.02)


def test_both_learn_the_same(tmp_path):
    """Also after an evaluation, which on some processors would stop the libraries' learning."""
    config = TrainingConfig(1e-2, 6, 3, validate_every=6)
    theirs, ours = library_model().eval(), course_model()
    with torch.no_grad():
        theirs(input_ids=IDS)
    losses, seconds = train_library(theirs, EXAMPLES, config, pad_id=0)
    history = train(ours, EXAMPLES, EXAMPLES, config, pad_id=0, folder=tmp_path)
    assert losses == pytest.approx(history.losses, rel=0.03) and len(seconds) == 6
    assert losses[-1] < 0.9 * losses[0] and not theirs.training
    for name, layer in lora_layers(ours).items():
        moved = peft_matrix(theirs, name, "lora_B")
        apart = (moved - layer.lora_B).abs().mean()  # Adam's first steps hang on signs, in bfloat16
        assert 10 * apart < layer.lora_B.abs().mean()  # which is above 0


def test_in_float16_the_loss_is_scaled_and_the_same_is_learnt(monkeypatch):
    config, scales, real = TrainingConfig(1e-2, 6, 3), [], library.backward

    def watching(model, examples, pad_id, loss_scale):
        scales.append(loss_scale)
        return real(model, examples, pad_id, loss_scale)

    monkeypatch.setattr(library, "backward", watching)
    ends = []
    for dtype in (torch.float32, torch.float16):
        monkeypatch.setattr("course_utils.model.load.pick_dtype", lambda device, d=dtype: d)
        monkeypatch.setattr(bnb, "pick_dtype", lambda device, d=dtype: d)
        model = library_model()
        assert model.dtype == dtype
        ends.append(train_library(model, EXAMPLES, config, pad_id=0)[0])
    assert scales[:6] == [1.0] * 6 and min(scales[6:]) > 1000
    assert ends[1][-1] < 0.9 * ends[1][0]
    assert ends[1][0] == pytest.approx(ends[0][0], rel=0.01)


def test_checkpointing_changes_nothing_but_memory():
    config = TrainingConfig(1e-2, 3, 3)
    with_it, without = (
        train_library(library_model(), EXAMPLES, config, 0, checkpointing=on)[0]
        for on in (True, False)
    )
    assert with_it == pytest.approx(without, rel=1e-3)


def test_on_a_cpu_the_optimiser_is_pytorchs():
    assert type(paged_adamw(library_model(), 1e-3)) is torch.optim.AdamW


def test_a_loss_that_is_not_finite_stops_training():
    model = library_model()
    model.get_input_embeddings().weight.data[5] = float("nan")
    with pytest.raises(CourseError, match="The loss is nan at step 1"):
        train_library(model, EXAMPLES, TrainingConfig(1e-2, 3, 3), 0)
