"""Lesson 5 with a model that lesson 3 was not run with: a sentence, and the lesson goes on."""

from types import SimpleNamespace

import pytest

from course_utils.authoring.build import find_sources
from course_utils.authoring.lesson import read_lesson
from course_utils.lab import labbook
from course_utils.settings import PACKAGE
from course_utils.show.differences import differences
from course_utils.show.tables import table
from tests.authoring.made_up_results import USUAL, made_up

(LESSON,) = find_sources(PACKAGE.parent, ["05"])
SOURCES = [cell.source for cell in read_lesson(LESSON).cells if cell.cell_type == "code"]
COMPARING = [source for source in SOURCES if "labbook.look_up" in source]


def test_no_cell_insists_on_another_lessons_result():
    assert len(COMPARING) == 3 and not any("labbook.find" in source for source in SOURCES)


@pytest.mark.parametrize("source", COMPARING)
def test_without_loras_result_a_cell_says_so_and_goes_on(source, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("COURSE_RESULTS", str(tmp_path))
    model, one = SimpleNamespace(value=120.0), SimpleNamespace(ratio=1.2)
    names = made_up("05", USUAL) | {
        "labbook": labbook, "as_table": table, "differences": differences, "display": print,
        "answer": lambda guess, *_: guess, "guess_trained": "1.20 times",
        "memory": SimpleNamespace(peak=3e9, start=1e9), "device": "cpu", "texts": ["a text"],
        "perplexity_before": model, "perplexity_after": model, "change": one,
        "perplexities": {"nf4": model}, "nf4": SimpleNamespace(name="nf4", perplexity=one),
    }  # fmt: skip
    exec(source, names)
    said = capsys.readouterr().out
    assert "no result of LoRA on movies with this model. Run lesson 3" in " ".join(said.split())
    assert "QLoRA" in said and "(no rows)" not in said
