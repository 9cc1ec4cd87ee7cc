"""What explorers have in common: output that follows, aligned labels, words without a kernel."""

import ipywidgets

from course_utils.show.explorer import explorer


def test_the_output_follows_the_controls(capsys):
    controls = {"a": ipywidgets.IntText(1), "b": ipywidgets.Dropdown(options=["x", "y"])}
    box = explorer(lambda a, b: print(a, b), controls)
    assert list(box.children[:2]) == list(controls.values())
    controls["a"].value, controls["b"].value = 5, "y"
    assert capsys.readouterr().out.rpartition("\r")[2].strip().endswith("5 y")


def test_labels_stand_in_one_column():
    controls = {"a": ipywidgets.IntText(1), "b": ipywidgets.Checkbox(True)}
    box = explorer(lambda a, b: None, controls)
    widths = {control.style.description_width for control in box.children[:2]}
    assert len(widths) == 1 and widths != {""}


def test_without_a_kernel_it_says_how_to_get_it_back():
    box = explorer(lambda a: None, {"a": ipywidgets.IntText(1)})
    assert box._repr_mimebundle_()["text/plain"] == "Run this cell to use the explorer."
