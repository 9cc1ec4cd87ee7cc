"""Free text as an answer: let the model write, then look for a label in what it wrote.

Lesson 1, *Let it write*, which compares it with ``measure.scoring``.
"""

import dataclasses
import re

import torch
from transformers import PreTrainedModel, PreTrainedTokenizerBase

from course_utils.data.batches import by_length
from course_utils.data.columns import readable
from course_utils.data.prompts import Prompt
from course_utils.model.forward import MAX_TOKENS, evaluating
from course_utils.model.positions import fitting
from course_utils.validate import whole

LABELS = {"negative": 0, "positive": 1}
LABEL = re.compile(r"\b(?:negative|positive)\b", re.IGNORECASE)
ANSWER = re.compile("answer:", re.IGNORECASE)


def parse_answer(reply: str) -> int | None:
    """The label that a reply names: 0 for negative, 1 for positive, None where it is not clear.

    Looked at is one line: the first with words after the last ``answer:``, or of the whole reply
    where it has none. It must hold ``negative`` or ``positive`` as a whole word, in any case, and
    not both. What the line says about the word is not understood: ``not positive`` counts as
    positive.

    Raises:
        CourseError: the reply is no string.
    """
    rest = ANSWER.split(readable(reply, "The reply"))[-1]
    line = rest.strip().split("\n")[0]
    found = {word.lower() for word in LABEL.findall(line)}
    return LABELS[found.pop()] if len(found) == 1 else None


@dataclasses.dataclass(frozen=True)
class Reply:
    """What the model wrote after one prompt.

    Attributes:
        text: without special tokens.
        ids: the tokens that were written, the one that ends the reply included.
    """

    text: str
    ids: list[int]


@torch.inference_mode()
def write_replies(
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    prompt: Prompt,
    texts: list[str],
    new_tokens: int,
) -> list[Reply]:
    """Let the model continue each text's prompt, by the most probable token each time.

    By transformers' ``generate``, in batches of prompts of similar length. Prompts in a batch end
    together, as each reply begins there, so here padding stands on the left. In 16 bits a reply
    may depend on the batch: rounding decides between tokens that are nearly equally probable. In
    float32 it hardly ever does.

    Args:
        model: without a soft prompt, which ``generate`` would not see.
        new_tokens: where a reply is cut off, at least 1.

    Returns:
        One reply a text, in the texts' order.

    Raises:
        CourseError: there is no text, or one that is no string; a prompt is empty, or with its
            reply longer than the model's positions; ``new_tokens`` is no whole number.
    """
    new_tokens = whole("new_tokens", new_tokens, 1)
    sequences = prompt.encoded(tokenizer, texts)
    fitting(model, sequences, before=new_tokens)
    lengths = [len(ids) + new_tokens for ids in sequences]
    replies: dict[int, Reply] = {}
    with evaluating(model):
        for rows in by_length(lengths, MAX_TOKENS[model.device.type]):
            ids, mask = _padded_left([sequences[i] for i in rows], tokenizer.pad_token_id)
            written = model.generate(
                input_ids=ids.to(model.device),
                attention_mask=mask.to(model.device),
                max_new_tokens=new_tokens,
                do_sample=False,
                pad_token_id=tokenizer.pad_token_id,
            )
            for row, new in zip(rows, written[:, ids.shape[1] :].tolist()):
                kept = _up_to_end(new, model.generation_config.eos_token_id)
                text = tokenizer.decode(kept, skip_special_tokens=True)
                replies[row] = Reply(text, kept)
    return [replies[row] for row in range(len(sequences))]


def _padded_left(sequences: list[list[int]], pad_id: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Token ids and attention mask, (batch, tokens) int64 each, with padding on the left."""
    width = max(map(len, sequences))
    ids = torch.full((len(sequences), width), pad_id)
    mask = torch.zeros_like(ids)
    for row, sequence in enumerate(sequences):
        ids[row, width - len(sequence) :] = torch.tensor(sequence)
        mask[row, width - len(sequence) :] = 1
    return ids, mask


def _up_to_end(ids: list[int], end: int | list[int] | None) -> list[int]:
    """The tokens up to the first that ends a reply, that one included; then padding follows."""
    ends = {end} if isinstance(end, int) else set(end or ())
    first = next((place for place, token in enumerate(ids) if token in ends), len(ids))
    return ids[: first + 1]
