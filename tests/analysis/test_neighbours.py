"""Nearest words against a formula written out, one pair at a time."""

import pytest
import torch

from course_utils.analysis import neighbours
from course_utils.analysis.neighbours import (
    METRICS,
    centred,
    mean_cosine,
    nearest,
    nearest_words,
    snap,
    tightness,
)
from course_utils.errors import CourseError
from course_utils.model.tiny import tiny_model, tiny_tokenizer


def value(v, t, metric):
    dot = sum(a * b for a, b in zip(v, t))
    length = lambda x: sum(a * a for a in x) ** 0.5  # noqa: E731
    if metric == "cosine":
        return dot / (length(v) * length(t))
    return dot if metric == "dot" else length([a - b for a, b in zip(v, t)])


def by_hand(vectors, table, metric):
    """All rows of the table for each vector, the nearest first: (row, value) pairs."""
    sign = 1 if metric == "euclidean" else -1
    found = []
    for v in vectors.tolist():
        values = [(i, value(v, t, metric)) for i, t in enumerate(table.tolist())]
        found.append(sorted(values, key=lambda pair: sign * pair[1]))
    return found


def draw(n, rows=40, d=6):
    generator = torch.Generator().manual_seed(0)
    table = torch.randn(rows, d, generator=generator)
    return torch.randn(n, d, generator=generator), table * torch.linspace(0.2, 3, rows)[:, None]


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("chunk", [2, 128])
def test_the_nearest_rows(metric, chunk, monkeypatch):
    monkeypatch.setattr(neighbours, "CHUNK", chunk)
    vectors, table = draw(5)
    expected = [[i for i, _ in row[:4]] for row in by_hand(vectors, table, metric)]
    assert nearest(vectors, table, metric, 4).tolist() == expected


def test_the_metrics_differ():
    vectors, table = draw(5)
    orders = {tuple(nearest(vectors, table, metric, 4).flatten().tolist()) for metric in METRICS}
    assert len(orders) == 3


@pytest.mark.parametrize("metric", METRICS)
def test_words_and_values(metric):
    table, tokenizer = tiny_model().get_input_embeddings().weight, tiny_tokenizer()
    vectors = draw(3, d=32)[0].requires_grad_()
    found = nearest_words(vectors, table, tokenizer, 3, metric)
    for row, expected in zip(found, by_hand(vectors, table, metric)):
        assert [word for word, _ in row] == [tokenizer.decode([i]) for i, _ in expected[:3]]
        assert [v for _, v in row] == pytest.approx([v for _, v in expected[:3]], abs=1e-4)


def test_words_keep_their_space():
    table, tokenizer = tiny_model().get_input_embeddings().weight, tiny_tokenizer()
    good = tokenizer.encode(" good")
    [[(word, cosine)]] = nearest_words(3 * table[good], table, tokenizer, 1)
    assert word == " good" and cosine == pytest.approx(1)


@pytest.mark.parametrize("metric", METRICS)
def test_snapping_gives_rows_of_the_table(metric):
    vectors, table = draw(7)
    ids, rows = snap(vectors, table.bfloat16(), metric)
    expected = [row[0][0] for row in by_hand(vectors, table.bfloat16().float(), metric)]
    assert ids.tolist() == expected
    assert torch.equal(rows, table.bfloat16()[expected].float())


def test_words_snap_to_themselves():
    table = draw(1)[1]
    for metric in ("cosine", "euclidean"):
        assert snap(table, table, metric)[0].tolist() == list(range(40))


def test_an_unknown_metric_is_said():
    with pytest.raises(CourseError, match="cosine, dot, euclidean"):
        nearest(*draw(1), "manhattan", 1)


def test_tightness_is_the_mean_cosine_of_pairs_of_neighbours():
    vectors, table = draw(5)
    for v, row in zip(tightness(vectors, table, 3), by_hand(vectors, table, "cosine")):
        a, b, c = (table[i].tolist() for i, _ in row[:3])
        pairs = [value(x, y, "cosine") for x, y in ((a, b), (a, c), (b, c))]
        assert v.item() == pytest.approx(sum(pairs) / 3, abs=1e-5)


def test_words_in_bunches_are_tight_and_scattered_ones_are_not():
    _, table = draw(1)
    bunches = torch.eye(6).repeat(5, 1) + 0.01 * table[:30]
    assert tightness(torch.eye(6), bunches).min() > 0.95
    assert tightness(torch.eye(6), torch.cat([torch.eye(6), -torch.eye(6)]), 4).max() < 0.1


@pytest.mark.parametrize("metric", METRICS)
def test_k_goes_from_one_to_the_whole_table(metric):
    vectors, table = draw(2)
    assert nearest(vectors, table, metric, 1).shape == (2, 1)
    assert nearest(vectors, table, metric, 40).sort(1).values.tolist() == [list(range(40))] * 2
    for k in (0, -1, 41, 2.0, None):
        with pytest.raises(CourseError, match=r"k = .* from 1 to 40"):
            nearest(vectors, table, metric, k)


@pytest.mark.parametrize("k", [1, 0, 41])
def test_tightness_needs_pairs(k):
    with pytest.raises(CourseError, match="from 2 to 40"):
        tightness(*draw(2), k)
    assert tightness(*draw(2), 40).isfinite().all()


@pytest.mark.parametrize("bad", [torch.nan, torch.inf])
@pytest.mark.parametrize("metric", METRICS)
def test_numbers_that_are_not_finite_are_refused(metric, bad):
    vectors, table = draw(3)
    vectors[1, 2], table[4, 0] = bad, bad
    with pytest.raises(CourseError, match="Row 1 .* of vectors"):
        snap(vectors, table, metric)
    with pytest.raises(CourseError, match="Row 4 .* of the table"):
        snap(vectors[:1], table, metric)


@pytest.mark.parametrize("shape", [(6,), (2, 5), (0, 6)])
def test_vectors_of_another_shape_are_refused(shape):
    with pytest.raises(CourseError, match="cannot be compared"):
        nearest(torch.ones(shape), draw(1)[1], "dot", 1)


def test_a_vector_of_zero_has_no_direction_but_a_place():
    vectors, table = draw(2)
    vectors[1] = 0
    with pytest.raises(CourseError, match="Vector 1 .* is 0"):
        nearest(vectors, table, "cosine", 1)
    assert nearest(vectors, table, "euclidean", 1)[1].item() == 0  # the shortest row


def test_a_row_of_zero_is_never_nearer_than_one_in_the_same_direction():
    table = torch.cat([torch.zeros(1, 6), draw(1)[1]])  # as of a padding token
    assert nearest(table[1:], table, "cosine", 1)[:, 0].tolist() == list(range(1, 41))


def test_centred_rows_have_no_common_direction():
    vectors, table = draw(5)
    table = table + 3  # a cone: all rows point one way
    rows = centred(table, table)
    assert torch.allclose(rows.mean(0), torch.zeros(6), atol=1e-5)
    assert torch.allclose(centred(vectors, table), vectors - table.mean(0), atol=1e-6)
    assert tightness(table, table).mean() > 0.9 > 0.7 > tightness(rows, rows).mean()


def test_a_mean_of_another_width_is_not_taken_away():
    with pytest.raises(CourseError, match="5 numbers cannot be compared with rows of 6"):
        centred(torch.ones(2, 5), draw(1)[1])


def test_the_mean_cosine_of_rows():
    rows = torch.tensor([[[1.0, 0], [0, 2], [3, 0]]])
    assert mean_cosine(rows).tolist() == pytest.approx([1 / 3])
