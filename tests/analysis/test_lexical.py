"""Forms of one word are alike, and other words are not."""

import pytest
import torch

from course_utils.analysis.lexical import alike, stem, word_clusters
from course_utils.analysis.neighbours import tightness
from course_utils.errors import CourseError
from course_utils.model.tiny import tiny_tokenizer

SAME = [
    [" kids", "Kids", " kid", "KID"],
    ["Technology", " technology", " Technologies"],
    [" movie", " movies", "Movie"],
    [" love", " loved", " loving", "loves"],
    [" run", " running", " runs"],
    [" resembles", " resembled", " resemble", " resembling"],
    [" film", " films", " filmed", " filming"],
    [" class", " Class"],
    [" fall", " falling"],
    [" real", " really"],
    ["...", " ..."],
    [" study", " studies", " studied"],
]
DIFFERENT = ["kid", "kin", "is", "i", "was", "this", "ring", "red", "only", "", " ", "\n", ".", "!"]


@pytest.mark.parametrize("words", SAME)
def test_forms_of_a_word_have_one_stem(words):
    assert len({stem(word) for word in words}) == 1
    assert alike(words) == 1


def test_other_words_have_their_own():
    assert len({stem(word) for word in DIFFERENT}) == len(DIFFERENT)
    assert len({stem(words[0]) for words in SAME}) == len(SAME)


def test_the_share_of_pairs():
    assert alike(["kid", "kids", "Kids", "film", "dog"]) == pytest.approx(3 / 10)
    assert alike(["kid", "kids", "film", "films"]) == pytest.approx(2 / 6)
    assert alike(["a", "b"]) == 0


TOKENIZER = tiny_tokenizer()


def table():
    """A table in which `` good`` lies between G and g, and `` bad`` among other letters."""
    generator = torch.Generator().manual_seed(0)
    rows = torch.randn(len(TOKENIZER), 16, generator=generator)
    for word, near, noise in ((" good", ("g", "G"), 0.3), (" bad", ("x", "y"), 0.1)):
        middle = torch.randn(16, generator=generator)
        for number, text in enumerate((word, *near)):
            [token] = TOKENIZER.encode(text)
            rows[token] = 5 * middle + noise * (1 + number) * torch.randn(16, generator=generator)
    return rows


def tokens(*words):
    return torch.stack([table()[TOKENIZER.encode(word)[0]] for word in words])


def test_the_clusters_of_a_prompt_the_most_lexical_first():
    prompt = tokens(" bad", " good", "G", " bad")
    first, second = word_clusters(prompt, table(), TOKENIZER, 3)
    assert (first.token, set(first.words)) == (1, {" good", "g", "G"})
    assert (second.token, set(second.words)) == (0, {" bad", "x", "y"})
    assert (first.lexical, second.lexical) == (pytest.approx(1 / 3), 0)
    assert first.tightness < second.tightness
    assert str(first).startswith("{' good', ") and str(first).endswith("}")
    assert first.tightness == pytest.approx(tightness(prompt[1:2], table(), 3).item())


@pytest.mark.parametrize("k", [1, 0, None])
def test_pairs_need_two_words(k):
    with pytest.raises(CourseError, match="^k = "):
        word_clusters(tokens(" good"), table(), TOKENIZER, k)
