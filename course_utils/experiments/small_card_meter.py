"""What a training on the small card takes and gives: one row of ``small_card.json``."""

import statistics
import time
from typing import Any

import torch

from course_utils.memory.measured import free_memory

WARM, STEPS = 3, 8  # steps that are not timed, as they set things up, and those that are


class Meter:
    """Caps what this process may take of a card, and reads what a training took.

    Args:
        device: a CUDA device.
        cap: bytes of the card; CUDA's context and what others hold count.
        tokens: that a step goes through.
    """

    def __init__(self, device: torch.device, cap: int, tokens: int):
        self._device, self._tokens = device, tokens
        self._loaded: dict[str, int] = {}
        self._begin = 0.0
        torch.zeros((), device=device)  # so that the context is there
        total = torch.cuda.get_device_properties(device).total_memory
        room = cap - (self._on_card() - torch.cuda.memory_reserved(device))
        torch.cuda.set_per_process_memory_fraction(min(1.0, max(room, 0) / total), device)

    def model_is_loaded(self) -> None:
        """From here on it is training."""
        free_memory()
        self._loaded = {
            "loaded": torch.cuda.memory_allocated(self._device),
            "peak while loading": torch.cuda.max_memory_allocated(self._device),
        }
        torch.cuda.reset_peak_memory_stats(self._device)
        self._begin = time.perf_counter()

    def row(self, ends: list[float], losses: list[float], host: int | None) -> dict[str, Any]:
        """Bytes, tokens a second as the median of the later steps, and the losses.

        Args:
            ends: ``time.perf_counter()`` when the first step began, and after each of
                ``WARM + STEPS`` steps.
            losses: of these, before each step.
            host: bytes of the computer's memory that the training holds; None if not known.
        """
        seconds = [end - start for start, end in zip(ends, ends[1:])]
        return {
            **self._loaded,
            "peak": torch.cuda.max_memory_allocated(self._device),
            "reserved": torch.cuda.max_memory_reserved(self._device),
            "card": self._on_card(),
            "host": host,
            "tokens_per_second": self._tokens / statistics.median(seconds[WARM:]),
            "preparation": round(ends[0] - self._begin, 1),
            "seconds": [round(s, 4) for s in seconds],
            "losses": [round(loss, 4) for loss in losses],
        }

    def _on_card(self) -> int:
        """Bytes of the card that are taken, whoever took them."""
        free, total = torch.cuda.mem_get_info(self._device)
        return total - free
