import itertools

import torch


def right_model_then_prompt(model, soft_prompt):
    model.requires_grad_(False)
    soft_prompt.requires_grad_(True)
    return sum(p.numel() for p in soft_prompt.parameters())


def right_by_identity(model, soft_prompt):
    own = {id(p) for p in soft_prompt.parameters()}
    everything = {id(p): p for m in (model, soft_prompt) for p in m.parameters()}
    total = 0
    for key, parameter in everything.items():
        parameter.requires_grad = key in own
        total += parameter.numel() if parameter.requires_grad else 0
    return total


def right_filter_after(model, soft_prompt):
    for _, parameter in model.named_parameters():
        parameter.requires_grad = False
    for _, parameter in soft_prompt.named_parameters():
        parameter.requires_grad = True
    both = set(itertools.chain(model.parameters(), soft_prompt.parameters()))
    return sum(map(torch.Tensor.numel, filter(lambda p: p.requires_grad, both)))


def right_module_list(model, soft_prompt):
    both = torch.nn.ModuleList([model, soft_prompt])  # parameters() lists a shared one once
    both.requires_grad_(False)
    soft_prompt.requires_grad_()
    return sum(p.numel() for p in both.parameters() if p.requires_grad)


def right_embedding_only(model, soft_prompt):
    model.apply(lambda module: module.requires_grad_(False))
    length, width = soft_prompt.embedding.requires_grad_().shape
    return length * width


def wrong_order(model, soft_prompt):
    """Freezes the model last, and with it a soft prompt that is a part of the model."""
    soft_prompt.requires_grad_(True)
    model.requires_grad_(False)
    return sum(p.numel() for p in soft_prompt.parameters())


def wrong_by_name(model, soft_prompt):
    """Goes by the name "soft_prompt": misses a prompt of another name or outside the model."""
    for name, parameter in model.named_parameters():
        parameter.requires_grad = "soft_prompt" in name
    return sum(p.numel() for p in model.parameters() if p.requires_grad)


def wrong_counts_model_only(model, soft_prompt):
    """Counts in the model alone: 0 as long as the soft prompt is not a part of it."""
    model.requires_grad_(False)
    soft_prompt.requires_grad_(True)
    return sum(p.numel() for p in model.parameters() if p.requires_grad)


def wrong_counts_twice(model, soft_prompt):
    """Adds the counts of model and prompt: a prompt inside the model is counted twice."""
    model.requires_grad_(False)
    soft_prompt.requires_grad_(True)
    both = list(model.parameters()) + list(soft_prompt.parameters())
    return sum(p.numel() for p in both if p.requires_grad)


def wrong_eval_mode(model, soft_prompt):
    """Takes eval() for freezing; it switches dropout off, and all weights still get gradients."""
    model.eval()
    soft_prompt.train()
    return sum(p.numel() for p in soft_prompt.parameters())


def wrong_attribute(model, soft_prompt):
    """Sets an attribute of the module, model.requires_grad, which no parameter looks at."""
    model.requires_grad = False
    soft_prompt.requires_grad = True
    return sum(p.numel() for p in soft_prompt.parameters())


def wrong_stop_gradient(model, soft_prompt):
    """Calls detach() as JAX's stop_gradient and drops the result: nothing is frozen."""
    for parameter in model.parameters():
        parameter.detach()
    soft_prompt.requires_grad_(True)
    return sum(p.numel() for p in soft_prompt.parameters())


def wrong_counts_tensors(model, soft_prompt):
    """Counts parameter tensors instead of the numbers in them."""
    model.requires_grad_(False)
    soft_prompt.requires_grad_(True)
    return len(list(soft_prompt.parameters()))


def wrong_prints(model, soft_prompt):
    """Prints the number, as PEFT's print_trainable_parameters does, and returns None."""
    model.requires_grad_(False)
    soft_prompt.requires_grad_(True)
    print("trainable params:", sum(p.numel() for p in soft_prompt.parameters()))


def wrong_counts_everything(model, soft_prompt):
    """Freezes rightly, but returns the number of all parameters of the model, frozen or not."""
    model.requires_grad_(False)
    soft_prompt.requires_grad_(True)
    return sum(p.numel() for p in model.parameters())


SAYS = {
    "wrong_order": "the soft prompt is frozen too: it",
    "wrong_by_name": "the soft prompt is not counted: it",
    "wrong_counts_model_only": "the soft prompt is not counted: it",
    "wrong_counts_twice": "the soft prompt was counted twice: it",
    "wrong_eval_mode": "none of the model's parameters is frozen",
    "wrong_attribute": "model.requires_grad = False sets an attribute of",
    "wrong_stop_gradient": "none of the model's parameters is frozen",
    "wrong_counts_tensors": "this counts tensors: count their numbers, p.numel()",
    "wrong_prints": "does every way through the function end",
    "wrong_counts_everything": "this counts the frozen parameters: count those",
}
