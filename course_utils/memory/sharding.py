"""Training on several GPUs: which share of weights, gradients and optimiser states each one holds.

Every GPU computes rows of its own, so its activations are those of one GPU; what is trained, and
the model, may be divided. These are the formulas of ZeRO (Rajbhandari et al. 2020, *ZeRO: Memory
Optimizations Toward Training Trillion Parameter Models*, Figure 1), of which PyTorch's FSDP is a
relative: with N GPUs and 2 + 2 + 12 bytes a number, stage 1 divides the 12 bytes of the optimiser
by N, stage 2 the gradients as well, stage 3 the weights as well. **Not measured by us**: the course
had no second GPU for it. Buffers of the communication are not counted, and of the layers one at a
time is gathered; FSDP fetches the next while one computes.

Lesson 5, *All of it*.
"""

from course_utils.memory.training import Training

SHARDED = {"optimiser": 1, "gradients": 2, "weights": 3}  # from which stage on
STAGES = (0, *SHARDED.values())  # 0 divides nothing


def is_sharded(what: str, training: Training) -> bool:
    """Is this, a key of ``SHARDED``, divided among several GPUs?"""
    return training.gpus > 1 and training.stage >= SHARDED[what]


def share(size: int, what: str, training: Training) -> int:
    """Bytes, or numbers, that each GPU holds of ``size``, rounded up.

    Args:
        what: a key of ``SHARDED``.
    """
    return -(-size // training.gpus) if is_sharded(what, training) else size
