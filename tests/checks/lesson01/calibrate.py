"""Answers to ``calibrate``."""

import torch


def prior_normalised(scores, content_free):
    prior = content_free.mean(dim=0)
    prior = prior / prior.sum()
    calibrated = scores / prior
    return calibrated / calibrated.sum(dim=1, keepdim=True)


def prior_not_normalised(scores, content_free):
    ratio = scores * (1 / content_free.mean(0))
    return torch.nn.functional.normalize(ratio, p=1, dim=-1)


def by_matrix(scores, content_free):
    weights = torch.diag(1 / content_free.double().mean(0))
    product = scores.double() @ weights.T
    return torch.stack([row / row.sum() for row in product])


def by_logarithms(scores, content_free):
    return (scores.log() - content_free.mean(0).log()).softmax(1)


def rows(values):
    return values / values.sum(1, keepdim=True)


def subtracts(scores, content_free):
    return scores - content_free.mean(0)


def not_renormalised(scores, content_free):
    return scores / content_free.mean(0)


def multiplies(scores, content_free):
    return rows(scores * content_free.mean(0))


def first_text_only(scores, content_free):
    return rows(scores / content_free[0])


def last_text_only(scores, content_free):
    return rows(scores / content_free[-1])


def own_mean(scores, content_free):
    return rows(scores / scores.mean(0))


def mean_along_labels(scores, content_free):
    return rows(scores / content_free.mean(1)[: scores.shape[1]])


def mean_along_labels_as_a_column(scores, content_free):
    return rows(scores / content_free.mean(1, keepdim=True).mean())


def mean_of_everything(scores, content_free):
    return rows(scores / content_free.mean())


def columns_renormalised(scores, content_free):
    ratio = scores / content_free.mean(0)
    return ratio / ratio.sum(0, keepdim=True)


def softmax_of_ratios(scores, content_free):
    return torch.softmax(scores / content_free.mean(0), dim=1)


def largest(scores, content_free):
    return rows(scores / content_free.max(0).values)


def transposed(scores, content_free):
    return prior_normalised(scores, content_free).T


def predictions(scores, content_free):
    return prior_normalised(scores, content_free).argmax(1)


def in_place(scores, content_free):
    scores /= content_free.mean(0)
    scores /= scores.sum(1, keepdim=True)
    return scores


def list_returned(scores, content_free):
    return prior_normalised(scores, content_free).tolist()


RIGHT = [prior_normalised, prior_not_normalised, by_matrix, by_logarithms]
WRONG = [
    (subtracts, "subtracts"),
    (not_renormalised, "do not sum to 1"),
    (multiplies, "multiplies"),
    (first_text_only, "only the first content-free text"),
    (last_text_only, "only the last content-free text"),
    (own_mean, "mean of the scores themselves"),
    (mean_along_labels, "the scores are as before"),
    (mean_along_labels_as_a_column, "the scores are as before"),
    (mean_of_everything, "the scores are as before"),
    (columns_renormalised, "the columns were renormalised"),
    (softmax_of_ratios, "softmax was taken of the ratios"),
    (largest, "largest value"),
    (transposed, "the shape should be"),
    (predictions, "the shape should be"),
    (in_place, "changes its input in place"),
    (list_returned, "return a tensor"),
]
