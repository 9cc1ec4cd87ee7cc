"""Panels in rows of two: titles, empty places, and labels under the lowest of each column."""

import pytest

from course_utils.show.small_multiples import small_multiples


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5])
def test_each_title_has_a_panel_and_each_column_a_label(count):
    titles = [f"task {n}" for n in range(count)]
    figure, panels = small_multiples(titles, "steps", sharey=True)
    assert [axes.get_title(loc="left") for axes in panels] == titles
    assert sum(axes.get_xlabel() == "steps" for axes in panels) == min(2, count)
    assert panels[-1].get_xlabel() == "steps"
    hidden = [axes for axes in figure.axes if axes not in panels]
    assert all(not axes.axison for axes in hidden) and len(hidden) == count % 2
