"""bitsandbytes on a CPU: each of its silent traps shown, and shown to be avoided."""

import subprocess
import sys
import warnings

import pytest
import torch
from torch import nn

from course_utils.errors import CourseError
from course_utils.libraries import bnb
from course_utils.model.load import load_model
from course_utils.model.tiny import tiny_model, tiny_tokenizer
from course_utils.quantisation.blockwise import dequantise, quantise
from course_utils.quantisation.codebooks import nf4


def repacks():
    """Does this processor make bitsandbytes repack weights (traps 2 to 4)?"""
    return bool(bnb.library().functional.has_avx512bf16())


repacking = pytest.mark.skipif(not repacks(), reason="only with AVX512-BF16")


def layer(in_=128, out=96):
    """A bfloat16 ``Linear4bit`` of Gaussian weights, as it comes from the library."""
    weight = torch.randn(out, in_, generator=torch.Generator().manual_seed(0)).bfloat16() * 0.05
    modules = bnb.library().nn
    made = modules.Linear4bit(in_, out, bias=False, quant_type="nf4", compute_dtype=torch.bfloat16)
    options = {"requires_grad": False, "quant_type": "nf4", "module": made}
    made.weight = modules.Params4bit(weight, **options).to("cpu")
    return made


def safe_layer():
    made = layer()
    bnb.make_safe(made)
    return made


def evaluate_once(module):
    """A forward pass in evaluation mode, without gradients; training goes on afterwards."""
    module.eval()
    with torch.no_grad():
        module(torch.ones(2, 128, dtype=torch.bfloat16))
    module.train()


def input_gradient(module):
    x = torch.ones(2, 128, dtype=torch.bfloat16, requires_grad=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        module(x).sum().backward()
    return x.grad


@repacking
def test_trap_2_after_an_evaluation_the_gradient_is_lost():
    trapped = layer()
    assert input_gradient(trapped) is not None
    evaluate_once(trapped)
    assert input_gradient(trapped) is None


def test_safe_layers_pass_the_gradient_on_after_an_evaluation():
    safe = safe_layer()
    before = input_gradient(safe)
    evaluate_once(safe)
    assert torch.equal(input_gradient(safe), before) and before.any()


@repacking
def test_trap_3_a_repacked_weight_dequantises_to_garbage():
    trapped = layer()
    before = bnb.dequantised(trapped)
    evaluate_once(trapped)
    after = bnb.dequantised(trapped)
    assert (after - before).norm() > before.norm()


def test_safe_layers_dequantise_as_before_after_an_evaluation():
    safe = safe_layer()
    before = bnb.dequantised(safe)
    evaluate_once(safe)
    assert torch.equal(bnb.dequantised(safe), before)


@repacking
def test_trap_4_repacked_bytes_are_what_would_be_moved():
    """A GPU expects the bytes in their first order; ``.to(device)`` moves them as they lie."""
    trapped = layer()
    before = trapped.weight.data.clone()
    evaluate_once(trapped)
    assert not torch.equal(trapped.weight.data, before)


def test_safe_layers_keep_every_byte_so_moving_them_is_safe():
    safe = safe_layer()
    before = safe.weight.data.clone()
    evaluate_once(safe)
    assert torch.equal(safe.weight.data, before)
    assert torch.equal(safe.to("cpu").weight.data, before)


@pytest.mark.skipif(torch.backends.cpu.get_cpu_capability() != "AVX512", reason="only with AVX-512")
@pytest.mark.parametrize("in_", [48, 144, 176])
def test_trap_1_widths_beside_the_block_get_the_wrong_scale(in_):
    weight = torch.randn(32, in_, generator=torch.Generator().manual_seed(0))
    functional = bnb.library().functional
    packed, state = functional.quantize_4bit(weight, quant_type="nf4")
    ours, absmax = quantise(weight, nf4())
    assert torch.equal(packed.view(-1), ours) and torch.equal(state.absmax, absmax)  # so far right
    error = (functional.dequantize_4bit(packed, state) - weight).square().mean().sqrt()
    right = (dequantise(ours, absmax, nf4(), weight.shape) - weight).square().mean().sqrt()
    assert right < 0.1 and error > 2 * right


def test_uniform_weights_would_hide_trap_1():
    """With one magnitude everywhere all scales are equal, and a wrong one is a right one."""
    weight = torch.ones(32, 144)
    functional = bnb.library().functional
    packed, state = functional.quantize_4bit(weight, quant_type="nf4")
    assert torch.equal(functional.dequantize_4bit(packed, state), weight)


def test_widths_beside_the_block_are_refused():
    with pytest.raises(CourseError, match="144 inputs, no multiple of the block of 64"):
        bnb.make_safe(layer(in_=144))


@repacking
def test_layers_that_are_repacked_already_are_refused():
    trapped = nn.Sequential(layer())
    evaluate_once(trapped)
    with pytest.raises(CourseError, match="repacked the weights of 0"):
        bnb.make_safe(trapped)


def test_the_config_is_the_papers_and_not_the_librarys_default():
    config = bnb.nf4_config(torch.bfloat16)
    assert config.load_in_4bit and config.bnb_4bit_quant_type == "nf4"
    assert config.bnb_4bit_use_double_quant and config.bnb_4bit_compute_dtype == torch.bfloat16


@pytest.fixture
def wide_model(tmp_path, monkeypatch):
    """A tiny model whose widths are multiples of the block, in a folder that the course loads."""
    from transformers import LlamaConfig, LlamaForCausalLM

    config = LlamaConfig(
        vocab_size=len(tiny_tokenizer()), hidden_size=64, intermediate_size=128,
        num_hidden_layers=2, num_attention_heads=4, num_key_value_heads=2,
        tie_word_embeddings=True,
    )  # fmt: skip
    LlamaForCausalLM(config).save_pretrained(tmp_path)
    tiny_tokenizer().save_pretrained(tmp_path)
    monkeypatch.setenv("COURSE_MODEL", str(tmp_path))
    return tmp_path


def test_a_model_is_loaded_in_nf4_and_safe(wide_model):
    model, _ = bnb.load_model_4bit(torch.device("cpu"))
    plain, _ = load_model(device=torch.device("cpu"))
    layers = bnb.linear_4bit_layers(model)
    assert len(layers) == 14 and not model.training
    for name, quantised in layers.items():
        assert quantised.support_avx512bf16_for_cpu is False
        state = quantised.weight.quant_state
        assert state.quant_type == "nf4" and state.nested and state.blocksize == 64
        packed, _ = quantise(plain.get_submodule(name).weight, nf4())
        assert torch.equal(quantised.weight.data.view(-1), packed), name


def test_a_model_that_does_not_fit_the_block_is_refused(tmp_path, monkeypatch):
    tiny_model().save_pretrained(tmp_path)
    tiny_tokenizer().save_pretrained(tmp_path)
    monkeypatch.setenv("COURSE_MODEL", str(tmp_path))
    with pytest.raises(CourseError, match="32 inputs, no multiple"):
        bnb.load_model_4bit(torch.device("cpu"))


def test_without_bitsandbytes_the_learner_is_told_what_to_do(monkeypatch):
    monkeypatch.setitem(sys.modules, "bitsandbytes", None)
    bnb.library.cache_clear()
    try:
        with pytest.raises(CourseError, match="pip install -r requirements.txt"):
            bnb.library()
    finally:
        bnb.library.cache_clear()


@pytest.mark.slow
def test_importing_it_prints_nothing():
    code = "from course_utils.libraries import bnb; bnb.library()"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert result.returncode == 0 and result.stdout == "" and result.stderr == ""


def test_differences_are_counted(monkeypatch):
    weights = [torch.randn(64, 128, generator=torch.Generator().manual_seed(i)) for i in range(2)]
    none = {"packed bytes": 0, "scales": 0, "dequantised weights": 0}
    assert bnb.differences(weights) == none
    monkeypatch.setattr(bnb, "nf4", lambda: -nf4().flip(0))  # lopsided to the other side
    found = bnb.differences(weights)
    assert found["packed bytes"] > 1000 and found["scales"] == 0
    assert found["dequantised weights"] > 10_000
