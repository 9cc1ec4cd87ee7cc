"""The explorer's data: the words, cosines and lengths that ``analysis.neighbours`` finds."""

import dataclasses
import json

import pytest
import torch
from torch.nn.functional import cosine_similarity

from course_utils import settings
from course_utils.analysis.neighbours import nearest_words
from course_utils.errors import CourseError
from course_utils.experiments import explorer_data as module
from course_utils.experiments.explorer_data import explorer_data, study_explorer
from course_utils.model.tiny import tiny_tokenizer
from course_utils.recorded.paths import PromptPath, write_paths

MOMENTS, LENGTH, WIDTH = 3, 4, 8
KEYS = [f"movies/{start}/4/0.01/{rest}" for start in ("labels", "random") for rest in
        ("0", "0/shuffled", "1")]  # fmt: skip


def drawn(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def path(seed=0):
    return PromptPath(
        [0, 5, 10],
        [2.0, 1.23456, 0.5],
        [0.5, 0.7123, 0.9],
        drawn(MOMENTS, LENGTH, WIDTH, seed=seed),
    )


@pytest.fixture(scope="module")
def table():
    return drawn(len(tiny_tokenizer()), WIDTH, seed=99) + 0.5


@pytest.fixture(scope="module")
def report(table):
    return explorer_data({key: path(i) for i, key in enumerate(KEYS)}, table, tiny_tokenizer())


def test_words_and_cosines_are_those_of_the_lesson(report, table):
    for i, prompt in enumerate(report["prompts"]):
        for moment, vectors in enumerate(path(i).vectors):
            expected = nearest_words(vectors, table, tiny_tokenizer(), 5)
            for token, five in enumerate(expected):
                found = [report["vocabulary"][word] for word in prompt["words"][moment][token]]
                assert found == [word for word, _ in five]
                cosines = prompt["cosines"][moment][token]
                assert cosines == [round(100 * value) for _, value in five]


def test_lengths_and_turns_are_in_hundredths(report):
    vectors, prompt = path(2).vectors, report["prompts"][2]
    for moment in range(MOMENTS):
        lengths = (100 * vectors[moment].norm(dim=1)).round().int().tolist()
        turns = (100 * cosine_similarity(vectors[moment], vectors[0])).round().int().tolist()
        assert prompt["lengths"][moment] == lengths and prompt["turned"][moment] == turns
    assert prompt["turned"][0] == [100] * LENGTH


def test_each_prompt_says_what_it_is(report):
    named = [(p["start"], p["seed"], p["shuffled"]) for p in report["prompts"]]
    three = [(0, False), (0, True), (1, False)]
    assert named == [(start, *rest) for start in ("labels", "random") for rest in three]
    assert report["prompts"][0]["losses"] == [2.0, 1.235, 0.5]
    assert report["prompts"][0]["accuracies"] == [0.5, 0.712, 0.9]


def test_chance_is_the_cosine_of_two_words(report, table):
    cosines = cosine_similarity(table[:, None], table[None], dim=2)
    others = cosines[~torch.eye(len(table), dtype=torch.bool)].mean().item()
    assert report["chance"] == round(others, 2)


def test_a_word_is_not_compared_with_itself():
    one = dataclasses.replace(path(), vectors=path().vectors[:, :, :6])
    assert explorer_data({KEYS[0]: one}, torch.eye(6), tiny_tokenizer())["chance"] == 0


def test_a_word_stands_in_the_report_once(report):
    used = {word for p in report["prompts"] for m in p["words"] for five in m for word in five}
    assert used == set(range(len(report["vocabulary"])))


def test_a_path_with_a_moment_too_few_is_refused(table):
    torn = dataclasses.replace(path(), losses=[2.0, 1.0])
    with pytest.raises(CourseError, match="3 moments, but 3 steps, 2 losses"):
        explorer_data({KEYS[0]: torn}, table, tiny_tokenizer())


@dataclasses.dataclass
class Recorded:
    """What the study reads of a record."""

    key: str
    task: str = "movies"
    length: int = LENGTH
    learning_rate: float = 0.01
    date: str = "2026-11-26"
    versions: dict = dataclasses.field(default_factory=dict)

    @property
    def device(self):
        return "a GPU" if self.seed else "a CPU"

    @property
    def init(self):
        return self.key.split("/")[1]

    @property
    def seed(self):
        return int(self.key.split("/")[4])

    @property
    def shuffled(self):
        return self.key.endswith("shuffled")


@pytest.fixture
def record(table, tmp_path, monkeypatch):
    """Function: paths of these keys, and runs of those, are what is recorded."""

    def as_recorded(keys, runs):
        monkeypatch.setattr(settings, "RECORDED", tmp_path)
        write_paths({key: path() for key in keys}, tmp_path / "paths.safetensors")
        monkeypatch.setattr(module, "recorded", lambda study: [Recorded(key) for key in runs])
        monkeypatch.setattr(module, "course_table", lambda: table)
        monkeypatch.setattr(module, "model_folder", lambda: "")
        monkeypatch.setattr(module.AutoTokenizer, "from_pretrained", lambda _: tiny_tokenizer())
        return tmp_path

    return as_recorded


def test_the_study_orders_the_prompts_and_says_where_they_come_from(record):
    folder = record(KEYS[::-1], [*KEYS, "movies/labels/4/0.01/2"])
    study_explorer(folder)
    report = json.loads((folder / "explorer.json").read_text(encoding="utf-8"))
    starts = [(p["start"], p["seed"], p["shuffled"]) for p in report["prompts"][:3]]
    assert starts == [("labels", 0, False), ("labels", 0, True), ("labels", 1, False)]
    assert report["settings"] == {
        "task": "movies", "length": LENGTH, "learning_rate": 0.01, "items": 200,
    }  # fmt: skip
    assert (report["devices"], report["date"]) == (["a CPU", "a GPU"], "2026-11-26")


def test_a_path_without_its_run_is_refused(record):
    folder = record(KEYS, KEYS[1:])
    with pytest.raises(CourseError, match="movies/labels/4/0.01/0 belongs to no recorded run"):
        study_explorer(folder)
