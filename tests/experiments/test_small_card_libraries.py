"""The folder that both libraries read: the same quantised model, as transformers loads it."""

import json

import pytest
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

from course_utils.errors import CourseError
from course_utils.experiments import small_card_libraries as libraries
from course_utils.experiments.fresh_process import call_fresh
from course_utils.experiments.random_models import build_quantised
from course_utils.libraries import bnb
from course_utils.memory.shapes import Shape

SHAPE = Shape(128, 2, 2, 2, 64, 256, 500, False)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(libraries, "SHAPES", {"tiny": SHAPE})
    monkeypatch.setattr(libraries, "pick_device", lambda: torch.device("cpu"))
    libraries.write_quantised("tiny", str(tmp_path))
    return tmp_path


def test_the_folder_holds_the_quantised_model(folder):
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.bfloat16)
    bnb.make_safe(model)
    assert len(bnb.linear_4bit_layers(model)) == 7 * SHAPE.layers
    torch.manual_seed(0)
    expected = build_quantised(SHAPE, torch.bfloat16, torch.device("cpu")).eval()
    ids = torch.randint(500, (2, 16))
    with torch.no_grad():
        assert torch.equal(model(ids).logits, expected(ids).logits)
    config = json.loads((folder / "config.json").read_text())["quantization_config"]
    assert config["bnb_4bit_quant_type"] == "nf4" and config["bnb_4bit_use_double_quant"]


def test_the_tokeniser_has_a_word_for_every_row_of_the_table(folder):
    tokenizer = AutoTokenizer.from_pretrained(folder)
    assert tokenizer.vocab_size == SHAPE.vocabulary
    assert tokenizer("word7 word499")["input_ids"] == [7, 499]
    assert None not in (tokenizer.pad_token_id, tokenizer.eos_token_id, tokenizer.bos_token_id)


@pytest.mark.slow
def test_a_library_that_is_missing_is_said():
    settings = {"batch": 1, "length": 8, "rank": 2}
    with pytest.raises(CourseError, match=r"measure_side\('unsloth'.* failed in a process"):
        call_fresh(libraries.measure_side, "unsloth", "nowhere", 10**9, settings)
