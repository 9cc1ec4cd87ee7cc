"""Every helper on tiny models of twenty families: right, or refused with the reason.

What comes out is the table in ``course_utils/model/families.md``; after a change on purpose write
it anew with ``WRITE_FAMILIES=1 python -m pytest tests/model/test_families.py``.
"""

import functools
import os
import pathlib

import pytest
import torch

from course_utils.data.batches import collate
from course_utils.data.prompts import Prompt
from course_utils.errors import CourseError
from course_utils.measure.perplexity import measure_perplexity
from course_utils.measure.scoring import label_scores
from course_utils.methods.lora import add_lora, lora_layers
from course_utils.methods.lora_files import load_adapter, save_adapter
from course_utils.methods.soft_prompt import SoftPrompt, add_soft_prompt
from course_utils.model import forward, load, selftest, tiny
from course_utils.quantisation.layer import quantise_model, quantised_layers
from course_utils.settings import PACKAGE
from course_utils.training.backward import mean_loss
from course_utils.training.loop import train
from course_utils.training.plan import Example, TrainingConfig
from tests.model.families import FAMILIES, build

TABLE = PACKAGE / "model" / "families.md"
TOKENIZER = tiny.tiny_tokenizer()
PROMPT = Prompt("{text} film:", (" bad", " good"))
LONG, SHORT, BEFORE = [5, 9, 11, 40, 7, 8, 30, 31, 32, 33], [7, 8, 12], [3, 14, 15]
CONFIG = TrainingConfig(learning_rate=1e-3, steps=2, batch_size=2, validate_every=1)
EXAMPLES = [Example([5, 6, 7 + i % 2], 260 + i % 2) for i in range(4)]


def close(got, expected):
    torch.testing.assert_close(got, expected, atol=1e-4, rtol=1e-3)


@torch.no_grad()
def own(model, *sequences):
    """The model's own logits at the last token, one sequence at a time."""
    rows = [model(torch.tensor([ids]), use_cache=False).logits[0, -1] for ids in sequences]
    return torch.stack(rows)


@torch.no_grad()
def padded(model, folder):
    close(forward.answer_logits(model, collate([LONG, SHORT], 0)), own(model, LONG, SHORT))
    return "fast" if selftest.ways(model).fast else "plain"


@torch.no_grad()
def scored(model, folder):
    """Label scores share the demonstrations' keys and values where that is right."""
    prompt = PROMPT.with_shots([("a good film", 1), ("a bad tweet", 0)])
    ids = TOKENIZER([prompt.render(text) for text in ("a", "bc")])["input_ids"]
    answers = own(model, *ids)[:, prompt.label_ids(TOKENIZER)].softmax(1)
    close(label_scores(model, TOKENIZER, prompt, ["a", "bc"]), answers)
    return "right"


@torch.no_grad()
def perplexity(model, folder):
    losses = [
        torch.nn.functional.cross_entropy(
            model(torch.tensor([ids])).logits[0, :-1], torch.tensor(ids[1:]), reduction="sum"
        )
        for ids in TOKENIZER(["a film", "bc"])["input_ids"]
    ]
    close(torch.tensor(measure_perplexity(model, TOKENIZER, ["a film", "bc"]).losses).float(),
          torch.stack(losses))  # fmt: skip
    return "right"


def soft_tokens(model, folder):
    rows = model.get_input_embeddings().weight[torch.tensor(BEFORE)]
    expected = own(model, BEFORE + LONG, BEFORE + SHORT)
    add_soft_prompt(model, SoftPrompt(rows))
    with torch.no_grad():
        close(forward.answer_logits(model, collate([LONG, SHORT], 0)), expected)
    return "right"


def trained(model, folder):
    history = train(model, EXAMPLES, EXAMPLES, CONFIG, pad_id=0, folder=folder)
    expected = own(model, *[example.ids for example in EXAMPLES])
    answers = torch.tensor([example.answer for example in EXAMPLES])
    loss = torch.nn.functional.cross_entropy(expected, answers).item()
    assert mean_loss(model, EXAMPLES, 0) == pytest.approx(loss, rel=1e-3)
    assert history.best[1] == pytest.approx(loss, rel=1e-3)
    return "right"


def lora(model, folder):
    names, layers = add_lora(model, 2, 4.0), model
    for layer in lora_layers(model).values():
        torch.nn.init.normal_(layer.lora_B)
    save_adapter(model, folder)
    again = build(lora.family)
    load_adapter(again, folder)
    close(own(again, LONG), own(model, LONG))
    total = sum(isinstance(m, torch.nn.Linear) for m in layers.modules()) - 1  # without the head
    return f"{len(names)} of {total}"


def four_bits(model, folder):
    quantise_model(model)
    assert own(model, LONG).isfinite().all()
    close(forward.answer_logits(model, collate([LONG], 0)), own(model, LONG))
    return f"{len(quantised_layers(model))}"


HELPERS = {
    "forward pass": padded,
    "label scores": scored,
    "perplexity": perplexity,
    "training": trained,
    "soft tokens": soft_tokens,
    "LoRA, linear layers": lora,
    "4 bits, layers": four_bits,
}


def outcome(family, helper, folder):
    """``right`` and the like, or the first words of a refusal; anything else is a failed test."""
    lora.family = family
    try:
        return helper(build(family), folder)
    except CourseError as refusal:
        return f"refused: {str(refusal).split('. What to do')[0]}"


@functools.cache
def row(family, folder):
    return tuple(
        outcome(family, helper, folder / f"{family}-{i}")
        for i, helper in enumerate(HELPERS.values())
    )


@pytest.mark.parametrize("family", FAMILIES)
def test_every_helper_is_right_or_refuses(family, tmp_path_factory):
    for helper, said in zip(HELPERS, row(family, tmp_path_factory.getbasetemp() / "families")):
        assert said, (family, helper)


@pytest.mark.parametrize("family", FAMILIES)
def test_a_folder_of_each_family_loads(family, tmp_path, monkeypatch):
    build(family).save_pretrained(tmp_path)
    TOKENIZER.save_pretrained(tmp_path)
    monkeypatch.setenv("COURSE_MODEL", str(tmp_path))
    model, _ = load.load_model(torch.float32, torch.device("cpu"))
    close(own(model, LONG), own(build(family), LONG))


def test_the_table_in_the_docs_says_so(tmp_path_factory):
    folder = tmp_path_factory.getbasetemp() / "families"
    rows = {family: row(family, folder) for family in FAMILIES}
    if os.environ.get("WRITE_FAMILIES"):
        pathlib.Path(TABLE).write_text(table(rows), encoding="utf-8")
    assert TABLE.read_text(encoding="utf-8") == table(rows)


def table(rows):
    notes = {said: "" for cells in rows.values() for said in cells if said.startswith("refused")}
    marks = {said: f"no ({number})" for number, said in enumerate(notes, 1)}
    lines = [
        "# Which families of models work",
        "",
        "`COURSE_MODEL` may name a causal language model of any family that transformers knows. At "
        "the first use its answers are compared with its own (`model/selftest.py`). This table is "
        "written by a test (`tests/model/test_families.py`) from tiny random models of each "
        "family; the lessons themselves are run on Llama's family, and tested on Qwen2's and "
        "GPT-2's.",
        "",
        "*Forward pass*: fast is one mask of ours and the output head at one position a row; plain "
        "is the whole model, slower. *LoRA* and *4 bits*: how many linear layers they stand on; "
        "where that is not all, the course says so when they are added.",
        "",
        "| Family | " + " | ".join(HELPERS) + " |",
        "| --- |" + " --- |" * len(HELPERS),
        *(
            f"| {family} | " + " | ".join(marks.get(said, said) for said in cells) + " |"
            for family, cells in rows.items()
        ),
        "",
        *(f"{i}. {said.removeprefix('refused: ')}." for i, said in enumerate(notes, 1)),
    ]
    return "\n".join(lines) + "\n"
