"""The recorded soft prompts: complete, and begun where the plan says, among the course's words."""

import pytest
import torch

from course_utils.data import tasks
from course_utils.data.prompts import Prompt
from course_utils.experiments import plan
from course_utils.methods.soft_prompt import label_init, matched_init, random_init
from course_utils.model.load import load_model
from course_utils.recorded.paths import prompt_paths
from course_utils.recorded.runs import course_table, recorded, run_of, soft_prompts

HALF = 2e-3  # relative precision of the stored vectors


@pytest.fixture(scope="module")
def table():
    return course_table()


def test_the_table_is_the_models(table):
    model, _ = load_model(dtype=torch.float32, device=torch.device("cpu"))
    assert torch.equal(table, model.get_input_embeddings().weight)


@pytest.mark.parametrize("study", ["clusters", "prompt_grid"])
def test_the_vectors_of_every_prompt_are_there(study):
    records, vectors = recorded(study), soft_prompts(study)
    kept = [record for record in records if plan.keeps_vectors(run_of(record))]
    assert {record.key for record in kept} == set(vectors)
    assert all(vectors[r.key].shape[1:] == (r.length, 576) for r in kept)
    assert all(torch.isfinite(v).all() for v in vectors.values())


def test_the_grid_was_planned():
    assert {run_of(record) for record in recorded("prompt_grid")} <= set(plan.prompt_grid())


def test_label_starts_are_the_label_words(table):
    _, tokenizer = load_model()
    vectors = soft_prompts("clusters")
    for record in recorded("clusters"):
        if record.init == "labels":
            ids = Prompt("{text}", tasks.load(record.task).label_words).label_ids(tokenizer)
            start = vectors[record.key][0]
            torch.testing.assert_close(start, label_init(table, ids, 20), rtol=HALF, atol=HALF)


@pytest.mark.parametrize(("init", "draw"), [("random", random_init), ("matched", matched_init)])
def test_drawn_starts_depend_on_the_seed_alone(table, init, draw):
    vectors = soft_prompts("clusters")
    for record in recorded("clusters"):
        if record.init == init:
            expected = draw(table, 20, torch.Generator().manual_seed(record.seed))
            start = vectors[record.key][0]
            torch.testing.assert_close(start, expected, rtol=HALF, atol=HALF)


def test_every_prompt_has_moved():
    for vectors in soft_prompts("clusters").values():
        assert (vectors[-1] - vectors[0]).norm(dim=1).mean() > 0.3


def test_all_planned_paths_are_there():
    runs = {run_of(record) for record in recorded("paths")}
    assert runs == set(plan.paths())
    assert set(prompt_paths()) == {record.key for record in recorded("paths")}


def test_paths_begin_at_the_start_and_pass_through_the_best_moment(table):
    _, tokenizer = load_model()
    ids = Prompt("{text}", tasks.load("movies").label_words).label_ids(tokenizer)
    paths = prompt_paths()
    for record in recorded("paths"):
        path, generator = paths[record.key], torch.Generator().manual_seed(record.seed)
        labels = record.init == "labels"
        start = label_init(table, ids, 20) if labels else random_init(table, 20, generator)
        torch.testing.assert_close(path.vectors[0], start, rtol=HALF, atol=HALF)
        step, loss = record.best
        assert path.losses[path.steps.index(step)] == loss == min(path.losses)
        assert path.steps[-1] == record.steps and len(path.steps) == 11
