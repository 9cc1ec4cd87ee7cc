"""The study of how much is trained: which rates are tried, and going on after an interruption."""

import json

import pytest

from course_utils import settings
from course_utils.experiments import how_much, variants
from course_utils.recorded.how_much import Trial, recorded_how_much

BEST = 8e-4  # of the made-up losses
RATES = {
    variants.HEAD: (1e-4, 3e-4, 1e-3, 3e-3),
    variants.LAYER: (1e-4, 3e-4, 1e-3, 3e-3),
    variants.BLOCK: (5e-5, 1e-4, 2e-4, 5e-4),
    variants.EVERYTHING: (1e-5, 2e-5, 5e-5, 1e-4),
}


@pytest.fixture(autouse=True)
def own_rates(monkeypatch):
    monkeypatch.setattr(how_much, "RATES", RATES)


def figures(job):
    loss = abs(job.learning_rate - BEST)
    return {
        "variant": job.variant, "learning_rate": job.learning_rate, "steps": 10, "best_step": 6,
        "loss": loss, "trainable_parameters": len(job.variant), "seconds": 1.0, "peak_memory": 7,
    }  # fmt: skip


@pytest.fixture
def performed(monkeypatch):
    """Jobs that were done, with the number of workers: in this process, and without a model."""
    done = []

    def perform_all(perform, jobs, workers):
        for job in jobs:
            done.append((job, workers))
            yield perform(job)

    def fit(job):
        head = "a head" if job.variant == variants.HEAD else None
        return variants.Fit(None, None, head, figures(job))

    monkeypatch.setattr(how_much, "perform_all", perform_all)
    monkeypatch.setattr(how_much, "fit", fit)
    monkeypatch.setattr(how_much, "load_model", lambda: (None, None))
    monkeypatch.setattr(variants, "answers_to_test", lambda fit: "1101")
    monkeypatch.setattr(variants, "perplexity", lambda fit: 100.0)
    return done


@pytest.mark.parametrize(
    ("tried", "rates"),
    [
        ({1e-4: 3.0, 3e-4: 2.0, 1e-3: 2.5}, []),
        ({1e-4: 1.0, 3e-4: 2.0, 1e-3: 2.5}, [3.3e-5]),
        ({1e-4: 3.0, 3e-4: 2.0, 1e-3: 1.5}, [3.3e-3]),
        ({1e-5: 1.0, 2e-5: 2.0}, [5e-6]),
    ],
)
def test_one_rate_beyond_the_best_where_the_best_is_at_an_end(tried, rates):
    assert how_much.beyond(tried) == rates


def test_a_variants_rates_are_extended_twice_at_most():
    def trials(rates):
        return [Trial(variants.EVERYTHING, rate, 10, 6, 1 / rate) for rate in rates]

    def next_rates(rates):
        jobs = how_much.missing_trials(trials(rates))
        return [job.learning_rate for job in jobs if job.variant == variants.EVERYTHING]

    grid = how_much.RATES[variants.EVERYTHING]
    assert next_rates([]) == list(grid) and next_rates(grid[:2]) == list(grid[2:])
    assert next_rates(grid) == [2e-4] and next_rates([*grid, 2e-4]) == [4e-4]
    assert next_rates([*grid, 2e-4, 4e-4]) == []


def test_the_study_chooses_trains_and_can_be_read(performed, monkeypatch, tmp_path):
    report = how_much.study_how_much(tmp_path, workers=5)
    assert json.loads((tmp_path / "how_much.json").read_text()) == report
    monkeypatch.setattr(settings, "RECORDED", tmp_path)
    found = recorded_how_much()
    rates = {variant.name: variant.learning_rate for variant in found.variants()}
    assert rates[variants.HEAD] == rates[variants.LAYER] == 1e-3
    assert rates[variants.BLOCK] == 5e-4  # better than the one beyond
    assert rates[variants.EVERYTHING] == 4e-4  # after two extensions, and still at the edge
    edges = {variant.name: variant.at_edge for variant in found.variants()}
    assert [name for name in edges if edges[name]] == [variants.EVERYTHING]
    assert found.correct_before == "1101" and found.perplexity_before == 100.0
    assert [t.perplexity for t in found.of(variants.HEAD)] == [None] * 3
    for job, workers in performed:
        assert workers == (1 if job.alone else 5)
    finals = performed[len(found.trials) :]
    assert [job.alone for job, _ in finals] == [True] * 4 + [False] * 8
    assert {job.seed for job, _ in finals[:4]} == {0}


def test_the_study_goes_on_where_it_was_cut_off(performed, tmp_path):
    whole = how_much.study_how_much(tmp_path, workers=5)
    path = tmp_path / "how_much.json"
    cut = json.loads(path.read_text())
    lost = [cut["trials"].pop(), *(cut["trainings"].pop() for _ in range(3))]
    path.write_text(json.dumps(cut))
    performed.clear()
    again = how_much.study_how_much(tmp_path, workers=5)
    assert len(performed) == len(lost)
    for kind in ("trials", "trainings"):
        assert sorted(map(str, again[kind])) == sorted(map(str, whole[kind]))
