"""Exercise 2: label scores."""

import torch
import torch.nn.functional as F


@torch.no_grad()
def right_softmax_of_labels(model, input_ids, label_ids):
    logits = model(input_ids).logits[0, -1]
    return logits[label_ids].softmax(dim=-1)


def right_share_of_probabilities(model, input_ids, label_ids):
    with torch.no_grad():
        logits = model(input_ids=input_ids).logits
    p = torch.softmax(logits[:, -1, :].double(), dim=-1).squeeze(0)
    p = torch.stack([p[i] for i in label_ids])
    return p / p.sum()


@torch.inference_mode()
def right_log_space(model, input_ids, label_ids):
    log_p = F.log_softmax(model(input_ids).logits[0, -1].float(), dim=-1)
    log_p = log_p[torch.as_tensor(label_ids, device=log_p.device)]
    return torch.exp(log_p - torch.logsumexp(log_p, dim=0))


def right_numpy_names(model, input_ids, label_ids):
    """By hand, with JAX's names for the arguments."""
    logits = model(input_ids, use_cache=False).logits.detach().float()[0, -1]
    z = torch.take(logits, torch.as_tensor(label_ids, device=logits.device))
    e = torch.exp(z - torch.amax(z, axis=-1, keepdims=True))
    return e / torch.sum(e, axis=-1, keepdims=True)


@torch.no_grad()
def wrong_not_renormalised(model, input_ids, label_ids):
    """Returns p(w) out of the whole vocabulary; not divided by the labels' sum."""
    logits = model(input_ids).logits[0, -1]
    return logits.softmax(dim=-1)[label_ids]


@torch.no_grad()
def wrong_shifted_as_in_training(model, input_ids, label_ids):
    """Reads the last position but one, since the Trainer's loss shifts logits by one."""
    logits = model(input_ids).logits[0, -2]
    return logits[label_ids].softmax(dim=-1)


@torch.no_grad()
def wrong_softmax_over_positions(model, input_ids, label_ids):
    """Takes the softmax along the positions instead of along the labels."""
    logits = model(input_ids).logits[0][:, label_ids]
    return logits.softmax(dim=0)[-1]


@torch.no_grad()
def wrong_keeps_batch(model, input_ids, label_ids):
    """Keeps the batch dimension: shape (1, labels) instead of (labels,)."""
    logits = model(input_ids).logits[:, -1, :]
    return F.softmax(logits[:, label_ids], dim=-1)


@torch.no_grad()
def wrong_log_probabilities(model, input_ids, label_ids):
    """Returns log-probabilities, as jax.nn.log_softmax does; they do not sum to 1."""
    logits = model(input_ids).logits[0, -1]
    return logits[label_ids].log_softmax(dim=-1)


@torch.no_grad()
def wrong_sigmoid(model, input_ids, label_ids):
    """Squashes each label's logit with a sigmoid, as a multi-label head would, then normalises."""
    p = model(input_ids).logits[0, -1, label_ids].sigmoid()
    return p / p.sum()


@torch.no_grad()
def wrong_mean_pooling(model, input_ids, label_ids):
    """Averages the logits of all positions, like a sentence encoder, not the last one only."""
    logits = model(input_ids).logits[0].mean(dim=0)
    return logits[label_ids].softmax(dim=-1)


@torch.no_grad()
def wrong_list(model, input_ids, label_ids):
    """Returns a Python list, but a tensor is asked for and the next cell calls .item() on each."""
    logits = model(input_ids).logits[0, -1]
    return logits[label_ids].softmax(dim=-1).tolist()


@torch.no_grad()
def wrong_logit_share(model, input_ids, label_ids):
    """Divides the raw logits by their sum: no exponential, so these are not probabilities."""
    logits = model(input_ids).logits[0, -1, label_ids]
    return logits / logits.sum()


def wrong_numpy_with_gradient(model, input_ids, label_ids):
    """Calls .numpy() on a tensor that still has a gradient, which raises an error."""
    logits = model(input_ids).logits[0, -1, label_ids].numpy()
    return torch.from_numpy(logits).softmax(dim=-1)


SAYS = {
    "wrong_not_renormalised": "these are probabilities over the whole vocabulary",
    "wrong_shifted_as_in_training": "this is read one position too early",
    "wrong_softmax_over_positions": "the softmax runs along the tokens of",
    "wrong_keeps_batch": "the batch dimension is still there: take",
    "wrong_log_probabilities": "these are logarithms of probabilities: take the",
    "wrong_sigmoid": "each label went through a sigmoid before",
    "wrong_mean_pooling": "this is an average over all positions",
    "wrong_list": "return a tensor, not a list",
    "wrong_logit_share": "the logits were divided by their sum",
    "wrong_numpy_with_gradient": "write tensor.detach() before numpy reads it",
}
