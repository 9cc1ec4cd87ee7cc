"""The PEFT library, without warnings that are not about anything the course does.

Where bitsandbytes is installed, PEFT imports it, and it warns of a kernel that it would like to
have; PEFT's prompt tuning asks transformers for an attribute under its old name.
"""

import importlib
import logging
import warnings

logging.getLogger("bitsandbytes").setLevel(logging.ERROR)
warnings.filterwarnings("ignore", "`is_gradient_checkpointing`", FutureWarning)
peft = importlib.import_module("peft")
