"""One name a method, as the recorded lab book has it."""

import json

from course_utils import settings
from course_utils.methods.names import Method


def test_a_member_reads_and_formats_as_its_value():
    assert str(Method.FULL) == f"{Method.FULL}" == "full fine-tuning" == Method.FULL
    assert f"{Method.LORA:6}|" == "LoRA  |"
    assert json.dumps({"method": Method.QLORA}) == '{"method": "QLoRA"}'


def test_the_shipped_lab_book_uses_these_names():
    lines = (settings.RECORDED / "labbook.jsonl").read_text(encoding="utf-8").split("\n")
    assert {Method(json.loads(line)["method"]) for line in lines if line} == {
        Method.PLAIN, Method.PROMPT, Method.FULL, Method.LORA, Method.PROMPT_TUNING, Method.QLORA,
        Method.PROMPT_FURTHER,
    }  # fmt: skip
