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

Disk = collections.namedtuple("Disk", "total used free")


@pytest.fixture(autouse=True)
def small_assets(tmp_path, monkeypatch):
    """Two small assets in place of the real ones, and a machine with room."""
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("COURSE_MODEL", raising=False)
    monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
    monkeypatch.setenv("COURSE_DEVICE", "cpu")
    for name in ("COURSE_DTYPE", "COURSE_QUICK"):
        monkeypatch.delenv(name, raising=False)

    def build(work, folder, progress):
        (folder / "file").write_text("x")

    two = tuple(
        cache.Asset(name, name.title(), 1, {"pkg==1": "a" * 64}, 1000, build)
        for name in ("model", "data")
    )
    monkeypatch.setattr(prepare, "ASSETS", two)
    monkeypatch.setattr(doctor, "pip_reaches", lambda name: True)
    monkeypatch.setattr(doctor, "available_memory", lambda: 16e9)
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda path: Disk(1e12, 0, 50e9))
    monkeypatch.setattr(device, "has_bfloat16", lambda here: False)


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
    wanted = ["Device", "Precision", "Memory", "Disk", "Results", "Model", "Data", "Network"]
    assert subjects[0] == "Python" and subjects[-8:] == wanted and "torch" in subjects


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


@pytest.mark.parametrize(
    ("native", "said"),
    [(True, "bfloat16: the hardware has"), (False, "float32: the hardware does not have")],
)
def test_the_precision_and_its_reason(monkeypatch, native, said):
    monkeypatch.setattr(device, "has_bfloat16", lambda here: native)
    assert found("Precision").message.startswith(said)


def test_a_precision_that_is_set_is_named_and_a_wrong_one_fails(monkeypatch):
    monkeypatch.setenv("COURSE_DTYPE", "float16")
    assert found("Precision").message == "float16, as COURSE_DTYPE says"
    monkeypatch.setenv("COURSE_DTYPE", "int8")
    assert found("Precision").status == "fail" and "COURSE_DTYPE" in found("Precision").message


@pytest.mark.parametrize(("free", "status"), [(16e9, "ok"), (3e9, "warn"), (1e9, "fail")])
def test_memory(monkeypatch, free, status):
    monkeypatch.setattr(doctor, "available_memory", lambda: free)
    assert found("Memory").status == status


@pytest.mark.parametrize(("free", "status"), [(50e9, "ok"), (5e8, "ok"), (1500, "fail")])
def test_disk_for_what_is_missing_in_the_cache(monkeypatch, free, status):
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda path: Disk(1e12, 0, free))
    assert found("Disk").status == status


@pytest.mark.parametrize(("free", "status"), [(4.1e9, "ok"), (3.9e9, "warn"), (0, "warn")])
def test_disk_for_results_is_looked_at_where_they_go(monkeypatch, tmp_path, free, status):
    looked = []
    monkeypatch.setenv("COURSE_RESULTS", str(tmp_path / "not" / "yet"))
    monkeypatch.setattr(
        doctor.shutil, "disk_usage", lambda path: looked.append(path) or Disk(1e12, 0, free)
    )
    line = found("Results")
    assert line.status == status and tmp_path in looked
    assert str(tmp_path / "not" / "yet") in line.message
    assert ("COURSE_RESULTS" in line.message) == (status == "warn")
    assert not (tmp_path / "not").exists()


def test_results_that_cannot_be_written_fail(monkeypatch, tmp_path):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("COURSE_RESULTS", str(tmp_path / "file"))
    assert found("Results").status == "fail" and "COURSE_RESULTS" in found("Results").message
    monkeypatch.setenv("COURSE_RESULTS", str(tmp_path))
    assert found("Results").status == "ok"
    monkeypatch.setattr(doctor.os, "access", lambda path, mode: False)
    assert found("Results").status == "fail"


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


def test_short_report(prepared, capsys):
    doctor.short_report()
    (line,) = capsys.readouterr().out.splitlines()
    assert line.startswith("This lesson runs on: CPU") and line.endswith(", in float32.")


def test_short_report_of_a_quick_run_says_first_that_it_proves_nothing(
    prepared, monkeypatch, capsys
):
    monkeypatch.setenv("COURSE_QUICK", "1")
    doctor.short_report()
    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith("Quick run") and first.endswith("prove nothing.")
    assert second.startswith("This lesson runs on") and len(first) <= 90


def test_short_report_says_the_worst_trouble_in_a_line_of_its_own(monkeypatch, capsys):
    doctor.short_report()
    lines = capsys.readouterr().out.splitlines()
    assert lines[1].startswith("[warn] Model: missing") and len(lines) == 2


def test_short_report_says_where_results_cannot_be_written(prepared, monkeypatch, capsys, tmp_path):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("COURSE_RESULTS", str(tmp_path / "file"))
    doctor.short_report()
    assert capsys.readouterr().out.splitlines()[1].startswith("[fail] Results: nothing can be")


def test_errors_of_the_course_keep_their_next_step(monkeypatch):
    def refuse():
        raise CourseError("No device", "unset COURSE_DEVICE")

    line = doctor._looked("Device", refuse)[0]
    assert line.message == "No device. What to do: unset COURSE_DEVICE."
    broken = doctor._looked("Disk", lambda: open("/no/such/file"))[0]
    assert broken.status == "fail" and str(errno.ENOENT) in broken.message
