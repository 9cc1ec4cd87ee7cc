"""Shrinking: what is written into the model, and that equal norms are taken away."""

import pytest
import torch

from course_utils.analysis.intruders import largest_cosines
from course_utils.analysis.low_rank import decompose
from course_utils.experiments import shrinking
from course_utils.experiments.shrinking import Adapted
from course_utils.experiments.trained_update import TrainedUpdate
from course_utils.quantisation.error import linear_weights
from course_utils.recorded.intruders import INTRUDERS, OTHERS, UPDATE, WHOLE
from tests.experiments import tiny_study


@pytest.fixture
def written(monkeypatch):
    """The weights of every measurement."""
    tiny_study.use(monkeypatch, shrinking)
    found = []
    measured = shrinking._measured

    def remember(way, factor, model, tokenizer):
        found.append((way, factor, linear_weights(model)))
        return measured(way, factor, model, tokenizer)

    monkeypatch.setattr(shrinking, "_measured", remember)
    return found


def trained_by(size):
    """A random update of rank 2 of every matrix, ``size`` times as long as the weight."""
    base = linear_weights(tiny_study.load_model()[0])
    generator = torch.Generator().manual_seed(0)
    update = {}
    for name, weight in base.items():
        B = torch.randn(len(weight), 2, generator=generator)
        change = B @ torch.randn(2, weight.shape[1], generator=generator)
        update[name] = size * weight.float().norm() * change / change.norm()
    return TrainedUpdate(base, update, {}, (0, 0.0), "")


def look(trained):
    adapted = {}
    for name, update in trained.update.items():
        weight = trained.base[name].float()
        parts = decompose(weight + update)
        adapted[name] = Adapted.of(parts, largest_cosines(decompose(weight)[0], parts[0]))
    return adapted


def test_each_way_takes_away_what_it_says(written):
    trained = trained_by(2.0)
    adapted = look(trained)
    entries = shrinking.shrink_and_ask(trained, adapted)
    assert [(e["way"], e["factor"]) for e in entries] == [way[:2] for way in written]
    weights = {(way, factor): found for way, factor, found in written}
    assert len(weights) == 1 + 3 * 4 and entries[0]["way"] == WHOLE
    whole = weights[WHOLE, 1.0]
    for way in (INTRUDERS, OTHERS):
        for name, each in adapted.items():
            U, S, Vh = getattr(each, way)
            taken = whole[name] - weights[way, 0.25][name]
            torch.testing.assert_close(taken, 0.75 * (U * S) @ Vh, atol=1e-4, rtol=0)
    norms = {way: _norm(whole, weights[way, 0.75]) for way in (INTRUDERS, UPDATE)}
    assert norms[UPDATE] == pytest.approx(norms[INTRUDERS], rel=1e-3) and norms[UPDATE] > 0
    left = next(e["left"] for e in entries if (e["way"], e["factor"]) == (UPDATE, 0.75))
    name = next(iter(whole))
    expected = trained.base[name].float() + left * trained.update[name]
    torch.testing.assert_close(weights[UPDATE, 0.75][name], expected, atol=1e-4, rtol=0)


def _norm(first, second):
    return sum((first[n] - second[n]).square().sum().item() for n in first) ** 0.5


def test_nothing_is_shrunk_where_there_is_no_intruder(written):
    trained = trained_by(1e-3)
    entries = shrinking.shrink_and_ask(trained, look(trained))
    assert [entry["way"] for entry in entries] == [WHOLE]


def test_the_untrained_model_is_measured_with_its_shapes(written):
    found = shrinking.untrained()
    assert found["untrained"]["way"] == WHOLE and found["untrained"]["correct"].startswith("10:")
    assert found["matrices"]["model.layers.0.mlp.up_proj"][:2] == [48, 32]
