"""Answers to ``adapter_state``."""

import tempfile
from pathlib import Path

import torch

from course_utils.methods.lora import add_lora, lora_layers
from course_utils.methods.lora_files import load_adapter, set_adapter_state, write_adapter
from course_utils.model.tiny import tiny_model

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


def by_gradients_and_names(model):
    trained = {n for n, p in model.named_parameters() if p.requires_grad}
    return {k: v for k, v in usual(model).items() if k[len(PREFIX) : -len(".weight")] in trained}


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


def freezing(model):
    return {
        key: value.requires_grad_(False).clone().contiguous()
        for key, value in ((f"{PREFIX}{n}.weight", p) for n, p in model.named_parameters())
        if "lora_" in key
    }


def changing(model):
    for name, parameter in model.named_parameters():
        if "lora_" in name:
            parameter.data = parameter.data.contiguous()
    return usual(model)


def to_evaluation(model):
    return usual(model.train())


def keyed(name, choose):
    """A wrong answer with some of the keys alone."""

    def wrong(model):
        state = usual(model)
        return {key: state[key] for key in choose(list(state))}

    wrong.__name__ = name
    return wrong


def swapped(model):
    state = usual(model)
    other = {"A": "B", "B": "A"}
    return {key: state[f"{key[:-8]}{other[key[-8]]}.weight"] for key in state}


def b_under_a(model):
    return {key.replace("lora_B", "lora_A"): value for key, value in usual(model).items()}


def product(model):
    return {
        f"{PREFIX}{name}.weight": (m.lora_B @ m.lora_A).detach()
        for name, m in model.named_modules()
        if hasattr(m, "lora_A")
    }


def numbered(model):
    return dict(enumerate(usual(model).values()))


def NEXT(answer):
    model = tiny_model("llama")
    add_lora(model, 4, 8, ("q_proj", "up_proj"))
    for layer in lora_layers(model).values():
        torch.nn.init.normal_(layer.lora_B)
    model.requires_grad_(False)  # as the lesson does when it has unmerged
    settings = {"r": 4, "lora_alpha": 8, "target_modules": ["q_proj", "up_proj"]}
    ids, fresh = torch.tensor([[3, 1, 2]]), tiny_model("llama")
    with tempfile.TemporaryDirectory() as folder:
        write_adapter(answer(model), settings, Path(folder) / "adapter")
        load_adapter(fresh, Path(folder) / "adapter")
    assert torch.equal(model(ids).logits, fresh(ids).logits)
    set_adapter_state(model, answer(fresh))


RIGHT = [usual, by_modules, by_state_dict]
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
    (by_gradients, "requires_grad does not tell"),
    (by_gradients_and_names, "requires_grad does not tell"),
    (freezing, "requires_grad of the model's own"),
    (changing, "only read its parameters"),
    (to_evaluation, "the model's layers are changed"),
    (keyed("first_layer", lambda keys: keys[:2]), "is `return` in the loop"),
    (keyed("not_the_first", lambda keys: keys[2:]), "some layers are missing"),
    (swapped, "lora_A and lora_B are swapped"),
    (b_under_a, "lora_B stands under the name of lora_A"),
    (product, "a whole weight for each layer"),
    (numbered, "no key names lora_A or lora_B"),
    (named("model_twice", lambda key: f"{PREFIX}model.{key}.weight"), "once too often"),
    (named("no_full_stop", lambda key: f"{PREFIX[:-1]}{key}.weight"), "a full stop is missing"),
    (named("small", lambda key: f"{PREFIX}{key}.weight".replace("a_A", "a_a").replace(
        "a_B", "a_b")), "with a capital letter"),
    (named("other_order", lambda key: f"{PREFIX}{key[:-7]}.weight.{key[-6:]}"), "comes last"),
    (named("underscores", lambda key: f"{PREFIX}{key[:-7].replace('.', '_')}{key[-7:]}.weight"),
     "stay as they are"),
    (named("no_layer", lambda key: f"{PREFIX}{key[-6:]}.weight"), "every layer needs keys"),
    (by_own_class, "no adapter was found"),
    (a_list, "return a dictionary"),
]  # fmt: skip
