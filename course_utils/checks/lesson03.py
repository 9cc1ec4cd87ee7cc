"""Checks of lesson 3, LoRA: ``check.LoRALinear(LoRALinear)``."""

from course_utils.checks import lora_layer, lora_matrices, lora_model, lora_numbers, lora_state
from course_utils.checks import progress as kept
from course_utils.checks.exercise import Exercise

LESSON = "lesson03"

LoRALinear = Exercise(
    LESSON,
    "LoRALinear",
    lora_layer.lora_linear,
    (
        "for each part, ask: is it trained, which shape has it, how does it start?",
        "lora_A is (rank, in) and random, lora_B is (out, rank) and zero, both torch.nn.Parameter "
        "in float32 on base.weight.device; base.requires_grad_(False)",
        "forward: self.base(x) + self.alpha / self.rank * (self.dropout(x) @ self.lora_A.T "
        "@ self.lora_B.T), with self.dropout = torch.nn.Dropout(dropout)",
    ),
)
add_lora = Exercise(
    LESSON,
    "add_lora",
    lora_model.add_lora,
    (
        "three things, in this order: freeze everything, choose the layers, replace them",
        "model.named_modules() gives (full name, module) at every level; make a list of the chosen "
        "names before you change the model",
        'parent, _, last = name.rpartition("."); setattr(model.get_submodule(parent), last, '
        "make_layer(linear)); or model.set_submodule(name, make_layer(linear))",
    ),
)
count_lora = Exercise(
    LESSON,
    "count_lora",
    lora_numbers.count_lora,
    (
        "A is (rank, in), B is (out, rank): how many numbers has each?",
        "rank * in + out * rank, for every layer",
        "sum(rank * (out + in_) for out, in_ in shapes)",
    ),
)
merged_weight = Exercise(
    LESSON,
    "merged_weight",
    lora_matrices.merged_weight,
    (
        "B A has the shape of the weight; the rank is the number of rows of A",
        "take the sum in float32, and round it to base_weight.dtype once, at the end",
        "(base_weight.float() + alpha / len(lora_A) * lora_B.float() @ lora_A.float())"
        ".to(base_weight.dtype)",
    ),
)
adapter_state = Exercise(
    LESSON,
    "adapter_state",
    lora_state.adapter_state,
    (
        "model.named_parameters() gives full names such as "
        "model.layers.0.self_attn.q_proj.lora_A; print some",
        "the key is base_model.model. + that name + .weight, for names in lora_A or lora_B",
        "the value is parameter.detach().cpu().clone(memory_format=torch.contiguous_format)",
    ),
)
truncate = Exercise(
    LESSON,
    "truncate",
    lora_matrices.truncate,
    (
        "the first singular vectors carry the most: keep `rank` of them",
        "U, S, Vh = torch.linalg.svd(delta, full_matrices=False); V comes transposed already",
        "U[:, :rank] * S[:rank] @ Vh[:rank]",
    ),
)
lora_training_bytes = Exercise(
    LESSON,
    "lora_training_bytes",
    lora_numbers.lora_training_bytes,
    (
        "which of weights, gradients and Adam's states does a frozen parameter need?",
        "the frozen weights take dtype.itemsize bytes each, and nothing else",
        "each trained number takes 4 bytes four times: itself, its gradient, Adam's mean and "
        "variance",
    ),
)


def progress() -> None:
    """Show the state of each exercise of the lesson: the best one ever reached."""
    exercises = ("LoRALinear", "add_lora", "count_lora", "merged_weight", "adapter_state",
                 "truncate", "lora_training_bytes")  # fmt: skip
    kept.show("Lesson 3", LESSON, exercises)
