"""Mutants of ``freeze`` that are right too."""

EQUIVALENT = {
    "return max((p.numel() for p in soft_prompt.parameters()))": (
        "a soft prompt has one parameter, as exercise 1 says"
    ),
}
