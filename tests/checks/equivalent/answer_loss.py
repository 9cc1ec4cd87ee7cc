"""Mutants of ``answer_loss`` that are right too."""

ALL_ALIKE = "logits, last and answer_ids have the same length, and are on one device"
EQUIVALENT = {
    "rows = torch.arange(len(last))": "an index on the CPU fits tensors of any device",
    "rows = torch.arange(len(logits), device=logits.device)": ALL_ALIKE,
    "rows = torch.arange(len(answer_ids), device=logits.device)": ALL_ALIKE,
    "rows = torch.arange(len(last), device=last.device)": ALL_ALIKE,
    "rows = torch.arange(len(last), device=answer_ids.device)": ALL_ALIKE,
}
