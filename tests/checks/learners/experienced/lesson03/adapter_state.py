"""Answers to adapter_state: the adapters alone, under PEFT's names."""

import torch


def right_modules(model):
    state = {}
    for name, module in model.named_modules():
        if hasattr(module, "lora_A") and hasattr(module, "lora_B"):
            for part in ("lora_A", "lora_B"):
                value = getattr(module, part).detach().cpu().clone().contiguous()
                state[f"base_model.model.{name}.{part}.weight"] = value
    return state


def right_parameters(model):
    return {
        f"base_model.model.{name}.weight": torch.clone(
            p.detach().cpu(), memory_format=torch.contiguous_format
        )
        for name, p in model.named_parameters()
        if name.split(".")[-1] in {"lora_A", "lora_B"}
    }


def right_state_dict(model):
    result = {}
    for key, value in model.state_dict().items():
        if key.endswith((".lora_A", ".lora_B")):
            copy = torch.empty(value.shape, dtype=value.dtype)
            result["base_model.model." + key + ".weight"] = copy.copy_(value)
    return result


@torch.no_grad()
def right_numpy(model):
    adapted = {n: m for n, m in model.named_modules() if "lora_A" in m._parameters}
    state = {}
    for n, m in adapted.items():
        for key, p in {"lora_A": m.lora_A, "lora_B": m.lora_B}.items():
            array = p.detach().cpu().numpy().copy()  # in C order
            state[".".join(["base_model.model", n, key, "weight"])] = torch.from_numpy(array)
    return state


def wrong_not_copied(model):
    """detach and cpu copy nothing on a CPU: the state goes on changing with the model."""
    return {
        f"base_model.model.{n}.weight": p.detach().cpu().contiguous()
        for n, p in model.named_parameters()
        if n.split(".")[-1] in ("lora_A", "lora_B")
    }


def wrong_default(model):
    """Uses the names inside a PEFT model (lora_A.default.weight), not those in its files."""
    return {
        f"base_model.model.{n}.default.weight": p.detach().cpu().clone().contiguous()
        for n, p in model.named_parameters()
        if n.split(".")[-1] in ("lora_A", "lora_B")
    }


def wrong_trainable_only(model):
    """Goes by requires_grad: misses frozen adapters, and takes anything else that trains."""
    return {
        f"base_model.model.{n}.weight": p.detach().cpu().clone().contiguous()
        for n, p in model.named_parameters()
        if p.requires_grad
    }


def wrong_with_gradient(model):
    """Clones without detach: the copies still require a gradient."""
    return {
        f"base_model.model.{n}.weight": p.cpu().clone().contiguous()
        for n, p in model.named_parameters()
        if n.split(".")[-1] in ("lora_A", "lora_B")
    }


def wrong_freezes_model(model):
    """Switches the gradient off on the model's own parameters: the adapters stop training."""
    return {
        f"base_model.model.{n}.weight": p.requires_grad_(False).cpu().clone().contiguous()
        for n, p in model.named_parameters()
        if n.split(".")[-1] in ("lora_A", "lora_B")
    }


def wrong_half(model):
    """Saves in half precision to make the file smaller: the values are no copies any more."""
    return {
        f"base_model.model.{n}.weight": p.detach().cpu().half().contiguous()
        for n, p in model.named_parameters()
        if n.split(".")[-1] in ("lora_A", "lora_B")
    }


def wrong_keeps_strides(model):
    """Never calls contiguous, and clone keeps the strides of a transposed parameter."""
    return {
        f"base_model.model.{n}.weight": p.detach().cpu().clone()
        for n, p in model.named_parameters()
        if n.split(".")[-1] in ("lora_A", "lora_B")
    }


def wrong_arrays(model):
    """Returns NumPy arrays, as one would save a JAX tree; tensors were asked for."""
    return {
        f"base_model.model.{n}.weight": p.detach().cpu().numpy().copy()
        for n, p in model.named_parameters()
        if n.split(".")[-1] in ("lora_A", "lora_B")
    }


def wrong_module_names(model):
    """Keeps PyTorch's names: neither the prefix base_model.model. nor the ending .weight."""
    return {
        n: p.detach().cpu().clone().contiguous()
        for n, p in model.named_parameters()
        if n.split(".")[-1] in ("lora_A", "lora_B")
    }


def wrong_calls_peft(model):
    """Asks PEFT for the state, but this is no PEFT model: AttributeError."""
    from peft import get_peft_model_state_dict

    return get_peft_model_state_dict(model)


SAYS = {
    "wrong_not_copied": "shares its memory with the model",
    "wrong_default": "PEFT has 'default' in the names in memory",
    "wrong_trainable_only": "requires_grad does not tell what an adapter is",
    "wrong_with_gradient": "still asks for gradients",
    "wrong_freezes_model": "requires_grad of the model's own parameters",
    "wrong_half": "should stay in float32",
    "wrong_keeps_strides": "is not contiguous",
    "wrong_arrays": "should be a tensor",
    "wrong_module_names": "and ending '.weight' are missing",
}
