"""The doctor's findings on packages: what the course needs, and what is there."""

from course_utils import settings
from course_utils.lab import doctor


def test_packages_against_their_lower_bounds(monkeypatch):
    versions = {"torch": "2.13.0+cpu", "numpy": "1.9.9", "tqdm": "4.65", "pandas": "3.0.0rc1"}

    def version(name):
        if name not in versions:
            raise doctor.importlib.metadata.PackageNotFoundError(name)
        return versions[name]

    monkeypatch.setattr(doctor.importlib.metadata, "version", version)
    bounds = {"torch": "2.6", "numpy": "1.26", "tqdm": "4.65.0", "gguf": "0.10", "pandas": "2"}
    monkeypatch.setattr(doctor, "_requirements", lambda: list(bounds.items()))
    lines = doctor._packages()
    assert [(line.subject, line.status) for line in lines] == [
        ("torch", "ok"), ("numpy", "fail"), ("tqdm", "ok"), ("gguf", "fail"), ("pandas", "ok"),
    ]  # fmt: skip
    assert "1.9.9 is older than 1.26" in lines[1].message
    assert "pip install -r requirements.txt" in lines[3].message


def test_versions_are_three_numbers():
    assert doctor._numbers("2.13.0+cpu4") == (2, 13, 0) and doctor._numbers("2+cu124") == (2, 0, 0)
    assert doctor._numbers("4.65") == (4, 65, 0) and doctor._numbers("26.3.1.post2") == (26, 3, 1)


def test_the_course_s_own_requirements_are_read():
    names = [name for name, _ in doctor._requirements()]
    assert {"torch", "transformers", "datasets", "ipywidgets"} <= set(names)


def test_an_installed_course_knows_its_requirements_without_the_clone(monkeypatch):
    monkeypatch.setattr(settings, "course_folder", lambda: None)
    asked = []

    def requires(name):
        asked.append(name)
        return ["torch>=2.6", "numpy>=1.26; python_version > '3'", "plain"]

    monkeypatch.setattr(doctor.importlib.metadata, "requires", requires)
    assert doctor._requirements() == [("torch", "2.6"), ("numpy", "1.26")]
    assert asked == ["course-utils"]
    monkeypatch.setattr(doctor.importlib.metadata, "version", lambda name: "1.0")
    assert doctor._packages()[0].message == '1.0 is older than 2.6; run pip install "torch>=2.6"'


def test_a_course_that_stands_alone_and_was_not_installed_says_so(monkeypatch):
    monkeypatch.setattr(settings, "course_folder", lambda: None)

    def requires(name):
        raise doctor.importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(doctor.importlib.metadata, "requires", requires)
    (line,) = doctor._packages()
    assert line.status == "warn" and "without requirements.txt" in line.message
