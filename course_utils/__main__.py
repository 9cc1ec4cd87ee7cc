"""The course's commands: ``python -m course_utils --help``."""

import argparse
import importlib
import os
import signal
import subprocess
import sys
from pathlib import Path
from types import FrameType
from typing import NoReturn

from course_utils import validate
from course_utils.errors import CourseError
from course_utils.memory.arguments import add_arguments
from course_utils.settings import PACKAGE, absolute, fix_folders, lessons_folder, results_folder

MEASUREMENTS = {  # studies that are not a list of runs: the module that has study_NAME(folder)
    "step_time": "course_utils.experiments.step_time",
    "small_card": "course_utils.experiments.small_card",
    "float16": "course_utils.experiments.float16",
    "qlora_step": "course_utils.experiments.qlora_step",
    "qlora_end_to_end": "course_utils.experiments.qlora_end_to_end",
    "free_text": "course_utils.experiments.free_text",
    "pair_words": "course_utils.experiments.pair_words",
    "task_baselines": "course_utils.experiments.task_baselines",
    "explorer": "course_utils.experiments.explorer_data",
    "gpu_lesson": "course_utils.authoring",
}
IN_WORKERS = {  # the same, with study_NAME(folder, workers)
    "qlora": "course_utils.experiments.qlora",
    "how_much": "course_utils.experiments.how_much",
    "label_counts": "course_utils.experiments.label_counts",
    "labels": "course_utils.experiments.labels",
    "update": "course_utils.experiments.update",
    "intruders": "course_utils.experiments.intruders",
    "memory_held_out": "course_utils.experiments.memory",
    "memory_in_backward": "course_utils.experiments.memory",
}
LADDER = "ladder"  # the study that --models and --tasks are for


def prepare(arguments: argparse.Namespace) -> int:
    """Fetch and convert model and data; every step is skipped when done."""
    from course_utils.assets.prepare import prepare as prepare_assets

    prepare_assets()
    return 0


def doctor(arguments: argparse.Namespace) -> int:
    """Say what this machine has and lacks for the course."""
    from course_utils.lab.doctor import report

    return report()


def lab(arguments: argparse.Namespace) -> int:
    """Prepare, then open JupyterLab on a lesson; further options, as --no-browser, go to it."""
    lesson = _notebook(arguments.lesson)  # refused before anything is downloaded
    prepare(arguments)
    # JupyterLab refuses to start as root, the usual user of a container, without this flag.
    as_root = ["--allow-root"] if getattr(os, "geteuid", lambda: 1)() == 0 else []
    command = [sys.executable, "-m", "jupyter", "lab", *as_root, *arguments.options, str(lesson)]
    startup = {"PYTHONSTARTUP": str(PACKAGE / "lab" / "startup.py")}  # kernels run it, too
    with subprocess.Popen(command, env=startup | os.environ) as server:
        signal.signal(signal.SIGTERM, lambda number, frame: server.terminate())
        while True:
            try:
                return server.wait()
            except KeyboardInterrupt:  # the server has it too, and asks whether it is meant
                continue


def _notebook(name: str) -> Path:
    """The learner's notebook of a lesson that is named as 03, 03_lora or notebooks/03_lora.ipynb.

    Raises:
        CourseError: there is none; the message names those that there are.
    """
    found = sorted((lessons_folder() / "notebooks").glob("*.ipynb"))
    stem = Path(name).name.removesuffix(".ipynb")
    for path in found:
        if path.stem == stem or path.stem.startswith(f"{stem}_"):
            return path
    known = ", ".join(path.stem for path in found)
    raise CourseError(f"There is no lesson '{name}'", f"name one of: {known}")


def run(arguments: argparse.Namespace) -> int:
    """Work through the solved lessons without a browser, from the first unfinished one on."""
    from course_utils.lab.run_lessons import run_lessons

    lessons_folder()  # refused before anything is downloaded
    prepare(arguments)
    run_lessons(again=arguments.again)
    return 0


def scoreboard(arguments: argparse.Namespace) -> int:
    """Print and write the scoreboard from the lab book, without running anything."""
    from course_utils.lab.run_lessons import show_scoreboard

    show_scoreboard(run=arguments.run)
    return 0


def ship(arguments: argparse.Namespace) -> int:
    """Make the results of `run`, or else yours, the recorded ones that the course ships."""
    from course_utils.lab.run_lessons import ship_results

    ship_results()
    return 0


def benchmark(arguments: argparse.Namespace) -> int:
    """Time a training step against the HF Trainer's, and measure the peak memory of both."""
    from course_utils.experiments.benchmark import run_benchmark

    run_benchmark()
    return 0


def experiments(arguments: argparse.Namespace) -> int:
    """Run studies on a GPU: the recorded figures of the lessons (hours on a CPU)."""
    from course_utils.experiments.run_study import ALL, run_studies

    workers = validate.whole("--workers", arguments.workers, least=1)
    folder = absolute(arguments.folder or results_folder() / "experiments")
    others = [study for study in arguments.studies if study not in ALL]
    for study in others:
        if study not in (*MEASUREMENTS, *IN_WORKERS, LADDER):
            known = ", ".join([*ALL, *MEASUREMENTS, *IN_WORKERS, LADDER])
            raise CourseError(f"There is no study '{study}'", f"name some of: {known}")
    if LADDER in others:
        from course_utils.experiments.ladder import study_ladder

        others.remove(LADDER)
        study_ladder(folder, workers, arguments.models, arguments.tasks, arguments.apart)
    for study in others:
        module = importlib.import_module((MEASUREMENTS | IN_WORKERS)[study])
        more = (workers,) if study in IN_WORKERS else ()
        getattr(module, f"study_{study}")(folder, *more)
    if lists := [study for study in arguments.studies if study in ALL]:
        run_studies(lists, folder, workers)
    return 0


def memory(arguments: argparse.Namespace) -> int:
    """Say how much GPU memory a training needs, before it is run, and what fits on a card."""
    from course_utils.memory.command import answer_of

    answer = answer_of(arguments)
    print(answer.json() if arguments.json else answer)
    return 0


def solutions(arguments: argparse.Namespace) -> int:
    """Execute lesson sources into solutions/*.ipynb."""
    from course_utils.authoring import build_solutions

    build_solutions(arguments.names)
    return 0


def notebooks(arguments: argparse.Namespace) -> int:
    """Build the learners' notebooks; with --check, only say what has drifted."""
    from course_utils.authoring import build_notebooks

    problems = build_notebooks(check=arguments.check)
    print("\n".join(problems) or "notebooks are in step with their sources")
    return 1 if problems else 0


COMMANDS = (
    prepare,
    doctor,
    lab,
    run,
    scoreboard,
    ship,
    benchmark,
    experiments,
    memory,
    solutions,
    notebooks,
)


def parser() -> argparse.ArgumentParser:
    """The command line."""
    about = "The course's commands."
    top = argparse.ArgumentParser(prog="python -m course_utils", description=about)
    commands = top.add_subparsers(required=True, metavar="COMMAND")
    for function in COMMANDS:
        command = commands.add_parser(
            function.__name__, help=function.__doc__, description=function.__doc__
        )
        command.set_defaults(function=function)
        if function is lab:
            command.add_argument(
                "lesson", nargs="?", default="01", help="such as 03; 01 if left out"
            )
        if function is run:
            command.add_argument("--again", action="store_true", help="begin at the first lesson")
        if function is scoreboard:
            command.add_argument("--run", action="store_true", help="of what `run` measured")
        if function is solutions:
            command.add_argument("names", nargs="*", help="such as 01; all when none is named")
        if function is experiments:
            # Not as `choices`: reading the plan imports torch, and the doctor must start without.
            command.add_argument(
                "studies", nargs="+", metavar="STUDY", help="names; an unknown one lists them all"
            )
            command.add_argument("--folder", type=Path, help="where to write; results/experiments")
            command.add_argument("--workers", type=int, default=1, help="runs at the same time")
            command.add_argument(
                "--models", nargs="+", default=[], help="of the ladder: hub ids or folders"
            )
            command.add_argument("--tasks", nargs="+", default=[], help="of the ladder")
            command.add_argument(
                "--apart", action="store_true", help="each training of the ladder by itself"
            )
        if function is memory:
            add_arguments(command)
        if function is notebooks:
            command.add_argument("--check", action="store_true", help="change nothing")
    return top


def main() -> int:
    """Run one command; what a user can act on becomes one sentence on stderr."""
    arguments, options = parser().parse_known_args()
    if options and arguments.function is not lab:
        parser().error(f"unrecognized arguments: {' '.join(options)}")
    arguments.options = options
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    fix_folders()
    before = signal.signal(signal.SIGTERM, _interrupt)
    try:
        return arguments.function(arguments)
    except CourseError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("interrupted; run the same command again to go on", file=sys.stderr)
        return 130
    finally:
        signal.signal(signal.SIGTERM, before)


def _interrupt(number: int, frame: FrameType | None) -> NoReturn:
    """SIGTERM, by which a system asks a program to end, is taken as Ctrl-C is."""
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
