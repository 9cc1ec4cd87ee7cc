"""Answers to exercise 2, answer_loss."""

import torch
import torch.nn.functional as F
from torch.nn.functional import cross_entropy


def right_fancy_index(logits, last, answer_ids):
    rows = torch.arange(len(logits), device=logits.device)
    return cross_entropy(logits[rows, last].float(), answer_ids)


def right_gather(logits, last, answer_ids):
    index = last.view(-1, 1, 1).expand(-1, 1, logits.size(-1))
    at_last = torch.gather(logits, 1, index).squeeze(1)
    return F.nll_loss(F.log_softmax(at_last, dim=-1, dtype=torch.float32), answer_ids)


def right_loop(logits, last, answer_ids):
    total = 0.0
    for row, position, answer in zip(logits, last.tolist(), answer_ids.tolist(), strict=True):
        scores = row[position].float()
        total = total + torch.logsumexp(scores, dim=0) - scores[answer]
    return total / len(logits)


def right_stack(logits, last, answer_ids):
    picked = torch.stack([logits[i, t] for i, t in enumerate(last)]).to(torch.float32)
    return cross_entropy(picked, answer_ids, reduction="sum") / picked.shape[0]


def right_einsum_one_hot(logits, last, answer_ids):
    where = F.one_hot(last, logits.shape[1]).float()
    picked = torch.einsum("btv,bt->bv", logits.float(), where)
    wanted = F.one_hot(answer_ids, logits.shape[2]).float()
    return -(picked.log_softmax(dim=1) * wanted).sum(dim=1).mean()


def right_all_positions_ignored(logits, last, answer_ids):
    targets = torch.full(logits.shape[:2], -100, device=logits.device)
    targets[range(len(targets)), last] = answer_ids
    return cross_entropy(logits.float().flatten(0, 1), targets.flatten())


def right_float64_inside(logits, last, answer_ids):
    picked = logits[list(range(logits.shape[0])), last].double()
    log_p = picked - picked.logsumexp(dim=-1, keepdim=True)
    return -log_p.gather(1, answer_ids[:, None]).mean().float()


def right_module(logits, last, answer_ids):
    picked = logits.float().take_along_dim(last[:, None, None], dim=1)[:, 0, :]
    return torch.nn.CrossEntropyLoss()(input=picked, target=answer_ids)


def wrong_last_column(logits, last, answer_ids):
    """Reads the last column of the batch, which is padding in the short rows."""
    return cross_entropy(logits[:, -1].float(), answer_ids)


def wrong_one_too_early(logits, last, answer_ids):
    """Shifts by one without need and reads the position before the last real token."""
    return cross_entropy(logits[torch.arange(len(last)), last - 1].float(), answer_ids)


def wrong_one_too_late(logits, last, answer_ids):
    """Reads the position of the answer, one after the last real token (held in the batch)."""
    after = (last + 1).clamp(max=logits.shape[1] - 1)
    return cross_entropy(logits[torch.arange(len(last)), after].float(), answer_ids)


def wrong_first_rows_last(logits, last, answer_ids):
    """Uses the last position of the first row for all rows."""
    return cross_entropy(logits[:, last[0]].float(), answer_ids)


def wrong_first_row_only(logits, last, answer_ids):
    """Reads the logits of all answers in the first row of the batch."""
    return cross_entropy(logits[0, last].float(), answer_ids)


def wrong_longest_row(logits, last, answer_ids):
    """Uses the largest last position for all rows, so the short rows are read in the padding."""
    return cross_entropy(logits[:, int(last.max())].float(), answer_ids)


def wrong_sum(logits, last, answer_ids):
    """Adds the losses up instead of taking their mean."""
    picked = logits[torch.arange(len(last)), last].float()
    return cross_entropy(picked, answer_ids, reduction="sum")


def wrong_no_reduction(logits, last, answer_ids):
    """Returns one loss a row instead of their mean."""
    picked = logits[torch.arange(len(last)), last].float()
    return cross_entropy(picked, answer_ids, reduction="none")


def wrong_stays_in_bfloat16(logits, last, answer_ids):
    """Forgets to convert to float32, so the loss of bfloat16 logits is bfloat16."""
    return cross_entropy(logits[torch.arange(len(last)), last], answer_ids)


def wrong_converts_too_late(logits, last, answer_ids):
    """Computes the loss in the logits' own type and converts only the rounded result."""
    return cross_entropy(logits[torch.arange(len(last)), last], answer_ids).float()


def wrong_python_float(logits, last, answer_ids):
    """Returns a Python float, which has no backward pass."""
    return cross_entropy(logits[torch.arange(len(last)), last].float(), answer_ids).item()


def wrong_detached(logits, last, answer_ids):
    """Detaches the logits, so nothing can be learnt from the loss."""
    return cross_entropy(logits[torch.arange(len(last)), last].detach().float(), answer_ids)


def wrong_copy_to_new_tensor(logits, last, answer_ids):
    """Builds a new tensor from plain numbers, which cuts the gradient off."""
    picked = torch.tensor([logits[i, t].tolist() for i, t in enumerate(last)])
    return cross_entropy(picked, answer_ids)


def wrong_softmax_twice(logits, last, answer_ids):
    """Hands probabilities to cross_entropy, which applies softmax a second time."""
    picked = logits[torch.arange(len(last)), last].float()
    return cross_entropy(picked.softmax(dim=-1), answer_ids)


def wrong_nll_of_raw_logits(logits, last, answer_ids):
    """Uses nll_loss on raw logits, without the log-softmax."""
    return F.nll_loss(logits[torch.arange(len(last)), last].float(), answer_ids)


def wrong_softmax_over_batch(logits, last, answer_ids):
    """Normalises over the batch (dim 0) instead of the vocabulary."""
    picked = logits[torch.arange(len(last)), last].float()
    return F.nll_loss(picked.log_softmax(dim=0), answer_ids)


def wrong_sign(logits, last, answer_ids):
    """Returns the mean log-probability, without the minus sign."""
    picked = logits[torch.arange(len(last)), last].float().log_softmax(-1)
    return picked.gather(1, answer_ids[:, None]).mean()


def wrong_log_of_mean(logits, last, answer_ids):
    """Takes the logarithm of the mean probability, not the mean of the logarithms."""
    picked = logits[torch.arange(len(last)), last].float().softmax(-1)
    return -picked[torch.arange(len(last)), answer_ids].mean().log()


def wrong_answer_words_only(logits, last, answer_ids):
    """Normalises over the words that occur as answers only, not the whole vocabulary."""
    words, target = answer_ids.unique(return_inverse=True)
    picked = logits[torch.arange(len(last)), last].float()
    return cross_entropy(picked[:, words], target)


def wrong_every_position(logits, last, answer_ids):
    """Asks for the answer at every position, prompt and padding included."""
    targets = answer_ids[:, None].expand(logits.shape[:2])
    return cross_entropy(logits.float().flatten(0, 1), targets.flatten())


def wrong_mean_over_tokens(logits, last, answer_ids):
    """Averages the logits over the tokens up to the last one, instead of reading that one."""
    rows = [row[: t + 1].float().mean(dim=0) for row, t in zip(logits, last, strict=True)]
    return cross_entropy(torch.stack(rows), answer_ids)


def wrong_return_in_loop(logits, last, answer_ids):
    """Returns within the loop, after the first row."""
    total = 0.0
    for i, t in enumerate(last):
        total = total + cross_entropy(logits[i, t].float(), answer_ids[i])
        return total / len(last)


def wrong_batch_of_sixteen(logits, last, answer_ids):
    """Divides by 16, the batch size of the lesson, whatever the batch is."""
    picked = logits[torch.arange(len(last)), last].float()
    return cross_entropy(picked, answer_ids, reduction="sum") / 16


def wrong_slice_for_rows(logits, last, answer_ids):
    """Indexes with [:, last], which picks every row's position in every row; the shapes clash."""
    return cross_entropy(logits[:, last].float(), answer_ids)


def wrong_arguments_swapped(logits, last, answer_ids):
    """Hands target and input to cross_entropy in the wrong order, which raises an error."""
    return cross_entropy(answer_ids, logits[torch.arange(len(last)), last].float())


SAYS = {
    "wrong_last_column": "read in the last column",
    "wrong_one_too_early": "one position early",
    "wrong_one_too_late": "one position late",
    "wrong_first_rows_last": "the position of one of them",
    "wrong_first_row_only": "read in one row of the batch",
    "wrong_longest_row": "the position of one of them",
    "wrong_sum": "the sum over the rows",
    "wrong_no_reduction": "one loss for each row",
    "wrong_stays_in_bfloat16": "computed in 16 bits, two",
    "wrong_converts_too_late": "only its result converted",
    "wrong_python_float": "without .item()",
    "wrong_detached": "no detach()",
    "wrong_copy_to_new_tensor": "no torch.tensor(...)",
    "wrong_softmax_twice": "softmax twice",
    "wrong_nll_of_raw_logits": "nll_loss was given logits",
    "wrong_softmax_over_batch": "softmax runs over the batch",
    "wrong_sign": "the sign is the wrong way round",
    "wrong_log_of_mean": "taken after the mean",
    "wrong_answer_words_only": "only the label words compete",
    "wrong_every_position": "runs over all positions",
    "wrong_mean_over_tokens": "averaged over positions",
    "wrong_return_in_loop": "`return` within the loop",
    "wrong_batch_of_sixteen": "such as 16",
    "wrong_slice_for_rows": "pick one position of each row",
    "wrong_arguments_swapped": "takes the logits first",
}
