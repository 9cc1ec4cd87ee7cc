"""Exercise 7: calibrate."""

import numpy as np
import torch
import torch.nn.functional as F


def right_plain(scores, content_free):
    weighted = scores / content_free.mean(dim=0)
    return weighted / weighted.sum(dim=1, keepdim=True)


def right_sum_and_normalize(scores, content_free):
    """The sum instead of the mean: its factor k cancels when the rows are renormalised."""
    return F.normalize(scores / content_free.sum(0), p=1, dim=-1)


def right_log_space(scores, content_free):
    prior = content_free.double().mean(0, keepdim=True)
    return torch.softmax(scores.double().log() - prior.log(), dim=-1).to(scores.dtype)


def right_einsum(scores, content_free):
    inverse = 1 / torch.mean(content_free, axis=0)
    total = torch.einsum("nl,l->n", scores, inverse)
    return torch.einsum("nl,l,n->nl", scores, inverse, 1 / total)


def right_rows(scores, content_free):
    prior = np.mean(content_free.tolist(), axis=0)
    rows = [np.array(row) / prior for row in scores.tolist()]
    return torch.tensor(np.stack([row / row.sum() for row in rows]), dtype=scores.dtype)


def wrong_not_renormalised(scores, content_free):
    """Forgets to renormalise: the rows do not sum to 1."""
    return scores / content_free.mean(dim=0)


def wrong_mean_of_all(scores, content_free):
    """Averages over texts and labels alike: one number, which cancels and changes nothing."""
    weighted = scores / content_free.mean()
    return weighted / weighted.sum(dim=-1, keepdim=True)


def wrong_softmax(scores, content_free):
    """Renormalises with a softmax instead of dividing by the sum."""
    return (scores / content_free.mean(dim=0)).softmax(dim=-1)


def wrong_normalises_columns(scores, content_free):
    """Renormalises over the items (dim 0) instead of over each item's labels."""
    weighted = scores / content_free.mean(dim=0)
    return weighted / weighted.sum(dim=0, keepdim=True)


def wrong_in_place(scores, content_free):
    """Divides in place, so the caller's uncalibrated scores are overwritten."""
    scores /= content_free.mean(dim=0)
    scores /= scores.sum(dim=1, keepdim=True)
    return scores


def wrong_first_text_only(scores, content_free):
    """Uses the first text without content only; they should be averaged."""
    weighted = scores / content_free[0]
    return weighted / weighted.sum(dim=1, keepdim=True)


def wrong_batch_calibration(scores, content_free):
    """Divides by the mean score of the items themselves (batch calibration)."""
    weighted = scores / scores.mean(dim=0)
    return weighted / weighted.sum(dim=1, keepdim=True)


def wrong_mean_of_ratios(scores, content_free):
    """Divides by each content-free row and averages the quotients, not the rows."""
    weighted = (scores[:, None, :] / content_free[None, :, :]).mean(dim=1)
    return weighted / weighted.sum(dim=-1, keepdim=True)


def wrong_subtracts(scores, content_free):
    """Subtracts the preference instead of dividing by it, as one does with logits."""
    shifted = scores - content_free.mean(dim=0)
    return shifted / shifted.sum(dim=1, keepdim=True)


def wrong_predictions(scores, content_free):
    """Returns the predicted labels, as scikit-learn's predict does, not the (n, labels) scores."""
    return (scores / content_free.mean(dim=0)).argmax(dim=1)


def wrong_no_keepdim(scores, content_free):
    """Forgets keepdim: the row sums of shape (n,) are set against the labels; mostly an error."""
    weighted = scores / content_free.mean(dim=0)
    return weighted / weighted.sum(dim=1)


SAYS = {
    "wrong_not_renormalised": "the rows do not sum to 1",
    "wrong_mean_of_all": "the scores are as before: the reference",
    "wrong_softmax": "a softmax was taken of the ratios",
    "wrong_normalises_columns": "the columns were renormalised, not the rows",
    "wrong_in_place": "the function changes its input in place",
    "wrong_first_text_only": "only the first reference text is used",
    "wrong_batch_calibration": "the mean of the scores themselves was",
    "wrong_mean_of_ratios": "the average was taken of the reciprocals",
    "wrong_subtracts": "this subtracts the reference probabilities: divide by",
    "wrong_predictions": "these are the labels that win: return",
    "wrong_no_keepdim": "the sums of the rows lost their",
}
