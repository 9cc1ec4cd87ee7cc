"""Tables of the search: the best rate by validation loss, and who was still improving."""

import dataclasses

import torch

from course_utils.experiments import plan
from course_utils.measure.means import mean_of
from course_utils.model.tiny import tiny_tokenizer
from course_utils.recorded.runs import Record
from course_utils.show.prompt_search import rates_table, starts_table

FIELDS = {field.name: None for field in dataclasses.fields(Record)}
LOSSES = {("labels", 1e-2): (0.5, 0.7), ("labels", 1e-1): (0.4, 0.6), ("random", 1e-2): (0.3, 0.9)}


def records(length=20):
    made = []
    for (init, rate), losses in LOSSES.items():
        for seed, loss in enumerate(losses):
            run = plan.prompt("s", rate, seed, length=length, init=init, steps=735)
            best = [735 if seed else 600, loss]
            right = "1" * (7 + seed) + "0" * (3 - seed)
            given = {"best": best, "correct": right}
            made.append(Record(**FIELDS | dataclasses.asdict(run) | given))
    return made


def test_each_start_is_shown_at_the_rate_of_its_lowest_mean_loss():
    frame = starts_table(records() + records(length=5)).frame
    assert frame["start"].tolist() == ["labels", "random"]
    assert frame["best rate"].tolist() == ["0.1", "0.01"]
    assert frame["loss"].tolist() == ["0.500", "0.600"]
    assert frame["rates tried"].tolist() == ["2, 0.01 to 0.1", "1, 0.01 to 0.01"]
    assert frame["still falling"].tolist() == ["1 of 2", "1 of 2"]
    assert frame["accuracy"][0] == "0.750 (0.700 and 0.800)"


def test_from_three_seeds_on_there_is_an_interval():
    one = next(r for r in records() if r.init == "random")
    seeds = [dataclasses.replace(one, seed=seed, init="normal") for seed in range(3)]
    frame = starts_table(seeds).frame
    assert frame["start"].tolist() == ["N(0, 1)"] and frame["seeds"].tolist() == ["3"]
    assert frame["accuracy"][0] == str(mean_of([one.accuracy] * 3))


def test_rates_stand_in_order_with_the_shape_of_the_vectors():
    tokenizer = tiny_tokenizer()
    table = torch.randn(len(tokenizer), 16, generator=torch.Generator().manual_seed(0))
    vectors = {r.key: (3 + r.seed) * table[None, :20] for r in records()}
    shown = rates_table(records(), vectors, table, tokenizer)
    assert shown.frame["rate"].tolist() == ["0.01", "0.1"]
    assert set(shown.frame["nearest word"]) == {"1.00"}
    expected = 3.5 * table[:20].norm(dim=1).mean().item()
    assert shown.frame["length"].tolist() == [f"{expected:.2f}"] * 2
    assert max(map(len, repr(shown).splitlines())) <= 90
