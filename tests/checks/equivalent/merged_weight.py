"""Mutants of ``merged_weight`` that are right too."""

FLOAT32 = "A and B of a LoRA layer are in float32 already"
EQUIVALENT = {
    "update = alpha / len(lora_A) * lora_B.float() @ lora_A": FLOAT32,
    "update = alpha / len(lora_A) * lora_B @ lora_A.float()": FLOAT32,
    "return (base_weight.float() + update).to(base_weight)": "to(tensor) takes over its dtype",
    "return (base_weight + update).to(base_weight.dtype)": (
        "a sum of bfloat16 and float32 is taken in float32"
    ),
}
