"""How many prompts were tried on the validation items, and within which budget (lesson 1).

Every prompt that is measured on validation items is one more ticket in a lottery: the best of many
looks better than it is. So each is written into ``trials.jsonl`` beside the lab book, once for each
prompt, model and set of items; a cell that runs again counts nothing twice.
"""

import json

import filelock

from course_utils.data.prompts import Prompt
from course_utils.errors import CourseError
from course_utils.machine.storage import explained
from course_utils.measure.evaluation import Evaluation
from course_utils.model.identity import model_name
from course_utils.settings import results_folder
from course_utils.validate import whole

FILE = "trials.jsonl"


class Trials:
    """The prompts that were tried on one set of validation items with the model in use.

    Args:
        items: fingerprint of the items, as ``Evaluation.items``.
        budget: how many prompts are meant to be tried, at least 1.

    Raises:
        CourseError: the budget is no whole number, or the file of trials cannot be read.
    """

    def __init__(self, items: str, budget: int):
        self.items, self.budget = items, whole("budget", budget, 1)

    def add(self, prompt: Prompt, result: Evaluation) -> None:
        """Count a prompt, unless it was counted before.

        Raises:
            CourseError: the result is of other items, or the folder cannot be written to.
        """
        if result.items != self.items:
            raise CourseError(
                "This result is of other items than the trials before it",
                "evaluate the prompt on the same validation items",
            )
        row = {"model": model_name(), "items": self.items, "template": prompt.template,
               "words": list(prompt.label_words), "prefix": prompt.prefix}  # fmt: skip
        folder = results_folder()
        with explained("The list of trials", folder):
            folder.mkdir(parents=True, exist_ok=True)
            with filelock.FileLock(folder / "trials.lock", timeout=60):
                if row not in self._rows():
                    with open(folder / FILE, "a", encoding="utf-8") as file:
                        file.write(json.dumps(row, ensure_ascii=False) + "\n")

    @property
    def count(self) -> int:
        """Different prompts tried so far."""
        return len(self._rows())

    def _rows(self) -> list[dict]:
        """Those of this model and these items; a line cut short by a crash is left out."""
        path, rows = results_folder() / FILE, []
        if path.exists():
            with explained("The list of trials", path.parent):
                lines = path.read_text(encoding="utf-8").split("\n")
            for line in lines:
                try:
                    rows.append(json.loads(line))
                except ValueError:
                    continue
        mine = {"model": model_name(), "items": self.items}
        return [row for row in rows if isinstance(row, dict) and mine.items() <= row.items()]

    def __str__(self) -> str:
        left = self.budget - self.count
        if left >= 0:
            return f"{self.count} of {self.budget} trials are used, {left} are left"
        return (
            f"{self.count} trials, {-left} more than the budget of {self.budget}: "
            "the best of them is flattered all the more"
        )
