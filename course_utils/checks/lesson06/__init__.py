"""Checks of lesson 6, choosing a method: ``check.early_stop(early_stop)``."""

from course_utils.checks.core.exercise import progress_of

# In the order in which `progress()` shows them:
# isort: off
from course_utils.checks.lesson06.early_stop import early_stop
from course_utils.checks.lesson06.crossing import crossing
from course_utils.checks.lesson06.gap_trend import gap_trend
from course_utils.checks.lesson06.holm import holm
from course_utils.checks.lesson06.pareto_front import pareto_front

progress = progress_of(__name__)
