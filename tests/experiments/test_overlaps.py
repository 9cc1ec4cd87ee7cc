"""Overlaps between runs: which are held against which, and the mean over layers."""

import pytest
import torch
from safetensors.torch import save

from course_utils.experiments import overlaps
from course_utils.recorded.intruders import TUNED

EYE = torch.eye(6)


def row(rank, rate, seed):
    return {"rank": rank, "learning_rate": rate, "seed": seed}


def test_a_rank_one_update_has_one_direction_and_a_full_one_eight():
    generator = torch.Generator().manual_seed(0)
    update = {"m.0.q": torch.randn(20, 12, generator=generator)}
    full, one = overlaps.directions_of(update, 0), overlaps.directions_of(update, 1)
    assert full["m.0.q.left"].shape == (20, 8) and full["m.0.q.right"].shape == (12, 8)
    assert one["m.0.q.left"].shape == (20, 1)
    assert torch.equal(one["m.0.q.left"], full["m.0.q.left"][:, :1])


def test_each_setting_is_held_against_full_fine_tuning_and_itself(tmp_path):
    rows = [row(rank, rate, seed) for rank, rate in ((8, 2e-3), (0, 1e-4)) for seed in (0, 1, 2)]
    for each in rows:
        at = each["seed"]
        columns = (EYE[:, [at, at + 1]] if each["rank"] else EYE[:, :2]).contiguous()
        names = [f"m.{layer}.q.{side}" for layer in range(2) for side in overlaps.SIDES]
        overlaps.keep(tmp_path, each, save({name: columns.clone() for name in names}))
    found = overlaps.measure(tmp_path, rows)
    pairs = [(each["first"], each["second"]) for each in found]
    tuned = [TUNED.rank, TUNED.learning_rate]
    assert pairs[:2] == [([8, 2e-3, 0], [*tuned, 1]), ([8, 2e-3, 1], [*tuned, 2])]
    assert pairs[5] == ([8, 2e-3, 2], [8, 2e-3, 0]) and len(pairs) == 9
    assert [each["left"]["q"] for each in found[:6]] == [1.0, 0.5, 0.0, 0.5, 0.5, 0.0]
    assert found[8]["right"] == {"q": 1.0}
    overlaps.forget(tmp_path)
    assert not any(tmp_path.iterdir())


def test_the_mean_is_over_the_layers_of_a_kind():
    first = {"m.0.q.left": EYE[:, :1], "m.1.q.left": EYE[:, :1], "m.0.v.left": EYE[:, :1]}
    second = first | {"m.1.q.left": EYE[:, 1:2]}
    assert overlaps.overlap_by_kind(first, second, "left") == {"q": 0.5, "v": pytest.approx(1.0)}
    assert overlaps.overlap_by_kind(first, second, "right") == {}
