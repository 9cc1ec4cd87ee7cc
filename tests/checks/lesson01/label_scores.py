"""Answers to ``label_scores``."""

import torch

from course_utils.model.tiny import tiny_model

OTHER_MODEL = tiny_model(seed=99)


@torch.no_grad()
def by_softmax(model, input_ids, label_ids):
    return model(input_ids).logits[0, -1, label_ids].softmax(dim=-1)


def by_division(model, input_ids, label_ids):
    with torch.inference_mode():
        logits = model(input_ids=input_ids, use_cache=False).logits
    everything = torch.softmax(logits[:, -1, :], dim=-1).squeeze(0)
    chosen = everything[torch.tensor(label_ids)]
    return chosen / chosen.sum()


def by_loop_in_double_precision(model, input_ids, label_ids):
    with torch.no_grad():
        logits = model(input_ids).logits[0][len(input_ids[0]) - 1].double()
    scores = torch.stack([logits[i].exp() for i in label_ids])
    return scores / sum(scores)


@torch.no_grad()
def by_head(model, input_ids, label_ids):
    hidden = model.base_model(input_ids=input_ids).last_hidden_state[0, -1]
    return (model.get_output_embeddings().weight[label_ids] @ hidden).softmax(0)


@torch.no_grad()
def logits(model, input_ids):
    return model(input_ids).logits


def first_position(model, input_ids, label_ids):
    return logits(model, input_ids)[0, 0, label_ids].softmax(0)


def position_before_last(model, input_ids, label_ids):
    return logits(model, input_ids)[0, -2, label_ids].softmax(0)


def not_normalised(model, input_ids, label_ids):
    return logits(model, input_ids)[0, -1, label_ids]


def over_the_vocabulary(model, input_ids, label_ids):
    return logits(model, input_ids)[0, -1].softmax(0)[label_ids]


def log_probabilities(model, input_ids, label_ids):
    return torch.log(by_softmax(model, input_ids, label_ids))


def log_probabilities_over_the_vocabulary(model, input_ids, label_ids):
    return logits(model, input_ids)[0, -1].log_softmax(0)[label_ids]


def sorted_scores(model, input_ids, label_ids):
    return torch.sort(by_softmax(model, input_ids, label_ids), descending=True)[0]


def one_hot(model, input_ids, label_ids):
    scores = by_softmax(model, input_ids, label_ids)
    return (scores == scores.max()).float()


def sigmoid(model, input_ids, label_ids):
    return logits(model, input_ids)[0, -1, label_ids].sigmoid()


def mean_over_positions(model, input_ids, label_ids):
    return logits(model, input_ids)[0].mean(0)[label_ids].softmax(0)


def mean_of_probabilities(model, input_ids, label_ids):
    return logits(model, input_ids)[0][:, label_ids].softmax(-1).mean(0)


def softmax_twice(model, input_ids, label_ids):
    return logits(model, input_ids)[0, -1].softmax(0)[label_ids].softmax(0)


def divides_logits(model, input_ids, label_ids):
    chosen = logits(model, input_ids)[0, -1, label_ids]
    return chosen / chosen.sum()


def gradient_tracked(model, input_ids, label_ids):
    return model(input_ids).logits[0, -1, label_ids].softmax(0)


def batch_dimension_kept(model, input_ids, label_ids):
    return logits(model, input_ids)[:, -1, label_ids].softmax(-1)


def list_returned(model, input_ids, label_ids):
    return by_softmax(model, input_ids, label_ids).tolist()


def one_label_only(model, input_ids, label_ids):
    return by_softmax(model, input_ids, label_ids)[1]


def model_of_the_notebook(model, input_ids, label_ids):
    return by_softmax(OTHER_MODEL, input_ids, label_ids)


def nothing_returned(model, input_ids, label_ids):
    by_softmax(model, input_ids, label_ids)


def gradient_tracked_over_the_vocabulary(model, input_ids, label_ids):
    return model(input_ids).logits[0, -1].softmax(0)[label_ids]


def softmax_over_positions(model, input_ids, label_ids):
    return logits(model, input_ids).softmax(1)[0, -1, label_ids]


def softmax_over_the_batch(model, input_ids, label_ids):
    return logits(model, input_ids)[:, -1, label_ids].softmax(0).squeeze(0)


def divided_by_the_largest(model, input_ids, label_ids):
    scores = by_softmax(model, input_ids, label_ids)
    return scores / scores.max()


def divided_by_the_mean(model, input_ids, label_ids):
    scores = by_softmax(model, input_ids, label_ids)
    return scores / scores.mean()


def divided_by_the_norm(model, input_ids, label_ids):
    scores = over_the_vocabulary(model, input_ids, label_ids)
    return torch.nn.functional.normalize(scores, dim=0)


def exponentials(model, input_ids, label_ids):
    return not_normalised(model, input_ids, label_ids).exp()


def shares_of_logarithms(model, input_ids, label_ids):
    scores = log_probabilities_over_the_vocabulary(model, input_ids, label_ids)
    return scores / scores.sum()


def sigmoid_then_divided(model, input_ids, label_ids):
    scores = sigmoid(model, input_ids, label_ids)
    return scores / scores.sum()


def softmax_of_scores(model, input_ids, label_ids):
    return by_softmax(model, input_ids, label_ids).softmax(0)


def reversed_order(model, input_ids, label_ids):
    return by_softmax(model, input_ids, label_ids[::-1])


def against(model, input_ids, label_ids):
    return 1 - by_softmax(model, input_ids, label_ids)


def softmin(model, input_ids, label_ids):
    return torch.nn.functional.softmin(not_normalised(model, input_ids, label_ids), dim=0)


def likeliest(model, input_ids, label_ids):
    return by_softmax(model, input_ids, label_ids).argmax()


def all_positions(model, input_ids, label_ids):
    return logits(model, input_ids)[0, :, label_ids].softmax(-1)


def last_token_alone(model, input_ids, label_ids):
    return by_softmax(model, input_ids[:, -1:], label_ids)


def without_the_last_token(model, input_ids, label_ids):
    return by_softmax(model, input_ids[:, :-1], label_ids)


def two_labels(model, input_ids, label_ids):
    one, other = logits(model, input_ids)[0, -1, label_ids[:2]]
    return torch.stack([(one - other).sigmoid(), (other - one).sigmoid()])


def whole_vocabulary(model, input_ids, label_ids):
    return logits(model, input_ids)[0, -1].softmax(0)


def NEXT(answer):
    input_ids = torch.tensor([[5, 9, 4]])
    for label_ids in ([7, 5], torch.tensor([7, 5])):
        scores = answer(OTHER_MODEL, input_ids, label_ids)
        texts = [round(score.item(), 3) for _, score in zip("ab", scores)]
        assert abs(sum(texts) - 1) < 0.002


RIGHT = [by_softmax, by_division, by_loop_in_double_precision, by_head, gradient_tracked]
WRONG = [
    (first_position, "at the first position"),
    (position_before_last, "one position too early"),
    (not_normalised, "these are logits"),
    (over_the_vocabulary, "over the whole vocabulary: divide"),
    (log_probabilities, "logarithms"),
    (log_probabilities_over_the_vocabulary, "logarithms"),
    (sorted_scores, "sorted"),
    (one_hot, "one for the likeliest"),
    (sigmoid, "sigmoid"),
    (mean_over_positions, "average over all positions"),
    (mean_of_probabilities, "average over all positions"),
    (softmax_twice, "softmax was taken twice"),
    (divides_logits, "divided by their sum"),
    (gradient_tracked_over_the_vocabulary, "over the whole vocabulary: divide"),
    (batch_dimension_kept, "batch dimension"),
    (list_returned, "return a tensor"),
    (one_label_only, "one label alone"),
    (model_of_the_notebook, "the model in the first argument is never called"),
    (nothing_returned, "return"),
    (softmax_over_positions, "along the tokens of the text"),
    (softmax_over_the_batch, "over one number alone"),
    (divided_by_the_largest, "divided by the largest"),
    (divided_by_the_mean, "mean or number"),
    (divided_by_the_norm, "sum of their squares"),
    (exponentials, "exponentials of logits"),
    (shares_of_logarithms, "logarithms of probabilities were divided"),
    (sigmoid_then_divided, "sigmoid before the division"),
    (softmax_of_scores, "softmax was taken twice"),
    (reversed_order, "reverse order"),
    (against, "not being each label"),
    (softmin, "the sign is turned"),
    (likeliest, "the place of the likeliest"),
    (all_positions, "the scores of all positions"),
    (last_token_alone, "shown the last token alone"),
    (without_the_last_token, "a model that saw all of input_ids"),
    (two_labels, "the first two labels alone"),
    (whole_vocabulary, "all next tokens are there"),
]
