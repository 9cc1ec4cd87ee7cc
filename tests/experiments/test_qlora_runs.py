"""The jobs of the study of QLoRA, on a tiny model."""

import pytest
import torch

from course_utils.experiments import qlora_runs
from course_utils.experiments.qlora_plan import ARMS, STARTS
from course_utils.experiments.qlora_runs import StartJob, TrainingJob, perform, ways_of
from course_utils.measure import scoring
from course_utils.methods.lora import lora_layers
from course_utils.model.load import load_model
from course_utils.quantisation.layer import quantised_layers
from course_utils.recorded.qlora import Arm, Trial
from tests.experiments import wide_model

pytestmark = pytest.mark.slow  # together many seconds


@pytest.fixture(autouse=True)
def tiny(tmp_path, monkeypatch):
    wide_model.use(tmp_path / "model", monkeypatch)
    monkeypatch.setattr(qlora_runs, "STEPS", 4)


def test_rounding_moves_the_weights_and_loftq_moves_them_less():
    plain, nf4 = perform(StartJob("bfloat16")), perform(StartJob("NF4", 0))
    loftq = perform(StartJob("LoftQ", 8, 3))
    assert plain.rmse == 0 < loftq.rmse < nf4.rmse < 0.15
    assert len(plain.correct) == 10 and plain.perplexity != nf4.perplexity != loftq.perplexity


@pytest.mark.parametrize("arm", ARMS, ids=lambda arm: arm.name)
def test_every_arm_has_its_adapters_on_its_base(arm):
    model, _ = qlora_runs.load(arm, seed=1)
    if arm.base == "bitsandbytes":
        layers = [m for m in model.modules() if hasattr(m, "lora_A")]
        assert len(layers) == 14
        return
    layers = lora_layers(model)
    assert len(layers) == (14 if arm.targets == "all" else 8)
    assert {(len(layer.lora_A), layer.scale) for layer in layers.values()} == {(arm.rank, 2.0)}
    assert len(quantised_layers(model)) == (14 if arm.base == "NF4" else 0)
    assert any(layer.lora_B.any() for layer in layers.values()) == (arm.start == "LoftQ")


@pytest.mark.parametrize(
    ("arm", "ways"),
    [
        (Arm("LoRA", "bfloat16"), ["original", "original, rounded again"]),
        (Arm("LoftQ", "NF4", start="LoftQ"), ["dequantised", "dequantised, rounded again"]),
        (Arm("x", "NF4", rank=16), []),
        (Arm("x", "NF4", targets="attention"), []),
        (Arm("libraries", "bitsandbytes"), []),
    ],
)
def test_a_final_training_is_measured_and_merged(arm, ways):
    training, merges = perform(TrainingJob(arm, 1e-2, 0, final=True))
    assert (training.arm, training.learning_rate, training.seed) == (arm.name, 1e-2, 0)
    assert len(training.correct) == 10 and training.perplexity > 1 and training.seconds > 0
    assert training.best_step <= 4 and training.trainable_parameters % arm.rank == 0
    assert [merge.way for merge in merges] == ways == ways_of(arm)


def test_a_trial_answers_no_test_review(monkeypatch):
    monkeypatch.setattr(scoring, "evaluate", None)
    found = perform(TrainingJob(Arm("LoRA", "bfloat16"), 1e-2, 0))
    assert isinstance(found, Trial) and found.loss > 0


def test_merged_into_what_training_saw_the_model_answers_as_it_did():
    arm = Arm("QLoRA", "NF4")
    model, tokenizer = qlora_runs.load(arm, 0)
    for layer in lora_layers(model).values():
        torch.nn.init.normal_(layer.lora_B, std=0.5)
    job, perplexity = TrainingJob(arm, 1e-2, 0), qlora_runs.perplexity
    merges = {way: qlora_runs.measure_merge(job, model, tokenizer, way) for way in ways_of(arm)}
    trained = perplexity(model, tokenizer)
    untrained = perplexity(*load_model())
    assert len(merges) == 4 and abs(untrained / trained - 1) > 0.05
    apart = {way: abs(merge.perplexity / trained - 1) for way, merge in merges.items()}
    assert apart["dequantised"] == min(apart.values()) < 0.02
    assert len({merge.perplexity for merge in merges.values()}) == 4
    assert all(other > 0.001 for way, other in apart.items() if way != "dequantised")


def test_the_recorded_starts_have_names_of_their_own():
    assert len({job.name for job in STARTS}) == len(STARTS)
    assert len({arm.name for arm in ARMS}) == len(ARMS)
