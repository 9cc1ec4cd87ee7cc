"""Answers to ``merged_weight``."""

import torch

from course_utils.methods.lora import add_lora, lora_layers
from course_utils.model.tiny import tiny_model


def usual(base_weight, lora_A, lora_B, alpha):
    update = alpha / lora_A.shape[0] * (lora_B @ lora_A)
    return (base_weight.float() + update).to(base_weight.dtype)


def by_addmm(base_weight, lora_A, lora_B, alpha):
    scale = alpha / lora_B.shape[1]
    return torch.addmm(base_weight.float(), lora_B, lora_A, alpha=scale).type_as(base_weight)


def in_double(base_weight, lora_A, lora_B, alpha):
    merged = base_weight.double()
    for column, row in zip(lora_B.double().T, lora_A.double()):
        merged = merged + alpha / len(lora_A) * torch.outer(column, row)
    return merged.to(base_weight.dtype)


def scaled(name, scale):
    """A wrong answer with another scale; ``scale`` takes alpha, A and B."""

    def wrong(base_weight, lora_A, lora_B, alpha):
        update = scale(alpha, lora_A, lora_B) * (lora_B @ lora_A)
        return (base_weight.float() + update).to(base_weight.dtype)

    wrong.__name__ = name
    return wrong


def transposed(base_weight, lora_A, lora_B, alpha):
    return base_weight + alpha / len(lora_A) * lora_A.T @ lora_B.T


def update_alone(base_weight, lora_A, lora_B, alpha):
    return alpha / len(lora_A) * lora_B @ lora_A


def base_alone(base_weight, lora_A, lora_B, alpha):
    return base_weight.clone()


def scales_the_base(base_weight, lora_A, lora_B, alpha):
    return alpha / len(lora_A) * (base_weight + lora_B @ lora_A)


def in_place(base_weight, lora_A, lora_B, alpha):
    base_weight += alpha / len(lora_A) * lora_B @ lora_A
    return base_weight


def float32_returned(base_weight, lora_A, lora_B, alpha):
    return base_weight.float() + alpha / len(lora_A) * lora_B @ lora_A


def rounds_the_update(base_weight, lora_A, lora_B, alpha):
    return base_weight + (alpha / len(lora_A) * lora_B @ lora_A).to(base_weight.dtype)


def all_in_bfloat16(base_weight, lora_A, lora_B, alpha):
    A, B = lora_A.to(base_weight.dtype), lora_B.to(base_weight.dtype)
    return base_weight + alpha / len(lora_A) * (B @ A)


def half_returned(base_weight, lora_A, lora_B, alpha):
    return usual(base_weight, lora_A, lora_B, alpha).half()


def as_a_list(base_weight, lora_A, lora_B, alpha):
    return usual(base_weight, lora_A, lora_B, alpha).tolist()


def transposed_weight(base_weight, lora_A, lora_B, alpha):
    return usual(base_weight, lora_A, lora_B, alpha).T


def by_another_product(name, product):
    """A wrong answer with another product of A and B."""

    def wrong(base_weight, lora_A, lora_B, alpha):
        return base_weight + alpha / len(lora_A) * product(lora_A, lora_B)

    wrong.__name__ = name
    return wrong


def times_the_update(base_weight, lora_A, lora_B, alpha):
    return base_weight * (alpha / len(lora_A) * lora_B @ lora_A)


def rounds_in_between(base_weight, lora_A, lora_B, alpha):
    update = alpha / len(lora_A) * (lora_B @ lora_A).to(base_weight.dtype)
    return base_weight + update


def NEXT(answer):
    for dtype in (torch.float32, torch.bfloat16):
        model = tiny_model("llama").to(dtype)
        add_lora(model, 2, 5)
        for name, layer in lora_layers(model).items():
            torch.nn.init.normal_(layer.lora_B, std=0.1)
            weight = layer.base.weight
            before = weight.clone()
            with torch.no_grad():
                weight.copy_(answer(weight, layer.lora_A, layer.lora_B, 5))
            assert (weight != before).float().mean().item() > 0.5
            subtracted = answer(weight, layer.lora_A, -layer.lora_B, 5)
            assert (subtracted == before).float().mean().item() > 0.5
            model.set_submodule(name, layer)


RIGHT = [usual, by_addmm, in_double]
WRONG = [
    (scaled("no_scale", lambda alpha, A, B: 1), "scale alpha / rank is forgotten"),
    (scaled("alpha_alone", lambda alpha, A, B: alpha), "not alpha alone"),
    (scaled("upside_down", lambda alpha, A, B: len(A) / alpha), "upside down"),
    (scaled("without_alpha", lambda alpha, A, B: 1 / len(A)), "not the whole scale"),
    (scaled("wrong_side_of_a", lambda alpha, A, B: alpha / A.shape[1]), "the short side"),
    (scaled("wrong_side_of_b", lambda alpha, A, B: alpha / B.shape[0]), "the short side"),
    (scaled("subtracted", lambda alpha, A, B: -alpha / len(A)), "the wrong way round"),
    (scaled("added_twice", lambda alpha, A, B: 2 * alpha / len(A)), "added twice"),
    (scaled("whole", lambda alpha, A, B: alpha // len(A)), "cut down to a whole number"),
    (scaled("root", lambda alpha, A, B: alpha / len(A) ** 0.5), "rsLoRA"),
    (scaled("scaled_twice", lambda alpha, A, B: (alpha / len(A)) ** 2), "the scale counts twice"),
    (scaled("rank_twice", lambda alpha, A, B: alpha / len(A) ** 2), "the rank counts twice"),
    (scaled("times_rank", lambda alpha, A, B: alpha * len(A)), "divide by the rank"),
    (scaled("rank_8", lambda alpha, A, B: alpha / 8), "the lesson's 8 and 16"),
    (scaled("always_2", lambda alpha, A, B: 2), "the lesson's 8 and 16"),
    (by_another_product("first", lambda A, B: B[:, :1] @ A[:1]), "only one of the pieces"),
    (times_the_update, "not multiplied with it"),
    (transposed_weight, "the weight is transposed"),
    (update_alone, "the base weight is lost"),
    (base_alone, "the update is lost"),
    (scales_the_base, "scaled too"),
    (in_place, "changes its input in place"),
    (float32_returned, "in the dtype of base_weight"),
    (rounds_the_update, "the update was rounded to bfloat16"),
    (all_in_bfloat16, "A and B were rounded to bfloat16"),
    (rounds_in_between, "right but for rounding"),
    (half_returned, "in the dtype of base_weight"),
    (as_a_list, "return a tensor"),
]
