"""What holds around the steps: whatever happens, weights, checkpoint and messages are right."""

import json

import pytest
import torch

from course_utils.errors import CourseError
from course_utils.methods.lora import add_lora
from course_utils.methods.soft_prompt import SoftPrompt, add_soft_prompt
from course_utils.model.load import load_model
from course_utils.model.tiny import tiny_model, tiny_tokenizer
from course_utils.training import checkpoint as checkpoint_module
from course_utils.training.loop import train
from course_utils.training.plan import Example, TrainingConfig

EXAMPLES = [Example([5, 6, 7 + i % 2], 260 + i % 2) for i in range(8)]
CONFIG = TrainingConfig(1e-2, 8, 4, validate_every=2)


def go(model, folder, config=CONFIG, **more):
    return train(model, EXAMPLES, EXAMPLES, config, pad_id=0, folder=folder, **more)


def stop_at(step):
    """A ``watch`` that presses the square."""

    def watch(done):
        if done == step:
            raise KeyboardInterrupt

    return watch


def same(a, b):
    return all(torch.equal(p, q) for p, q in zip(a.state_dict().values(), b.state_dict().values()))


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A run that nobody interrupted: model and history."""
    model = tiny_model()
    return model, go(model, tmp_path_factory.mktemp("whole") / "run")


def test_a_checkpoint_of_another_base_is_not_resumed(tmp_path, whole):
    go(tiny_model(seed=0), tmp_path / "run", watch=stop_at(6))
    other, expected = tiny_model(seed=1), tiny_model(seed=1)
    go(other, tmp_path / "run")
    go(expected, tmp_path / "alone")
    assert same(other, expected) and not same(other, whole[0])


def test_another_batch_size_keeps_the_first_run(tmp_path, whole, capsys):
    go(tiny_model(), tmp_path / "run", watch=stop_at(6))
    go(tiny_model(), tmp_path / "run", TrainingConfig(1e-2, 8, 2, validate_every=2))
    assert "1 unfinished or damaged run" in capsys.readouterr().out
    model = tiny_model()
    history = go(model, tmp_path / "run")
    assert "Resuming after step 4" in capsys.readouterr().out
    assert same(model, whole[0]) and history.losses == whole[1].losses
    assert not (tmp_path / "run").exists()


def test_a_smaller_micro_batch_goes_on_from_the_same_checkpoint(
    tmp_path, whole, capsys, monkeypatch
):
    go(tiny_model(), tmp_path / "run", watch=stop_at(6))
    monkeypatch.setenv("COURSE_MICRO_BATCH", "6")  # two texts at a time
    history = go(tiny_model(), tmp_path / "run")
    assert "Resuming after step 4" in capsys.readouterr().out
    assert history.losses == pytest.approx(whole[1].losses, rel=1e-4)


@pytest.mark.parametrize("name", ["best", "state", "run.json"])
@pytest.mark.parametrize("nth", [1, 2, 3])
@pytest.mark.parametrize("session", ["same", "new"])
def test_an_interrupt_while_saving_loses_nothing(tmp_path, monkeypatch, whole, name, nth, session):
    real, seen = checkpoint_module.write_whole, []

    def interrupted(path, write):
        if path.name.startswith(name):
            seen.append(path)
            if len(seen) == nth:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.with_name(f".{path.name}.part").write_bytes(b"half")
                raise KeyboardInterrupt
        real(path, write)

    monkeypatch.setattr(checkpoint_module, "write_whole", interrupted)
    model = tiny_model()
    assert go(model, tmp_path / "run").interrupted
    monkeypatch.setattr(checkpoint_module, "write_whole", real)
    model = model if session == "same" else tiny_model()
    history = go(model, tmp_path / "run")
    assert history.losses == whole[1].losses and history.validations == whole[1].validations
    assert same(model, whole[0])
    assert not (tmp_path / "run").exists()


def test_an_interrupt_while_resuming_loses_nothing(tmp_path, monkeypatch, whole):
    model = tiny_model()
    go(model, tmp_path / "run", watch=stop_at(6))
    real = checkpoint_module.Checkpoint.resumed

    def cut(self, optimiser, *more):
        real(self, optimiser, *more)
        raise KeyboardInterrupt

    monkeypatch.setattr(checkpoint_module.Checkpoint, "resumed", cut)
    with pytest.raises(KeyboardInterrupt):
        go(model, tmp_path / "run")
    monkeypatch.setattr(checkpoint_module.Checkpoint, "resumed", real)
    history = go(model, tmp_path / "run")
    assert history.losses == whole[1].losses and same(model, whole[0])


@pytest.mark.parametrize("cut_off", [False, True])
def test_the_masters_of_the_best_step_are_given_as_they_were_before_rounding(tmp_path, cut_off):
    model = tiny_model().bfloat16()
    if cut_off:
        go(model, tmp_path / "run", watch=stop_at(6))
    masters = {}
    go(model, tmp_path / "run", masters=masters)
    weights = dict(model.named_parameters())
    assert masters.keys() == weights.keys()
    for name, master in masters.items():
        assert master.dtype == torch.float32 and torch.equal(master.bfloat16(), weights[name])
    assert any(not torch.equal(m, weights[name].float()) for name, m in masters.items())


def test_training_never_begins_with_trained_weights_unless_told(tmp_path, whole):
    model = tiny_model()
    go(model, tmp_path / "run")
    with pytest.raises(CourseError, match="load the model again"):
        go(model, tmp_path / "run")
    assert same(model, whole[0])
    further = go(model, tmp_path / "run", further=True)
    assert further.validations[0][1] == pytest.approx(whole[1].best[1], rel=1e-4)


def test_further_training_resumes_as_well(tmp_path):
    def trained_twice(folder, watch):
        model = tiny_model()
        go(model, folder)
        go(model, folder, further=True, watch=watch)
        return model

    expected = trained_twice(tmp_path / "whole", lambda step: None)
    model = trained_twice(tmp_path / "cut", stop_at(6))
    history = go(model, tmp_path / "cut", further=True)
    assert not history.interrupted and len(history.losses) == 8 and same(model, expected)


def test_a_loaded_model_that_another_loop_has_moved_is_refused(tmp_path, monkeypatch):
    folder = tmp_path / "model"
    tiny_model().save_pretrained(folder)
    tiny_tokenizer().save_pretrained(folder)
    monkeypatch.setenv("COURSE_MODEL", str(folder))
    model, _ = load_model(torch.float32, torch.device("cpu"))
    with torch.no_grad():
        model.model.norm.weight.add_(0.5)
    with pytest.raises(CourseError, match="moved since it was loaded"):
        go(model, tmp_path / "run")
    add_lora(model, 2, 4.0)
    with pytest.raises(CourseError, match="moved since it was loaded"):
        go(model, tmp_path / "run")
    assert not go(model, tmp_path / "run", further=True).interrupted


def test_a_fresh_start_after_an_interruption_needs_a_fresh_model(tmp_path):
    model = tiny_model()
    go(model, tmp_path / "run", watch=stop_at(6))
    with pytest.raises(CourseError, match="load the model again"):
        go(model, tmp_path / "run", resume=False)
    assert len(go(tiny_model(), tmp_path / "run", resume=False).losses) == 8


def test_a_damaged_checkpoint_ends_in_a_sentence_and_the_run_goes_on(tmp_path, whole, capsys):
    go(tiny_model(), tmp_path / "run", watch=stop_at(6))
    state = next((tmp_path / "run").glob("*/state-*"))
    state.write_bytes(state.read_bytes()[:100])
    model = tiny_model()
    history = go(model, tmp_path / "run")
    assert "is damaged" in capsys.readouterr().out
    assert history.losses == whole[1].losses and same(model, whole[0])
    assert len(list((tmp_path / "run").glob("*.damaged1"))) == 1


@pytest.mark.parametrize("stop", [0, 2, 6])
def test_what_is_announced_is_true(tmp_path, capsys, stop):
    model = tiny_model()
    history = go(model, tmp_path / "run", watch=stop_at(stop))
    said = capsys.readouterr().out
    assert f"Interrupted after {stop} of 8 steps" in said
    resumes = {0: "begins again", 2: "begins again", 6: "goes on after step 4"}[stop]
    assert resumes in said
    has = {0: "that it began with", 2: "those of step 0", 6: "those of step 4"}[stop]
    assert has in said and (stop == 0 or f"step {history.best[0]};" in said)
    go(model, tmp_path / "run")
    assert ("Resuming after step 4" in capsys.readouterr().out) == (stop == 6)


def test_a_resumed_run_counts_all_seconds_and_shows_all_moments(tmp_path, whole):
    def prompted():
        model = tiny_model()
        init = torch.randn(3, 32, generator=torch.Generator().manual_seed(0))
        add_soft_prompt(model, SoftPrompt(init))
        return model

    def keeping(model, kept, stop=None):
        def watch(done):
            kept[done] = model.soft_prompt.embedding.detach().clone()
            if done == stop:
                raise KeyboardInterrupt

        return watch

    model, expected = prompted(), {}
    go(model, tmp_path / "whole", watch=keeping(model, expected))
    model = prompted()
    first = go(model, tmp_path / "run", watch=keeping(model, {}, stop=6))
    model, kept = prompted(), {}  # as after a restart
    second = go(model, tmp_path / "run", watch=keeping(model, kept))
    assert kept.keys() == expected.keys() == {0, 2, 4, 6, 8}
    assert all(torch.equal(kept[step], expected[step]) for step in kept)
    assert [step for step, _ in second.validations] == [0, 2, 4, 6, 8]
    assert first.interrupted and not second.interrupted


def test_seconds_go_on_where_they_were(tmp_path):
    go(tiny_model(), tmp_path / "run", watch=stop_at(6))
    path = next((tmp_path / "run").glob("*/run.json"))
    saved = json.loads(path.read_text())
    assert saved["history"]["seconds"] > 0
    saved["history"]["seconds"] += 1000
    path.write_text(json.dumps(saved))
    assert 1000 < go(tiny_model(), tmp_path / "run").seconds < 1100


def test_two_trainings_in_one_folder_at_once(tmp_path):
    def nested(done):
        with pytest.raises(CourseError, match="Another kernel is training"):
            go(tiny_model(seed=1), tmp_path / "run")

    history = go(tiny_model(), tmp_path / "run", watch=nested)
    assert len(history.losses) == 8
