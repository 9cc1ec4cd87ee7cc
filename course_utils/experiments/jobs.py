"""Jobs of a study, several at a time, and a report that a study which was cut off goes on with."""

import concurrent.futures
import json
import multiprocessing
import os
import threading
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import torch

from course_utils.memory.measured import free_memory

Job = TypeVar("Job")
Result = TypeVar("Result")


def perform_all(
    perform: Callable[[Job], Result], jobs: Iterable[Job], workers: int
) -> Iterator[Result]:
    """What ``perform`` makes of each job, as they are done; see ``perform_next``."""
    left = iter(jobs)
    return perform_next(perform, lambda: next(left, None), workers)


def perform_next(
    perform: Callable[[Job], Result], next_job: Callable[[], Job | None], workers: int
) -> Iterator[Result]:
    """What ``perform`` makes of each job, as they are done; a job is chosen when a worker is free.

    Args:
        perform: a function of a module, as it runs in other processes.
        next_job: gives the next job; None where there is none until one that runs is done. It is
            called in this process, after the results so far were taken.
        workers: processes that run at the same time, spread over the GPUs. With more than one,
            the seconds of a job say little.
    """
    context = multiprocessing.get_context("spawn")
    counter = context.Value("i", 0)
    with concurrent.futures.ProcessPoolExecutor(
        workers, context, initializer=_start_worker, initargs=(counter,)
    ) as pool:
        running: set[concurrent.futures.Future[Result]] = set()
        while True:
            while len(running) < workers and (job := next_job()) is not None:
                running.add(pool.submit(_perform, perform, job))
            if not running:
                return
            done, running = concurrent.futures.wait(running, return_when="FIRST_COMPLETED")
            for future in done:
                yield future.result()


def _start_worker(counter: Any) -> None:
    """Give each process a GPU of its own, in turn, and one thread; end it when its study ends."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    with counter.get_lock():
        number = counter.value
        counter.value += 1
    torch.set_num_threads(1)
    if torch.cuda.is_available():
        os.environ["COURSE_DEVICE"] = f"cuda:{number % torch.cuda.device_count()}"
        torch.cuda.set_device(os.environ["COURSE_DEVICE"])


def _end_with_parent() -> None:
    """Wait until the process that made this one is gone, however it ended, and end too.

    A killed study cannot end its workers: they would train on, for nobody.
    """
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _perform(perform: Callable[[Job], Result], job: Job) -> Result:
    """Leave the device empty for the next job."""
    try:
        return perform(job)
    finally:
        free_memory()


def begun(folder: Path, name: str, start: dict[str, Any]) -> dict[str, Any]:
    """The report ``NAME.json`` as far as it is there; ``start`` where there is none yet.

    A report of other settings, or from another device or other versions, is not gone on with: it is
    written over.

    Args:
        start: the empty report.
    """
    path = folder / f"{name}.json"
    if path.exists():
        report = json.loads(path.read_text(encoding="utf-8"))
        same = ("settings", "device", "versions")
        if all(report.get(key) == start[key] for key in same):
            return report
    return start
