"""A result and its line of JSON: what goes in comes out, and what is no result is refused."""

import dataclasses
import json
from pathlib import Path, PureWindowsPath

import numpy
import pytest
import torch

import course_utils
from course_utils.errors import CourseError
from course_utils.lab.result import PACKAGES, Result, from_line, plain, to_line
from course_utils.methods.names import Method

VALUES = {
    "method": "LoRA", "task": "movies", "model": "m", "correct": "1101", "items": "i",
    "trainable_parameters": 1, "peak_memory": 0, "seconds": 1.5, "disk": 3, "seed": 0,
    "device": "cpu",
}  # fmt: skip


def result(**changes):
    return Result(**(VALUES | changes))


def line(**changes):
    return json.dumps(VALUES | changes).encode()


def test_a_result_comes_back_as_it_was():
    kept = result(details={"rate": 2e-5, "names": ["a", None], "on": True}, dtype="bfloat16")
    assert from_line(to_line(kept)) == (kept, [])
    assert to_line(kept).count(b"\n") == 1


def test_it_keeps_the_versions_of_the_course_and_its_packages():
    assert set(result().versions) == {"course", "python", *PACKAGES}
    assert result().versions["course"] == course_utils.__version__


@pytest.mark.parametrize("separator", ["\u2028", "\u2029", "\x85", "\x0b", "\x0c", "\x1c", "\r"])
def test_no_separator_but_the_newline_ends_a_line(separator):
    kept = result(details={"template": f"Review: {{text}}{separator}Sentiment:"})
    assert from_line(to_line(kept))[0] == kept


BAD = [
    ("correct", None), ("correct", ""), ("correct", "1x0"), ("correct", "1 0"), ("correct", 101),
    ("correct", ["1", "0"]), ("seconds", float("nan")), ("seconds", float("inf")), ("seconds", -1),
    ("seconds", "1.5"), ("seconds", None), ("disk", -1), ("disk", 1.5), ("disk", float("nan")),
    ("peak_memory", True), ("trainable_parameters", "7"), ("seed", None), ("method", ""),
    ("method", None), ("method", 7), ("model", "half \ud800"), ("task", None), ("device", None),
    ("items", None), ("dtype", None), ("when", 2026), ("quick", "no"), ("quick", 1),
    ("details", None), ("details", ["rate"]), ("versions", "1.0"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "value"), BAD)
def test_what_is_no_result_is_refused_by_name(name, value):
    with pytest.raises(CourseError, match=f"^{name} = .*What to do: give "):
        to_line(result(**{name: value}))


@pytest.mark.parametrize(("name", "value"), BAD)
def test_and_a_line_of_it_is_damaged(name, value):
    with pytest.raises(ValueError, match=f"^{name} = "):
        from_line(line(**{name: value}))


@pytest.mark.parametrize(
    ("damaged", "why"),
    [
        (b'{"method": "pro', "JSON"), (b"\xff\xfe", "JSON"), (line()[:-1] + b"\xc3}", "JSON"),
        (b"[1]", "not a result"), (b"null", "not a result"), (b"[" * 100_000, "JSON"),
        (b"{}", "missing"), (json.dumps(VALUES | {"seed": 1}).encode()[1:], "JSON"),
        (json.dumps({k: v for k, v in VALUES.items() if k != "seed"}).encode(), "missing"),
    ],
)  # fmt: skip
def test_a_damaged_line_says_in_what(damaged, why):
    with pytest.raises(ValueError, match=why):
        from_line(damaged)


def test_fields_of_a_newer_version_are_named_and_the_rest_is_kept():
    kept, newer = from_line(line(energy=3, colour="blue"))
    assert newer == ["colour", "energy"] and kept.accuracy == 0.75


def test_an_older_line_is_read_though_it_lacks_newer_fields():
    kept, newer = from_line(line())
    assert (kept.dtype, kept.quick, newer) == ("", False, [])


def test_a_line_of_an_editor_on_windows_is_read():
    assert from_line(b"\xef\xbb\xbf" + line() + b"\r")[0].accuracy == 0.75


def test_numbers_paths_and_dtypes_become_json():
    details = {
        "rate": numpy.float32(0.5), "steps": numpy.int64(3), "on": numpy.bool_(True),
        "curve": numpy.array([[1.0, 2.0]]), "pair": (1, 2), "folder": Path("a") / "b",
        "other": PureWindowsPath("C:\\b"), "dtype": torch.bfloat16, "kind": numpy.dtype("int8"),
        "method": Method.LORA, "labels": {0: 0.9}, "no": None,
    }  # fmt: skip
    kept, _ = from_line(to_line(result(details=details)))
    assert kept.details == {
        "rate": 0.5, "steps": 3, "on": True, "curve": [[1.0, 2.0]], "pair": [1, 2],
        "folder": str(Path("a") / "b"), "other": "C:\\b", "dtype": "bfloat16", "kind": "int8",
        "method": "LoRA", "labels": {"0": 0.9}, "no": None,
    }  # fmt: skip


def test_fields_may_be_numbers_of_numpy_and_members_of_an_enumeration():
    kept = result(method=Method.LORA, seconds=numpy.float32(1.5), disk=numpy.int64(3))
    assert from_line(to_line(kept))[0] == dataclasses.replace(result(), when=kept.when)


@pytest.mark.parametrize("value", [float("nan"), numpy.float32("nan"), numpy.nan])
def test_no_line_holds_nan(value):
    text = to_line(result(details={"perplexity": [value, float("inf"), -numpy.inf]})).decode()
    strict = json.loads(text, parse_constant=lambda name: pytest.fail(name))
    assert strict["details"] == {"perplexity": ["nan", "inf", "-inf"]}


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ({"a": object()}, r"details\['a'\] = "), ({"a": {1, 2}}, r"details\['a'\] = "),
        ({"a": [0, torch.zeros(1)]}, r"details\['a'\]\[1\] = "), ({(1, 2): 3}, "a key of details"),
        ({"a": "half \udc80"}, r"details\['a'\] = "), ({"a": b"bytes"}, r"details\['a'\] = "),
    ],
)  # fmt: skip
def test_anything_else_in_the_details_is_refused_with_its_place(value, name):
    with pytest.raises(CourseError, match=f"^{name}"):
        to_line(result(details=value))


def test_plain_values_stay():
    assert plain([1, 1.5, "a", None, True]) == [1, 1.5, "a", None, True]


def test_no_items_have_no_accuracy():
    for ask in ("accuracy", "interval"):
        with pytest.raises(CourseError, match="'LoRA' has no items"):
            getattr(result(correct=""), ask)
