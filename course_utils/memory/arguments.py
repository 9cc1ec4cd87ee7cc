"""The options of ``python -m course_utils memory``; they are read by ``memory.command``.

Apart from it, so that the other commands start without PyTorch.
"""

import argparse


def add_arguments(command: argparse.ArgumentParser) -> None:
    """Add the model and the options of a training."""
    add = command.add_argument
    add("model", metavar="CONFIG", help="a known model's name, or the path of a config.json, of a "
        "safetensors file or of a folder; an unknown name lists the known ones")  # fmt: skip
    add("--method", default="qlora", help="full, lora, qlora or prompt; qlora")
    add("--batch", type=int, default=1, help="rows that go through at once; 1")
    add("--length", type=int, default=512, help="tokens in a row; 512")
    add("--card", default="T4", help="T4, L4, 'A100 40' or 'A100/H100 80'; T4")
    add("--dtype", default="bfloat16", help="bfloat16, float16 or float32")
    add("--keep-all", action="store_true", help="no checkpointing: all activations are kept")
    add("--rank", type=int, default=16, help="of the adapters; 16")
    add("--targets", default="all", help="all, attention, or names such as q_proj,v_proj")
    add("--float32-adapters", action="store_true", help="PEFT's default")
    add("--precision", default="one dtype", help="one dtype, k-bit, 'k-bit, autocast' (after "
        "prepare_model_for_kbit_training), or 'the course's loop'")  # fmt: skip
    add("--single-quantisation", action="store_true", help="QLoRA's scales stay in float32")
    add("--eager", action="store_true", help="plain attention, and not what the card has best")
    add("--padded", action="store_true", help="the batch has a padding mask")
    add("--optimiser", default="float32 masters", help="float32 masters, plain, 8-bit or paged")
    add("--step-in-backward", action="store_true", help="each gradient is stepped and dropped at "
        "once, as in LOMO and with torchtune's optimizer_in_bwd")  # fmt: skip
    add("--gpus", type=int, default=1, help="GPUs that divide the training; all figures are those "
        "of one of them; 1")  # fmt: skip
    add("--stage", type=int, default=3, help="what several GPUs divide, by ZeRO's stages: 0 "
        "nothing, 1 the optimiser's states, 2 gradients too, 3 weights too; 3")  # fmt: skip
    add("--logits", type=int, metavar="N", help="positions whose logits are there at once; all")
    add("--json", action="store_true", help="all figures, in bytes, as JSON")
