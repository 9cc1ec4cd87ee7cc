"""The words nearest to soft tokens: as a table, and in the explorer."""

import pytest
import torch

from course_utils.errors import CourseError
from course_utils.model.tiny import tiny_model, tiny_tokenizer
from course_utils.show.neighbours import (
    describe_neighbours,
    neighbour_explorer,
    neighbour_table,
)

TABLE = tiny_model().get_input_embeddings().weight.detach()
TOKENIZER = tiny_tokenizer()
WORDS = [TOKENIZER.decode([i]) for i in range(len(TABLE))]
ROWS = torch.tensor([[260, 261, 262], [261, 262, 263], [263, 260, 270]])  # (moments, tokens)
MOMENTS = 2 * TABLE[ROWS]  # twice as long, in the same direction
STEPS = [0, 10, 25]


def test_neighbours_are_listed_the_nearest_first():
    first, *lines = describe_neighbours(MOMENTS[0, 1], TABLE, TOKENIZER, "cosine", 4).splitlines()
    assert f"length {MOMENTS[0, 1].norm():.2f}" in first and "cosine" in first
    assert [int(line.split()[0]) for line in lines] == [1, 2, 3, 4]
    values = [float(line.split()[1]) for line in lines]
    assert values[0] == 1.0 and values == sorted(values, reverse=True)
    assert lines[0].endswith(repr(WORDS[261]))


def test_each_metric_has_its_own_value():
    vector = MOMENTS[0, 1]
    found = describe_neighbours(vector, TABLE, TOKENIZER, "euclidean", 1)
    distances = (TABLE - vector).norm(dim=1)
    assert "distance" in found and f"{distances.min():.2f}" in found
    found = describe_neighbours(vector, TABLE, TOKENIZER, "dot", 1)
    assert "dot product" in found and f"{(TABLE @ vector).max():.2f}" in found


def test_an_unknown_metric_is_refused():
    with pytest.raises(CourseError, match="no metric 'angle'"):
        describe_neighbours(MOMENTS[0, 0], TABLE, TOKENIZER, "angle")


def test_the_table_has_a_row_a_token_and_a_column_a_moment():
    frame = neighbour_table(MOMENTS, STEPS, TABLE, TOKENIZER).frame
    assert list(frame) == ["token", "step 0", "step 10", "step 25"]
    assert list(frame["token"]) == ["0", "1", "2"]
    for token in range(3):
        for moment, step in enumerate(STEPS):
            word = WORDS[ROWS[moment, token]]
            assert frame[f"step {step}"][token] == f"1.00 {word!r}"


@pytest.fixture
def explorer(capsys):
    """The three fields, and a function that gives what the output shows since it was last asked."""
    box = neighbour_explorer(MOMENTS, STEPS, TABLE, TOKENIZER)

    def shown():
        return capsys.readouterr().out.rpartition("\r")[2].removesuffix("\n")

    return *box.children[:3], shown


def test_the_explorer_opens_at_the_end_of_training(explorer):
    token, step, metric, shown = explorer
    assert (token.value, step.label, metric.value) == (0, "25", "cosine")
    assert (token.min, token.max) == (0, 2)
    assert shown() == describe_neighbours(MOMENTS[2, 0], TABLE, TOKENIZER)


def test_the_explorer_follows_its_fields(explorer):
    token, step, metric, shown = explorer
    shown()
    step.value = 1
    assert shown() == describe_neighbours(MOMENTS[1, 0], TABLE, TOKENIZER)
    token.value = 2
    assert shown() == describe_neighbours(MOMENTS[1, 2], TABLE, TOKENIZER)
    metric.value = "euclidean"
    assert shown() == describe_neighbours(MOMENTS[1, 2], TABLE, TOKENIZER, "euclidean")
