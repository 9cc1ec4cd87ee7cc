"""Which way attention is computed, and what it keeps."""

import dataclasses

from course_utils.memory.kernels import kernel_of
from course_utils.memory.options import Attention
from course_utils.memory.shapes import SHAPES
from course_utils.memory.training import Training
from course_utils.methods.names import Method

GROUPED, ALL_HEADS = SHAPES["Llama-3.2-1B"], SHAPES["Llama-2-7B"]
TRAINING = Training(Method.LORA, 2, 1024)
NO_FLASH = dataclasses.replace(TRAINING, attention=Attention.NO_FLASH)
EAGER = dataclasses.replace(TRAINING, attention=Attention.EAGER)


def keeps_pairs(shape, training, size, masked=False):
    """Does what is kept of a token grow with the row by more than a mask?"""
    twice = dataclasses.replace(training, length=2 * training.length)
    kernels = [kernel_of(shape, each, size, masked) for each in (training, twice)]
    return kernels[1].kept - kernels[0].kept > size * training.length


def test_flash_needs_16_bits_and_a_gpu_that_has_it():
    assert not keeps_pairs(GROUPED, TRAINING, 2)
    assert keeps_pairs(GROUPED, TRAINING, 4) and keeps_pairs(GROUPED, NO_FLASH, 2)


def test_without_groups_there_is_memory_efficient_attention():
    assert not keeps_pairs(ALL_HEADS, NO_FLASH, 2) and not keeps_pairs(ALL_HEADS, TRAINING, 4)


def test_a_mask_repeats_keys_and_values_for_every_head():
    plain, masked = (kernel_of(GROUPED, TRAINING, 2, masked) for masked in (False, True))
    more = 2 * 2 * (GROUPED.queries - GROUPED.keys) + 2 * TRAINING.row
    assert masked.kept - plain.kept == more
    assert not keeps_pairs(GROUPED, TRAINING, 2, masked=True)


def test_the_eager_way_keeps_four_bytes_a_pair_and_a_copy():
    for size, each in ((2, 6), (4, 4)):
        short, long = (
            kernel_of(GROUPED, dataclasses.replace(EAGER, length=n), size, False).kept
            for n in (100, 101)
        )
        assert long - short == each * GROUPED.heads
