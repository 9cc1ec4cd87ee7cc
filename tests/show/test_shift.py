"""The table of domains and perplexity has means over seeds."""

import dataclasses

from course_utils.experiments import plan
from course_utils.recorded.runs import Record
from course_utils.show.shift import shift_table

FIELDS = {field.name: None for field in dataclasses.fields(Record)}


def record(seed, correct, tweets, perplexity):
    run = plan.lora("methods", 1e-3, seed)
    given = {"correct": correct, "domains": {"tweets": tweets}, "perplexity": perplexity}
    return Record(**FIELDS | dataclasses.asdict(run) | given)


def test_a_row_a_method_with_means_over_its_seeds():
    runs = {"LoRA": [record(0, "1110", "10", 100.0), record(1, "1100", "11", 104.0)]}
    frame = shift_table(runs, "Shift").frame
    assert frame.columns.tolist() == ["method", "movies", "tweets", "perplexity", "95 %"]
    assert frame.loc[0].tolist()[:4] == ["LoRA", "0.625", "0.750", "102.0"]
    assert frame["95 %"][0].startswith("[") and "127.4" in frame["95 %"][0]
