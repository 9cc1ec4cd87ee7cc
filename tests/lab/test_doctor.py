import collections
import errno
import http.server
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
    monkeypatch.setattr(doctor, "reachable", lambda url: True)
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


def test_packages_against_their_lower_bounds(tmp_path, monkeypatch):
    versions = {"torch": "2.13.0+cpu", "numpy": "1.9.9", "tqdm": "4.65", "pandas": "3.0.0rc1"}

    def version(name):
        if name not in versions:
            raise doctor.importlib.metadata.PackageNotFoundError(name)
        return versions[name]

    monkeypatch.setattr(doctor.importlib.metadata, "version", version)
    file = tmp_path / "requirements.txt"
    file.write_text("# a comment\ntorch>=2.6\nnumpy>=1.26\ntqdm>=4.65.0\ngguf>=0.10\npandas>=2\n")
    lines = doctor._packages(file)
    assert [(line.subject, line.status) for line in lines] == [
        ("torch", "ok"), ("numpy", "fail"), ("tqdm", "ok"), ("gguf", "fail"), ("pandas", "ok"),
    ]  # fmt: skip
    assert "1.9.9 is older than 1.26" in lines[1].message
    assert "pip install -r requirements.txt" in lines[3].message


def test_versions_are_three_numbers():
    assert doctor._numbers("2.13.0+cpu4") == (2, 13, 0) and doctor._numbers("2+cu124") == (2, 0, 0)
    assert doctor._numbers("4.65") == (4, 65, 0) and doctor._numbers("26.3.1.post2") == (26, 3, 1)


def test_the_course_s_own_requirements_are_read():
    subjects = [line.subject for line in doctor._packages(doctor.REQUIREMENTS)]
    assert {"torch", "transformers", "datasets", "ipywidgets"} <= set(subjects)


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
    monkeypatch.setattr(doctor, "reachable", lambda url: False)
    assert found("Network").status == "fail" and "connect" in found("Network").message
    monkeypatch.setattr(doctor, "reachable", lambda url: True)
    assert found("Network").status == "ok"
    prepare.prepare(lambda line: None)

    def refuse(url):
        raise AssertionError("the network was asked for")

    monkeypatch.setattr(doctor, "reachable", refuse)
    assert found("Network").message == "not needed: model and data are in the cache"


def test_the_index_s_password_is_not_shown(monkeypatch):
    monkeypatch.setenv("PIP_INDEX_URL", "https://me:secret@mirror.example/simple")
    assert found("Network").message.startswith("mirror.example answers")


def test_offline_with_a_hub_model_warns(monkeypatch, tmp_path, prepared):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("COURSE_MODEL", "someone/model")
    assert found("Network").status == "warn" and "someone/model" in found("Network").message
    monkeypatch.setenv("COURSE_MODEL", str(tmp_path))
    assert found("Network").status == "ok"


def test_reachable_counts_refusals_as_answers(monkeypatch):
    monkeypatch.undo()
    monkeypatch.setenv("no_proxy", "127.0.0.1")

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_HEAD(self):
            self.send_error(403)

        def log_message(self, *arguments):
            pass

    server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}/simple/"
    assert doctor.reachable(url)
    server.shutdown()
    server.server_close()
    assert not doctor.reachable(url)


def test_available_memory_is_that_of_a_computer(monkeypatch):
    monkeypatch.undo()
    assert 1e8 < doctor.available_memory() < 1e14


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
