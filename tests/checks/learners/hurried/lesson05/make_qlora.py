"""Answers to exercise 8: make it QLoRA (the lesson has the learner call these two modules)."""

import copy
import functools
import math

from course_utils.methods import lora
from course_utils.quantisation import layer as four_bit


def right_sum(model, make_layer, rank, alpha):
    four_bit.quantise_model(model, make_layer)
    lora.add_lora(model, rank, alpha)
    return sum(p.numel() for p in model.parameters() if p.requires_grad)


def right_loop(model, make_layer, rank, alpha):
    four_bit.quantise_model(model, make_layer)
    lora.add_lora(model, rank, alpha)
    count = 0
    for _, parameter in model.named_parameters():
        if not parameter.requires_grad:
            continue
        count += math.prod(parameter.shape)
    return count


def right_keywords(model, make_layer, rank, alpha):
    four_bit.quantise_model(model=model, make_layer=make_layer)
    lora.add_lora(model=model, rank=rank, alpha=alpha)
    trained = [p for p in model.parameters() if p.requires_grad]
    return sum(map(lambda p: p.nelement(), trained))


def right_reduce(model, make_layer, rank, alpha):
    for change in (
        lambda m: four_bit.quantise_model(m, make_layer),
        lambda m: lora.add_lora(m, rank, alpha),
    ):
        change(model)
    return functools.reduce(
        lambda total, p: total + p.numel() * p.requires_grad, model.parameters(), 0
    )


def right_by_module(model, make_layer, rank, alpha):
    four_bit.quantise_model(model, make_layer)
    lora.add_lora(model, rank, alpha)
    trained = {}
    for module in model.modules():
        for parameter in module.parameters(recurse=False):
            if parameter.requires_grad:
                trained[id(parameter)] = parameter.shape.numel()
    return sum(trained.values())


def right_all_less_frozen(model, make_layer, rank, alpha):
    four_bit.quantise_model(model, make_layer)
    lora.add_lora(model, rank, alpha)
    sizes = {p: p.data.numel() for p in model.parameters()}
    frozen = sum(size for p, size in sizes.items() if not p.requires_grad)
    return sum(sizes.values()) - frozen


def wrong_order(model, make_layer, rank, alpha):
    """Adds LoRA first and quantises afterwards, in the reverse of the order asked for."""
    lora.add_lora(model, rank, alpha)
    four_bit.quantise_model(model, make_layer)
    return sum(p.numel() for p in model.parameters() if p.requires_grad)


def wrong_no_quantising(model, make_layer, rank, alpha):
    """Forgets to quantise: this is plain LoRA."""
    lora.add_lora(model, rank, alpha)
    return sum(p.numel() for p in model.parameters() if p.requires_grad)


def wrong_no_lora(model, make_layer, rank, alpha):
    """Forgets the adapters: the model is rounded and has nothing to train."""
    four_bit.quantise_model(model, make_layer)
    return sum(p.numel() for p in model.parameters() if p.requires_grad)


def wrong_all_parameters(model, make_layer, rank, alpha):
    """Counts all parameters, the frozen embedding and norms too."""
    four_bit.quantise_model(model, make_layer)
    lora.add_lora(model, rank, alpha)
    return sum(p.numel() for p in model.parameters())


def wrong_tensors(model, make_layer, rank, alpha):
    """Counts tensors and not the numbers in them."""
    four_bit.quantise_model(model, make_layer)
    lora.add_lora(model, rank, alpha)
    return sum(1 for p in model.parameters() if p.requires_grad)


def wrong_swapped(model, make_layer, rank, alpha):
    """Swaps rank and alpha when calling add_lora."""
    four_bit.quantise_model(model, make_layer)
    lora.add_lora(model, int(alpha), float(rank))
    return sum(p.numel() for p in model.parameters() if p.requires_grad)


def wrong_fixed_rank(model, make_layer, rank, alpha):
    """Uses the lesson's rank 8 and alpha 16 whatever is asked for."""
    four_bit.quantise_model(model, make_layer)
    lora.add_lora(model, 8, 16.0)
    return sum(p.numel() for p in model.parameters() if p.requires_grad)


def wrong_alpha_divided(model, make_layer, rank, alpha):
    """Divides alpha by the rank beforehand, so the scale is divided twice."""
    four_bit.quantise_model(model, make_layer)
    lora.add_lora(model, rank, alpha / rank)
    return sum(p.numel() for p in model.parameters() if p.requires_grad)


def wrong_alpha_from_rank(model, make_layer, rank, alpha):
    """Ignores alpha and takes twice the rank, a rule of thumb that fits the lesson's values."""
    four_bit.quantise_model(model, make_layer)
    lora.add_lora(model, rank, 2.0 * rank)
    return sum(p.numel() for p in model.parameters() if p.requires_grad)


def wrong_copy(model, make_layer, rank, alpha):
    """Works on a copy, so the caller's model stays as it was."""
    model = copy.deepcopy(model)
    four_bit.quantise_model(model, make_layer)
    lora.add_lora(model, rank, alpha)
    return sum(p.numel() for p in model.parameters() if p.requires_grad)


def wrong_counts_too_early(model, make_layer, rank, alpha):
    """Counts before the adapters exist."""
    four_bit.quantise_model(model, make_layer)
    count = sum(p.numel() for p in model.parameters() if p.requires_grad)
    lora.add_lora(model, rank, alpha)
    return count


def wrong_no_return(model, make_layer, rank, alpha):
    """Changes the model and prints the count, but returns nothing."""
    four_bit.quantise_model(model, make_layer)
    lora.add_lora(model, rank, alpha)
    print(sum(p.numel() for p in model.parameters() if p.requires_grad))


def wrong_returns_model(model, make_layer, rank, alpha):
    """Returns the model instead of the number of trainable parameters."""
    four_bit.quantise_model(model, make_layer)
    lora.add_lora(model, rank, alpha)
    return model


def wrong_early_return(model, make_layer, rank, alpha):
    """Returns within the loop, so it counts the first trainable tensor alone."""
    four_bit.quantise_model(model, make_layer)
    lora.add_lora(model, rank, alpha)
    count = 0
    for p in model.parameters():
        if p.requires_grad:
            count += p.numel()
            return count


def wrong_unfreezes(model, make_layer, rank, alpha):
    """Makes every remaining parameter trainable, the embedding and norms too."""
    four_bit.quantise_model(model, make_layer)
    lora.add_lora(model, rank, alpha)
    for p in model.parameters():
        p.requires_grad_(True)
    return sum(p.numel() for p in model.parameters() if p.requires_grad)


def wrong_freezes_all(model, make_layer, rank, alpha):
    """Freezes the model after the adapters were added, and so freezes them as well."""
    four_bit.quantise_model(model, make_layer)
    lora.add_lora(model, rank, alpha)
    count = sum(p.numel() for p in model.parameters() if p.requires_grad)
    model.requires_grad_(False)
    return count


def wrong_share(model, make_layer, rank, alpha):
    """Returns the trainable share of the parameters and not their number."""
    four_bit.quantise_model(model, make_layer)
    lora.add_lora(model, rank, alpha)
    trained = sum(p.numel() for p in model.parameters() if p.requires_grad)
    return trained / sum(p.numel() for p in model.parameters())


def wrong_method_call(model, make_layer, rank, alpha):
    """Calls quantise_model as a method of the model, which has none: AttributeError."""
    model.quantise_model()
    lora.add_lora(model, rank, alpha)
    return sum(p.numel() for p in model.parameters() if p.requires_grad)


SAYS = {
    "wrong_order": "quantise first, then add LoRA: a layer",
    "wrong_no_quantising": "no weight is in 4 bits: quantise",
    "wrong_no_lora": "the adapters are missing: 4-bit weights cannot",
    "wrong_all_parameters": "this counts the frozen parameters too",
    "wrong_tensors": "this counts tensors: count their numbers, p.numel()",
    "wrong_swapped": "rank and alpha are exchanged: add_lora takes",
    "wrong_fixed_rank": "the argument rank is not used",
    "wrong_alpha_divided": "pass alpha itself: the layer divides it",
    "wrong_alpha_from_rank": "the argument alpha is not used",
    "wrong_copy": "the model is as it was: change",
    "wrong_counts_too_early": "this was counted before the adapters were",
    "wrong_no_return": "does every way through the function end",
    "wrong_returns_model": "return the number of trainable parameters, not",
    "wrong_early_return": "this is one tensor's: does the loop",
    "wrong_unfreezes": "more than the adapters would be trained",
    "wrong_freezes_all": "some adapters are frozen, and would learn",
    "wrong_share": "this is a share of all parameters",
    "wrong_method_call": "quantise_model and add_lora are functions of modules",
}
