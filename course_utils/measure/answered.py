"""Accuracy of answers that were kept as one character an item, with its interval (lesson 1)."""

from course_utils.measure.evaluation import wilson_interval


class Answered:
    """For a dataclass with ``correct``: one character an item, ``1`` where right, else ``0``."""

    correct: str

    @property
    def accuracy(self) -> float:
        """Share of the items that were right, in [0, 1]."""
        return self.correct.count("1") / len(self.correct)

    @property
    def interval(self) -> tuple[float, float]:
        """95 % Wilson interval of the accuracy: over the items alone."""
        return wilson_interval(self.correct.count("1"), len(self.correct))
