import pytest

from course_utils import settings
from course_utils.assets import cache, prepare
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

    monkeypatch.setattr(prepare, "ASSETS", (asset("model"), asset("data")))
    return names


def test_the_course_has_a_model_sentences_and_a_lexicon():
    names = [asset.name for asset in prepare.ASSETS]
    assert names == ["smollm2-135m-instruct", "rated-sentences", "vader-lexicon"]


def test_prepare_shows_each_step_and_skips_what_is_done(built):
    said = []
    prepare.prepare(said.append)
    folder = settings.cache_folder()
    assert said == [
        "Model: missing; preparing it",
        "  making model",
        f"Model: ready in {folder / 'model'}",
        "Data: missing; preparing it",
        "  making data",
        f"Data: ready in {folder / 'data'}",
    ]
    said.clear()
    prepare.prepare(said.append)
    assert built == ["model", "data"]
    assert said == [
        f"Model: already in {folder / 'model'}",
        f"Data: already in {folder / 'data'}",
    ]


def test_prepare_mends_only_what_is_damaged(built):
    prepare.prepare(print)
    (settings.cache_folder() / "data" / "file").write_text("dat")
    prepare.prepare(print)
    assert built == ["model", "data", "data"]


def test_prepare_goes_on_where_an_interruption_left_it(built, monkeypatch):
    model, data = prepare.ASSETS

    def interrupt(work, folder, progress):
        raise KeyboardInterrupt

    interrupted = cache.Asset("data", "Data", 1, data.sources, 1000, interrupt)
    monkeypatch.setattr(prepare, "ASSETS", (model, interrupted))
    with pytest.raises(KeyboardInterrupt):
        prepare.prepare(print)
    monkeypatch.setattr(prepare, "ASSETS", (model, data))
    prepare.prepare(print)
    assert built == ["model", "data"]


def test_prepare_stops_with_the_reason(built, monkeypatch):
    def fail(work, folder, progress):
        raise CourseError("No network", "connect once")

    model, data = prepare.ASSETS
    failing = cache.Asset("model", "Model", 1, model.sources, 1000, fail)
    monkeypatch.setattr(prepare, "ASSETS", (failing, data))
    with pytest.raises(CourseError, match="connect once"):
        prepare.prepare(print)
