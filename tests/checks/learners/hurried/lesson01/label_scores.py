import numpy as np
import torch
import torch.nn.functional as F


def right_softmax_of_label_logits(model, input_ids, label_ids):
    with torch.no_grad():
        logits = model(input_ids).logits[0, -1]
    return logits[label_ids].softmax(0)


def right_share_of_probabilities(model, input_ids, label_ids):
    with torch.no_grad():
        p = model(input_ids).logits[0, -1, :].float().softmax(dim=-1)
    p = p[label_ids]
    return p / p.sum()


@torch.inference_mode()
def right_loop_and_stack(model, input_ids, label_ids):
    last = model(input_ids=input_ids).logits.squeeze(0)[-1]
    probabilities = torch.softmax(last.float(), dim=0)
    picked = [probabilities[i] for i in label_ids]
    total = sum(picked)
    return torch.stack([p / total for p in picked])


def right_logsumexp(model, input_ids, label_ids):
    with torch.no_grad():
        logp = F.log_softmax(model(input_ids).logits.float(), dim=2)[:, -1][0]
    chosen = logp[torch.as_tensor(label_ids)]
    return (chosen - chosen.logsumexp(0)).exp()


@torch.no_grad()
def right_float64_gather(model, input_ids, label_ids):
    last = model(input_ids).logits[0, -1].double()
    index = torch.as_tensor(label_ids, device=last.device)
    return F.softmax(last.gather(0, index), dim=0)


def right_numpy(model, input_ids, label_ids):
    logits = model(input_ids).logits.detach().float().cpu().numpy()[0, -1]
    chosen = logits[np.asarray(label_ids)]
    e = np.exp(chosen - chosen.max())
    return torch.from_numpy(e / e.sum())


def right_normalize_tuple_output(model, input_ids, label_ids):
    vocabulary = model(input_ids)[0][:, -1].float().softmax(-1)
    return F.normalize(vocabulary[:, label_ids], p=1, dim=-1).flatten().detach()


def right_keeps_graph(model, input_ids, label_ids):
    return torch.softmax(model(input_ids).logits[0, -1, label_ids], dim=-1)


@torch.no_grad()
def right_masked_vocabulary(model, input_ids, label_ids):
    last = model(input_ids, use_cache=False).logits[0, -1].float()
    masked = torch.full_like(last, float("-inf"))
    masked[label_ids] = last[label_ids]
    return masked.softmax(0)[label_ids]


def wrong_first_position(model, input_ids, label_ids):
    """Reads the prediction after the first token, not after the last one."""
    with torch.no_grad():
        logits = model(input_ids).logits[0, 0]
    return logits[label_ids].softmax(0)


def wrong_not_renormalised(model, input_ids, label_ids):
    """Leaves the probabilities as shares of the whole vocabulary, so they do not sum to 1."""
    with torch.no_grad():
        p = model(input_ids).logits[0, -1].softmax(-1)
    return p[label_ids]


def wrong_log_probabilities(model, input_ids, label_ids):
    """Returns logarithms of the scores, not the scores."""
    with torch.no_grad():
        logits = model(input_ids).logits[0, -1]
    return logits[label_ids].log_softmax(0)


def wrong_share_of_logits(model, input_ids, label_ids):
    """Takes shares of the raw logits, which are no probabilities."""
    with torch.no_grad():
        logits = model(input_ids).logits[0, -1][label_ids]
    return logits / logits.sum()


def wrong_softmax_twice(model, input_ids, label_ids):
    """Takes the softmax of probabilities, in place of dividing them by their sum."""
    with torch.no_grad():
        p = model(input_ids).logits[0, -1].softmax(-1)
    return p[label_ids].softmax(-1)


def wrong_keeps_batch(model, input_ids, label_ids):
    """Keeps the batch dimension: the shape is (1, labels), not (labels,)."""
    with torch.no_grad():
        logits = model(input_ids).logits[:, -1, label_ids]
    return logits.softmax(-1)


def wrong_softmax_over_positions(model, input_ids, label_ids):
    """Takes the softmax along the tokens of the text, not along the labels."""
    with torch.no_grad():
        logits = model(input_ids).logits[0][:, label_ids]
    return logits.softmax(0)[-1]


def wrong_mean_over_positions(model, input_ids, label_ids):
    """Averages over all positions, where only the last predicts the next token."""
    with torch.no_grad():
        logits = model(input_ids).logits[0, :, label_ids]
    return logits.softmax(-1).mean(0)


def wrong_hard_choice(model, input_ids, label_ids):
    """Gives 1 to the likelier label and 0 to the others in place of their probabilities."""
    with torch.no_grad():
        logits = model(input_ids).logits[0, -1][label_ids]
    return F.one_hot(logits.argmax(), len(label_ids)).float()


def wrong_position_before_last(model, input_ids, label_ids):
    """Shifts by one and reads what the model predicts for the last token of the prompt."""
    with torch.no_grad():
        logits = model(input_ids).logits[0, input_ids.shape[1] - 2]
    return logits[label_ids].softmax(0)


def wrong_list(model, input_ids, label_ids):
    """Returns a list of floats, where a tensor is asked for."""
    with torch.no_grad():
        logits = model(input_ids).logits[0, -1]
    return logits[label_ids].softmax(0).tolist()


def wrong_sorted_scores(model, input_ids, label_ids):
    """Sorts the scores from high to low, so they no longer belong to their labels."""
    with torch.no_grad():
        logits = model(input_ids).logits[0, -1]
    return logits[label_ids].softmax(0).sort(descending=True).values


def wrong_sigmoid(model, input_ids, label_ids):
    """Squashes each logit on its own, so the scores do not compete and do not sum to 1."""
    with torch.no_grad():
        logits = model(input_ids).logits[0, -1]
    return torch.sigmoid(logits[label_ids])


def wrong_two_labels_only(model, input_ids, label_ids):
    """Compares the first two labels only, so a third label gets no score."""
    with torch.no_grad():
        logits = model(input_ids).logits[0, -1]
    first = torch.sigmoid(logits[label_ids[0]] - logits[label_ids[1]])
    return torch.stack([first, 1 - first])


def wrong_indexes_output(model, input_ids, label_ids):
    """Indexes the model's output object as a tensor and forgets its .logits; it raises."""
    with torch.no_grad():
        logits = model(input_ids)[0, -1]
    return logits[label_ids].softmax(0)


def wrong_last_token_only(model, input_ids, label_ids):
    """Shows the model only the last token, so it never sees the text."""
    with torch.no_grad():
        logits = model(input_ids[:, -1:]).logits[0, -1]
    return logits[label_ids].softmax(0)


def wrong_share_of_best(model, input_ids, label_ids):
    """Divides by the largest probability, not by the sum."""
    with torch.no_grad():
        p = model(input_ids).logits[0, -1].softmax(-1)[label_ids]
    return p / p.max()


def wrong_best_score_only(model, input_ids, label_ids):
    """Returns the winner's score alone, not one score a label."""
    with torch.no_grad():
        logits = model(input_ids).logits[0, -1]
    return logits[label_ids].softmax(0).max()


SAYS = {
    "wrong_first_position": "at the first position",
    "wrong_not_renormalised": "over the whole vocabulary: divide",
    "wrong_log_probabilities": "logarithms of probabilities: take",
    "wrong_share_of_logits": "the logits were divided by their sum",
    "wrong_softmax_twice": "softmax was taken twice",
    "wrong_keeps_batch": "the batch dimension is still there",
    "wrong_softmax_over_positions": "along the tokens of the text",
    "wrong_mean_over_positions": "an average over all positions",
    "wrong_hard_choice": "one for the likeliest label",
    "wrong_position_before_last": "one position too early",
    "wrong_list": "return a tensor, not a list",
    "wrong_sorted_scores": "the scores are sorted",
    "wrong_sigmoid": "went through a sigmoid",
    "wrong_two_labels_only": "the first two labels alone",
    "wrong_indexes_output": ".logits is missing",
    "wrong_last_token_only": "shown the last token alone",
    "wrong_share_of_best": "divided by the largest",
    "wrong_best_score_only": "the score of one label alone",
}
