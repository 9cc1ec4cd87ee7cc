"""Measures of prompts one token at a time, and controls that go as far."""

import pytest
import torch
from torch.nn.functional import cosine_similarity

from course_utils.analysis.lexical import alike
from course_utils.analysis.neighbours import centred, nearest_words, tightness
from course_utils.analysis.soft_tokens import (
    describe,
    displaced,
    length_and_cosine,
    random_walk,
    words_length_and_cosine,
)
from course_utils.errors import CourseError
from course_utils.model.tiny import tiny_tokenizer

TOKENIZER = tiny_tokenizer()


def draw(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


TABLE = draw(len(TOKENIZER), 16) + 0.5


def test_each_prompt_is_described_as_if_alone():
    prompts = draw(3, 4, 16, seed=1)
    found = describe(prompts, TABLE, TOKENIZER)
    rows = centred(TABLE, TABLE)
    for number, tokens in enumerate(prompts):
        cosines = cosine_similarity(tokens[:, None], TABLE[None], dim=2)
        expected = {
            "length": tokens.norm(dim=1),
            "nearest word": cosines.max(1).values,
            "tightness": tightness(tokens, TABLE),
            "centred": tightness(centred(tokens, TABLE), rows),
            "lexical": torch.tensor(
                [
                    alike([word for word, _ in words])
                    for words in nearest_words(tokens, TABLE, TOKENIZER, 5)
                ]
            ),
        }
        alone = {name: values.mean().item() for name, values in expected.items()}
        assert {n: v[number].item() for n, v in found.items()} == pytest.approx(alone, abs=1e-5)


def test_length_and_cosine_of_words_and_of_others():
    found = length_and_cosine(torch.stack([TABLE[:6], 2 * TABLE[:6]]).view(2, 3, 2, 16), TABLE)
    assert found.shape == (2, 3, 2, 2)
    assert torch.allclose(found[..., 1], torch.ones(2, 3, 2))
    assert torch.allclose(found[1, ..., 0], 2 * found[0, ..., 0])
    vectors = draw(5, 16, seed=2)
    best = cosine_similarity(vectors[:, None], TABLE[None], dim=2).max(1).values
    assert torch.allclose(length_and_cosine(vectors, TABLE)[:, 1], best)


def test_a_word_is_not_its_own_neighbour():
    ids = torch.tensor([3, 8, 3])
    cosines = cosine_similarity(TABLE[ids][:, None], TABLE[None], dim=2)
    cosines[torch.arange(3), ids] = -2
    found = words_length_and_cosine(ids, TABLE)
    assert torch.allclose(found[:, 1], cosines.max(1).values)
    assert torch.allclose(found[:, 0], TABLE[ids].norm(dim=1))


def test_displaced_vectors_go_as_far_and_elsewhere():
    start, end = draw(2, 50, 400, seed=3), draw(2, 50, 400, seed=4) + draw(2, 50, 400, seed=3)
    found = displaced(start, end, torch.Generator().manual_seed(0))
    assert torch.allclose((found - start).norm(dim=-1), (end - start).norm(dim=-1), rtol=1e-4)
    assert torch.allclose(found.norm(dim=-1), end.norm(dim=-1), rtol=1e-4)
    near = cosine_similarity(end, start, dim=-1)
    assert torch.allclose(cosine_similarity(found, start, dim=-1), near, atol=1e-4)
    assert cosine_similarity(found - start, end - start, dim=-1).mean().abs() < 0.3
    again = displaced(start, end, torch.Generator().manual_seed(1))
    assert not torch.allclose(found, again)


def test_what_did_not_move_stays():
    start = draw(4, 16)
    assert torch.allclose(displaced(start, start, torch.Generator()), start)
    with pytest.raises(CourseError, match="no distance"):
        displaced(start, start[:3], torch.Generator())


def test_a_random_walk_has_the_steps_of_the_path():
    path = draw(6, 10, 300).cumsum(0)
    found = random_walk(path, torch.Generator().manual_seed(0))
    assert torch.equal(found[0], path[0]) and found.shape == path.shape
    steps = [walk.diff(dim=0) for walk in (found, path)]
    assert torch.allclose(steps[0].norm(dim=2), steps[1].norm(dim=2), rtol=1e-4)
    assert cosine_similarity(*steps, dim=2).abs().mean() < 0.1
    assert cosine_similarity(steps[0][0], steps[0][1], dim=1).abs().mean() < 0.1


@pytest.mark.parametrize("shape", [(1, 4, 16), (4, 16)])
def test_a_path_has_steps(shape):
    with pytest.raises(CourseError, match="no steps"):
        random_walk(torch.ones(shape), torch.Generator())
