"""Models in figures: told apart without colours, and an axis of their sizes."""

from matplotlib.figure import Figure

from course_utils.show.model_looks import model_looks, size_axis
from tests.recorded.made_up_ladder import rung
from tests.recorded.made_up_studies import MODELS

RUNGS = [rung(model=model, parameters=size) for model, size in MODELS.items()]


def test_models_differ_in_colour_marker_dashes_and_size():
    looks = model_looks(reversed(RUNGS))
    assert list(looks) == list(MODELS)
    for kind in ("name", "dashes", "scale"):
        assert len({getattr(each, kind) for each in looks.values()}) == len(MODELS)
    assert len({each.look.marker for each in looks.values()}) == len(MODELS)
    assert looks["gemma-3-270m"].handle().get_label() == "gemma-3 268M"


def test_more_models_than_looks_go_round():
    many = [rung(model=f"m-{n}M", parameters=n * 10**6) for n in range(1, 10)]
    assert model_looks(many)["m-8M"].look == model_looks(many)["m-1M"].look


def test_an_axis_of_sizes_names_the_families():
    axes = Figure().subplots()
    size_axis(axes, RUNGS)
    assert list(axes.get_xticks()) == list(MODELS.values())
    texts = [text.get_text() for text in axes.get_xticklabels()]
    assert texts[:2] == ["135M\nSmolLM2", "268M\ngemma-3"]
    assert texts[3] == "1.5B\nQwen2.5-\nCoder"
    left, right = axes.get_xlim()
    assert left < min(MODELS.values()) and right > max(MODELS.values())
