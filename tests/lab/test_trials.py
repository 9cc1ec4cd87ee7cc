"""Each prompt that was tried counts once, and none is lost."""

import pytest
import torch

from course_utils.data.prompts import Prompt
from course_utils.errors import CourseError
from course_utils.lab.trials import FILE, Trials
from course_utils.measure.evaluation import Evaluation

WORDS = (" no", " yes")


@pytest.fixture(autouse=True)
def own_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_RESULTS", str(tmp_path))
    return tmp_path


def result(items="i"):
    return Evaluation(torch.tensor([[0.4, 0.6]]), torch.tensor([1]), items)


def test_a_prompt_counts_once_however_often_it_is_measured():
    trials = Trials("i", budget=3)
    for template in ("{text} a", "{text} b", "{text} a"):
        trials.add(Prompt(template, WORDS), result())
    assert trials.count == 2
    assert str(trials) == "2 of 3 trials are used, 1 are left"


def test_other_words_demonstrations_or_items_are_other_trials():
    trials = Trials("i", budget=9)
    trials.add(Prompt("{text} a", WORDS), result())
    trials.add(Prompt("{text} a", (" bad", " good")), result())
    trials.add(Prompt("{text} a", WORDS, prefix="shot\n\n"), result())
    Trials("other", budget=9).add(Prompt("{text} a", WORDS), result("other"))
    assert trials.count == 3 and Trials("other", budget=9).count == 1


def test_the_count_outlives_the_session_and_a_torn_line(own_folder):
    Trials("i", budget=1).add(Prompt("{text} a", WORDS), result())
    with open(own_folder / FILE, "a") as file:
        file.write('{"model": "cut\n')
    again = Trials("i", budget=1)
    again.add(Prompt("{text} b", WORDS), result())
    assert again.count == 2
    assert "1 more than the budget of 1" in str(again)


def test_another_model_begins_anew(monkeypatch):
    Trials("i", budget=9).add(Prompt("{text} a", WORDS), result())
    monkeypatch.setattr("course_utils.lab.trials.model_name", lambda: "another")
    assert Trials("i", budget=9).count == 0


def test_results_of_other_items_are_refused():
    with pytest.raises(CourseError, match="other items"):
        Trials("i", budget=9).add(Prompt("{text} a", WORDS), result("other"))
