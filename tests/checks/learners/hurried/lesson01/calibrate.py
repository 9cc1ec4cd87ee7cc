import numpy as np
import torch
import torch.nn.functional as F


def right_broadcast(scores, content_free):
    ratio = scores / content_free.mean(dim=0)
    return ratio / ratio.sum(dim=1, keepdim=True)


def right_diagonal_matrix(scores, content_free):
    weighted = scores @ torch.diag(1 / content_free.mean(0))
    return weighted / weighted.sum(-1)[:, None]


def right_loop_over_rows(scores, content_free):
    p = sum(content_free) / len(content_free)
    rows = []
    for s in scores:
        ratio = s / p
        rows.append(ratio / ratio.sum())
    return torch.stack(rows)


def right_normalize(scores, content_free):
    return F.normalize(scores / content_free.mean(axis=0, keepdims=True), p=1, dim=-1)


def right_log_softmax(scores, content_free):
    return torch.softmax(scores.log() - content_free.mean(0).log(), dim=-1)


def right_numpy(scores, content_free):
    s, c = scores.detach().cpu().numpy(), content_free.detach().cpu().numpy()
    ratio = s / np.average(c, axis=0)
    return torch.from_numpy(ratio / ratio.sum(axis=1, keepdims=True))


def right_float64_einsum(scores, content_free):
    inverse = content_free.double().mean(0).reciprocal()
    weighted = torch.einsum("nl,l->nl", scores.double(), inverse)
    return weighted / torch.einsum("nl->n", weighted).unsqueeze(1)


def right_in_place_on_copy(scores, content_free):
    out = scores.clone()
    out /= content_free.mean(0)
    out /= out.sum(1, keepdim=True)
    return out


def right_sum_for_mean(scores, content_free):
    # the number of texts cancels when the rows are renormalised
    total = content_free.sum(0)
    return (scores / total) / (scores @ (1 / total)).view(-1, 1)


def wrong_not_renormalised(scores, content_free):
    """Forgets to renormalise, so the rows do not sum to 1."""
    return scores / content_free.mean(0)


def wrong_renormalises_columns(scores, content_free):
    """Renormalises over the items, not over the labels."""
    ratio = scores / content_free.mean(0)
    return ratio / ratio.sum(dim=0)


def wrong_mean_over_labels(scores, content_free):
    """Averages over the labels, not over the texts; it raises when the shapes do not fit."""
    ratio = scores / content_free.mean(dim=1)
    return ratio / ratio.sum(dim=1, keepdim=True)


def wrong_mean_of_everything(scores, content_free):
    """Divides by one number for all labels, which renormalising cancels: nothing changes."""
    ratio = scores / content_free.mean()
    return ratio / ratio.sum(dim=1, keepdim=True)


def wrong_first_text_only(scores, content_free):
    """Uses the first text without content only, not the average of all."""
    ratio = scores / content_free[0]
    return ratio / ratio.sum(dim=1, keepdim=True)


def wrong_multiplies(scores, content_free):
    """Multiplies by the preference in place of dividing, which doubles it."""
    product = scores * content_free.mean(0)
    return product / product.sum(dim=1, keepdim=True)


def wrong_subtracts(scores, content_free):
    """Subtracts the preference from the scores in place of dividing by it."""
    rest = (scores - content_free.mean(0)).clamp(min=1e-6)
    return rest / rest.sum(dim=1, keepdim=True)


def wrong_softmax(scores, content_free):
    """Takes a softmax of the ratios, where they should be divided by their sum."""
    return (scores / content_free.mean(0)).softmax(dim=1)


def wrong_mean_of_inverses(scores, content_free):
    """Divides by each text's scores and then averages, in place of averaging them first."""
    ratio = (scores[:, None] / content_free).mean(dim=1)
    return ratio / ratio.sum(dim=1, keepdim=True)


def wrong_in_place(scores, content_free):
    """Changes the caller's scores, so the uncalibrated ones are lost."""
    scores /= content_free.mean(0)
    scores /= scores.sum(dim=1, keepdim=True)
    return scores


def wrong_total_of_all(scores, content_free):
    """Divides by the sum of the whole table, not of each row."""
    ratio = scores / content_free.mean(0)
    return ratio / ratio.sum()


def wrong_swapped(scores, content_free):
    """Swaps the two arguments: calibrates the texts without content by the items."""
    ratio = content_free / scores.mean(0)
    return ratio / ratio.sum(dim=1, keepdim=True)


def wrong_batch_calibration(scores, content_free):
    """Divides by the average over the items themselves, which is batch calibration."""
    ratio = scores / scores.mean(0)
    return ratio / ratio.sum(dim=1, keepdim=True)


def wrong_two_labels(scores, content_free):
    """Calibrates the first label and gives 1 minus it to the second; others are lost."""
    p = content_free.mean(0)
    a, b = scores[:, 0] / p[0], scores[:, 1] / p[1]
    first = a / (a + b)
    return torch.stack([first, 1 - first], dim=1)


def wrong_predictions(scores, content_free):
    """Returns the label that wins, not the calibrated scores."""
    return (scores / content_free.mean(0)).argmax(dim=1)


def wrong_length_two_norm(scores, content_free):
    """Divides by the root of the sum of squares, which is what normalize does by default."""
    return F.normalize(scores / content_free.mean(0), dim=1)


def wrong_median(scores, content_free):
    """Takes the median of the texts without content, not their average."""
    ratio = scores / content_free.median(dim=0).values
    return ratio / ratio.sum(dim=1, keepdim=True)


def wrong_forgets_keepdim(scores, content_free):
    """Forgets keepdim, so row sums divide columns; it raises unless n equals the labels."""
    ratio = scores / content_free.mean(0)
    return ratio / ratio.sum(dim=1)


def wrong_first_row(scores, content_free):
    """Calibrates the first item only and loses the others."""
    ratio = scores[0] / content_free.mean(0)
    return (ratio / ratio.sum())[None]


SAYS = {
    "wrong_not_renormalised": "the rows do not sum to 1",
    "wrong_renormalises_columns": "the columns were renormalised",
    "wrong_mean_over_labels": "the scores are as before",
    "wrong_mean_of_everything": "the scores are as before",
    "wrong_first_text_only": "only the first reference text",
    "wrong_multiplies": "this multiplies by",
    "wrong_subtracts": "this subtracts",
    "wrong_softmax": "softmax was taken of the ratios",
    "wrong_mean_of_inverses": "the average was taken of the reciprocals",
    "wrong_in_place": "changes its input in place",
    "wrong_total_of_all": "the sum of the whole table",
    "wrong_swapped": "the two arguments are swapped",
    "wrong_batch_calibration": "the mean of the scores themselves",
    "wrong_two_labels": "works for two labels alone",
    "wrong_predictions": "the labels that win",
    "wrong_length_two_norm": "normalize without p=1",
    "wrong_median": "median was divided out",
    "wrong_forgets_keepdim": "the sums of the rows lost their dimension",
    "wrong_first_row": "one item alone was calibrated",
}
