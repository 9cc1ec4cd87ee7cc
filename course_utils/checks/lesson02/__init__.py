"""Checks of lesson 2, full fine-tuning: ``check.collate(collate)``."""

from course_utils.checks.core.exercise import progress_of

# In the order in which `progress()` shows them:
# isort: off
from course_utils.checks.lesson02.collate import collate
from course_utils.checks.lesson02.answer_loss import answer_loss
from course_utils.checks.lesson02.learning_rate import learning_rate
from course_utils.checks.lesson02.training_step import training_step
from course_utils.checks.lesson02.bytes_per_parameter import bytes_per_parameter
from course_utils.checks.lesson02.master_step import master_step
from course_utils.checks.lesson02.perplexity import perplexity
from course_utils.checks.lesson02.disk_bytes import disk_bytes

progress = progress_of(__name__)
