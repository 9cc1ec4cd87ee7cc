"""Checkpoints: what is written is what comes back, and a failed write says what to do."""

import pytest
import torch

from course_utils.errors import CourseError
from course_utils.training.checkpoint import Checkpoint, fingerprint
from course_utils.training.mixed_precision import MixedPrecisionAdamW
from course_utils.training.plan import Example, TrainingConfig
from course_utils.training.state import History

CPU = torch.device("cpu")
CONFIG = TrainingConfig(1e-3, 4)
EXAMPLES = [Example([1, 2], 3), Example([4], 5)]


def some_optimiser(value=1.0):
    parameter = torch.nn.Parameter(torch.full((3,), value, dtype=torch.bfloat16))
    optimiser = MixedPrecisionAdamW([parameter], 1e-2)
    parameter.grad = torch.ones_like(parameter)
    optimiser.step(1.0)
    return optimiser


def test_state_history_and_random_numbers_come_back(tmp_path, capsys):
    checkpoint = Checkpoint(tmp_path / "run", "a", CPU)
    kept = some_optimiser()
    history = History([0.5, 0.25], [1.0, 2.0], [(0, 0.75), (2, 0.5)])
    checkpoint.save_state(kept, history)
    expected = torch.rand(3)
    other = some_optimiser(5.0)
    assert checkpoint.resumed(other) == history
    assert torch.equal(torch.rand(3), expected)
    for name, value in kept.state().items():
        assert torch.equal(other.state()[name], value)
    assert torch.equal(other.parameters[0], kept.parameters[0])
    assert "Resuming after step 2" in capsys.readouterr().out


@pytest.mark.parametrize("number", [0, 1])  # the second is not the current device
def test_the_random_numbers_of_the_models_own_gpu_come_back(tmp_path, number):
    if torch.cuda.device_count() <= number:
        pytest.skip(f"needs {number + 1} CUDA devices")
    device = torch.device("cuda", number)
    checkpoint = Checkpoint(tmp_path / "run", "a", device)
    torch.rand(5, device=device)
    checkpoint.save_state(some_optimiser(), History([0.5], [1.0], []))
    expected = torch.rand(3, device=device)
    checkpoint.resumed(some_optimiser())
    assert torch.equal(torch.rand(3, device=device), expected)


def test_another_run_or_none_gives_nothing(tmp_path):
    Checkpoint(tmp_path, "a", CPU).save_state(some_optimiser(), History([1.0], [1.0]))
    assert Checkpoint(tmp_path, "b", CPU).resumed(some_optimiser()) is None
    assert Checkpoint(tmp_path / "none", "a", CPU).resumed(some_optimiser()) is None


def test_best_weights_come_back_and_clear_removes_all(tmp_path):
    checkpoint = Checkpoint(tmp_path / "run", "a", CPU)
    parameters = {"w": torch.nn.Parameter(torch.arange(3.0))}
    assert not checkpoint.load_best(parameters)
    checkpoint.save_best(parameters)
    with torch.no_grad():
        parameters["w"].zero_()
    assert checkpoint.load_best(parameters) and parameters["w"].tolist() == [0, 1, 2]
    checkpoint.clear()
    assert not (tmp_path / "run").exists()


def test_a_folder_that_cannot_be_written_says_what_to_do(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(CourseError, match="COURSE_RESULTS"):
        Checkpoint(tmp_path / "file", "a", CPU).save_best({"w": torch.nn.Parameter(torch.ones(2))})


def test_the_fingerprint_tells_runs_apart():
    model = torch.nn.Linear(2, 2)
    parameters = dict(model.named_parameters())
    prints = {
        fingerprint(model, parameters, CONFIG, EXAMPLES),
        fingerprint(model, parameters, TrainingConfig(2e-3, 4), EXAMPLES),
        fingerprint(model, parameters, CONFIG, EXAMPLES[:1]),
        fingerprint(model, {"weight": parameters["weight"]}, CONFIG, EXAMPLES),
    }
    assert len(prints) == 4
    assert fingerprint(model, parameters, CONFIG, EXAMPLES) in prints
