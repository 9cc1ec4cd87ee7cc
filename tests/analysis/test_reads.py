"""What the model reads in a vector, against the same question asked in words."""

import pytest
import torch

from course_utils.analysis import reads
from course_utils.analysis.reads import AFTER, BEFORE, Echoes, echoes
from course_utils.errors import CourseError
from course_utils.methods import soft_prompt
from course_utils.model.tiny import tiny_model, tiny_tokenizer

TOKENIZER = tiny_tokenizer()


def table_of(model):
    return model.get_input_embeddings().weight.detach()


@pytest.fixture(scope="module", params=["llama", "qwen2", "gpt2"])
def model(request):
    return tiny_model(request.param)


@pytest.mark.parametrize("rows", [2, 128])
def test_a_words_embedding_is_read_as_the_word_in_the_text(model, rows, monkeypatch):
    monkeypatch.setattr(reads, "ROWS", rows)
    words = (" good", " film", " bad", " tweet", "x")
    ids = [TOKENIZER.encode(word)[0] for word in words]
    found = echoes(model, TOKENIZER, table_of(model)[ids], table_of(model))
    assert found.nearest == words
    for number, word in enumerate(words):
        text = torch.tensor([TOKENIZER.encode(BEFORE + word + AFTER)])
        with torch.no_grad():
            after = model(input_ids=text).logits[0, -1].softmax(0)
        assert found.answers[number] == TOKENIZER.decode([after.argmax()])
        forms = {f for w in (word.strip(), word.strip().upper(), word.strip().capitalize())
                 for f in (w, f" {w}") if len(TOKENIZER.encode(f)) == 1}  # fmt: skip
        mass = sum(after[TOKENIZER.encode(form)[0]].item() for form in forms)
        assert found.probability[number].item() == pytest.approx(mass, rel=1e-3)


def test_an_echo_is_the_same_word_in_any_case(monkeypatch):
    """The answers are the word in capitals, the word itself, and another word."""
    model = tiny_model()
    ids = [TOKENIZER.encode(word)[0] for word in ("g", " good", " bad")]
    logits = torch.zeros(3, len(table_of(model)))
    for row, said in enumerate(("G", " good", " film")):
        logits[row, TOKENIZER.encode(said)[0]] = 9.0
    monkeypatch.setattr(reads, "_answers", lambda *_: logits)
    found = echoes(model, TOKENIZER, table_of(model)[ids], table_of(model))
    assert found.answers == ("G", " good", " film")
    assert found.echoed.tolist() == [True, True, False]
    assert found.rate == pytest.approx(2 / 3)
    forms = (("g", "G", " g"), (" good",), (" bad",))  # those that are one token
    expected = [
        sum(logits[row].softmax(0)[TOKENIZER.encode(form)[0]].item() for form in forms[row])
        for row in range(3)
    ]
    assert found.probability.tolist() == pytest.approx(expected, rel=1e-4)


def test_means():
    found = Echoes((" a",) * 4, (" a",) * 4, torch.tensor([1, 1, 0, 1]).bool(), torch.ones(4) / 2)
    assert (found.rate, found.mean_probability) == (0.75, 0.5)


def test_the_model_stays_as_it_was():
    model = tiny_model().train()
    before = {name: value.clone() for name, value in model.state_dict().items()}
    echoes(model, TOKENIZER, table_of(model)[:3], table_of(model))
    assert model.training
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())


def test_a_soft_prompt_would_stand_in_the_way():
    model = tiny_model()
    soft_prompt.add_soft_prompt(model, soft_prompt.SoftPrompt(table_of(model)[:2]))
    with pytest.raises(CourseError, match="remove_soft_prompt"):
        echoes(model, TOKENIZER, table_of(model)[:3], table_of(model))
