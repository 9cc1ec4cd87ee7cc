"""The words nearest to soft tokens, as a table."""

import torch

from course_utils.model.tiny import tiny_model, tiny_tokenizer
from course_utils.show.neighbours import neighbour_table

TABLE = tiny_model().get_input_embeddings().weight.detach()
TOKENIZER = tiny_tokenizer()
WORDS = [TOKENIZER.decode([i]) for i in range(len(TABLE))]
ROWS = torch.tensor([[260, 261, 262], [261, 262, 263], [263, 260, 270]])  # (moments, tokens)
MOMENTS = 2 * TABLE[ROWS]  # twice as long, in the same direction
STEPS = [0, 10, 25]


def test_the_table_has_a_row_a_token_and_a_column_a_moment():
    frame = neighbour_table(MOMENTS, STEPS, TABLE, TOKENIZER).frame
    assert list(frame) == ["token", "step 0", "step 10", "step 25"]
    assert list(frame["token"]) == ["0", "1", "2"]
    for token in range(3):
        for moment, step in enumerate(STEPS):
            word = WORDS[ROWS[moment, token]]
            assert frame[f"step {step}"][token] == f"1.00 {word!r}"
