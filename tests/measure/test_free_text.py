"""Free text: labels read from made-up replies, and batches against one text at a time."""

import pytest
import torch

from course_utils.data.prompts import Prompt
from course_utils.errors import CourseError
from course_utils.measure import free_text
from course_utils.measure.free_text import parse_answer, write_replies
from course_utils.model.tiny import WORDS, tiny_model, tiny_tokenizer

PROMPT = Prompt("Review: {text}\nSentiment:", WORDS[:2])
TEXTS = ["good film", "a bad film, and a long one that has no end at all", "", "product"]


@pytest.mark.parametrize(
    ("reply", "label"),
    [
        (" positive\n\nReview: a negative one", 1),
        ("\n\n  Negative.", 0),
        ("This film review is **POSITIVE**, I think.", 1),
        ("positive, positive", 1),
        ("It is positive and negative", None),
        ("It is mixed", None),
        ("", None),
        ("positively so, a nonnegative one", None),
        ("It is mixed.\nOverall positive", None),  # only the first line counts
        ("Positive: the cast.\nNegative: the plot.\nAnswer: negative", 0),
        ("Answer: positive. No, wait.\nANSWER:\n negative\nReview: positive", 0),
        ("negative, as I said. My answer: unclear", None),
        ("Answer: positive or Answer: negative", 0),  # an echo of the question: the last counts
    ],
)
def test_a_reply_names_a_label_or_does_not(reply, label):
    assert parse_answer(reply) == label


def test_a_reply_is_a_string():
    with pytest.raises(CourseError, match="The reply is 1, not a string"):
        parse_answer(1)


def by_hand(model, tokenizer, text, new_tokens, end):
    """One token after the other, the whole text through the model each time."""
    ids = PROMPT.encoded(tokenizer, [text])[0]
    start = len(ids)
    while len(ids) - start < new_tokens:
        with torch.no_grad():
            ids = [*ids, int(model(input_ids=torch.tensor([ids])).logits[0, -1].argmax())]
        if ids[-1] == end:
            break
    return ids[start:]


@pytest.mark.parametrize("kind", ["llama", "gpt2"])
def test_a_batch_writes_what_each_prompt_alone_would(kind):
    model, tokenizer = tiny_model(kind), tiny_tokenizer()
    plain = by_hand(model, tokenizer, TEXTS[0], 12, end=None)
    end = plain[5]  # a token that it does write, so that rows end at different places
    model.generation_config.eos_token_id = end
    replies = write_replies(model, tokenizer, PROMPT, TEXTS, 12)
    for text, reply in zip(TEXTS, replies):
        ids = by_hand(model, tokenizer, text, 12, end)
        assert reply.ids == ids
        assert reply.text == tokenizer.decode(ids, skip_special_tokens=True)
    assert len({len(reply.ids) for reply in replies}) > 1


def test_small_batches_keep_the_order(monkeypatch):
    model, tokenizer = tiny_model(), tiny_tokenizer()
    together = write_replies(model, tokenizer, PROMPT, TEXTS, 5)
    monkeypatch.setitem(free_text.MAX_TOKENS, "cpu", 1)
    assert write_replies(model, tokenizer, PROMPT, TEXTS, 5) == together


def test_several_tokens_may_end_a_reply_and_the_mode_is_kept():
    model, tokenizer = tiny_model().train(), tiny_tokenizer()
    model.generation_config.eos_token_id = list(range(len(tokenizer)))
    replies = write_replies(model, tokenizer, PROMPT, TEXTS, 5)
    assert [len(reply.ids) for reply in replies] == [1, 1, 1, 1] and model.training


@pytest.mark.parametrize(
    ("texts", "new_tokens", "words"),
    [([], 5, "There is no text"), (TEXTS, 0, "new_tokens"), (TEXTS, 505, "positions")],
)
def test_what_cannot_be_written_is_refused(texts, new_tokens, words):
    with pytest.raises(CourseError, match=words):
        write_replies(tiny_model(), tiny_tokenizer(), PROMPT, texts, new_tokens)
