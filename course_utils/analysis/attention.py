"""Where does the answer look? Attention of the last position, and lengths of hidden states.

Lesson 4, *Where the answer looks*. In most models the first position of any text takes much of the
attention and grows very long hidden states, whatever stands there: an attention sink (Xiao et al.
2024, arXiv:2309.17453; Sun et al. 2024, arXiv:2402.17762). So compare a prompt with none.
"""

import contextlib
import dataclasses
from collections.abc import Iterator

import torch
from transformers import PreTrainedModel, PreTrainedTokenizerBase

from course_utils.data.batches import encode
from course_utils.data.columns import checked_texts
from course_utils.data.prompts import Prompt
from course_utils.model.forward import embed, evaluating
from course_utils.model.passes import mixed_precision

FIRST, SOFT, REVIEW, QUESTION = PARTS = (
    "first position", "other soft tokens", "review", "question",
)  # fmt: skip


@dataclasses.dataclass(frozen=True)
class Looks:
    """Means over some texts.

    Attributes:
        shares: part to (layers,) float32: its share of the attention of the answer position, the
            mean over the heads; over the parts they sum to 1. ``question`` is what the template
            has around the text.
        norms: (layers, 3) float32: lengths of the hidden states that go into each layer, at the
            first position, the longest of the others, and their median.
        soft_tokens: how many there are; the first position is the first of them.
    """

    shares: dict[str, torch.Tensor]
    norms: torch.Tensor
    soft_tokens: int


@torch.no_grad()
def where_it_looks(
    model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, prompt: Prompt, texts: list[str]
) -> Looks:
    """Send some texts through the model, each alone, behind its soft prompt if it has one.

    The model is as before afterwards, its way to compute attention included.

    Args:
        tokenizer: a fast one, that of the model.
        prompt: makes the questions.
        texts: at least one.

    Raises:
        CourseError: see ``data.columns.checked_texts``.
    """
    found = []
    with _eager(model), evaluating(model):
        for text in checked_texts(texts):
            ids = torch.tensor(encode(tokenizer, [prompt.render(text)]), device=model.device)
            embeddings = embed(model, ids)  # (1, soft tokens + tokens, d_model)
            soft = embeddings.shape[1] - ids.shape[1]
            places = _places(soft, _in_review(tokenizer, prompt, text, ids.shape[1]))
            found.append((*_measured(model, embeddings, places), soft))
    shares, norms = (torch.stack(values).mean(0).cpu() for values in list(zip(*found))[:2])
    return Looks(dict(zip(PARTS, shares.T)), norms, found[0][2])


@contextlib.contextmanager
def _eager(model: PreTrainedModel) -> Iterator[None]:
    """Attention computed so that its weights can be seen, within the block."""
    before = model.config._attn_implementation
    model.set_attn_implementation("eager")
    try:
        yield
    finally:
        model.set_attn_implementation(before)


def _in_review(
    tokenizer: PreTrainedTokenizerBase, prompt: Prompt, text: str, count: int
) -> torch.Tensor:
    """(count,) bool: which tokens of the prompt have a character of the text."""
    begin = len(prompt.prefix) + prompt.template.index("{text}")
    offsets = tokenizer(prompt.render(text), return_offsets_mapping=True)["offset_mapping"]
    return torch.tensor([b < begin + len(text) and e > begin for b, e in offsets[:count]])


def _places(soft: int, review: torch.Tensor) -> torch.Tensor:
    """The number in ``PARTS`` of each position: (soft + tokens,) int64."""
    words = torch.where(review, PARTS.index(REVIEW), PARTS.index(QUESTION))
    places = torch.cat([torch.full((soft,), PARTS.index(SOFT)), words])
    places[0] = PARTS.index(FIRST)
    return places


def _measured(
    model: PreTrainedModel, embeddings: torch.Tensor, places: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor]:
    """Shares (layers, parts) and norms (layers, 3) of one text."""
    mask = torch.ones(embeddings.shape[:2], dtype=torch.int64, device=embeddings.device)
    with mixed_precision(model):
        seen = model.base_model(
            inputs_embeds=embeddings, attention_mask=mask, use_cache=False,
            output_attentions=True, output_hidden_states=True,
        )  # fmt: skip
    looks = torch.stack([layer[0, :, -1].float().mean(0) for layer in seen.attentions])
    one_hot = torch.nn.functional.one_hot(places, len(PARTS)).to(looks)
    hidden = torch.stack([layer[0].float().norm(dim=1) for layer in seen.hidden_states[:-1]])
    first, others = hidden[:, 0], hidden[:, 1:]  # (layers,), (layers, positions - 1)
    norms = torch.stack([first, others.max(1).values, others.median(1).values], dim=1)
    return looks @ one_hot, norms
