"""The two sides of the benchmark: a training step of the course, and the HF Trainer's.

Each is measured in a process of its own; see ``experiments.benchmark``, which compares them. The HF
Trainer is used as its documentation shows: a float32 model, ``bf16=True``, a collator that pads
each batch to its longest text, labels of -100 but for the answer; LoRA through PEFT.
"""

import dataclasses
import statistics
import sys
import tempfile
import time
from typing import Any

import psutil
import torch
from transformers import PreTrainedModel, PreTrainedTokenizerBase

from course_utils.data import tasks
from course_utils.data.prompts import Prompt
from course_utils.methods.lora import add_lora
from course_utils.model.layers import ALL_LINEAR, linear_layers, trainable_parameters
from course_utils.model.load import load_model
from course_utils.training.backward import backward
from course_utils.training.mixed_precision import MixedPrecisionAdamW
from course_utils.training.plan import Example, make_examples

BATCH, STEPS = 16, 14
LEARNING_RATE = 1e-5
RANK, ALPHA = 8, 16.0
PRODUCTS, SIZE = 10, 4096  # matrix products that measure the machine's rate, and their size


@dataclasses.dataclass
class Measured:
    """What one process found.

    Attributes:
        seconds: of each step, from the end of one to the end of the next, batching included.
        losses: of each step, before it.
        peak: resident bytes of the process at most.
        flops: useful floating-point operations of each step, see ``step_flops``.
        matmul_rate: floating-point operations a second, see ``matmul_rate``.
    """

    seconds: list[float]
    losses: list[float]
    peak: int
    flops: list[float]
    matmul_rate: float


def measure(side: str, method: str) -> dict[str, Any]:
    """The fields of ``Measured`` for one side, ``course`` or ``trainer``.

    Args:
        method: ``full``, or ``lora`` on all linear layers.
    """
    course = side == "course"
    model, tokenizer = load_model(torch.bfloat16 if course else torch.float32, torch.device("cpu"))
    examples, lora = _examples(tokenizer), method == "lora"
    matrices = sum(layer.weight.numel() for layer in linear_layers(model).values())
    run = _course if course else _trainer
    seconds, losses, adapters = run(model, tokenizer, examples, lora)
    peak = _peak()
    batches = [examples[start : start + BATCH] for start in range(0, len(examples), BATCH)]
    tokens = [sum(len(example.ids) for example in batch) for batch in batches]
    flops = [step_flops(matrices, adapters, n) for n in tokens]
    return dataclasses.asdict(Measured(seconds, losses, peak, flops, matmul_rate()))


def step_flops(matrices: int, adapters: int, tokens: int) -> float:
    """Floating-point operations that a step needs, attention, output head and optimiser left out.

    A token costs 2 for each number of a matrix in the forward pass, 2 for the gradient of the
    matrix's input and 2 for that of the matrix, which a frozen one does not need (Kaplan et al.
    2020, section 2.1).

    Args:
        matrices: numbers in the model's linear layers, without the output head.
        adapters: trained numbers of LoRA on them; 0 where the matrices themselves are trained.
        tokens: real ones; padding is no use.
    """
    return (4 * matrices + 6 * adapters if adapters else 6 * matrices) * float(tokens)


def matmul_rate() -> float:
    """Floating-point operations a second of a large product in bfloat16: the median of a few."""
    a, b = torch.randn(2, SIZE, SIZE).bfloat16()
    seconds = []
    for _ in range(PRODUCTS):
        begin = time.perf_counter()
        a @ b
        seconds.append(time.perf_counter() - begin)
    return 2 * SIZE**3 / statistics.median(seconds)


def _examples(tokenizer: PreTrainedTokenizerBase) -> list[Example]:
    task = tasks.load("movies")
    prompt = Prompt("Review: {text}\nSentiment:", task.label_words)
    return make_examples(tokenizer, prompt, task.train.select(range(BATCH * STEPS)))


def _course(
    model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, examples: list[Example], lora: bool
) -> tuple[list[float], list[float], int]:
    """Seconds and losses of the course's own steps, and how many numbers of LoRA it trains."""
    if lora:
        add_lora(model, RANK, ALPHA)
    seconds, losses = [], []
    trained = [p for p in model.parameters() if p.requires_grad]
    optimiser = MixedPrecisionAdamW(trained, LEARNING_RATE)
    model.train()
    for start in range(0, len(examples), BATCH):
        begin = time.perf_counter()
        batch = examples[start : start + BATCH]
        losses.append(backward(model, batch, tokenizer.pad_token_id))
        optimiser.step(max_norm=1.0)
        seconds.append(time.perf_counter() - begin)
    return seconds, losses, lora * trainable_parameters(model)


def _trainer(
    model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, examples: list[Example], lora: bool
) -> tuple[list[float], list[float], int]:
    """The same through ``transformers.Trainer``, and PEFT for LoRA."""
    from transformers import DataCollatorForSeq2Seq, Trainer, TrainerCallback

    model.set_attn_implementation("sdpa")  # what a plain from_pretrained would choose
    network = _peft(model) if lora else model
    rows = [
        {"input_ids": e.ids + [e.answer], "labels": [-100] * len(e.ids) + [e.answer]}
        for e in examples
    ]
    ends, losses = [time.perf_counter()], []

    class Clock(TrainerCallback):
        def on_train_begin(self, *args: Any, **kwargs: Any) -> None:
            ends[0] = time.perf_counter()

        def on_step_end(self, *args: Any, **kwargs: Any) -> None:
            ends.append(time.perf_counter())

        def on_log(
            self, args: Any, state: Any, control: Any, logs: Any = None, **more: Any
        ) -> None:
            losses.extend([float(logs["loss"])] if logs and "loss" in logs else [])

    with tempfile.TemporaryDirectory() as folder:
        Trainer(
            network,
            _arguments(folder),
            train_dataset=rows,
            data_collator=DataCollatorForSeq2Seq(tokenizer, padding=True),
            callbacks=[Clock()],
        ).train()
    seconds = [end - start for start, end in zip(ends, ends[1:])]
    return seconds, losses, lora * trainable_parameters(network)


def _peft(model: PreTrainedModel) -> torch.nn.Module:
    from course_utils.libraries.quiet_peft import get_peft_model, peft

    targets = list(ALL_LINEAR)
    return get_peft_model(
        model,
        peft.LoraConfig(r=RANK, lora_alpha=ALPHA, target_modules=targets, task_type="CAUSAL_LM"),
    )


def _arguments(folder: str) -> Any:
    """``TrainingArguments`` that train on the CPU in the given order and write nothing."""
    from transformers import TrainingArguments

    return TrainingArguments(
        folder,
        per_device_train_batch_size=BATCH,
        max_steps=STEPS,
        learning_rate=LEARNING_RATE,
        lr_scheduler_type="constant",
        bf16=True,
        use_cpu=True,
        logging_steps=1,
        save_strategy="no",
        report_to=[],
        disable_tqdm=True,
        train_sampling_strategy="sequential",
    )


def _peak() -> int:
    """Peak resident bytes of this process, by the operating system's account."""
    if sys.platform == "win32":
        return psutil.Process().memory_info().peak_wset
    import resource  # Windows has none

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
