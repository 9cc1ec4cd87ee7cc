"""Ranks of label words, and shares of a lexicon, against lists that were sorted by hand."""

import pytest
import torch
from torch.nn.functional import cosine_similarity

from course_utils.analysis.related_words import label_ranks, lexicon_share
from course_utils.errors import CourseError
from course_utils.model.tiny import tiny_tokenizer

TOKENIZER = tiny_tokenizer()
GENERATOR = torch.Generator().manual_seed(0)
TABLE = torch.randn(len(TOKENIZER), 16, generator=GENERATOR)
VECTORS = torch.randn(9, 16, generator=GENERATOR)


def order(vector):
    return cosine_similarity(vector[None], TABLE).argsort(descending=True).tolist()


def test_the_rank_is_that_of_the_nearer_label():
    found = label_ranks(VECTORS, TABLE, [7, 30])
    by_hand = [1 + min(order(vector).index(7), order(vector).index(30)) for vector in VECTORS]
    assert found.tolist() == by_hand and found.dtype == torch.int64


def test_a_label_word_itself_has_rank_one():
    assert label_ranks(3 * TABLE[[30, 7]], TABLE, [7, 30]).tolist() == [1, 1]


def test_random_vectors_have_the_mean_rank_of_chance():
    many = torch.randn(4000, 16, generator=torch.Generator().manual_seed(1))
    ranks = label_ranks(many, TABLE, [7, 30]).float()
    assert ranks.mean().item() == pytest.approx(len(TABLE) / 3, rel=0.1)


@pytest.mark.parametrize("ids", [[], [len(TOKENIZER)], [-1]])
def test_labels_are_rows_of_the_table(ids):
    with pytest.raises(CourseError, match="label"):
        label_ranks(VECTORS, TABLE, ids)


def test_the_share_of_words_in_a_lexicon():
    lexicon = {"good": 1.9, "bad": -2.5, "g": 1.0}
    found = lexicon_share(VECTORS, TABLE, TOKENIZER, lexicon, 100)
    for vector, share in zip(VECTORS, found.tolist()):
        words = [TOKENIZER.decode([i]).strip().lower() for i in order(vector)[:100]]
        assert share == pytest.approx(sum(word in lexicon for word in words) / 100)
    assert found.max() > 0
    [good] = TOKENIZER.encode(" good")
    assert lexicon_share(TABLE[[good]], TABLE, TOKENIZER, lexicon, 1).tolist() == [1.0]
