"""Ask the model what it reads in a vector: ``cat -> cat ... [vector] ->``.

Lesson 4, *Ask the model what it reads*. A vector stands in the place of a word in a text that
repeats words, as in Patchscopes (Ghandeharioun et al. 2024, arXiv:2401.06102), and for soft prompts
in InSPEcT (Ramati et al. 2024, arXiv:2410.11660). Behind the embedding of a word the model says
that word. Does it say the nearest word of a soft token?
"""

import dataclasses

import torch
from transformers import PreTrainedModel, PreTrainedTokenizerBase

from course_utils.analysis.lexical import decoded
from course_utils.analysis.neighbours import nearest
from course_utils.analysis.vectors import checked
from course_utils.errors import CourseError
from course_utils.model.forward import evaluating
from course_utils.model.passes import embed_tokens, extend_mask, plain_logits
from course_utils.model.selftest import cache_of, repeated

BEFORE, AFTER = "cat -> cat\n1135 -> 1135\nhello -> hello\n", " ->"
ROWS = 128  # vectors that are asked about at a time


@dataclasses.dataclass(frozen=True)
class Echoes:
    """What the model reads in each of n vectors.

    Attributes:
        nearest: the nearest word of each, by cosine.
        answers: what the model says it is, its most probable next token.
        echoed: (n,) bool, where the two are the same word apart from case and blanks.
        probability: (n,) float32, of the nearest word, however it is written.
    """

    nearest: tuple[str, ...]
    answers: tuple[str, ...]
    echoed: torch.Tensor
    probability: torch.Tensor

    @property
    def rate(self) -> float:
        """Share of the vectors that the model reads as their nearest word."""
        return self.echoed.float().mean().item()

    @property
    def mean_probability(self) -> float:
        """Mean probability of the nearest words."""
        return self.probability.mean().item()


@torch.no_grad()
def echoes(
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    vectors: torch.Tensor,
    table: torch.Tensor,
) -> Echoes:
    """Let the model repeat each vector, and compare with the vector's nearest word.

    The words before the vector go through the model once, so that a vector costs a few tokens.

    Args:
        model: without a soft prompt.
        tokenizer: that of the model.
        vectors: (n, d_model).
        table: (vocabulary, d_model), the model's embeddings in float32.

    Raises:
        CourseError: the model has a soft prompt, which would stand before the question, or see
            ``neighbours.nearest``.
    """
    if getattr(model, "soft_prompt", None) is not None:
        raise CourseError(
            "The model has a soft prompt, which would stand before the question",
            "take it away first: soft_prompt.remove_soft_prompt(model)",
        )
    vectors = checked(vectors, "vectors").float()
    ids = nearest(vectors, table, "cosine", 1)
    words = [row[0] for row in decoded(tokenizer, ids)]
    with evaluating(model):
        probabilities = _answers(model, tokenizer, vectors).softmax(1)  # (n, vocabulary)
    answers = [row[0] for row in decoded(tokenizer, probabilities.argmax(1, keepdim=True))]
    echoed = torch.tensor([_plain(a) == _plain(w) for a, w in zip(answers, words)])
    forms = [_forms(tokenizer, word, row[0]) for word, row in zip(words, ids.tolist())]
    mass = torch.stack([row[form].sum() for row, form in zip(probabilities, forms)])
    return Echoes(tuple(words), tuple(answers), echoed, mass)


def _answers(
    model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, vectors: torch.Tensor
) -> torch.Tensor:
    """Logits of what follows each vector and ``AFTER``: (n, vocabulary) float32 on the CPU."""
    before, after = (
        embed_tokens(model, tokenizer(text, add_special_tokens=False, return_tensors="pt")
                     .input_ids.to(model.device))
        for text in (BEFORE, AFTER)
    )  # fmt: skip
    prefix, found = cache_of(model, before), []
    for rows in vectors.to(model.device).split(ROWS):
        asked = torch.cat([rows[:, None], after.expand(len(rows), -1, -1)], dim=1)
        width = asked.shape[1]
        mask = torch.ones(len(rows), width, dtype=torch.int64, device=model.device)
        last = torch.full((len(rows),), width - 1, device=model.device)
        mask, cache = extend_mask(mask, before.shape[1]), repeated(prefix, len(rows))
        found.append(plain_logits(model, asked, mask, last, cache).cpu())
    return torch.cat(found)


def _plain(word: str) -> str:
    return word.strip().lower() or word


def _forms(tokenizer: PreTrainedTokenizerBase, word: str, own: int) -> list[int]:
    """Ids of the tokens that are this word with or without a blank, in small or large letters."""
    plain = _plain(word)
    spelled = {word, plain, plain.capitalize(), plain.upper()}
    texts = {before + text for text in spelled for before in ("", " ")}
    pieces = [tokenizer.encode(text, add_special_tokens=False) for text in sorted(texts)]
    return sorted({own} | {ids[0] for ids in pieces if len(ids) == 1})
