"""Recorded outputs of GPU cells: what is taken from a notebook, and what is shown."""

import pytest

from course_utils import settings
from course_utils.errors import CourseError
from course_utils.recorded import outputs
from course_utils.recorded.reports import write_report

CELL = {
    "cell_type": "code",
    "source": ["if gpu:\n", '    outputs.show_recorded("a step")'],
    "outputs": [
        {"output_type": "stream", "name": "stdout", "text": ["41.5 ms\n", "2 GiB\n"]},
        {"output_type": "display_data", "data": {}},
    ],
}
ORIGIN = {"device": "a card, 79 GiB", "versions": {"torch": "2.11"}, "date": "2026-11-25"}


def test_only_cells_that_show_a_record_are_taken():
    prose = {"cell_type": "markdown", "source": 'see `show_recorded("a step")`'}
    plain = {"cell_type": "code", "source": "1 + 1", "outputs": []}
    found = outputs.outputs_of({"cells": [prose, plain, CELL]})
    assert list(found) == ["a step"] and found["a step"]["printed"] == "41.5 ms\n2 GiB"
    assert found["a step"]["source"].startswith("if gpu:\n")


def test_what_was_printed_is_shown_with_its_origin(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(settings, "RECORDED", tmp_path)
    cells = outputs.outputs_of({"cells": [CELL]})
    write_report(tmp_path, outputs.NAME, ORIGIN | {"cells": cells})
    outputs.show_recorded("a step")
    assert capsys.readouterr().out == (
        "Not run here. Recorded on a card, 79 GiB, 2026-11-25\n(torch 2.11):\n\n41.5 ms\n2 GiB\n"
    )
    with pytest.raises(CourseError, match="no recorded output 'another'"):
        outputs.show_recorded("another")
    monkeypatch.setattr(outputs, "model_name", lambda: "/models/my-own (12ab)")
    outputs.show_recorded("a step")
    assert capsys.readouterr().out.endswith("This was SmolLM2-135M-Instruct, and not your model.\n")
