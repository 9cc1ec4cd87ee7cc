"""Where trials start; ``test_until_best`` has what they come to."""

import torch

from course_utils.experiments.together import LoRAs, SoftPrompts, embedding_norm, words_as_start
from course_utils.methods.lora import add_lora
from course_utils.methods.soft_prompt import label_init
from course_utils.model.tiny import tiny_model


def test_soft_prompts_start_from_the_words_as_the_layers_get_them():
    model = tiny_model()
    table = model.get_input_embeddings().weight
    assert torch.equal(words_as_start(model, [7, 3], 5), label_init(table, [7, 3], 5))
    mean = table.norm(dim=1).mean().item()
    assert abs(embedding_norm(model) - mean) < 1e-5


def test_loras_start_as_add_lora_does():
    own, model = tiny_model(), tiny_model()
    add_lora(own, rank=2, alpha=4.0, seed=3)
    trained = LoRAs(model, [0, 3], 2, 4.0)
    expected = [p for p in own.parameters() if p.requires_grad]
    for one, other in zip(trained.parameters_of(1), expected, strict=True):
        assert torch.equal(one, other)


def test_the_rows_of_a_trial_have_its_own_prompt():
    model = tiny_model()
    trained = SoftPrompts(model, [torch.full((2, 32), float(i)) for i in range(3)])
    trained.turn.active = (2, 0)
    before = trained(torch.full((4, 1, 32), 9.0))
    assert before[:, :2, 0].tolist() == [[2.0, 2.0]] * 2 + [[0.0, 0.0]] * 2
    assert before.shape == (4, 3, 32) and bool((before[:, 2] == 9).all())
