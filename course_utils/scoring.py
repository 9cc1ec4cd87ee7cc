"""Label scores: how probable the model finds each label word as the next token."""

import copy

import datasets
import torch
from transformers import Cache, PreTrainedModel, PreTrainedTokenizerBase

from course_utils.batching import Batch, by_length, collate, encode
from course_utils.errors import CourseError
from course_utils.evaluation import Evaluation, fingerprint
from course_utils.prompting import CONTENT_FREE, Prompt
from course_utils.soft_prompt import prepend_soft_prompt

MAX_TOKENS = {"cpu": 2048, "cuda": 32768}  # padded tokens in one forward pass


def answer_logits(
    model: PreTrainedModel, batch: Batch, prefix: Cache | None = None
) -> torch.Tensor:
    """Logits of the token that follows each row's last real token.

    The output head is applied there only: over a vocabulary of 49,152 it would otherwise be a
    fifth of the work.

    Args:
        prefix: keys and values of a prompt that stands before every row, soft prompt included;
            it is not changed.

    Returns:
        (batch, vocabulary) float32.
    """
    tokens = batch.input_ids.shape[1]
    if prefix is None:
        embeddings, cache = embed(model, batch.input_ids), None
        before = embeddings.shape[1] - tokens  # soft tokens
    else:
        embeddings, cache = embed_tokens(model, batch.input_ids), copy.deepcopy(prefix)
        cache.batch_repeat_interleave(len(embeddings))
        before = prefix.get_seq_length()
    with mixed_precision(model):
        hidden = model.base_model(
            inputs_embeds=embeddings,
            attention_mask=causal_mask(extend_mask(batch.attention_mask, before), embeddings),
            past_key_values=cache,
            use_cache=cache is not None,
        ).last_hidden_state[:, -tokens:]  # (batch, tokens, d_model), without the soft tokens
        rows = torch.arange(len(hidden), device=hidden.device)
        logits = model.get_output_embeddings()(hidden[rows, batch.last])
    return logits.float()


def mixed_precision(model: PreTrainedModel) -> torch.autocast:
    """Matrix products in the model's dtype, sums and norms in float32; plain float32 for float32.

    Together with float32 ``embed``-dings the residual stream stays in float32, as it does when
    float32 weights are trained under autocast, but no weight has to be cast on the way.
    """
    short = model.dtype if model.dtype != torch.float32 else torch.bfloat16
    return torch.autocast(model.device.type, short, enabled=model.dtype != torch.float32)


def embed_tokens(model: PreTrainedModel, input_ids: torch.Tensor) -> torch.Tensor:
    """(batch, tokens, d_model) float32: the embeddings of the tokens."""
    return model.get_input_embeddings()(input_ids).float()


def embed(model: PreTrainedModel, input_ids: torch.Tensor) -> torch.Tensor:
    """(batch, soft tokens + tokens, d_model) float32: the soft prompt, if any, then the tokens."""
    return prepend_soft_prompt(model, embed_tokens(model, input_ids))


def extend_mask(attention_mask: torch.Tensor, before: int) -> torch.Tensor:
    """The mask with ones for ``before`` positions that stand before every row."""
    ones = attention_mask.new_ones(len(attention_mask), before)
    return torch.cat([ones, attention_mask], dim=1)


def causal_mask(mask: torch.Tensor, embeddings: torch.Tensor) -> torch.Tensor:
    """What to add to the attention scores: 0 where a query may look, else the lowest number.

    The model would make the same from ``mask``, but in a way that CUDA graphs cannot record.

    Args:
        mask: (batch, keys), 1 for what may be seen.
        embeddings: (batch, queries, d_model); the queries are the last of the keys.

    Returns:
        (batch, 1, queries, keys) in the dtype of ``embeddings``.
    """
    keys, queries = mask.shape[1], embeddings.shape[1]
    position = torch.arange(keys, device=mask.device)
    seen = (position <= position[keys - queries :, None]) & mask[:, None, None].bool()
    lowest = torch.finfo(embeddings.dtype).min
    return torch.zeros(seen.shape, dtype=embeddings.dtype, device=mask.device).masked_fill(
        ~seen, lowest
    )


@torch.inference_mode()
def label_scores(
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    prompt: Prompt,
    texts: list[str],
) -> torch.Tensor:
    """Probability of each label word after each text's prompt, renormalised over the labels.

    The tokens that all prompts begin with (the demonstrations, mostly) go through the model
    once; their keys and values serve every text.

    Returns:
        (texts, labels) float32 on the CPU; each row sums to 1.

    Raises:
        CourseError: a prompt is empty, or a label word is not a token of its own.
    """
    sequences = encode(tokenizer, [prompt.render(text) for text in texts])
    if not all(sequences):
        raise CourseError(
            "The prompt is empty, so there is no token that the label word could follow",
            "write some words beside {text} into the template",
        )
    shared = _shared_length(sequences)
    label_ids, was_training = prompt.label_ids(tokenizer), model.training
    model.eval()
    prefix = _prefix_cache(model, sequences[0][:shared]) if shared else None
    scores = torch.empty(len(texts), len(label_ids))
    for rows in by_length([len(ids) - shared for ids in sequences], MAX_TOKENS[model.device.type]):
        batch = collate([sequences[i][shared:] for i in rows], tokenizer.pad_token_id)
        logits = answer_logits(model, batch.to(model.device), prefix)
        scores[rows] = logits[:, label_ids].softmax(1).cpu()
    model.train(was_training)
    return scores


def _shared_length(sequences: list[list[int]]) -> int:
    """How many tokens all sequences begin with; each keeps at least one of its own."""
    shortest = min(len(ids) for ids in sequences)
    for position in range(shortest - 1):
        if len({ids[position] for ids in sequences}) > 1:
            return position
    return shortest - 1


def _prefix_cache(model: PreTrainedModel, ids: list[int]) -> Cache:
    """Keys and values of the soft prompt, if any, and a token sequence, for a batch of one."""
    input_ids = torch.tensor([ids], device=model.device)
    with mixed_precision(model):
        output = model.base_model(inputs_embeds=embed(model, input_ids), use_cache=True)
    return output.past_key_values


def evaluate(
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    prompt: Prompt,
    dataset: datasets.Dataset,
) -> Evaluation:
    """Score every item of a data set with the columns ``text`` and ``label``."""
    texts = dataset["text"][:]
    scores = label_scores(model, tokenizer, prompt, texts)
    return Evaluation(scores, torch.tensor(dataset["label"][:]), fingerprint(texts))


def content_free_scores(
    model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, prompt: Prompt
) -> torch.Tensor:
    """Scores of texts without content: (3, labels) float32, for ``prompting.calibrate``."""
    return label_scores(model, tokenizer, prompt, list(CONTENT_FREE))
