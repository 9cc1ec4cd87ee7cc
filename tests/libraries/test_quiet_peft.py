"""PEFT says nothing when it is imported, nor when it opens and saves a prompt."""

import subprocess
import sys

import pytest

SCRIPT = """
import sys
from course_utils.libraries.quiet_peft import peft, without_old_names
from course_utils.model.tiny import tiny_model

settings = peft.PromptTuningConfig(task_type="CAUSAL_LM", num_virtual_tokens=3)
with without_old_names():
    peft.get_peft_model(tiny_model(), settings).save_pretrained(sys.argv[1])
    peft.PeftModel.from_pretrained(tiny_model(), sys.argv[1])
"""


@pytest.mark.slow
def test_nothing_is_said(tmp_path):
    command = [sys.executable, "-c", SCRIPT, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
