"""Progress is kept in a file: best state, tries, restarts, several kernels, read-only folders."""

import errno
import json
import subprocess
import sys
from pathlib import Path

import pytest

from course_utils import files
from course_utils.checks import lesson01, lesson02, lesson03
from course_utils.checks.core import progress
from course_utils.checks.core.outcome import FAILED, NOT_ATTEMPTED, PASSED, RAISED

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_RESULTS", str(tmp_path / "results"))
    monkeypatch.delenv("COURSE_STRICT", raising=False)
    monkeypatch.delenv("NBGRADER_EXECUTION", raising=False)
    monkeypatch.setattr(progress, "_session", {})
    monkeypatch.setattr(progress, "_told", set())
    return tmp_path / "results"


def after(*states):
    for state in states:
        progress.record("lesson00", "twice", state)
    return progress.state_of("lesson00", "twice")


def test_best_state_is_kept_and_tries_counted_to_the_first_pass(folder):
    assert after() == (NOT_ATTEMPTED, 0)
    assert after(NOT_ATTEMPTED) == (NOT_ATTEMPTED, 0)
    assert after(FAILED, RAISED) == (FAILED, 2)
    assert after(PASSED) == (PASSED, 3)
    assert after(FAILED, PASSED) == (PASSED, 3)


def test_untouched_notebook_writes_nothing(folder):
    after(NOT_ATTEMPTED)
    assert not folder.exists()


@pytest.mark.slow
def test_survives_a_restart(folder):
    code = "from course_utils.checks import lesson01 as c; c.my_template('{text} Mood:')"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)
    assert progress.state_of("lesson01", "my_template") == (PASSED, 1)
    assert [path.name for path in folder.glob("progress*") if path.suffix != ".lock"] == [
        "progress.json"
    ]


def test_several_kernels_lose_nothing(folder):
    code = (
        "import sys\n"
        "from course_utils.checks.core import progress\n"
        "print('ready', flush=True)\n"
        "input()\n"  # all begin at once
        "for i in range(50):\n"
        "    progress.record('lesson00', sys.argv[1] + str(i), 'failed')\n"
        "    progress.record('lesson00', 'shared', 'failed')\n"
    )
    kernels = [
        subprocess.Popen(
            [sys.executable, "-c", code, name],
            cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )
        for name in "abc"
    ]  # fmt: skip
    assert [kernel.stdout.readline() for kernel in kernels] == [b"ready\n"] * 3
    for kernel in kernels:
        kernel.stdin.write(b"\n")
        kernel.stdin.close()
    assert [kernel.wait() for kernel in kernels] == [0, 0, 0]
    for name in "abc":
        assert all(progress.state_of("lesson00", f"{name}{i}")[1] == 1 for i in range(50))
    assert progress.state_of("lesson00", "shared") == (FAILED, 150)


NOT_OURS = (
    "",
    "{",
    "[1]",
    '{"lesson00.twice": 3}',
    '{"lesson00.twice": {"best": "won", "tries": 1}}',
)


@pytest.mark.parametrize("content", [*NOT_OURS, "\xff", '{"lesson00.twice": {"best": "pas'])
def test_damaged_file_is_set_aside_with_a_note(folder, capsys, content):
    folder.mkdir()
    (folder / "progress.json").write_text(content, encoding="latin-1")
    assert after() == (NOT_ATTEMPTED, 0)
    assert after(PASSED) == (PASSED, 1)
    assert json.loads((folder / "progress.json").read_text())
    assert (folder / "progress.damaged.json").read_text(encoding="latin-1") == content
    assert "it is kept as progress.damaged.json" in capsys.readouterr().out
    after(PASSED)
    assert capsys.readouterr().out == ""


def test_what_can_be_read_of_a_damaged_file_is_kept(folder):
    after(FAILED)
    path = folder / "progress.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "lesson00.other": {"best": "won"}}))
    assert after(PASSED) == (PASSED, 2)
    assert '"won"' in (folder / "progress.damaged.json").read_text()


def test_each_damaged_file_has_a_name_of_its_own(folder):
    folder.mkdir()
    for content in ("one", "two", "three"):
        (folder / "progress.json").write_text(content)
        after(FAILED)
    kept = {path.name: path.read_text() for path in folder.glob("progress.damaged*.json")}
    assert kept == {
        "progress.damaged.json": "one",
        "progress.damaged.2.json": "two",
        "progress.damaged.3.json": "three",
    }


def test_a_damaged_file_is_told_where_the_progress_is_shown(folder, capsys):
    folder.mkdir()
    (folder / "progress.json").write_text("{")
    lesson01.progress()
    assert "is damaged; the next check sets it aside" in capsys.readouterr().out
    assert (folder / "progress.json").read_text() == "{"


def test_a_file_that_may_not_be_read_is_not_replaced(folder, capsys, monkeypatch):
    after(PASSED)
    before = (folder / "progress.json").read_bytes()

    def refused(*_, **__):
        raise PermissionError(errno.EACCES, "Permission denied")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "read_text", refused)
        assert after(FAILED) == (FAILED, 1)
    assert (folder / "progress.json").read_bytes() == before
    assert "Your progress cannot be written" in capsys.readouterr().out


def test_interrupted_write_leaves_the_old_file(folder, monkeypatch):
    after(FAILED)

    def interrupted(*_, **__):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(files.os, "replace", interrupted)
        after(PASSED)
    assert after() == (FAILED, 1)
    assert not list(folder.glob(".*.part"))


def test_folder_that_cannot_be_written_is_said_once_and_the_session_still_counts(folder, capsys):
    folder.write_text("a file where the folder should be")
    assert after(FAILED, PASSED) == (PASSED, 2)
    said = capsys.readouterr().out
    assert said.count("Your progress cannot be written") == 1
    lesson01.my_template("{text}\nMood:")
    assert "my_template: passed" in capsys.readouterr().out
    assert progress.state_of("lesson01", "my_template") == (PASSED, 1)


@pytest.mark.parametrize("check, names", [
    (lesson01, ["label_token_ids", "label_scores", "my_template", "wilson_interval",
                "majority_baseline", "paired_p", "calibrate", "few_shot_prefix",
                "expected_best"]),
    (lesson02, ["collate", "answer_loss", "learning_rate", "training_step",
                "bytes_per_parameter", "master_step", "perplexity", "disk_bytes"]),
    (lesson03, ["truncate", "rounding_share", "LoRALinear", "add_lora", "count_lora",
                "lora_training_bytes", "intruders", "merged_weight", "adapter_state",
                "pissa_start"]),
])  # fmt: skip
def test_progress_lists_the_exercises_in_their_order(folder, capsys, check, names):
    getattr(check, names[1])(lambda *_: 3)
    getattr(check, names[1])(lambda *_: 3)
    capsys.readouterr()
    check.progress()
    title, *rows = capsys.readouterr().out.splitlines()
    assert title.endswith(f"0 of {len(names)} passed")
    assert [row.split()[0] for row in rows] == names
    assert rows[1].split(maxsplit=1)[1] == "failed, 2 tries"
    assert rows[0].split(maxsplit=1)[1] == "not attempted yet"
