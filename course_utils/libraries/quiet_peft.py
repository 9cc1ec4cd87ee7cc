"""The PEFT library without warnings that are not about anything the course does.

Lessons 3 and 4 compare with it (*The same as PEFT?*, *On disk, and in the PEFT library*), lesson 5
trains with it (*Through the libraries, on a GPU*).
"""

import contextlib
import warnings
from collections.abc import Iterator
from typing import Any

from transformers import PreTrainedModel

from course_utils.libraries.bnb import quiet_bitsandbytes

with quiet_bitsandbytes():  # where bitsandbytes is installed, PEFT imports it
    import peft as peft


@contextlib.contextmanager
def without_old_names() -> Iterator[None]:
    """Without the warning that PEFT asks for an attribute of the model under its old name."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "`is_gradient_checkpointing`", FutureWarning)
        yield


def get_peft_model(model: PreTrainedModel, settings: peft.PeftConfig, **options: Any) -> Any:
    """``peft.get_peft_model``, without the warning about the attribute."""
    with without_old_names():
        return peft.get_peft_model(model, settings, **options)
