"""Prompts as long as the model's positions are read, longer ones refused."""

import copy

import pytest
import torch
from transformers import BloomConfig, GPT2Config, LlamaConfig, PretrainedConfig

from course_utils.data.prompts import Prompt
from course_utils.errors import CourseError
from course_utils.measure.scoring import label_scores
from course_utils.model.positions import fitting, room_for
from course_utils.model.tiny import tiny_model, tiny_tokenizer


def model_of(config, soft_tokens=None):
    model = torch.nn.Module()
    model.config = config
    if soft_tokens is not None:
        model.soft_prompt = torch.nn.Embedding(1, 1)
        model.soft_prompt.embedding = torch.nn.Parameter(torch.zeros(soft_tokens, 4))
    return model


@pytest.mark.parametrize(
    "config, soft_tokens, before, room",
    [
        (LlamaConfig(max_position_embeddings=50), None, 0, 50),
        (GPT2Config(n_positions=40), None, 0, 40),
        (LlamaConfig(max_position_embeddings=50), 7, 0, 43),
        (LlamaConfig(max_position_embeddings=50), None, 9, 41),
    ],
)
def test_the_room_is_what_the_soft_prompt_leaves(config, soft_tokens, before, room):
    model = model_of(config, soft_tokens)
    assert room_for(model, [3, room, 1], before) == room
    words = f"row 1 .* is {room + 1} tokens.* positions for {room}.*shorten"
    with pytest.raises(CourseError, match=words):
        room_for(model, [3, room + 1, 1], before)


@pytest.mark.parametrize("limit", [None, -1, 0])
def test_a_model_without_a_limit_reads_anything(limit):
    config = PretrainedConfig()
    config.max_position_embeddings = limit
    assert room_for(model_of(config), [10**6]) is None
    assert room_for(model_of(BloomConfig()), [10**6]) is None


def test_no_prompt_is_not_too_long():
    assert room_for(model_of(GPT2Config(n_positions=40)), []) == 40


def test_a_token_without_embedding_is_refused():
    model = tiny_model()
    assert fitting(model, [[303], [0, 5]]) == 512
    with pytest.raises(CourseError, match="row 1 .* the token 304, .* for 304"):
        fitting(model, [[303], [5, 304]])


def test_tokens_added_to_the_tokeniser_alone_are_refused_where_a_text_has_them():
    tokenizer = copy.deepcopy(tiny_tokenizer())
    tokenizer.add_tokens(["<new>"])
    prompt = Prompt("{text}:", (" bad", " good"))
    label_scores(tiny_model(), tokenizer, prompt, ["old"])
    with pytest.raises(CourseError, match="tokens were added to the tokeniser alone"):
        label_scores(tiny_model(), tokenizer, prompt, ["old", "a <new> one"])
