"""Learners' answers to exercise 7, adapter_state."""

import copy

import torch


def right_modules(model):
    state = {}
    for name, module in model.named_modules():
        if hasattr(module, "lora_A"):
            for part in ("lora_A", "lora_B"):
                value = getattr(module, part).detach().to("cpu", copy=True).contiguous()
                state[f"base_model.model.{name}.{part}.weight"] = value
    return state


def right_parameters(model):
    return {
        f"base_model.model.{name}.weight": parameter.detach().cpu().clone().contiguous()
        for name, parameter in model.named_parameters()
        if name.split(".")[-1] in ("lora_A", "lora_B")
    }


def right_state_dict(model):
    state = {}
    for key, value in model.state_dict().items():
        if key.endswith((".lora_A", ".lora_B")):
            copied = value.clone(memory_format=torch.contiguous_format).cpu()
            state["base_model.model." + key + ".weight"] = copied
    return state


@torch.no_grad()
def right_empty_and_copy(model):
    state = {}
    for name, module in model.named_modules():
        if "lora_A" in module._parameters and "lora_B" in module._parameters:
            for part in "AB":
                source = module.get_parameter(f"lora_{part}")
                target = torch.empty(source.shape, dtype=source.dtype, device="cpu")
                state[f"base_model.model.{name}.lora_{part}.weight"] = target.copy_(source)
    return state


def right_numpy(model):
    layers = {n: m for n, m in model.named_modules() if getattr(m, "lora_A", None) is not None}
    both = [(f"{n}.lora_A", m.lora_A) for n, m in layers.items()]
    both += [(f"{n}.lora_B", m.lora_B) for n, m in layers.items()]
    return {
        f"base_model.model.{name}.weight": torch.from_numpy(value.detach().cpu().numpy().copy("C"))
        for name, value in both
    }


def right_generator(model):
    def pairs():
        for name, module in model.named_modules():
            parts = dict(module.named_parameters(prefix="base_model.model." + name, recurse=False))
            for key, value in parts.items():
                if key.rsplit(".", 1)[1] in {"lora_A", "lora_B"}:
                    yield key + ".weight", torch.tensor(value.tolist(), dtype=value.dtype)

    return dict(pairs())


def wrong_no_prefix(model):
    """Forgets the prefix base_model.model."""
    state = {}
    for name, module in model.named_modules():
        if hasattr(module, "lora_A"):
            state[f"{name}.lora_A.weight"] = module.lora_A.detach().cpu().clone().contiguous()
            state[f"{name}.lora_B.weight"] = module.lora_B.detach().cpu().clone().contiguous()
    return state


def wrong_half_a_prefix(model):
    """Writes base_model. once and leaves out the second model., as it sees one in the name."""
    state = {}
    for name, module in model.named_modules():
        if hasattr(module, "lora_A"):
            key = "base_model." + name
            state[key + ".lora_A.weight"] = module.lora_A.detach().cpu().clone().contiguous()
            state[key + ".lora_B.weight"] = module.lora_B.detach().cpu().clone().contiguous()
    return state


def wrong_no_weight(model):
    """Forgets .weight at the end of the names."""
    return {
        "base_model.model." + name: parameter.detach().cpu().clone().contiguous()
        for name, parameter in model.named_parameters()
        if "lora_" in name
    }


def wrong_adapter_name(model):
    """Uses PEFT's names inside a model, with .default, which its files do not have."""
    return {
        f"base_model.model.{name}.default.weight": p.detach().cpu().clone().contiguous()
        for name, p in model.named_parameters()
        if "lora_" in name
    }


def wrong_last_name(model):
    """Uses the layer's last name only, so that layers overwrite each other."""
    state = {}
    for name, module in model.named_modules():
        if hasattr(module, "lora_A"):
            key = "base_model.model." + name.split(".")[-1]
            state[key + ".lora_A.weight"] = module.lora_A.detach().cpu().clone().contiguous()
            state[key + ".lora_B.weight"] = module.lora_B.detach().cpu().clone().contiguous()
    return state


def wrong_same_key(model):
    """Writes B under A's name, so that A is lost."""
    state = {}
    for name, module in model.named_modules():
        if hasattr(module, "lora_A"):
            for value in (module.lora_A, module.lora_B):
                key = f"base_model.model.{name}.lora_A.weight"
                state[key] = value.detach().cpu().clone().contiguous()
    return state


def wrong_swapped(model):
    """Swaps A and B."""
    state = {}
    for name, module in model.named_modules():
        if hasattr(module, "lora_A"):
            key = "base_model.model." + name
            state[key + ".lora_A.weight"] = module.lora_B.detach().cpu().clone().contiguous()
            state[key + ".lora_B.weight"] = module.lora_A.detach().cpu().clone().contiguous()
    return state


def wrong_only_a(model):
    """Forgets B."""
    return {
        f"base_model.model.{name}.lora_A.weight": m.lora_A.detach().cpu().clone().contiguous()
        for name, m in model.named_modules()
        if hasattr(m, "lora_A")
    }


def wrong_not_a_copy(model):
    """Makes no copy: on the CPU the values share memory with the model and train on with it."""
    return {
        f"base_model.model.{name}.weight": parameter.detach().cpu().contiguous()
        for name, parameter in model.named_parameters()
        if name.endswith(("lora_A", "lora_B"))
    }


def wrong_with_gradient(model):
    """Does not detach: the copies hang on the graph and require a gradient."""
    return {
        f"base_model.model.{name}.weight": parameter.cpu().clone().contiguous()
        for name, parameter in model.named_parameters()
        if name.endswith(("lora_A", "lora_B"))
    }


def wrong_parameters(model):
    """Copies the parameters with deepcopy, which keep on requiring a gradient."""
    return {
        f"base_model.model.{name}.weight": copy.deepcopy(parameter).cpu()
        for name, parameter in model.named_parameters()
        if name.endswith(("lora_A", "lora_B"))
    }


def wrong_freezes_the_model(model):
    """Turns the gradient off in the model's own adapters, which then train no more."""
    return {
        f"base_model.model.{name}.weight": p.requires_grad_(False).cpu().clone().contiguous()
        for name, p in model.named_parameters()
        if name.endswith(("lora_A", "lora_B"))
    }


def wrong_not_contiguous(model):
    """Only clones, which keeps the strides of a transposed matrix."""
    return {
        f"base_model.model.{name}.weight": parameter.detach().cpu().clone()
        for name, parameter in model.named_parameters()
        if name.endswith(("lora_A", "lora_B"))
    }


def wrong_with_base(model):
    """Saves the frozen weights of the adapted layers too, not the adapters alone."""
    state = {}
    for name, module in model.named_modules():
        if hasattr(module, "lora_A"):
            for part, value in module.state_dict().items():
                key = f"base_model.model.{name}.{part.removesuffix('.weight')}.weight"
                state[key] = value.cpu().clone().contiguous()
    return state


def wrong_whole_model(model):
    """Saves every parameter of the model."""
    return {
        f"base_model.model.{name}.weight": parameter.detach().cpu().clone().contiguous()
        for name, parameter in model.named_parameters()
    }


def wrong_transposed(model):
    """Transposes the matrices."""
    return {
        f"base_model.model.{name}.weight": parameter.detach().cpu().T.clone().contiguous()
        for name, parameter in model.named_parameters()
        if name.endswith(("lora_A", "lora_B"))
    }


def wrong_product(model):
    """Saves the update BA, which is as large as the full matrix."""
    return {
        f"base_model.model.{name}.weight": (m.lora_B @ m.lora_A).detach().cpu().contiguous()
        for name, m in model.named_modules()
        if hasattr(m, "lora_A")
    }


def wrong_half(model):
    """Rounds to bfloat16 to save space; the values are no longer those of the adapter."""
    return {
        f"base_model.model.{name}.weight": p.detach().cpu().bfloat16().clone().contiguous()
        for name, p in model.named_parameters()
        if name.endswith(("lora_A", "lora_B"))
    }


def wrong_returns_in_loop(model):
    """Returns within the loop, with the first adapted layer alone."""
    state = {}
    for name, module in model.named_modules():
        if hasattr(module, "lora_A"):
            key = "base_model.model." + name
            state[key + ".lora_A.weight"] = module.lora_A.detach().cpu().clone().contiguous()
            state[key + ".lora_B.weight"] = module.lora_B.detach().cpu().clone().contiguous()
            return state


def wrong_linear_inside(model):
    """Takes lora_A for a layer with a weight, as in PEFT: a Parameter has none."""
    state = {}
    for name, module in model.named_modules():
        if hasattr(module, "lora_A"):
            key = "base_model.model." + name
            state[key + ".lora_A.weight"] = module.lora_A.weight.detach().cpu().clone()
            state[key + ".lora_B.weight"] = module.lora_B.weight.detach().cpu().clone()
    return state


SAYS = {
    "wrong_no_prefix": "PEFT's prefix 'base_model.model.' is missing",
    "wrong_half_a_prefix": "the model's own name 'model.' follows it",
    "wrong_no_weight": "'.weight' is missing at the end",
    "wrong_adapter_name": "but not in the file",
    "wrong_last_name": "not its last part",
    "wrong_same_key": "lora_B stands under the name",
    "wrong_swapped": "lora_A and lora_B are swapped",
    "wrong_only_a": "lora_B is missing",
    "wrong_not_a_copy": "shares its memory with the model",
    "wrong_with_gradient": "still asks for gradients",
    "wrong_parameters": "still asks for gradients",
    "wrong_freezes_the_model": "requires_grad of the model's own",
    "wrong_not_contiguous": "is not contiguous",
    "wrong_with_base": "the frozen weights are in it too",
    "wrong_whole_model": "the frozen weights are in it too",
    "wrong_transposed": "is transposed",
    "wrong_product": "a whole weight for each layer",
    "wrong_half": "should stay in float32",
    "wrong_returns_in_loop": "is `return` in the loop",
    "wrong_linear_inside": "have no .weight",
}
