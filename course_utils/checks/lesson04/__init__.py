"""Checks of lesson 4, prompt tuning: ``check.SoftPrompt(SoftPrompt)``."""

from course_utils.checks.core.exercise import progress_of

# In the order in which `progress()` shows them:
# isort: off
from course_utils.checks.lesson04.soft_prompt import SoftPrompt
from course_utils.checks.lesson04.extend import extend
from course_utils.checks.lesson04.freeze import freeze
from course_utils.checks.lesson04.label_init import label_init
from course_utils.checks.lesson04.nearest import nearest
from course_utils.checks.lesson04.snap import snap
from course_utils.checks.lesson04.pca import pca
from course_utils.checks.lesson04.majority_vote import majority_vote

progress = progress_of(__name__)
