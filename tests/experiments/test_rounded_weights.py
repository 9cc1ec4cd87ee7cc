"""Rounded weights: their errors, models made of them, figures and the explorer."""

import dataclasses
import json

import ipywidgets
import matplotlib.pyplot as plt
import pytest
import torch

from course_utils import settings
from course_utils.errors import CourseError
from course_utils.experiments import qlora as study
from course_utils.measure.evaluation import compare
from course_utils.measure.perplexity import Change
from course_utils.model.tiny import tiny_model
from course_utils.quantisation import codebooks
from course_utils.quantisation.error import (
    linear_weights,
    relative_rmse,
    round_trip,
    set_linear_weights,
)
from course_utils.recorded import qlora
from course_utils.recorded import runs as recorded_runs
from course_utils.show.rounding import (
    BLOCKS,
    Rounded,
    describe_rounding,
    outcome_figure,
    rounding_explorer,
    rounding_figure,
    with_outliers,
)


def gaussian(*shape):
    return torch.randn(shape, generator=torch.Generator().manual_seed(0)) * 0.05


def test_the_relative_error_is_a_share_of_the_weights_size():
    weight = torch.tensor([3.0, 4.0])
    assert relative_rmse(torch.tensor([3.0, 4.5]), weight) == pytest.approx(0.1)
    assert relative_rmse(weight, weight) == 0


def test_one_scale_for_all_is_one_block():
    weight, levels = gaussian(6, 64), codebooks.int4()
    scale = weight.abs().max() / 7
    expected = (weight / scale).round() * scale
    torch.testing.assert_close(round_trip(weight, levels, None), expected)
    assert not torch.allclose(round_trip(weight, levels), expected)


def test_a_models_weights_are_changed_and_given_back():
    model = tiny_model()
    before, originals = model(input_ids=torch.tensor([[1, 2]])).logits, linear_weights(model)
    assert len(originals) == 14
    error = set_linear_weights(model, originals, lambda weight: 1.1 * weight)
    assert error == pytest.approx(0.1)
    assert not torch.equal(model(input_ids=torch.tensor([[1, 2]])).logits, before)
    assert set_linear_weights(model, originals) == 0
    assert torch.equal(model(input_ids=torch.tensor([[1, 2]])).logits, before)


def test_outliers_are_as_many_and_as_large_as_asked_for():
    weight = gaussian(300, 300)
    changed = with_outliers(weight, 5)
    moved = changed != weight
    assert moved.float().mean().item() == pytest.approx(0.005, abs=0.001)
    sizes = changed[moved].abs() / weight.square().mean().sqrt()
    torch.testing.assert_close(sizes, torch.full_like(sizes, 10.0))
    assert torch.equal(with_outliers(weight, 0), weight)


def test_the_explorers_figure_shows_every_level_and_marks_the_choice():
    weight = gaussian(16, 256)
    figure = rounding_figure(weight, "nf4", 64, 0)
    left, right = figure.axes
    assert "16 levels of nf4, block 64" in left.get_title()
    assert len(left.collections[0].get_segments()) == 16
    curves = {line.get_label(): line.get_ydata() for line in right.lines}
    assert list(curves["nf4"]) == sorted(curves["nf4"])
    x, y = right.lines[-1].get_data()
    assert x[0] == 64 and y[0] == curves["nf4"][BLOCKS.index(64)]
    plt.close(figure)


def test_the_description_counts_weights_and_levels():
    text = describe_rounding(gaussian(16, 256), "int4", 64, 0)
    assert "int4, block 64, 0 outliers in 1,000: relative RMSE 0.11" in text
    assert "3 of 15 levels" in text  # -1/7, 0 and 1/7


def test_the_explorer_follows_its_controls(capsys):
    box = rounding_explorer({"first": gaussian(16, 256), "second": 2 * gaussian(16, 256)})
    layer, codebook, block, outliers, output = box.children
    assert isinstance(output, ipywidgets.Output)
    codebook.value, block.value, outliers.value, layer.value = "fp4", 256, 3, "second"
    assert "fp4, block 256, 3 outliers" in capsys.readouterr().out
    assert not plt.get_fignums()


def test_the_outcome_figure_has_an_interval_for_every_model():
    points = compare("1101" * 10, "1011" * 10)
    rows = [Rounded(name, 0.1, points, Change(1.4, 1.3, 1.5)) for name in ("nf4, 64", "int4, 512")]
    figure = outcome_figure(rows, "message")
    left, right = figure.axes
    assert [text.get_text() for text in right.get_legend().get_texts()] == ["nf4, 64", "int4, 512"]
    assert list(left.lines[0].get_ydata()) == [1.3, 1.5]
    plt.close(figure)


@pytest.fixture
def recorded(tmp_path, monkeypatch):
    """A recorded study: three seeds of three methods, and their steps."""
    real = recorded_runs.recorded("methods")
    like = next(r for r in real if r.method == "lora" and r.rank == 8)
    made = [
        dataclasses.replace(like, study="qlora", method=run.method, seed=run.seed)
        for run in study.runs()
    ]
    recorded_runs.write([r for r in real if r.method == "lora"], tmp_path / "methods.jsonl")
    recorded_runs.write(made, tmp_path / "qlora.jsonl")
    way = {"plain": {"seconds": 0.25, "before": 2**28, "peak_memory": 2**31}}
    report = dict.fromkeys(study.METHODS, way) | {"versions": {"torch": "2.11"}, "steps": 20}
    report |= {"batch_size": 32, "device": "a GPU", "date": "2026-11-24"}
    (tmp_path / "qlora_step.json").write_text(json.dumps(report))
    monkeypatch.setattr(settings, "RECORDED", tmp_path)
    return like


def test_recorded_runs_are_paired_with_loras_of_the_same_setting(recorded):
    found = qlora.runs()
    assert list(found) == list(study.METHODS)
    assert all([r.seed for r in seeds] == [0, 1, 2] for seeds in found.values())
    assert {(r.rank, r.learning_rate) for r in found["lora"]} == {(8, 5e-4)}
    table = qlora.accuracy_table()
    assert table.count(f"{recorded.accuracy:.3f}") >= 6 and "n = 1010" in table
    assert table.count("points [") == 2 and table.count("recorded on NVIDIA H100") == 3


def test_recorded_steps_are_shown_in_milliseconds_and_gib(recorded):
    table = qlora.step_table()
    assert table.count("250") == 3 and table.count("1.75 GiB") == 3
    assert "torch 2.11" in table


def test_steps_that_were_never_recorded_say_how_to_make_them(tmp_path, monkeypatch):
    monkeypatch.setattr(settings, "RECORDED", tmp_path)
    with pytest.raises(CourseError, match="python -m course_utils experiments qlora"):
        qlora.step_report()
