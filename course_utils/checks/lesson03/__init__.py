"""Checks of lesson 3, LoRA: ``check.LoRALinear(LoRALinear)``."""

from course_utils.checks.core.exercise import progress_of

# In the order in which `progress()` shows them:
# isort: off
from course_utils.checks.lesson03.truncate import truncate
from course_utils.checks.lesson03.rounding_share import rounding_share
from course_utils.checks.lesson03.lora_linear import LoRALinear
from course_utils.checks.lesson03.add_lora import add_lora
from course_utils.checks.lesson03.count_lora import count_lora
from course_utils.checks.lesson03.lora_training_bytes import lora_training_bytes
from course_utils.checks.lesson03.intruders import intruders
from course_utils.checks.lesson03.merged_weight import merged_weight
from course_utils.checks.lesson03.adapter_state import adapter_state
from course_utils.checks.lesson03.pissa_start import pissa_start

progress = progress_of(__name__)
