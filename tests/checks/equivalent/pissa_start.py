"""Mutants of ``pissa_start`` that are right too."""

CUT = "what the full U and Vh have more is cut off afterwards"
EQUIVALENT = {
    "U, S, Vh = torch.linalg.svd(weight.float())": CUT,
    "U, S, Vh = torch.linalg.svd(weight.float(), full_matrices=True)": CUT,
    "return (weight - lora_B @ lora_A, lora_A, lora_B)": (
        "a difference of bfloat16 and float32 is taken in float32"
    ),
}
