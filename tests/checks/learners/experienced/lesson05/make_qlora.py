import copy

import torch

from course_utils.methods import lora
from course_utils.quantisation import layer as four_bit


def right_plain(model, make_layer, rank, alpha):
    four_bit.quantise_model(model, make_layer)
    lora.add_lora(model, rank, alpha)
    return sum(p.numel() for p in model.parameters() if p.requires_grad)


def right_keywords_and_loop(model, make_layer, rank, alpha):
    four_bit.quantise_model(model, make_layer)
    lora.add_lora(model, rank=rank, alpha=alpha)
    count = 0
    for _, parameter in model.named_parameters():
        count += parameter.numel() * int(parameter.requires_grad)
    return count


def right_modules(model, make_layer, rank, alpha):
    four_bit.quantise_model(model, make_layer)
    lora.add_lora(model, rank, alpha)
    shapes = [
        parameter.shape
        for module in model.modules()
        for parameter in module.parameters(recurse=False)
        if parameter.requires_grad
    ]
    return sum(map(torch.Size.numel, shapes))


def right_filter(model, make_layer, rank, alpha):
    four_bit.quantise_model(model, make_layer)
    lora.add_lora(model, rank, alpha)
    trained = filter(lambda p: p.requires_grad, model.parameters())
    return len(torch.nn.utils.parameters_to_vector(trained))


def wrong_lora_first(model, make_layer, rank, alpha):
    """Adds LoRA before it quantises, the other way round."""
    lora.add_lora(model, rank, alpha)
    four_bit.quantise_model(model, make_layer)
    return sum(p.numel() for p in model.parameters() if p.requires_grad)


def wrong_counts_all(model, make_layer, rank, alpha):
    """Counts the frozen parameters as well."""
    four_bit.quantise_model(model, make_layer)
    lora.add_lora(model, rank, alpha)
    return sum(p.numel() for p in model.parameters())


def wrong_not_quantised(model, make_layer, rank, alpha):
    """Adds LoRA to the 16-bit model: nothing is quantised."""
    lora.add_lora(model, rank, alpha)
    return sum(p.numel() for p in model.parameters() if p.requires_grad)


def wrong_no_lora(model, make_layer, rank, alpha):
    """Only quantises; no adapter is added."""
    four_bit.quantise_model(model, make_layer)
    return sum(p.numel() for p in model.parameters() if p.requires_grad)


def wrong_counts_tensors(model, make_layer, rank, alpha):
    """Counts the tensors that train, not the numbers in them."""
    four_bit.quantise_model(model, make_layer)
    lora.add_lora(model, rank, alpha)
    return len([p for p in model.parameters() if p.requires_grad])


def wrong_arguments_swapped(model, make_layer, rank, alpha):
    """Passes alpha as the rank and the rank as alpha."""
    four_bit.quantise_model(model, make_layer)
    lora.add_lora(model, int(alpha), float(rank))
    return sum(p.numel() for p in model.parameters() if p.requires_grad)


def wrong_hard_coded(model, make_layer, rank, alpha):
    """Uses rank 8 and alpha 16 of the lesson, whatever the arguments."""
    four_bit.quantise_model(model, make_layer)
    lora.add_lora(model, 8, 16.0)
    return sum(p.numel() for p in model.parameters() if p.requires_grad)


def wrong_alpha_over_rank(model, make_layer, rank, alpha):
    """Divides alpha by the rank first, which add_lora does once more."""
    four_bit.quantise_model(model, make_layer)
    lora.add_lora(model, rank, alpha / rank)
    return sum(p.numel() for p in model.parameters() if p.requires_grad)


def wrong_copy(model, make_layer, rank, alpha):
    """Works on a copy and leaves the caller's model as it was (a JAX habit)."""
    model = copy.deepcopy(model)
    four_bit.quantise_model(model, make_layer)
    lora.add_lora(model, rank, alpha)
    return sum(p.numel() for p in model.parameters() if p.requires_grad)


def wrong_returns_model(model, make_layer, rank, alpha):
    """Returns the model (as get_peft_model does), not the number of parameters."""
    four_bit.quantise_model(model, make_layer)
    lora.add_lora(model, rank, alpha)
    return model


def wrong_all_frozen(model, make_layer, rank, alpha):
    """Freezes everything after the adapters were added, so nothing trains any more."""
    four_bit.quantise_model(model, make_layer)
    lora.add_lora(model, rank, alpha)
    count = sum(p.numel() for p in model.parameters() if p.requires_grad)
    model.requires_grad_(False)
    return count


def wrong_trains_norms(model, make_layer, rank, alpha):
    """Thaws the norms as well, which QLoRA leaves frozen."""
    four_bit.quantise_model(model, make_layer)
    lora.add_lora(model, rank, alpha)
    for name, parameter in model.named_parameters():
        if "norm" in name:
            parameter.requires_grad_(True)
    return sum(p.numel() for p in model.parameters() if p.requires_grad)


def wrong_half_adapters(model, make_layer, rank, alpha):
    """Casts the adapters to bfloat16 (model-wide habit); the lesson keeps A and B in float32."""
    four_bit.quantise_model(model, make_layer)
    lora.add_lora(model, rank, alpha)
    for parameter in model.parameters():
        if parameter.requires_grad:
            parameter.data = parameter.data.to(torch.bfloat16)
    return sum(p.numel() for p in model.parameters() if p.requires_grad)


SAYS = {
    "wrong_lora_first": "quantise first, then add LoRA: a layer",
    "wrong_counts_all": "this counts the frozen parameters too",
    "wrong_not_quantised": "no weight is in 4 bits: quantise",
    "wrong_no_lora": "the adapters are missing: 4-bit weights cannot",
    "wrong_counts_tensors": "this counts tensors: count their numbers, p.numel()",
    "wrong_arguments_swapped": "rank and alpha are exchanged: add_lora takes",
    "wrong_hard_coded": "the argument rank is not used",
    "wrong_alpha_over_rank": "pass alpha itself: the layer divides it",
    "wrong_copy": "the model is as it was: change",
    "wrong_returns_model": "return the number of trainable parameters, not",
    "wrong_all_frozen": "some adapters are frozen, and would learn",
    "wrong_trains_norms": "more than the adapters would be trained",
    "wrong_half_adapters": "adapters stay in float32",
}
