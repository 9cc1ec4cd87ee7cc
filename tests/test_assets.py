import pytest

from course_utils import assets, cache
from course_utils.errors import CourseError


@pytest.fixture
def built(tmp_path, monkeypatch):
    """Two small assets in place of the model and the sentences; the list of what was built."""
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path / "cache"))
    names = []

    def asset(name):
        def build(work, folder, progress):
            names.append(name)
            progress(f"  making {name}")
            (folder / "file").write_text(name)

        return cache.Asset(name, name.title(), 1, {"pkg==1": "a" * 64}, 1000, build)

    monkeypatch.setattr(assets, "ASSETS", (asset("model"), asset("data")))
    return names


def test_the_course_has_a_model_and_sentences():
    assert [asset.name for asset in assets.ASSETS] == ["smollm2-135m-instruct", "rated-sentences"]


def test_prepare_shows_each_step_and_skips_what_is_done(built):
    said = []
    assets.prepare(said.append)
    folder = cache.cache_folder()
    assert said == [
        "Model: missing; preparing it",
        "  making model",
        f"Model: ready in {folder / 'model'}",
        "Data: missing; preparing it",
        "  making data",
        f"Data: ready in {folder / 'data'}",
    ]
    said.clear()
    assets.prepare(said.append)
    assert built == ["model", "data"]
    assert said == [
        f"Model: already in {folder / 'model'}",
        f"Data: already in {folder / 'data'}",
    ]


def test_prepare_mends_only_what_is_damaged(built):
    assets.prepare(print)
    (cache.cache_folder() / "data" / "file").write_text("dat")
    assets.prepare(print)
    assert built == ["model", "data", "data"]


def test_prepare_goes_on_where_an_interruption_left_it(built, monkeypatch):
    model, data = assets.ASSETS

    def interrupt(work, folder, progress):
        raise KeyboardInterrupt

    interrupted = cache.Asset("data", "Data", 1, data.sources, 1000, interrupt)
    monkeypatch.setattr(assets, "ASSETS", (model, interrupted))
    with pytest.raises(KeyboardInterrupt):
        assets.prepare(print)
    monkeypatch.setattr(assets, "ASSETS", (model, data))
    assets.prepare(print)
    assert built == ["model", "data"]


def test_prepare_stops_with_the_reason(built, monkeypatch):
    def fail(work, folder, progress):
        raise CourseError("No network", "connect once")

    model, data = assets.ASSETS
    failing = cache.Asset("model", "Model", 1, model.sources, 1000, fail)
    monkeypatch.setattr(assets, "ASSETS", (failing, data))
    with pytest.raises(CourseError, match="connect once"):
        assets.prepare(print)
