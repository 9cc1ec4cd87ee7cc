"""The table of methods has their settings and means."""

import dataclasses

from course_utils.experiments import plan
from course_utils.measure.means import mean_of
from course_utils.recorded.runs import Record
from course_utils.show.abroad import methods_table

FIELDS = {field.name: None for field in dataclasses.fields(Record)}


def record(seed, correct, perplexity):
    run = plan.lora("methods", 1e-3, seed)
    given = {"correct": correct, "perplexity": perplexity, "trainable_parameters": 2_442_240}
    return Record(**FIELDS | dataclasses.asdict(run) | given)


def test_a_row_a_method_with_its_setting():
    runs = {"LoRA": [record(0, "1110", 100.0), record(1, "1100", 104.0)]}
    frame = methods_table(runs, "Methods").frame
    assert frame["rate"].tolist() == ["0.001"] and frame["numbers"].tolist() == ["2,442,240"]
    assert frame["accuracy"].tolist() == [str(mean_of([0.75, 0.5]))]
    assert frame["perplexity"][0].startswith("102.0 [")
