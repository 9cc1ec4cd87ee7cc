"""Checks of lesson 1: label words as tokens, and their scores."""

import copy
import random
from collections.abc import Callable
from typing import Any

import numpy
import torch
from tokenizers import processors

from course_utils.checks.calling import call
from course_utils.checks.diagnose import Suspect, compare, tensor
from course_utils.checks.outcome import AnswerRaised, Mistake
from course_utils.checks.show import show, show_call
from course_utils.tiny import WORDS, tiny_model, tiny_tokenizer


def encode(tokenizer: Any, word: str) -> list[int]:
    """The tokens of a word alone, without special tokens."""
    return tokenizer.encode(word, add_special_tokens=False)


def first_of(change: Callable[[str], str], special: bool = False) -> Callable:
    """A wrong answer: the first token of each word after ``change``."""

    def wrong(tokenizer: Any, words: list[str]) -> list[int]:
        return [tokenizer.encode(change(w), add_special_tokens=special)[0] for w in words]

    return wrong


SPACE_LOST = "the leading space was lost: ' positive' and 'positive' are different tokens"
SPACE_ADDED = "a space was added: the label words bring their own, and two spaces are other tokens"
SPECIAL_ADDED = (
    "special tokens were added, so that the first token is not the word's: encode with "
    "add_special_tokens=False"
)
SORTED_IDS = "the ids are sorted: keep the order of the words, it is the order of the labels"

TOKEN_SUSPECTS: list[Suspect] = [
    (SPACE_LOST, first_of(str.strip)),
    (SPECIAL_ADDED, first_of(str, special=True)),
    (SPACE_ADDED, first_of(lambda word: " " + word)),
    (SORTED_IDS, lambda t, words: sorted(encode(t, w)[0] for w in words)),
    ("the order is reversed", lambda t, words: [encode(t, w)[0] for w in reversed(words)]),
    ("these are the positions of the words in the list, not their token ids",
     lambda t, words: list(range(len(words)))),
]  # fmt: skip


def read_ids(value: Any) -> list[int]:
    """Read a list of token ids."""
    if isinstance(value, (torch.Tensor, numpy.ndarray)):
        value = value.tolist()
    if not isinstance(value, (list, tuple)):
        kind = type(value).__name__
        raise Mistake(f"return a list of ids, not a {kind}", "a list of int", show(value))
    if any(isinstance(item, (list, tuple)) for item in value):
        raise Mistake(
            "a list stands within the list: the tokeniser gives a list for each word, take its "
            "only element",
            "one int for each word",
            show(value),
        )
    if any(isinstance(item, str) for item in value):
        raise Mistake("these are strings: return the ids", "a list of int", show(value))
    if any(item is None for item in value):
        raise Mistake(
            "convert_tokens_to_ids knows a token by its own spelling ('\u0120positive'), not by "
            "the word: encode the word instead",
            "a list of int",
            show(value),
        )
    return list(value)


def with_special_tokens(tokenizer: Any) -> Any:
    """A copy of a tokeniser that puts a special token before every text, as Llama's does."""
    changed = copy.deepcopy(tokenizer)
    changed.backend_tokenizer.post_processor = processors.TemplateProcessing(
        single="<end> $A", special_tokens=[("<end>", tokenizer.eos_token_id)]
    )
    return changed


def draw_words(tokenizer: Any, numbers: random.Random) -> list[str]:
    """Three to five single-token words whose ids neither rise nor fall all the way."""
    while True:
        words = numbers.sample(WORDS, numbers.randint(3, 5))
        ids = [encode(tokenizer, word)[0] for word in words]
        if ids not in (sorted(ids), sorted(ids, reverse=True)):
            return words


def label_token_ids(answer: Any, numbers: random.Random) -> None:
    """Ids of single-token words, in order, and an error for a word of several tokens."""
    plain = tiny_tokenizer()
    special = with_special_tokens(plain)
    for tokenizer, refused in ((plain, SPACE_LOST), (special, SPECIAL_ADDED)):
        words = draw_words(tokenizer, numbers)
        try:
            compare(
                answer, [(tokenizer, words)], lambda t, words: [encode(t, w)[0] for w in words],
                TOKEN_SUSPECTS, read_ids,
            )  # fmt: skip
        except AnswerRaised as raised:
            if not isinstance(raised.error, ValueError):
                raise
            came = f"ValueError: {raised.error}"
            raise Mistake(refused, "ids: each word is one token", came, raised.call) from raised
    strange = " " + "".join(numbers.sample("abcdefgh", 5))
    refuses(answer, plain, [numbers.choice(WORDS), strange], strange)
    capital = " " + numbers.choice(WORDS).strip().capitalize()
    refuses(answer, plain, [capital, numbers.choice(WORDS)], capital)


def refuses(answer: Any, tokenizer: Any, words: list[str], long: str) -> None:
    """Does the answer raise a ValueError that names the word of several tokens?"""
    asked = f"ValueError with {long!r} in its message: it is {len(encode(tokenizer, long))} tokens"
    text = show_call(answer, (tokenizer, words), {})
    try:
        value = call(answer, tokenizer, words)
    except AnswerRaised as raised:
        came = f"{type(raised.error).__name__}: {raised.error}"
        if not isinstance(raised.error, ValueError):
            raise Mistake("raise a ValueError, not another type", asked, came, text) from raised
        if long.strip() not in str(raised.error):
            likely = "the message does not name the word: whoever reads it must know which"
            raise Mistake(likely, asked, came, text) from raised
        return
    ids, place = read_ids(value), words.index(long)
    pieces = encode(tokenizer, long)
    likely = "nothing looks at the number of tokens: a word of several tokens must be refused"
    if len(ids) == len(words) and ids[place] == pieces[0]:
        likely = "the first piece is taken silently, and then stands for the whole word"
    elif len(ids) == len(words) and ids[place] == pieces[-1]:
        likely = "the last piece is taken silently, and then stands for the whole word"
    elif len(ids) == len(words) and encode(tokenizer, long.lower()) == [ids[place]]:
        likely = "the word was turned to lower case: that is another token"
    raise Mistake(likely, asked, show(ids), text)


def logits_of(model: Any, input_ids: torch.Tensor) -> torch.Tensor:
    """Logits of the only row: (tokens, vocabulary)."""
    with torch.no_grad():
        return model(input_ids=input_ids).logits[0]


def right_scores(model: Any, input_ids: torch.Tensor, label_ids: list[int]) -> torch.Tensor:
    """The definition: softmax over the label tokens' logits at the last position."""
    return logits_of(model, input_ids)[-1, label_ids].softmax(0)


def at(place: int) -> Callable:
    """A wrong answer: the right formula at another position."""
    return lambda m, x, ids: logits_of(m, x)[place, ids].softmax(0)


def renormalised(values: torch.Tensor) -> torch.Tensor:
    """Values divided by their sum."""
    return values / values.sum()


SCORE_SUSPECTS: list[Suspect] = [
    ("these are probabilities over the whole vocabulary: divide them by their sum over the labels",
     lambda m, x, ids: logits_of(m, x)[-1].softmax(0)[ids]),
    ("this is read at the first position: the next token is predicted at the last one, -1", at(0)),
    ("this is read one position too early, -2: the last position is -1", at(-2)),
    ("these are logits: a softmax makes them probabilities",
     lambda m, x, ids: logits_of(m, x)[-1, ids]),
    ("these are logarithms of probabilities: take the exponential, or softmax for log_softmax",
     lambda m, x, ids: logits_of(m, x)[-1, ids].log_softmax(0)),
    ("these are logarithms of probabilities over the whole vocabulary",
     lambda m, x, ids: logits_of(m, x)[-1].log_softmax(0)[ids]),
    ("the logits were divided by their sum: softmax takes their exponential first",
     lambda m, x, ids: renormalised(logits_of(m, x)[-1, ids])),
    ("each label went through a sigmoid: the labels compete, which is a softmax",
     lambda m, x, ids: logits_of(m, x)[-1, ids].sigmoid()),
    ("each label went through a sigmoid before the division: use softmax",
     lambda m, x, ids: renormalised(logits_of(m, x)[-1, ids].sigmoid())),
    ("softmax was taken twice", lambda m, x, ids: right_scores(m, x, ids).softmax(0)),
    ("softmax was taken twice: over the vocabulary, then over the labels",
     lambda m, x, ids: logits_of(m, x)[-1].softmax(0)[ids].softmax(0)),
    ("the scores are sorted: they must stay in the order of label_ids",
     lambda m, x, ids: right_scores(m, x, ids).sort(descending=True).values),
    ("the scores are sorted: they must stay in the order of label_ids",
     lambda m, x, ids: right_scores(m, x, ids).sort().values),
    ("this is one for the likeliest label and zero for the rest: keep the probabilities",
     lambda m, x, ids: torch.nn.functional.one_hot(
         right_scores(m, x, ids).argmax(), len(ids)).float()),
    ("this is an average over all positions: only the last one predicts the next token",
     lambda m, x, ids: logits_of(m, x)[:, ids].mean(0).softmax(0)),
    ("this is an average over all positions: only the last one predicts the next token",
     lambda m, x, ids: logits_of(m, x)[:, ids].softmax(1).mean(0)),
    ("this is an average over all positions: only the last one predicts the next token",
     lambda m, x, ids: renormalised(logits_of(m, x).softmax(1)[:, ids].mean(0))),
]  # fmt: skip


def read_scores(value: Any, labels: int) -> torch.Tensor:
    """Read the scores: one a label."""
    what = "a tensor with one probability for each label"
    if isinstance(value, torch.Tensor) and value.shape == (1, labels):
        raise Mistake(
            "the batch dimension is still there: take row 0 of the logits", what, show(value)
        )
    return tensor(value, (labels,), what)


def label_scores(answer: Any, numbers: random.Random) -> None:
    """Renormalised next-token probabilities of the labels, without gradients."""
    for labels in (2, numbers.randint(3, 5)):
        model = tiny_model(numbers.choice(("llama", "qwen2")), numbers.randrange(10**6))
        input_ids = torch.randint(len(tiny_tokenizer()), (1, numbers.randint(5, 9)))
        label_ids = unsorted_labels(model, input_ids, labels, numbers)
        passes: list[int] = []
        model.base_model.register_forward_hook(lambda *_, passes=passes: passes.append(1))

        def read(value: Any, labels: int = labels, passes: list = passes) -> torch.Tensor:
            if not passes:
                raise Mistake(
                    "the model in the first argument is never called: does the function use "
                    "another one, from the notebook?"
                )
            return read_scores(value, labels)

        case = (model, input_ids, label_ids)
        (value,) = compare(answer, [case], right_scores, SCORE_SUSPECTS, read, 1e-4)
        if value.requires_grad:
            raise Mistake(
                "the model ran with gradients: put the call under torch.no_grad(), it saves "
                "memory and time",
                "scores that carry no graph",
                f"scores with grad_fn {type(value.grad_fn).__name__}",
            )


def unsorted_labels(
    model: Any, input_ids: torch.Tensor, labels: int, numbers: random.Random
) -> list[int]:
    """Label ids whose scores neither rise nor fall, or fall slowly for two; none near another."""
    while True:
        ids = numbers.sample(range(len(tiny_tokenizer())), labels)
        scores = right_scores(model, input_ids, ids)
        steps = scores.diff()
        if 0.02 < steps.abs().min() and (labels == 2 or (steps.min() < 0 < steps.max())):
            return ids
