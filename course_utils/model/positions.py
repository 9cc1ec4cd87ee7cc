"""How many tokens a model can read at once; longer prompts are refused before they go in.

``measure.scoring``, ``measure.perplexity`` and the training loop ask here.
"""

from transformers import PreTrainedModel

from course_utils.errors import CourseError


def fitting(model: PreTrainedModel, sequences: list[list[int]], before: int = 0) -> int | None:
    """``room_for`` of token sequences whose every token the model knows.

    Raises:
        CourseError: a token has no embedding, or see ``room_for``.
    """
    rows = model.get_input_embeddings().num_embeddings
    for number, ids in enumerate(sequences):
        if max(ids, default=-1) >= rows:
            raise CourseError(
                f"The prompt of row {number} (counted from 0) has the token {max(ids)}, and the "
                f"model has embeddings for {rows}: tokens were added to the tokeniser alone",
                "take the tokeniser that the model was trained with, or call "
                "model.resize_token_embeddings and train the new rows",
            )
    return room_for(model, [len(ids) for ids in sequences], before)


def room_for(model: PreTrainedModel, lengths: list[int], before: int = 0) -> int | None:
    """Positions for the tokens of a prompt; call it before anything is changed.

    Args:
        model: with its soft prompt, if it has one.
        lengths: tokens of each prompt.
        before: soft tokens that will stand before each prompt, but are not in the model yet.

    Returns:
        The widest that a batch may be (see ``data.batches.collate``); None where the model has no
        limit.

    Raises:
        CourseError: a prompt is longer than that.
    """
    config = model.config.get_text_config()
    limit = getattr(config, "max_position_embeddings", None) or getattr(config, "n_positions", None)
    if not isinstance(limit, int) or limit < 1:
        return None
    soft_prompt = getattr(getattr(model, "soft_prompt", None), "embedding", ())
    room = limit - len(soft_prompt) - before
    longest = max(lengths, default=0)
    if longest > room:
        raise CourseError(
            f"The prompt of row {lengths.index(longest)} (counted from 0) is {longest} tokens, and "
            f"the model has positions for {room}",
            "shorten the text, or take fewer or shorter demonstrations",
        )
    return room
