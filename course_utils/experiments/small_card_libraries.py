"""The small card's training as others run it: TRL's ``SFTTrainer`` on PEFT's model, or unsloth's.

Both read the same folder, a model of random weights that bitsandbytes has quantised before, as
unsloth wants it. unsloth and TRL are not among the course's requirements: a side whose library is
missing is noted as such.
"""

import os
import tempfile
import time
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import PreTrainedTokenizerFast

from course_utils.experiments.random_models import LEARNING_RATE, build_quantised
from course_utils.experiments.small_card_meter import STEPS, WARM, Meter
from course_utils.libraries.bnb import nf4_config
from course_utils.machine.device import pick_device
from course_utils.memory.calculator import Training
from course_utils.memory.shapes import SHAPES
from course_utils.methods.names import Method
from course_utils.model.layers import ALL_LINEAR

SIDES = {"peft": "PEFT, TRL's SFTTrainer", "unsloth": "unsloth, TRL's SFTTrainer"}
OFFLINE = {
    "HF_HUB_OFFLINE": "1",
    "UNSLOTH_DISABLE_STATISTICS": "1",
    "UNSLOTH_COMPILE_LOCATION": os.path.join(tempfile.gettempdir(), "unsloth_compiled_cache"),
}


def write_quantised(name: str, folder: str) -> None:
    """Write a quantised model of random weights, and a tokeniser of as many made-up words.

    Args:
        name: of its shape.
        folder: for the files.
    """
    shape, dtype = SHAPES[name], torch.bfloat16
    torch.manual_seed(0)
    model = build_quantised(shape, dtype, pick_device())
    tensors = {key: tensor.contiguous() for key, tensor in model.state_dict().items()}
    save_file(tensors, Path(folder) / "model.safetensors", {"format": "pt"})
    model.config.architectures = ["LlamaForCausalLM"]
    model.config.dtype = dtype
    model.config.quantization_config = nf4_config(dtype).to_dict()
    model.config.save_pretrained(folder)
    words = {f"word{i}": i for i in range(shape.vocabulary)}
    unknown, bos, eos, pad = list(words)[:4]
    tokenizer = Tokenizer(models.WordLevel(words, unk_token=unknown))
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        unk_token=unknown, bos_token=bos, eos_token=eos, pad_token=pad,
    ).save_pretrained(folder)  # fmt: skip


def measure_side(side: str, folder: str, cap: int, settings: dict[str, Any]) -> dict[str, Any]:
    """A row as ``small_card.measure`` gives it, for one of ``SIDES``, in this process.

    Args:
        folder: as ``write_quantised`` leaves it.
        cap: see ``Meter``.
        settings: ``batch``, ``length`` and ``rank``.
    """
    training = Training(Method.QLORA, settings["batch"], settings["length"], rank=settings["rank"])
    device = torch.device("cuda", torch.cuda.current_device())
    load = {"peft": _load_peft, "unsloth": _load_unsloth}[side]
    meter = Meter(device, cap, training.tokens)
    model, tokenizer, more = load(folder, training)
    meter.model_is_loaded()
    ends, losses = _train(model, tokenizer, training, more)
    return meter.row(ends, losses, host=None)


def _load_peft(folder: str, training: Training) -> tuple[Any, Any, dict[str, Any]]:
    from peft import LoraConfig
    from transformers import AutoModelForCausalLM, AutoTokenizer

    model = AutoModelForCausalLM.from_pretrained(folder, dtype=training.dtype, device_map={"": 0})
    adapters = LoraConfig(
        r=training.rank,
        lora_alpha=2 * training.rank,
        target_modules=list(ALL_LINEAR),
        task_type="CAUSAL_LM",
    )
    return model, AutoTokenizer.from_pretrained(folder), {"peft_config": adapters}


def _load_unsloth(folder: str, training: Training) -> tuple[Any, Any, dict[str, Any]]:
    from unsloth import FastLanguageModel

    model, tokenizer = FastLanguageModel.from_pretrained(
        folder, max_seq_length=training.length, dtype=training.dtype, load_in_4bit=True
    )
    model = FastLanguageModel.get_peft_model(
        model,
        r=training.rank,
        lora_alpha=2 * training.rank,
        lora_dropout=0,
        bias="none",
        target_modules=list(ALL_LINEAR),
        use_gradient_checkpointing="unsloth",
    )
    return model, tokenizer, {"optim": "adamw_8bit"}  # as in unsloth's notebooks


def _train(
    model: Any, tokenizer: Any, training: Training, more: dict[str, Any]
) -> tuple[list[float], list[float]]:
    """When each step ended, and the losses."""
    import datasets
    from transformers import TrainerCallback
    from trl import SFTConfig, SFTTrainer

    ends: list[float] = []
    losses: list[float] = []

    class Clock(TrainerCallback):
        def on_step_begin(self, *arguments: Any, **more: Any) -> None:
            if not ends:
                self.on_step_end()

        def on_step_end(self, *arguments: Any, **more: Any) -> None:
            torch.cuda.synchronize()
            ends.append(time.perf_counter())

        def on_log(self, a: Any, s: Any, c: Any, logs: Any = None, **more: Any) -> None:
            losses.extend([float(logs["loss"])] if logs and "loss" in logs else [])

    rows = torch.randint(tokenizer.vocab_size, (training.batch, training.length)).tolist()
    steps = WARM + STEPS
    adapters = {key: more[key] for key in more.keys() & {"peft_config"}}
    with tempfile.TemporaryDirectory() as folder:
        SFTTrainer(
            model=model,
            args=SFTConfig(
                output_dir=folder,
                per_device_train_batch_size=training.batch,
                max_steps=steps,
                max_length=training.length,
                learning_rate=LEARNING_RATE,
                lr_scheduler_type="constant",
                bf16=True,
                logging_steps=1,
                save_strategy="no",
                report_to=[],
                disable_tqdm=True,
                **{key: more[key] for key in more.keys() - adapters.keys()},
            ),
            train_dataset=datasets.Dataset.from_dict({"input_ids": rows * steps}),
            processing_class=tokenizer,
            callbacks=[Clock()],
            **adapters,
        ).train()
    return ends, losses
