"""Answers of several tokens by exact match: the whole reply must be right (lesson 6).

The model writes the most probable token each time, behind those that it wrote before (*greedy
decoding*). So it writes the right answer exactly where each token of that answer is the most
probable one behind the right ones before it; and this one forward pass can tell
(``exactly_right``), without any writing.
"""

import dataclasses

import datasets
import torch
from transformers import DynamicCache, PreTrainedModel, PreTrainedTokenizerBase

from course_utils.data.batches import by_length
from course_utils.data.columns import texts_and_labels
from course_utils.data.prompts import Prompt
from course_utils.errors import CourseError
from course_utils.measure.evaluation import fingerprint, wilson_interval
from course_utils.model.answers import refuse_not_finite
from course_utils.model.forward import MAX_TOKENS, embed, evaluating, text_logits
from course_utils.model.passes import embed_tokens, fast_logits, plain_logits
from course_utils.model.positions import fitting
from course_utils.model.selftest import ways

MORE = 2  # tokens beyond the longest answer: a full stop, and the end of the turn


@dataclasses.dataclass(frozen=True)
class ExactMatch:
    """Replies, and which of them are right.

    Attributes:
        replies: what the model wrote, without special tokens, cut off where it is longer than any
            answer.
        answers: the right ones.
        known: every answer that is possible.
        items: fingerprint of the items.
    """

    replies: list[str]
    answers: list[str]
    known: tuple[str, ...]
    items: str

    @property
    def correct(self) -> str:
        """One character an item, as the lab book keeps it: ``1`` where right."""
        pairs = zip(self.replies, self.answers, strict=True)
        return "".join("1" if bare(reply) == bare(answer) else "0" for reply, answer in pairs)

    @property
    def accuracy(self) -> float:
        """Share of right replies, in [0, 1]."""
        return self.correct.count("1") / len(self.answers)

    @property
    def interval(self) -> tuple[float, float]:
        """95 % Wilson interval of the accuracy."""
        return wilson_interval(self.correct.count("1"), len(self.answers))

    @property
    def formed(self) -> float:
        """Share of the replies that are a possible answer, right or wrong: is the form learnt?"""
        known = set(map(bare, self.known))
        return sum(bare(reply) in known for reply in self.replies) / len(self.replies)

    def __str__(self) -> str:
        low, high = self.interval
        return f"{self.accuracy:.3f} [{low:.3f}, {high:.3f}], n = {len(self.answers)}"


def bare(reply: str) -> str:
    """What is compared: without white space at the ends, a full stop and capitals."""
    return reply.strip().removesuffix(".").rstrip().casefold()


def evaluate_exact(
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    prompt: Prompt,
    dataset: datasets.Dataset,
) -> ExactMatch:
    """Let the model reply to every item of a data set, and compare with the right answer.

    Args:
        model: plain, with LoRA layers or behind a soft prompt.
        prompt: of ``data.chat.chat_prompt``: its label words are the answers, each with the token
            that ends a reply. Where that token is no special one, such as a line's end, a reply
            also ends in a longer token that begins with its text.
        dataset: with the columns ``text`` and ``label``, the number of the answer.

    Raises:
        CourseError: a label has no answer, the answers do not end in one and the same token, a
            prompt with its reply is longer than the model's positions; or see
            ``Prompt.answer_ids``, ``Prompt.encoded`` and ``data.columns.texts_and_labels``.
    """
    answers = prompt.answer_ids(tokenizer)
    end = _end_of(answers)
    texts, labels = texts_and_labels(dataset, len(answers))
    sequences = prompt.encoded(tokenizer, texts)
    written = greedy(model, sequences, max(map(len, answers)) + MORE, end)
    words = [tokenizer.decode(ids, skip_special_tokens=True) for ids in answers]
    replies = [tokenizer.decode(ids, skip_special_tokens=True) for ids in written]
    if stop := tokenizer.decode([end], skip_special_tokens=True):
        replies = [reply.partition(stop)[0] for reply in replies]
    return ExactMatch(
        replies=replies,
        answers=[words[label] for label in labels],
        known=tuple(words),
        items=fingerprint(texts),
    )


@torch.inference_mode()
def exactly_right(
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    prompt: Prompt,
    dataset: datasets.Dataset,
) -> str:
    """Which items would get exactly the right answer, to the last token? In one forward pass.

    As ``evaluate_exact``, many times faster, but no replies are written that could be read, and a
    full stop or a capital too many is wrong; so it is for models that were trained to answer. In 16
    bits rounding may decide differently between tokens that are nearly equally probable.

    Args:
        model, tokenizer, prompt, dataset: as for ``evaluate_exact``.

    Returns:
        One character an item, ``1`` where right.

    Raises:
        CourseError: see ``evaluate_exact``.
    """
    answers = prompt.answer_ids(tokenizer)
    _end_of(answers)
    texts, labels = texts_and_labels(dataset, len(answers))
    wanted = [answers[label] for label in labels]
    prompts = prompt.encoded(tokenizer, texts)
    sequences = [[*ids, *answer[:-1]] for ids, answer in zip(prompts, wanted)]
    fitting(model, sequences)
    right = ["0"] * len(sequences)
    with evaluating(model):
        for rows in by_length(list(map(len, sequences)), MAX_TOKENS[model.device.type]):
            count = max(len(wanted[row]) for row in rows)
            own = [sequences[row] for row in rows]
            logits = text_logits(model, own, tokenizer.pad_token_id, count)
            refuse_not_finite(logits)
            for row, tokens in zip(rows, logits.argmax(2).tolist()):  # (rows, count)
                right[row] = "1" if tokens[-len(wanted[row]) :] == wanted[row] else "0"
    return "".join(right)


@torch.inference_mode()
def greedy(
    model: PreTrainedModel, sequences: list[list[int]], most: int, end: int
) -> list[list[int]]:
    """What the model writes behind each sequence, the most probable token each time.

    Keys and values of what was read and written are kept (a *KV cache*), so each step reads one
    token. A batch has sequences of one length, so nothing is padded, whatever stands before them.

    Args:
        sequences: token ids, at least one each.
        most: tokens after which a reply is cut off, at least 1.
        end: the token that ends a reply.

    Returns:
        The new tokens of each sequence, in the order of the sequences, ``end`` included.

    Raises:
        CourseError: a sequence with its reply is longer than the model's positions, or has a token
            that the model does not know; or an answer of the model is not finite.
    """
    fitting(model, sequences, before=most)
    found: dict[int, list[int]] = {}
    with evaluating(model):
        for rows in _of_equal_length(sequences, MAX_TOKENS[model.device.type]):
            ids = torch.tensor([sequences[row] for row in rows], device=model.device)
            found |= zip(rows, _continued(model, ids, most, end))
    return [found[row] for row in range(len(sequences))]


def _of_equal_length(sequences: list[list[int]], max_tokens: int) -> list[list[int]]:
    """Batches of the numbers of sequences, each of one length and at most ``max_tokens`` tokens."""
    by_width: dict[int, list[int]] = {}
    for row, ids in enumerate(sequences):
        by_width.setdefault(len(ids), []).append(row)
    size = {width: max(1, max_tokens // width) for width in by_width}
    return [
        rows[start : start + size[width]]
        for width, rows in by_width.items()
        for start in range(0, len(rows), size[width])
    ]


def _continued(model: PreTrainedModel, ids: torch.Tensor, most: int, end: int) -> list[list[int]]:
    """``greedy`` for one batch of sequences, (rows, tokens)."""
    embeddings = embed(model, ids)  # (rows, soft + tokens, d_model)
    cache, read = DynamicCache(config=model.config), 0
    columns: list[torch.Tensor] = []  # of new tokens, (rows,) each
    while len(columns) < most:
        queries = embeddings.shape[1]
        read += queries
        mask = ids.new_ones(len(ids), read)
        last = ids.new_full((len(ids),), queries - 1)
        way = fast_logits if ways(model).fast_for(read) else plain_logits
        logits = way(model, embeddings, mask, last, cache)  # (rows, vocabulary)
        refuse_not_finite(logits)
        columns.append(logits.argmax(1))
        if bool((torch.stack(columns) == end).any(0).all()):
            break
        embeddings = embed_tokens(model, columns[-1][:, None])  # (rows, 1, d_model)
    return [_up_to(end, row) for row in torch.stack(columns, 1).tolist()]


def _up_to(end: int, ids: list[int]) -> list[int]:
    """The tokens up to the first ``end``, that one included."""
    return ids[: ids.index(end) + 1] if end in ids else ids


def _end_of(answers: list[list[int]]) -> int:
    """The token in which all answers end."""
    ends = {ids[-1] for ids in answers if ids}
    if len(ends) != 1 or not all(answers):
        raise CourseError(
            "The answers do not end in one and the same token, so nothing says where a reply ends",
            "make the prompt with chat_prompt(tokenizer, user, task.label_words)",
        )
    return ends.pop()
