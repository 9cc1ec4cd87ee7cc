"""One look a method in all lessons, found by its name; other series have looks of their own."""

import pytest

from course_utils.methods.names import Method
from course_utils.show.looks import METHODS, OTHER, SERIES, Look, look, looks_of


def test_every_method_has_a_look_of_its_own():
    looks = [look(method) for method in Method]
    assert len({each.marker for each in looks}) == len({each.hatch for each in looks}) == len(looks)
    assert OTHER not in looks


@pytest.mark.parametrize(
    ("label", "key"),
    [
        ("LoRA (yours)", "LoRA"),
        ("LoRA, rank 8", "LoRA"),
        ("QLoRA (quick)", "QLoRA"),
        ("QLoRA, bitsandbytes + PEFT (recorded)", "QLoRA, bitsandbytes + PEFT"),
        ("QLoRA, libraries", "QLoRA, bitsandbytes + PEFT"),
        ("Full fine-tuning", "full fine-tuning"),
        ("prompt tuning (yours)", "prompt tuning"),
        ("prompt, 4 shots", "best hand-written prompt"),
        ("best prompt (recorded)", "best hand-written prompt"),
        ("zero-shot prompt", "best hand-written prompt"),
        ("few-shot prompt", "few-shot"),
    ],
)
def test_a_label_is_known_by_its_beginning(label, key):
    assert look(label) == METHODS[key]


def test_what_is_no_method_gets_the_usual_look():
    assert look("rank 8") is OTHER and look("") is OTHER


def test_series_keep_their_methods_looks_and_differ():
    found = looks_of(["random", "LoRA", "full fine-tuning", "LoRA, rank 2", "labels", "random"])
    assert list(found) == ["random", "LoRA", "full fine-tuning", "LoRA, rank 2", "labels"]
    assert found["LoRA"] == METHODS["LoRA"]
    assert found["full fine-tuning"] == METHODS["full fine-tuning"]
    assert len({each.marker for each in found.values()}) == len(found)
    assert len({each.colour for each in found.values()}) == len(found)


def test_more_series_than_looks_go_round():
    names = [f"series {i}" for i in range(len(SERIES) + 2)]
    found = list(looks_of(names).values())
    assert found[: len(SERIES)] == list(SERIES) and found[len(SERIES)] == SERIES[0]
    assert isinstance(looks_of(METHODS)["TF-IDF"], Look)
