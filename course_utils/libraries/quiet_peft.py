"""The PEFT library without warnings that are not about anything the course does.

Lessons 3 and 4 compare with it (*The same as PEFT?*, *On disk, and in the PEFT library*).
"""

import contextlib
import warnings
from collections.abc import Iterator

from course_utils.libraries.bnb import quiet_bitsandbytes

with quiet_bitsandbytes():  # where bitsandbytes is installed, PEFT imports it
    import peft as peft


@contextlib.contextmanager
def without_old_names() -> Iterator[None]:
    """Without the warning that PEFT's prompt tuning asks for an attribute under its old name."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "`is_gradient_checkpointing`", FutureWarning)
        yield
