"""The doctor: each finding, its status, and what to do."""

import collections
import errno
import http.server
import os
import subprocess
import sys
import threading

import pytest

from course_utils import settings
from course_utils.assets import cache, prepare
from course_utils.errors import CourseError
from course_utils.lab import doctor
from course_utils.machine import device
from course_utils.training import estimate

Disk = collections.namedtuple("Disk", "total used free")


@pytest.fixture(autouse=True)
def small_assets(tmp_path, monkeypatch):
    """Two small assets in place of the real ones, and a fast device without a probe."""
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("COURSE_MODEL", raising=False)
    monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
    monkeypatch.setenv("COURSE_DEVICE", "cpu")

    def build(work, folder, progress):
        (folder / "file").write_text("x")

    two = tuple(
        cache.Asset(name, name.title(), 1, {"pkg==1": "a" * 64}, 1000, build)
        for name in ("model", "data")
    )
    monkeypatch.setattr(prepare, "ASSETS", two)
    monkeypatch.setattr(doctor, "pip_reaches", lambda name: True)
    monkeypatch.setattr(doctor, "available_memory", lambda: 16e9)
    monkeypatch.setattr(device, "bf16_is_faster", lambda here: False)


@pytest.fixture
def prepared():
    prepare.prepare(lambda line: None)


def found(subject):
    return next(line for line in doctor.doctor() if line.subject == subject)


def test_a_sound_machine_has_no_failure(prepared, capsys):
    assert doctor.report() == 0
    lines = capsys.readouterr().out.splitlines()
    assert all(line.startswith(("[ok] ", "[warn] ")) for line in lines[:-1])
    assert lines[-1].startswith("0 to put right")
    subjects = [line.split(":")[0].split(maxsplit=1)[1] for line in lines[:-1]]
    wanted = ["Device", "bfloat16", "Memory", "Disk", "Model", "Data", "Network"]
    assert subjects[0] == "Python" and subjects[-7:] == wanted and "torch" in subjects


def test_a_failure_gives_exit_status_1(monkeypatch, capsys):
    monkeypatch.setattr(doctor, "available_memory", lambda: 1e9)
    assert doctor.report() == 1
    out = capsys.readouterr().out
    assert "[fail] Memory: 1.0 GB of the computer free" in out and "1 to put right" in out


@pytest.mark.parametrize(
    ("version", "status"),
    [((3, 9), "fail"), ((3, 10), "ok"), ((3, 13), "ok"), ((3, 14), "warn"), ((2, 12), "fail")],
)
def test_python(version, status):
    line = doctor._python(version)
    assert line.status == status and ".".join(map(str, version)) in line.message


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
    line = found("Packages")
    assert line.status == "warn" and "without requirements.txt" in line.message


def test_the_doctor_starts_where_no_package_is_installed():
    """-S leaves out installed packages; each of them becomes a line, and none a traceback."""
    command = [sys.executable, "-S", "-m", "course_utils", "doctor"]
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    done = subprocess.run(
        command, cwd=settings.PACKAGE.parent, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 1 and done.stderr == ""
    assert "[fail] torch: not installed; run pip install -r requirements.txt" in done.stdout
    assert "[fail] Device: cannot be looked at: No module named 'torch'" in done.stdout


def test_a_package_that_cannot_be_imported_is_one_line(monkeypatch):
    def broken():
        raise ImportError("libtorch.so: cannot open shared object\nmore")

    monkeypatch.setattr(device, "describe_device", broken)
    line = found("Device")
    assert line.status == "fail" and "libtorch.so" in line.message and "\n" not in line.message


def test_a_device_that_is_not_there_fails(monkeypatch):
    monkeypatch.setenv("COURSE_DEVICE", "no-such-device")
    assert found("Device").status == "fail" and "COURSE_DEVICE" in found("Device").message


@pytest.mark.parametrize("faster", [True, False])
def test_bf16_says_what_is_used(monkeypatch, faster):
    monkeypatch.setattr(device, "bf16_is_faster", lambda here: faster)
    assert ("float32 is used" in found("bfloat16").message) is not faster


@pytest.mark.parametrize(("free", "status"), [(16e9, "ok"), (3e9, "warn"), (1e9, "fail")])
def test_memory(monkeypatch, free, status):
    monkeypatch.setattr(doctor, "available_memory", lambda: free)
    assert found("Memory").status == status


@pytest.mark.parametrize(("free", "status"), [(50e9, "ok"), (5e8, "warn"), (1500, "fail")])
def test_disk(monkeypatch, free, status):
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda path: Disk(1e12, 0, free))
    assert found("Disk").status == status


def test_a_missing_cache_warns_and_is_not_made(tmp_path):
    line = found("Model")
    assert line.status == "warn" and "missing; run python -m course_utils prepare" in line.message
    assert not (tmp_path / "cache").exists()


def test_a_damaged_cache_warns(prepared):
    (settings.cache_folder() / "data" / "file").write_text("xx")
    assert found("Model").status == "ok"
    assert found("Data").status == "warn" and "2 bytes instead of 1" in found("Data").message


def test_a_missing_cache_that_cannot_be_written_fails(monkeypatch):
    monkeypatch.setattr(doctor.os, "access", lambda path, mode: False)
    assert found("Model").status == "fail" and "COURSE_CACHE" in found("Model").message


def test_a_sound_read_only_cache_is_ok(prepared, monkeypatch):
    monkeypatch.setattr(doctor.os, "access", lambda path, mode: False)
    assert found("Model").status == "ok"


def test_network_is_asked_for_only_without_a_cache(monkeypatch):
    monkeypatch.setattr(doctor, "pip_reaches", lambda name: False)
    assert found("Network").status == "fail" and "connect" in found("Network").message
    monkeypatch.setattr(doctor, "pip_reaches", lambda name: True)
    assert found("Network").status == "ok"
    prepare.prepare(lambda line: None)

    def refuse(name):
        raise AssertionError("the network was asked for")

    monkeypatch.setattr(doctor, "pip_reaches", refuse)
    assert found("Network").message == "not needed: model and data are in the cache"


def test_offline_with_a_hub_model_warns(monkeypatch, tmp_path, prepared):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("COURSE_MODEL", "someone/model")
    assert found("Network").status == "warn" and "someone/model" in found("Network").message
    monkeypatch.setenv("COURSE_MODEL", str(tmp_path))
    assert found("Network").status == "ok"


def test_pip_is_asked_with_the_index_that_it_is_set_to_use(monkeypatch):
    monkeypatch.undo()
    page = '<a href="thing-1.0-py3-none-any.whl">thing-1.0-py3-none-any.whl</a>'

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            found = self.path == "/simple/thing/"
            self.send_response(200 if found else 404)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(page.encode() if found else b"")

        def log_message(self, *arguments):
            pass

    server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_INDEX_URL", f"http://127.0.0.1:{server.server_port}/simple/")
    monkeypatch.delenv("PIP_EXTRA_INDEX_URL", raising=False)
    monkeypatch.delenv("PIP_FIND_LINKS", raising=False)
    assert doctor.pip_reaches("thing") and not doctor.pip_reaches("other")
    server.shutdown()
    server.server_close()
    assert not doctor.pip_reaches("thing")


@pytest.mark.parametrize(
    ("seconds", "span"),
    [
        (1, "10 seconds"),
        (44, "40 seconds"),
        (89, "90 seconds"),
        (100, "2 minutes"),
        (3600, "60 minutes"),
    ],
)
def test_spans_are_no_finer_than_the_estimate(seconds, span):
    assert doctor._span(seconds) == span


def test_short_report(prepared, monkeypatch, capsys):
    asked = []
    monkeypatch.setattr(
        estimate, "estimate_training_seconds", lambda tokens: asked.append(tokens) or 150.0
    )
    doctor.short_report(40_000)
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 2 and asked == [40_000]
    assert lines[0].startswith("This lesson runs on: CPU") and "in float32" in lines[0]
    assert "about 2 minutes" in lines[1]


def test_short_report_says_the_worst_trouble_in_a_line_of_its_own(monkeypatch, capsys):
    monkeypatch.setattr(estimate, "estimate_training_seconds", lambda tokens: 150.0)
    doctor.short_report(40_000)
    lines = capsys.readouterr().out.splitlines()
    assert lines[2].startswith("[warn] Model: missing") and len(lines) <= 4


def test_errors_of_the_course_keep_their_next_step(monkeypatch):
    def refuse():
        raise CourseError("No device", "unset COURSE_DEVICE")

    line = doctor._looked("Device", refuse)[0]
    assert line.message == "No device. What to do: unset COURSE_DEVICE."
    broken = doctor._looked("Disk", lambda: open("/no/such/file"))[0]
    assert broken.status == "fail" and str(errno.ENOENT) in broken.message
