"""Checkpoints: what is written is what comes back, and whatever is damaged is said."""

import json
import subprocess
import sys

import pytest
import torch

from course_utils.errors import CourseError
from course_utils.settings import PACKAGE
from course_utils.training import checkpoint as module
from course_utils.training.checkpoint import Checkpoint, locked
from course_utils.training.mixed_precision import MixedPrecisionAdamW
from course_utils.training.state import History

CPU = torch.device("cpu")


def some_optimiser(value=1.0):
    parameter = torch.nn.Parameter(torch.full((3,), value, dtype=torch.bfloat16))
    optimiser = MixedPrecisionAdamW([parameter], 1e-2)
    parameter.grad = torch.ones_like(parameter)
    optimiser.step(1.0)
    return optimiser


def named(optimiser):
    return {"w": optimiser.parameters[0]}


def history_of(steps):
    """After ``steps`` steps with a validation before each: the last is the best."""
    points = [(step, 1.0 - step / 100) for step in range(steps + 1)]
    return History([0.5] * steps, [1.0] * steps, points, seconds=3.5)


def save(checkpoint, steps, value=1.0):
    """A validation with a new best, and the state; the optimiser."""
    optimiser = some_optimiser(value)
    checkpoint.save_best(steps, named(optimiser))
    checkpoint.save_state(optimiser, history_of(steps))
    return optimiser


def resumed(checkpoint, optimiser=None, watch=None):
    optimiser = optimiser or some_optimiser(5.0)
    return checkpoint.resumed(optimiser, named(optimiser), watch)


def files(place):
    return sorted(path.name for path in place.iterdir())


def test_state_history_and_random_numbers_come_back(tmp_path):
    checkpoint = Checkpoint(tmp_path, "a", CPU)
    kept = save(checkpoint, 2)
    expected = torch.rand(3)
    other, again = some_optimiser(5.0), Checkpoint(tmp_path, "a", CPU)
    assert resumed(again, other) == history_of(2)
    assert again.step == 2
    assert torch.equal(torch.rand(3), expected)
    for name, value in kept.state().items():
        assert torch.equal(other.state()[name], value)
    assert torch.equal(other.parameters[0], kept.parameters[0])


@pytest.mark.parametrize("number", [0, 1])  # the second is not the current device
def test_the_random_numbers_of_the_models_own_gpu_come_back(tmp_path, number):
    if torch.cuda.device_count() <= number:
        pytest.skip(f"needs {number + 1} CUDA devices")
    device = torch.device("cuda", number)
    checkpoint = Checkpoint(tmp_path, "a", device)
    torch.rand(5, device=device)
    save(checkpoint, 2)
    expected = torch.rand(3, device=device)
    resumed(checkpoint)
    assert torch.equal(torch.rand(3, device=device), expected)


def test_another_run_or_none_gives_nothing_and_destroys_nothing(tmp_path, capsys):
    first = Checkpoint(tmp_path, "a", CPU)
    save(first, 2)
    other = Checkpoint(tmp_path, "b", CPU)
    assert resumed(other) is None and resumed(Checkpoint(tmp_path / "none", "a", CPU)) is None
    save(other, 3)
    other.say_others()
    assert "1 unfinished or damaged run" in capsys.readouterr().out
    other.clear()
    assert resumed(first) == history_of(2)
    first.say_others()
    assert capsys.readouterr().out == ""


def test_best_weights_come_back_and_clear_removes_all(tmp_path):
    checkpoint = Checkpoint(tmp_path / "run", "a", CPU)
    parameters = {"w": torch.nn.Parameter(torch.arange(3.0))}
    checkpoint.load_best(parameters, history_of(0))  # none yet: they stay
    assert parameters["w"].tolist() == [0, 1, 2]
    checkpoint.save_best(0, parameters)
    with torch.no_grad():
        parameters["w"].zero_()
    checkpoint.load_best(parameters, history_of(0))
    assert parameters["w"].tolist() == [0, 1, 2]
    checkpoint.clear()
    assert not (tmp_path / "run").exists()


def test_only_the_newest_state_and_the_best_weights_are_kept(tmp_path):
    checkpoint = Checkpoint(tmp_path, "a", CPU)
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / ".state-000001.safetensors.1f.part").write_bytes(b"half, by a killed process")
    for steps in (1, 2, 3):
        checkpoint.save_moment(steps, named(some_optimiser()))
        save(checkpoint, steps)
    moments = [f"moment-00000{n}.safetensors" for n in (1, 2, 3)]
    others = ["best-000003.safetensors", "run.json", "state-000003.safetensors"]
    assert files(tmp_path / "a") == sorted(moments + others)


def cut_off_points(tmp_path, monkeypatch, error):
    """Save a second state, cut off at each of its writes in turn; yields where, and the folder."""
    real, points = module.write_whole, []

    def counted(path, write):
        points.append(path.name)
        real(path, write)

    monkeypatch.setattr(module, "write_whole", counted)
    save(Checkpoint(tmp_path / "count", "a", CPU), 2)
    total = len(points)
    assert total == 3  # best, state, run.json
    for stop in range(total):
        for after in (False, True):
            folder, seen = tmp_path / f"{stop}{after}", []
            monkeypatch.setattr(module, "write_whole", real)
            save(Checkpoint(folder, "a", CPU), 2, value=2.0)

            def cut(path, write, seen=seen, stop=stop, after=after):
                seen.append(path)
                if len(seen) - 1 == stop and not after:
                    raise error
                real(path, write)
                if len(seen) - 1 == stop:
                    raise error

            monkeypatch.setattr(module, "write_whole", cut)
            with pytest.raises((type(error), CourseError)):
                save(Checkpoint(folder, "a", CPU), 4, value=4.0)
            monkeypatch.setattr(module, "write_whole", real)
            yield stop, after, folder


@pytest.mark.parametrize("error", [KeyboardInterrupt(), OSError("No space left on device")])
def test_every_cut_off_point_leaves_the_old_checkpoint_or_the_new_one(tmp_path, monkeypatch, error):
    for stop, after, folder in cut_off_points(tmp_path, monkeypatch, error):
        checkpoint, optimiser = Checkpoint(folder, "a", CPU), some_optimiser(9.0)
        history = resumed(checkpoint, optimiser)
        steps, value = (4, 4.0) if (stop, after) == (2, True) else (2, 2.0)
        assert history == history_of(steps) and checkpoint.step == steps, (stop, after)
        parameters = named(some_optimiser(7.0))
        checkpoint.load_best(parameters, history)
        assert torch.equal(parameters["w"], some_optimiser(value).parameters[0])


def half(path):
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def turned(path):
    """One byte of the numbers is another."""
    content = bytearray(path.read_bytes())
    content[-3] ^= 255
    path.write_bytes(content)


def edited(**more):
    return lambda path: path.write_text(json.dumps(json.loads(path.read_text()) | more))


@pytest.mark.parametrize(
    "file", ["run.json", "state-000002.safetensors", "best-000002.safetensors"]
)
@pytest.mark.parametrize("damage", [half, turned, lambda path: path.write_bytes(b"")])
def test_a_damaged_checkpoint_is_set_aside_and_said(tmp_path, capsys, file, damage):
    checkpoint = Checkpoint(tmp_path, "a", CPU)
    save(checkpoint, 2)
    damage(tmp_path / "a" / file)
    optimiser = some_optimiser(5.0)
    before = [value.clone() for value in optimiser.state().values()]
    assert resumed(checkpoint, optimiser) is None
    assert all(torch.equal(a, b) for a, b in zip(optimiser.state().values(), before))
    assert "is damaged" in capsys.readouterr().out
    assert files(tmp_path) == ["a.damaged1"] and file in files(tmp_path / "a.damaged1")
    save(checkpoint, 2)
    damage(tmp_path / "a" / file)
    resumed(checkpoint)
    assert files(tmp_path) == ["a.damaged1", "a.damaged2"]


@pytest.mark.parametrize("change", [{"step": 3}, {"run": "b"}, {"history": {}}, {"files": {}}])
def test_a_note_that_does_not_fit_its_files_is_damage(tmp_path, change):
    checkpoint = Checkpoint(tmp_path, "a", CPU)
    save(checkpoint, 2)
    edited(**change)(tmp_path / "a" / "run.json")
    assert resumed(checkpoint) is None and files(tmp_path) == ["a.damaged1"]


def test_a_resumed_run_shows_its_earlier_moments(tmp_path):
    checkpoint, shown = Checkpoint(tmp_path, "a", CPU), []
    for steps in (0, 1, 2):
        optimiser = some_optimiser(float(steps))
        checkpoint.save_moment(steps, named(optimiser))
        if steps:
            save(checkpoint, steps, float(steps))
    other = some_optimiser(9.0)
    resumed(checkpoint, other, lambda step: shown.append((step, other.parameters[0][0].item())))
    expected = [(n, some_optimiser(float(n)).parameters[0][0].item()) for n in (0, 1, 2)]
    assert shown == expected
    assert torch.equal(other.parameters[0], some_optimiser(2.0).parameters[0])


def test_a_folder_that_cannot_be_written_says_what_to_do(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(CourseError, match="COURSE_RESULTS"):
        Checkpoint(tmp_path / "file", "a", CPU).save_best(0, named(some_optimiser()))
    with pytest.raises(CourseError, match="COURSE_RESULTS"), locked(tmp_path / "file" / "run"):
        pass


@pytest.mark.slow
def test_a_second_kernel_in_the_folder_stops_with_a_sentence(tmp_path):
    code = (
        "import pathlib, sys; from course_utils.training.checkpoint import locked\n"
        "with locked(pathlib.Path(sys.argv[1])): pass"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "run")]
    with locked(tmp_path / "run"):
        done = subprocess.run(command, capture_output=True, text=True, cwd=PACKAGE.parent)
        assert done.returncode == 1 and "Another kernel is training" in done.stderr
        with pytest.raises(CourseError, match="Another kernel"), locked(tmp_path / "run"):
            pass
        with locked(tmp_path / "another run"):
            pass
    assert subprocess.run(command, cwd=PACKAGE.parent).returncode == 0
