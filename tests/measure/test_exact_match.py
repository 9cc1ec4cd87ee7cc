"""Exact match: replies against transformers' ``generate``, verdicts against the replies."""

import pytest
import torch

from course_utils.data.prompts import Prompt
from course_utils.errors import CourseError
from course_utils.measure import exact_match
from course_utils.measure.evaluation import fingerprint
from course_utils.measure.exact_match import ExactMatch, bare, evaluate_exact, exactly_right, greedy
from course_utils.methods.lora import add_lora
from course_utils.methods.soft_prompt import SoftPrompt, add_soft_prompt
from course_utils.model.tiny import tiny_model, tiny_tokenizer
from course_utils.training.backward import backward
from course_utils.training.plan import make_answer_examples

TEXTS = [
    "good film",
    "a bad film",
    "",
    "product",
    "good fill",
    "so long that no other is",
]
MOST = 7


def made(kind, method):
    """A model that is trained by ``method``, as after some steps."""
    model = tiny_model(kind)
    torch.manual_seed(0)
    if kind == "gpt2":  # its random weights are so small that it writes one token again and again
        with torch.no_grad():
            for parameter in model.parameters():
                parameter.mul_(5)
    if method == "prompt":
        add_soft_prompt(model, SoftPrompt(torch.randn(3, 32)))
    if method == "lora":
        add_lora(model, 2, 4.0)
        for name, parameter in model.named_parameters():
            if name.endswith("lora_B"):
                torch.nn.init.normal_(parameter)
    return model


def by_generate(model, ids, end):
    """One sequence alone, behind the soft prompt if there is one."""
    words = model.get_input_embeddings()(torch.tensor([ids]))
    soft = getattr(model, "soft_prompt", None)
    embeddings = words if soft is None else torch.cat([soft.embedding[None], words], 1)
    with torch.no_grad():
        written = model.generate(
            inputs_embeds=embeddings,
            attention_mask=torch.ones(embeddings.shape[:2]),
            max_new_tokens=MOST,
            do_sample=False,
            eos_token_id=end,
            pad_token_id=0,
        )
    return written[0].tolist()


def written(model, tokenizer):
    """Prompts, an end token that some replies have before they are cut off, and the replies."""
    sequences = Prompt("{text} =>", (" good", " bad")).encoded(tokenizer, TEXTS)
    end = by_generate(model, sequences[0], tokenizer.eos_token_id)[3]
    return sequences, end, [by_generate(model, ids, end) for ids in sequences]


CASES = [("llama", "lora"), ("llama", "prompt"), ("qwen2", "prompt"), ("gpt2", "plain")]


@pytest.mark.parametrize("kind, method", CASES)
@pytest.mark.parametrize("max_tokens", [1, 1024])
def test_greedy_writes_what_generate_writes(kind, method, max_tokens, monkeypatch):
    monkeypatch.setitem(exact_match.MAX_TOKENS, "cpu", max_tokens)
    model, tokenizer = made(kind, method).train(), tiny_tokenizer()
    sequences, end, expected = written(model.eval(), tokenizer)
    model.train()
    assert greedy(model, sequences, MOST, end) == expected
    assert model.training and len({len(ids) for ids in expected}) > 1


def test_the_plain_way_writes_the_same(monkeypatch):
    model, tokenizer = made("llama", "prompt"), tiny_tokenizer()
    sequences, end, expected = written(model, tokenizer)
    monkeypatch.setattr(exact_match, "fast_logits", exact_match.plain_logits)
    assert greedy(model, sequences, MOST, end) == expected


PROMPT = Prompt("{text} =>", (" good film<end>", " bad<end>", " film, bad<end>"))
RIGHT = [0, 1, 2, 0, 1, 2]


@pytest.fixture(scope="module")
def trained():
    """A tiny model that has learnt the answers ``RIGHT`` by heart."""
    model, tokenizer = tiny_model(), tiny_tokenizer()
    examples = make_answer_examples(tokenizer, PROMPT, {"text": TEXTS, "label": RIGHT})
    optimiser = torch.optim.Adam(model.parameters(), 3e-3)
    for _ in range(60):
        loss = backward(model, examples, 0)
        optimiser.step()
        optimiser.zero_grad()
    assert loss < 0.1
    return model, tokenizer


def test_what_was_learnt_is_written_and_counted(trained):
    labels = [0, 1, 2, 1, 1, 0]
    data = {"text": TEXTS, "label": labels}
    found = evaluate_exact(*trained, PROMPT, data)
    assert found.replies == [" good film", " bad", " film, bad"] * 2
    assert found.answers == [found.known[label] for label in labels]
    assert found.correct == exactly_right(*trained, PROMPT, data) == "111010"
    assert found.accuracy == pytest.approx(4 / 6) and found.formed == 1.0
    assert found.items == fingerprint(TEXTS) and str(found).startswith("0.667 [")


def test_the_right_words_without_the_end_are_not_the_right_answer(trained):
    """ " bad bad" begins like " bad", and " film, bad" ends like it."""
    prompt = Prompt(PROMPT.template, (" good<end>", " bad bad<end>", ", bad<end>"))
    data = {"text": TEXTS, "label": RIGHT}
    assert evaluate_exact(*trained, prompt, data).correct == "000000"
    assert exactly_right(*trained, prompt, data) == "000000"


def test_untrained_replies_agree_with_the_verdict_too():
    model, tokenizer = tiny_model(), tiny_tokenizer()
    data = {"text": TEXTS, "label": RIGHT}
    found = evaluate_exact(model, tokenizer, PROMPT, data)
    assert found.correct == exactly_right(model, tokenizer, PROMPT, data) == "000000"
    assert found.formed == 0.0
    assert max(len(tokenizer.encode(reply)) for reply in found.replies) >= 5  # cut off, not empty


@pytest.mark.parametrize(
    ("reply", "right"),
    [("two point five", True), (" Two point five.\n", True), ("two point five .", True),
     ("two", False), ("two point five points", False), ("", False), ("minus two", False)],
)  # fmt: skip
def test_capitals_a_full_stop_and_white_space_do_not_count(reply, right):
    found = ExactMatch([reply], ["two point five"], ("two point five", "two"), "x")
    assert found.correct == "01"[right] and bare("two point five") == "two point five"
    assert found.formed == float(right or reply == "two")


def test_a_reply_that_should_end_with_its_line_ends_in_a_longer_break_too(monkeypatch):
    tokenizer = tiny_tokenizer()
    breaks = [tokenizer.encode("good\n"), tokenizer.encode("good\nbad"), tokenizer.encode("go")]
    monkeypatch.setattr(exact_match, "greedy", lambda *arguments: breaks)
    prompt = Prompt("{text} =>", ("good\n", "bad\n"))
    found = evaluate_exact(tiny_model(), tokenizer, prompt, {"text": ["a"] * 3, "label": [0] * 3})
    assert found.replies == ["good", "good", "go"] and found.correct == "110"


@pytest.mark.parametrize("words", [(" good<end>", " bad"), (" good", " bad")])
@pytest.mark.parametrize("evaluate", [evaluate_exact, exactly_right])
def test_answers_that_do_not_end_are_refused(evaluate, words):
    data = {"text": ["a"], "label": [0]}
    with pytest.raises(CourseError, match="do not end in one and the same token"):
        evaluate(tiny_model(), tiny_tokenizer(), Prompt("{text} =>", words), data)


@pytest.mark.parametrize("evaluate", [evaluate_exact, exactly_right])
def test_what_is_no_number_or_too_long_is_refused(evaluate):
    model, tokenizer = tiny_model(), tiny_tokenizer()
    with pytest.raises(CourseError, match="positions for"):
        evaluate(model, tokenizer, PROMPT, {"text": ["a" * 511], "label": [0]})
    with torch.no_grad():
        model.model.norm.weight[0] = float("nan")
    with pytest.raises(CourseError, match="not finite"):
        evaluate(model, tokenizer, PROMPT, {"text": ["a"], "label": [0]})
