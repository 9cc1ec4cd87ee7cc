"""Checks of lesson 1, prompt engineering: ``check.label_scores(label_scores)``."""

from course_utils.checks.core.exercise import progress_of

# In the order in which `progress()` shows them:
# isort: off
from course_utils.checks.lesson01.label_token_ids import label_token_ids
from course_utils.checks.lesson01.label_scores import label_scores
from course_utils.checks.lesson01.my_template import my_template
from course_utils.checks.lesson01.wilson_interval import wilson_interval
from course_utils.checks.lesson01.majority_baseline import majority_baseline
from course_utils.checks.lesson01.paired_p import paired_p
from course_utils.checks.lesson01.calibrate import calibrate
from course_utils.checks.lesson01.few_shot_prefix import few_shot_prefix
from course_utils.checks.lesson01.expected_best import expected_best

progress = progress_of(__name__)
