"""Answers to ``adapter_state``."""

import torch

PREFIX = "base_model.model."


def usual(model):
    return {
        f"{PREFIX}{name}.weight": parameter.detach().cpu().clone().contiguous()
        for name, parameter in model.named_parameters()
        if name.endswith(("lora_A", "lora_B"))
    }


def by_modules(model):
    state = {}
    for name, module in model.named_modules():
        for part in ("lora_B", "lora_A"):
            if hasattr(module, part):
                matrix = torch.empty(getattr(module, part).shape)
                matrix.copy_(getattr(module, part).data)
                state[f"{PREFIX}{name}.{part}.weight"] = matrix
    return state


def by_state_dict(model):
    return {
        "base_model.model." + key + ".weight": torch.tensor(value.tolist())
        for key, value in model.state_dict().items()
        if ".lora_" in key
    }


def by_gradients(model):
    return {
        PREFIX + name + ".weight": p.detach().clone(memory_format=torch.contiguous_format)
        for name, p in model.named_parameters()
        if p.requires_grad
    }


def named(name, spell=lambda key: f"{PREFIX}{key}.weight", keep=lambda key: "lora_" in key):
    """A wrong answer with other keys."""

    def wrong(model):
        return {
            spell(key): value.clone().contiguous()
            for key, value in model.state_dict().items()
            if keep(key)
        }

    wrong.__name__ = name
    return wrong


def holding(name, change):
    """A wrong answer with other values."""

    def wrong(model):
        parameters = dict(model.named_parameters())
        return {
            key: change(parameters[key.removeprefix(PREFIX).removesuffix(".weight")])
            for key in usual(model)
        }

    wrong.__name__ = name
    return wrong


class SomeClass(torch.nn.Module):
    """A class that no model has."""


def by_own_class(model):
    return {n: m.lora_A for n, m in model.named_modules() if isinstance(m, SomeClass)}


def a_list(model):
    return list(usual(model).values())


def saved(model):
    return model.state_dict()


def contiguous(tensor):
    return tensor.detach().clone().contiguous()


RIGHT = [usual, by_modules, by_state_dict, by_gradients]
WRONG = [
    (saved, "the frozen weights are in it too"),
    (named("everything", keep=lambda key: True), "the frozen weights are in it too"),
    (named("no_prefix", lambda key: f"{key}.weight"), "prefix 'base_model.model.' is missing"),
    (named("no_ending", lambda key: f"{PREFIX}{key}"), "'.weight' is missing at the end"),
    (named("own_names", lambda key: key), "prefix 'base_model.model.' and ending"),
    (named("half_a_prefix", lambda key: f"base_model.{key}.weight"), "'model.' follows it"),
    (named("with_default", lambda key: f"{PREFIX}{key}.default.weight"), "'default'"),
    (named("only_a", keep=lambda key: "lora_A" in key), "lora_B is missing"),
    (named("only_b", keep=lambda key: "lora_B" in key), "lora_A is missing"),
    (named("last_names", lambda key: f"{PREFIX}{'.'.join(key.split('.')[-2:])}.weight"),
     "not its last part"),
    (named("other_prefix", lambda key: f"model.base_model.{key}.weight"), "not PEFT's"),
    (holding("parameters", lambda p: p), "detach() it"),
    (holding("copies_with_a_graph", lambda p: p.clone()), "detach() it"),
    (holding("shared", lambda p: p.detach().cpu()), "shares its memory"),
    (holding("not_contiguous", lambda p: p.detach().clone()), "not contiguous"),
    (holding("transposed", lambda p: contiguous(p.T)), "is transposed"),
    (holding("zeros", lambda p: torch.zeros(p.shape)), "not the adapter's"),
    (holding("in_bfloat16", lambda p: p.detach().bfloat16().contiguous()),
     "should stay in float32"),
    (holding("lists", lambda p: p.tolist()), "should be a tensor"),
    (by_own_class, "no adapter was found"),
    (a_list, "return a dictionary"),
]  # fmt: skip
