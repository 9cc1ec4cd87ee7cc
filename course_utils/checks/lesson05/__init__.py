"""Checks of lesson 5, QLoRA: ``check.nf4_codebook(nf4_codebook)``."""

from course_utils.checks.core.exercise import progress_of

# In the order in which `progress()` shows them:
# isort: off
from course_utils.checks.lesson05.absmax_int4 import absmax_int4
from course_utils.checks.lesson05.equal_mass import equal_mass
from course_utils.checks.lesson05.nf4_codebook import nf4_codebook
from course_utils.checks.lesson05.quantise_blockwise import quantise_blockwise
from course_utils.checks.lesson05.dequantise_blockwise import dequantise_blockwise
from course_utils.checks.lesson05.bits_per_parameter import bits_per_parameter
from course_utils.checks.lesson05.frozen_product import FrozenProduct
from course_utils.checks.lesson05.make_qlora import make_qlora
from course_utils.checks.lesson05.qlora_bytes import qlora_bytes
from course_utils.checks.lesson05.checkpointed_bytes import checkpointed_bytes

progress = progress_of(__name__)
