"""From how many labels on is one method ahead of another? Read off two learning curves (lesson 6).

The curves are taken as straight between their points, over the logarithm of the labels.
"""

import math
from collections.abc import Sequence

from course_utils.errors import CourseError


def crossing(labels: Sequence[float], leads: Sequence[float]) -> float:
    """The number of labels from which on a method stays ahead.

    With the lower ends of the lead's intervals in the place of the leads: from which on the lead is
    beyond doubt.

    Args:
        labels: at which both methods were measured, above 0 and ascending.
        leads: the accuracy of the method less that of the other at each; above 0 it is ahead.

    Returns:
        Where the lead passes 0 for the last time, on a straight line over log(labels); the first
        number of labels if the lead is above 0 at all of them, and infinity if not at the last.

    Raises:
        CourseError: there is no point, not one lead for each number of labels, the labels do not
            ascend from above 0, or a value is not finite.
    """
    finite = all(map(math.isfinite, [*labels, *leads]))
    ascend = all(0 < a < b for a, b in zip(labels, [*labels[1:], math.inf]))
    if not labels or len(labels) != len(leads) or not finite or not ascend:
        raise CourseError(
            f"The labels {list(labels)} and the leads {list(leads)} are no learning curve",
            "give finite leads, one for each number of labels; these ascend, from above 0",
        )
    behind = [i for i, lead in enumerate(leads) if lead <= 0]
    if not behind:
        return float(labels[0])
    last = behind[-1]
    if last == len(leads) - 1:
        return math.inf
    share = leads[last] / (leads[last] - leads[last + 1])  # of the way to the next point
    return float(labels[last] * (labels[last + 1] / labels[last]) ** share)
