"""The recorded soft prompts: complete, and begun where the plan says, among the course's words."""

import pytest
import torch

from course_utils.data import tasks
from course_utils.data.prompts import Prompt
from course_utils.experiments import plan
from course_utils.methods.soft_prompt import label_init, random_init
from course_utils.model.load import load_model
from course_utils.recorded.runs import course_table, recorded, run_of, soft_prompts

HALF = 2e-3  # relative precision of the stored vectors


@pytest.fixture(scope="module")
def table():
    return course_table()


def test_the_table_is_the_models(table):
    model, _ = load_model(dtype=torch.float32, device=torch.device("cpu"))
    assert torch.equal(table, model.get_input_embeddings().weight)


@pytest.mark.parametrize("study", ["clusters", "prompt_grid"])
def test_every_planned_prompt_is_there(study):
    records, vectors = recorded(study), soft_prompts(study)
    assert {run_of(record) for record in records} == set(plan.STUDIES[study]())
    assert {record.key for record in records} == set(vectors)
    assert all(vectors[r.key].shape[1:] == (r.length, 576) for r in records)
    assert all(torch.isfinite(v).all() for v in vectors.values())


def test_label_starts_are_the_label_words(table):
    _, tokenizer = load_model()
    vectors = soft_prompts("clusters")
    for record in recorded("clusters"):
        if record.init == "labels":
            ids = Prompt("{text}", tasks.load(record.task).label_words).label_ids(tokenizer)
            start = vectors[record.key][0]
            torch.testing.assert_close(start, label_init(table, ids, 20), rtol=HALF, atol=HALF)


def test_random_starts_depend_on_the_seed_alone(table):
    vectors = soft_prompts("clusters")
    for record in recorded("clusters"):
        if record.init == "random":
            expected = random_init(table, 20, torch.Generator().manual_seed(record.seed))
            start = vectors[record.key][0]
            torch.testing.assert_close(start, expected, rtol=HALF, atol=HALF)


def test_every_prompt_has_moved():
    for vectors in soft_prompts("clusters").values():
        steps = vectors.diff(dim=0).norm(dim=2).mean(1)  # (moments - 1,)
        assert steps[0] > 0.3 and (steps > 0).all()
