"""Tables of what is said of soft tokens: the right shares, means, and differences by seed."""

import math
import types

import pytest
import torch

from course_utils.measure.means import mean_difference
from course_utils.model.tiny import tiny_tokenizer
from course_utils.recorded.cluster_prompts import BEFORE, KINDS, SHUFFLED, TRAINED
from course_utils.show.claims import (
    by_seed,
    changes_table,
    describe_all,
    excluding_zero,
    largest_change,
    means_table,
    relate_all,
    stay_table,
)

MEASURED = {
    (start, kind): {"tightness": torch.tensor(values)}
    for start, kinds in {
        "labels": ([0.7, 0.8], [0.6, 0.9], [0.5, 0.4]),
        "random": ([0.1, 0.2], [0.1, 0.2], [0.1, 0.3]),
    }.items()
    for kind, values in zip(KINDS, kinds)
}


def test_words_of_the_task_are_counted_where_they_are_near():
    tokenizer = tiny_tokenizer()
    generator = torch.Generator().manual_seed(0)
    table = torch.randn(len(tokenizer), 300, generator=generator)
    good, bad, film = (tokenizer.encode(word)[0] for word in (" good", " bad", " film"))
    tokens = torch.stack([table[[good, film]], table[[bad, bad]]])  # (seeds, length, d_model)
    prompts = {"labels": {BEFORE: tokens, TRAINED: -tokens}}
    found = relate_all(prompts, table, tokenizer, [good], {"good", "bad"})
    feeling = found["labels", BEFORE]["feeling in 20"]
    assert found["labels", BEFORE]["label word in 100"][0] >= 0.5
    assert found["labels", TRAINED]["label word in 100"][0] <= 0.5
    assert (
        feeling[1] >= 1 / 20 and ((20 * 2 * feeling).round() - 20 * 2 * feeling).abs().max() < 1e-4
    )
    described = describe_all(prompts, table, tokenizer)
    assert described["labels", BEFORE]["nearest word"].tolist() == pytest.approx([1.0, 1.0])


def test_a_label_word_counts_up_to_the_hundredth_neighbour():
    tokenizer = tiny_tokenizer()
    directions = torch.zeros(len(tokenizer), 2)
    angles = torch.linspace(0, 3, len(tokenizer))
    directions[:, 0], directions[:, 1] = angles.cos(), angles.sin()
    token = directions[:1].expand(1, 1, 2)  # its nearest words are 0, 1, 2, ...
    for label, found in ((99, 1.0), (100, 0.0)):
        shares = relate_all({"x": {TRAINED: token}}, directions, tokenizer, [label], set())
        assert shares["x", TRAINED]["label word in 100"].tolist() == [found]


def test_a_row_has_the_mean_over_seeds():
    text = repr(means_table(MEASURED, "Means")).splitlines()
    assert text[0] == "Means" and "tightness" in text[1]
    assert [line.split()[-1] for line in text[2:]] == [
        "0.75",
        "0.75",
        "0.45",
        "0.15",
        "0.15",
        "0.20",
    ]


def test_training_is_compared_with_both_controls_seed_by_seed():
    text = repr(changes_table(MEASURED, ["tightness"], "Changes"))
    assert "4 comparisons, 95 % t intervals over 2 seeds" in text.replace("\n", " ")
    trained, before, shuffled = (
        MEASURED["labels", k]["tightness"] for k in (TRAINED, BEFORE, SHUFFLED)
    )
    for control in (before, shuffled):
        assert str(mean_difference(trained, control)) in text


def test_intervals_that_leave_out_zero_are_named():
    apart = {
        ("labels", BEFORE): {"lexical": torch.tensor([0.0, 0.0])},
        ("labels", TRAINED): {"lexical": torch.tensor([0.50, 0.51])},
        ("labels", SHUFFLED): {"lexical": torch.tensor([0.1, 0.1])},
    }
    assert excluding_zero(apart, ["lexical"]) == "1 of 1: labels, lexical"
    assert excluding_zero(MEASURED, ["tightness"]) == "0 of 2"
    apart["labels", SHUFFLED]["lexical"] = torch.tensor([0.9, 0.9])
    assert excluding_zero(apart, ["lexical"]) == "1 of 1: labels, lexical"


def test_neighbours_that_stay_are_counted_beside_the_accuracy():
    table = torch.eye(4)
    start, end = table[[0, 1]], torch.stack([2 * table[0] + table[3], table[2]])
    run = types.SimpleNamespace(seed=0, accuracy=0.9)
    prompts = types.SimpleNamespace(
        starts=("labels",),
        runs_of=lambda task, start, shuffled: [run, run],
        of=lambda task, name, shuffled: torch.stack([torch.stack([start, end])] * 2),
    )
    frame = stay_table(prompts, table).frame
    assert frame["labels"].tolist() == ["true", "shuffled"]
    assert set(frame["nearest word is the same"]) == {"50%"}
    assert set(frame["cosine with the start"]) == {f"{2 / 5**0.5 / 2:.2f}"}
    assert set(frame["test accuracy"]) == {"0.900"}


def test_the_largest_change_is_one_of_means():
    assert largest_change(MEASURED, "tightness", SHUFFLED) == pytest.approx(0.3)
    assert math.isclose(largest_change(MEASURED, "tightness", BEFORE), 0.0, abs_tol=1e-7)


def test_values_by_seed_stand_as_the_figure_takes_them():
    found = by_seed(MEASURED, "tightness")
    assert tuple(found) == KINDS and found[SHUFFLED]["random"] == pytest.approx([0.1, 0.3])
