"""Soft prompts on disk, and the same prompts in the PEFT library."""

import json

import peft
import pytest
import torch

from course_utils.data.batches import collate
from course_utils.errors import CourseError
from course_utils.methods.soft_prompt import SoftPrompt, add_soft_prompt
from course_utils.methods.soft_prompt_files import load_prompt, save_prompt
from course_utils.model.forward import answer_logits
from course_utils.model.tiny import tiny_model
from course_utils.training.backward import backward
from course_utils.training.mixed_precision import MixedPrecisionAdamW
from course_utils.training.plan import Example

BATCH = collate([[5, 9, 3], [7], [4] * 11, [8, 8, 2, 1]], 0)
LENGTH = 6


def prompted(kind="llama", seed=0):
    model = tiny_model(kind)
    init = torch.randn(LENGTH, 32, generator=torch.Generator().manual_seed(seed))
    add_soft_prompt(model, SoftPrompt(init))
    return model


def peft_logits(model, batch):
    """Logits of the answers by PEFT, whose positions begin with the soft tokens'."""
    logits = model(input_ids=batch.input_ids, attention_mask=batch.attention_mask).logits
    return logits[torch.arange(len(logits)), LENGTH + batch.last]


def peft_prompted(kind="llama"):
    config = peft.PromptTuningConfig(task_type="CAUSAL_LM", num_virtual_tokens=LENGTH)
    return peft.get_peft_model(tiny_model(kind), config).eval()


@pytest.mark.parametrize("kind", ["llama", "qwen2"])
def test_peft_opens_ours(kind, tmp_path):
    model = prompted(kind)
    size = save_prompt(model, tmp_path)
    assert size == sum(path.stat().st_size for path in tmp_path.iterdir())
    opened = peft.PeftModel.from_pretrained(tiny_model(kind), tmp_path).eval()
    expected = answer_logits(model, BATCH)
    torch.testing.assert_close(peft_logits(opened, BATCH), expected, atol=1e-5, rtol=0)
    bare = answer_logits(tiny_model(kind), BATCH)
    assert (expected - bare).abs().max() > 1e-2


@pytest.mark.parametrize("kind", ["llama", "qwen2"])
def test_ours_opens_pefts(kind, tmp_path):
    theirs = peft_prompted(kind)
    theirs.save_pretrained(tmp_path)
    model = tiny_model(kind)
    load_prompt(model, tmp_path)
    found = answer_logits(model, BATCH)
    torch.testing.assert_close(found, peft_logits(theirs, BATCH), atol=1e-5, rtol=0)


def test_ten_steps_agree_with_peft():
    ours, theirs = prompted(), peft_prompted()
    vectors = theirs.prompt_encoder["default"].embedding.weight
    with torch.no_grad():
        vectors.copy_(ours.soft_prompt.embedding)
    optimiser = MixedPrecisionAdamW([ours.soft_prompt.embedding], 1e-2)
    reference = torch.optim.AdamW([vectors], lr=1e-2, weight_decay=0.0)
    answers = torch.tensor([260, 261, 260, 262])
    sequences = [ids[: last + 1] for ids, last in zip(BATCH.input_ids.tolist(), BATCH.last)]
    for _ in range(10):
        backward(ours, [Example(s, a) for s, a in zip(sequences, answers.tolist())], 0)
        optimiser.step(max_norm=1e9)
        reference.zero_grad()
        torch.nn.functional.cross_entropy(peft_logits(theirs, BATCH), answers).backward()
        reference.step()
    torch.testing.assert_close(ours.soft_prompt.embedding, vectors, atol=1e-5, rtol=0)
    assert (vectors - prompted().soft_prompt.embedding).abs().min() > 1e-3


def test_a_saved_prompt_comes_back_to_the_last_bit(tmp_path):
    model, other = prompted(), tiny_model()
    save_prompt(prompted(seed=1), tmp_path)
    save_prompt(model, tmp_path)  # over an older one
    load_prompt(other, tmp_path)
    assert torch.equal(other.soft_prompt.embedding, model.soft_prompt.embedding)
    assert [n for n, p in other.named_parameters() if p.requires_grad] == ["soft_prompt.embedding"]
    assert not list(tmp_path.glob("*.part"))


def test_nothing_to_save_is_said(tmp_path):
    with pytest.raises(CourseError, match="no soft prompt to save"):
        save_prompt(tiny_model(), tmp_path)


def test_a_folder_that_cannot_be_written_is_said(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(CourseError, match="cannot be written"):
        save_prompt(prompted(), tmp_path / "file")


def cut_config(folder):
    (folder / "adapter_config.json").unlink()


def cut_tensors(folder):
    path = folder / "adapter_model.safetensors"
    path.write_bytes(path.read_bytes()[:100])


def edit(**settings):
    def change(folder):
        path = folder / "adapter_config.json"
        path.write_text(json.dumps(json.loads(path.read_text()) | settings))

    return change


@pytest.mark.parametrize(
    "damage", [cut_config, cut_tensors, edit(num_virtual_tokens=5), edit(peft_type="LORA")]
)
def test_what_is_no_whole_prompt_is_refused(tmp_path, damage):
    save_prompt(prompted(), tmp_path)
    damage(tmp_path)
    model = tiny_model()
    with pytest.raises(CourseError, match="whole"):
        load_prompt(model, tmp_path)
    assert not hasattr(model, "soft_prompt")


def test_a_saving_that_is_cut_off_leaves_what_was_there(tmp_path, monkeypatch):
    model = prompted()
    save_prompt(model, tmp_path)

    def full_disk(tensors, path, metadata):
        path.write_bytes(b"half")
        raise OSError("no space left")

    monkeypatch.setattr("course_utils.methods.adapter_folder.save_file", full_disk)
    with pytest.raises(CourseError, match="no space left"):
        save_prompt(prompted(seed=1), tmp_path)
    again = tiny_model()
    load_prompt(again, tmp_path)
    assert torch.equal(again.soft_prompt.embedding, model.soft_prompt.embedding)


def test_a_prompt_of_another_base_is_refused(tmp_path):
    save_prompt(prompted(), tmp_path)
    other = tiny_model(seed=1)
    with pytest.raises(CourseError, match="other weights"):
        load_prompt(other, tmp_path)
    assert getattr(other, "soft_prompt", None) is None


def test_a_soft_prompt_that_is_not_finite_is_refused():
    model = tiny_model()
    with pytest.raises(CourseError, match="not finite"):
        add_soft_prompt(model, SoftPrompt(torch.full((2, 32), float("nan"))))
    assert getattr(model, "soft_prompt", None) is None
