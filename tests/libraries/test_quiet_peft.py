"""PEFT says nothing when it is imported, gives a model adapters, or opens and saves a prompt."""

import re
import subprocess
import sys
import warnings

import pytest

from course_utils.experiments import benchmark_sides, family_models, random_models
from course_utils.libraries.qlora import add_peft_lora
from course_utils.memory.training import Training
from course_utils.methods.names import Method
from course_utils.model.tiny import tiny_model
from course_utils.settings import PACKAGE

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


@pytest.mark.parametrize(
    "give",
    [
        add_peft_lora,
        benchmark_sides._peft,
        lambda model: family_models._with_adapters(model, Training(Method.LORA, 2, 16)),
        lambda model: random_models._with_adapters(model, Training(Method.LORA, 2, 16), True),
    ],
)
def test_nothing_is_said_when_a_model_gets_adapters(give):
    with warnings.catch_warnings():
        warnings.simplefilter("error", FutureWarning)
        give(tiny_model())


def test_the_course_gives_adapters_in_no_other_way():
    asking = re.compile(r"peft\.get_peft_model\(|from peft import|PeftModel\.from_pretrained\(")
    found = {path.name for path in PACKAGE.rglob("*.py") if asking.search(path.read_text())}
    assert found == {"quiet_peft.py", "small_card_libraries.py"}  # the latter as its users do
