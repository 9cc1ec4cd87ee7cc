"""The methods that the course compares, each with one name wherever it is shown or stored."""

import enum


class Method(str, enum.Enum):
    """A way to adapt a language model; its value is what tables, figures and the lab book say."""

    PLAIN = "plain prompt"  # lesson 1
    PROMPT = "best hand-written prompt"  # lesson 1
    FULL = "full fine-tuning"  # lesson 2
    LORA = "LoRA"  # lesson 3
    PROMPT_TUNING = "prompt tuning"  # lesson 4
    QLORA = "QLoRA"  # lesson 5, by hand
    QLORA_LIBRARIES = "QLoRA, bitsandbytes + PEFT"  # lesson 5, through the libraries
    PROMPT_FURTHER = "prompt tuning, further"  # lesson 6

    def __str__(self) -> str:
        return self.value

    def __format__(self, spec: str) -> str:
        return format(self.value, spec)
