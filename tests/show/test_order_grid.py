"""Orders of shots: every value in its group, the same places every time, means."""

from course_utils.show.order_grid import order_figure
from course_utils.show.style import alt_text

POINTS = [
    ("last: negative", "draw 1", 0.2),
    ("last: positive", "draw 1", 0.8),
    ("last: negative", "draw 2", 0.4),
    ("last: positive", "draw 2", 0.7),
]


def marks(axes):
    return [
        (line.get_xdata()[0], line.get_ydata()[0], line.get_marker())
        for line in axes.get_lines()
        if len(line.get_xdata()) == 1
    ]


def test_every_value_stands_in_its_group_with_its_familys_marker():
    (axes,) = order_figure(POINTS, "t").axes
    found = marks(axes)
    assert [(round(x), y) for x, y, _ in found] == [(0, 0.2), (0, 0.4), (1, 0.8), (1, 0.7)]
    assert found[0][2] == found[2][2] != found[1][2] == found[3][2]
    assert [t.get_text() for t in axes.get_xticklabels()] == ["last: negative", "last: positive"]
    assert [t.get_text() for t in axes.get_legend().get_texts()] == ["draw 1", "draw 2"]


def test_each_group_has_its_mean():
    figure = order_figure(POINTS, "t")
    assert [t.get_text() for t in figure.axes[0].texts][:2] == ["mean 0.30", "mean 0.75"]
    assert "last: negative, 2 orders: mean 0.30, 0.20 to 0.40" in alt_text(figure)


def test_marks_lie_apart_and_in_the_same_places_every_time():
    points = [("g", "draw", 0.5)] * 24
    places = [[x for x, *_ in marks(order_figure(points, "t").axes[0])] for _ in range(2)]
    assert places[0] == places[1]
    ordered = sorted(places[0])
    assert min(b - a for a, b in zip(ordered, ordered[1:])) > 0.01 and max(map(abs, ordered)) <= 0.3


def test_a_quick_run_is_marked(monkeypatch):
    monkeypatch.setenv("COURSE_QUICK", "1")
    assert order_figure(POINTS, "t").get_suptitle() == "t (quick run)"
