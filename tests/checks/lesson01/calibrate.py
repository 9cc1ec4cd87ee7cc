"""Answers to ``calibrate``."""

import torch

from course_utils.measure.evaluation import Evaluation, compare, fingerprint


def prior_normalised(scores, reference):
    prior = reference.mean(dim=0)
    prior = prior / prior.sum()
    calibrated = scores / prior
    return calibrated / calibrated.sum(dim=1, keepdim=True)


def prior_not_normalised(scores, reference):
    ratio = scores * (1 / reference.mean(0))
    return torch.nn.functional.normalize(ratio, p=1, dim=-1)


def by_matrix(scores, reference):
    weights = torch.diag(1 / reference.double().mean(0))
    product = scores.double() @ weights.T
    return torch.stack([row / row.sum() for row in product])


def by_logarithms(scores, reference):
    return (scores.log() - reference.mean(0).log()).softmax(1)


def rows(values):
    return values / values.sum(1, keepdim=True)


def subtracts(scores, reference):
    return scores - reference.mean(0)


def not_renormalised(scores, reference):
    return scores / reference.mean(0)


def multiplies(scores, reference):
    return rows(scores * reference.mean(0))


def first_text_only(scores, reference):
    return rows(scores / reference[0])


def last_text_only(scores, reference):
    return rows(scores / reference[-1])


def own_mean(scores, reference):
    return rows(scores / scores.mean(0))


def mean_along_labels(scores, reference):
    return rows(scores / reference.mean(1)[: scores.shape[1]])


def mean_along_labels_as_a_column(scores, reference):
    return rows(scores / reference.mean(1, keepdim=True).mean())


def mean_of_everything(scores, reference):
    return rows(scores / reference.mean())


def columns_renormalised(scores, reference):
    ratio = scores / reference.mean(0)
    return ratio / ratio.sum(0, keepdim=True)


def softmax_of_ratios(scores, reference):
    return torch.softmax(scores / reference.mean(0), dim=1)


def largest(scores, reference):
    return rows(scores / reference.max(0).values)


def transposed(scores, reference):
    return prior_normalised(scores, reference).T


def predictions(scores, reference):
    return prior_normalised(scores, reference).argmax(1)


def in_place(scores, reference):
    scores /= reference.mean(0)
    scores /= scores.sum(1, keepdim=True)
    return scores


def list_returned(scores, reference):
    return prior_normalised(scores, reference).tolist()


def of_ratios(name, change):
    """An answer that does something else with the ratios."""

    def answer(scores, reference):
        return change(scores / reference.mean(0))

    answer.__name__ = name
    return answer


def of_prior(name, prior):
    """An answer with another prior."""

    def answer(scores, reference):
        return rows(scores / prior(reference))

    answer.__name__ = name
    return answer


def as_many_as_items(scores, reference):
    return rows(scores / reference[: len(scores)].mean(0))


def first_ten(scores, reference):
    return rows(scores / reference[:10].mean(0))


def text_by_text(scores, reference):
    return rows(scores / reference)


def divided_by_scores(scores, reference):
    return rows(reference.mean(0) / scores)


def swapped(scores, reference):
    return prior_normalised(reference, scores)


def two_labels(scores, reference):
    return prior_normalised(scores[:, :2], reference[:, :2])


def NEXT(answer):
    scores = rows(torch.tensor([[0.2, 0.8], [0.4, 0.6], [0.9, 0.1]]))
    labels, items = torch.tensor([0, 1, 0]), fingerprint(["a", "b", "c"])
    before = Evaluation(scores, labels, items)
    calibrated = answer(before.scores, rows(torch.tensor([[0.3, 0.7], [0.2, 0.8], [0.4, 0.6]])))
    after = Evaluation(calibrated, before.labels, before.items)
    assert str(after).startswith("0.333")
    assert compare(after.correct, before.correct).difference < 0
    assert (answer(before.scores, before.scores).mean(0) - 0.5).abs().max() < 0.1


RIGHT = [prior_normalised, prior_not_normalised, by_matrix, by_logarithms]
WRONG = [
    (subtracts, "subtracts"),
    (not_renormalised, "do not sum to 1"),
    (multiplies, "multiplies"),
    (first_text_only, "only the first reference text"),
    (last_text_only, "only the last reference text"),
    (own_mean, "mean of the scores themselves"),
    (mean_along_labels, "the scores are as before"),
    (mean_along_labels_as_a_column, "the scores are as before"),
    (mean_of_everything, "the scores are as before"),
    (columns_renormalised, "the columns were renormalised"),
    (softmax_of_ratios, "softmax was taken of the ratios"),
    (largest, "largest or smallest value"),
    (transposed, "transposed"),
    (predictions, "the labels that win"),
    (in_place, "changes its input in place"),
    (list_returned, "return a tensor"),
    (of_ratios("total", lambda ratio: ratio / ratio.sum()), "the sum of the whole table"),
    (of_ratios("norm", torch.nn.functional.normalize), "without p=1"),
    (of_ratios("largest_of_row", lambda r: r / r.amax(1)[:, None]), "largest number or its mean"),
    (of_ratios("logarithms", lambda ratio: rows(ratio).log()), "these are logarithms"),
    (of_prior("reciprocals", lambda free: 1 / (1 / free).mean(0)), "of the reciprocals"),
    (of_prior("geometric", lambda free: free.log().mean(0).exp()), "average was taken of log"),
    (of_prior("product", lambda free: free.prod(0)), "multiplied with each other"),
    (of_prior("median", lambda free: free.median(0)[0]), "median was divided out"),
    (of_prior("deviation", lambda free: free.std(0)), "standard deviation"),
    (of_prior("softmax", lambda free: free.mean(0).softmax(0)), "softmax was taken of the mean"),
    (divided_by_scores, "the wrong way round"),
    (swapped, "arguments are swapped"),
    (as_many_as_items, "some of the reference texts are left out"),
    (first_ten, "some of the reference texts are left out"),
    (text_by_text, "each item is divided by a text of its own"),
    (two_labels, "works for two labels"),
    (of_ratios("winners", lambda ratio: rows(ratio).max(1).values), "the winners' scores"),
    (of_ratios("one_item", lambda ratio: rows(ratio)[0]), "one item alone"),
    (of_ratios("one_label", lambda ratio: rows(ratio)[:, 1]), "one label's column"),
]
