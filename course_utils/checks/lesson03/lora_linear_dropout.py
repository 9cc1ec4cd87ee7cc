"""Where and when ``LoRALinear`` drops numbers."""

import random
from typing import Any

import torch
from torch import Tensor

from course_utils.checks.core.calling import call
from course_utils.checks.core.difference import agree
from course_utils.checks.core.outcome import Mistake
from course_utils.checks.lesson03.lora_linear_case import Case


def check_dropout(answer: Any, numbers: random.Random) -> None:
    """On the input of the LoRA path alone, and in training alone."""
    share = numbers.choice((numbers.uniform(0.25, 0.4), numbers.uniform(0.6, 0.7)))
    case = Case(answer, numbers, (share,))
    x = torch.eye(case.base.in_features).repeat(60, 1)  # one number a row: dropped, or not
    with torch.no_grad():
        case.layer.train()
        if not agree(call(case.layer, x), case.base(x), 1e-4):
            likely = (
                "dropout reaches the base's path: in training, with B = 0, the layer should still "
                "give base(x); drop numbers of the LoRA path's input alone"
            )
            raise Mistake(likely, "base(x)", "something else")
        case.fill()
        case.layer.eval()
        update = case.right(x) - case.base(x)
        if not agree(call(case.layer, x), case.right(x), 1e-4):
            likely = (
                "dropout is active in evaluation: use torch.nn.Dropout, or "
                "dropout(x, p, self.training)"
            )
            raise Mistake(likely, "no dropout after layer.eval()", "dropout")
        case.layer.train()
        examine_dropped(call(case.layer, x) - case.base(x), update, share)


def examine_dropped(got: Tensor, update: Tensor, share: float) -> None:
    """Each row is dropped as a whole, or scaled by 1 / (1 - p)."""
    if agree(got, update, 1e-4):
        raise Mistake("dropout is not used in training", f"p = {share:.2f}", "no dropout")
    gone = got.abs().amax(1) < 1e-5
    kept, right = got[~gone], update[~gone]
    if agree(kept, right, 1e-3):
        likely = "what is kept should be scaled by 1 / (1 - p), as torch.nn.Dropout does"
        raise Mistake(likely, f"a factor of {1 / (1 - share):.3g}", "a factor of 1")
    if agree(kept, right / (1 - share), 1e-3):
        dropped = gone.float().mean().item()
        if abs(dropped - share) < 0.15:
            return
        raise Mistake("the share that is dropped is not p", f"{share:.2f}", f"{dropped:.2f}")
    if agree(kept, right / share, 1e-3):
        likely = "the argument dropout is the share that is dropped, not the one that is kept"
        raise Mistake(likely, f"p = {share:.2f}", f"p = {1 - share:.2f}")
    factor = (kept / right).median().item()
    if agree(kept, right * factor, 1e-3):
        likely = "another p than the argument dropout is used"
        raise Mistake(likely, f"p = {share:.2f}", f"p = {1 - 1 / factor:.2f}")
    likely = "dropout acts in another place of the LoRA path: drop numbers of x, before A"
    raise Mistake(likely, "B A dropout(x)", "something else")
