"""A classification head on the frozen model: what do its features know already?

Lesson 2 (*How much of the model must be trained?*), where it is the least that can be trained.
"""

import datasets
import torch
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from transformers import PreTrainedModel, PreTrainedTokenizerBase

from course_utils.data.batches import by_length, collate
from course_utils.data.columns import texts_and_labels
from course_utils.data.prompts import Prompt
from course_utils.measure.evaluation import Evaluation, fingerprint
from course_utils.model.forward import MAX_TOKENS, embed, evaluating
from course_utils.model.passes import mixed_precision

C = 0.01  # 1 / regularisation: there are about as many features as reviews in the lesson


def frozen_head(
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    prompt: Prompt,
    train: datasets.Dataset,
    dataset: datasets.Dataset,
) -> Evaluation:
    """Train a linear classifier on the model's features of ``train``; evaluate it on ``dataset``.

    A logistic regression on standardised features, by scikit-learn; the model stays as it is.

    Args:
        prompt: after whose last token the features are taken; its label words are not used.
        train, dataset: with the columns ``text`` and ``label``.

    Raises:
        CourseError: see ``data.columns.texts_and_labels``.
    """
    texts, labels = texts_and_labels(train)
    head = make_pipeline(StandardScaler(), LogisticRegression(C=C, max_iter=1000))
    head.fit(answer_features(model, tokenizer, prompt, texts).cpu().numpy(), labels)
    texts, labels = texts_and_labels(dataset)
    features = answer_features(model, tokenizer, prompt, texts).cpu().numpy()
    scores = torch.from_numpy(head.predict_proba(features)).float()
    return Evaluation(scores, torch.tensor(labels), fingerprint(texts))


@torch.no_grad()
def answer_features(
    model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, prompt: Prompt, texts: list[str]
) -> torch.Tensor:
    """What the last norm gives at the position where the answer is read.

    Returns:
        (texts, d_model) float32 on the model's device.
    """
    sequences = prompt.encoded(tokenizer, texts)
    features = torch.empty(len(texts), model.config.hidden_size, device=model.device)
    groups = by_length([len(ids) for ids in sequences], MAX_TOKENS[model.device.type])
    with evaluating(model), mixed_precision(model):
        for rows in groups:
            batch = collate([sequences[i] for i in rows], tokenizer.pad_token_id).to(model.device)
            hidden = model.base_model(
                inputs_embeds=embed(model, batch.input_ids),
                attention_mask=batch.attention_mask,
                use_cache=False,
            ).last_hidden_state  # (rows, tokens, d_model)
            own = torch.arange(len(rows), device=hidden.device)
            features[rows] = hidden[own, batch.last].float()
    return features
