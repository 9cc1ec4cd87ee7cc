"""The benchmark's arithmetic and its processes; ``test_benchmark_sides.py`` has the steps."""

import json

import pytest

from course_utils.experiments import benchmark, benchmark_sides

SLOW_START = [9.0] * benchmark.WARM


def one_run(seconds, losses=(2.0,) * 8, peak=10, rate=100.0):
    seconds = SLOW_START + seconds
    return {
        "seconds": seconds,
        "losses": list(losses),
        "peak": peak,
        "flops": [30.0] * len(seconds),
        "matmul_rate": rate,
    }


def test_the_median_is_over_all_rounds_without_their_warm_up():
    summary = benchmark._summary([one_run([1.0, 5.0]), one_run([3.0, 2.0, 40.0])])
    assert summary["median_seconds"] == 3.0 and summary["steps"] == 5


def test_the_largest_peak_counts_and_the_first_losses_are_compared():
    losses = [1.0, 2.0, 3.0, 6.0] + [100.0] * 4
    summary = benchmark._summary([one_run([1.0], losses, peak=7), one_run([1.0], peak=9)])
    assert summary["peak_bytes"] == 9
    assert (
        summary["first_loss"] == 1.0
        and summary["first_losses_mean"] == 3.0
        and summary["losses"] == losses
    )


def test_the_share_is_of_the_rate_of_the_same_process():
    runs = [one_run([1.0, 0.5]), one_run([2.0], rate=10.0)]
    assert benchmark._summary(runs)["share_of_matmul_rate"] == 0.6  # of 0.3, 0.6 and 1.5


def test_a_side_is_measured_on_the_cpu_in_a_process_of_its_own(monkeypatch):
    calls = []

    def call_fresh(*what, **settings):
        calls.append((what, settings))
        return one_run([1.0])

    monkeypatch.setattr(benchmark, "call_fresh", call_fresh)
    assert benchmark._in_process("course", "lora") == one_run([1.0])
    what = (benchmark_sides.measure, "course", "lora")
    assert calls == [(what, {"environment": {"COURSE_DEVICE": "cpu"}})]


def test_the_report_says_who_is_faster_and_that_the_losses_agree(monkeypatch, tmp_path, capsys):
    runs = {
        ("course", "full"): one_run([2.0] * 3),
        ("trainer", "full"): one_run([3.0] * 3, [2.0] + [2.1] * 7),
        ("course", "lora"): one_run([1.0] * 3),
        ("trainer", "lora"): one_run([4.0] * 3),
    }
    order = []
    monkeypatch.setattr(benchmark, "_in_process", lambda *which: order.append(which) or runs[which])
    monkeypatch.setenv("COURSE_RESULTS", str(tmp_path / "results"))
    benchmark.run_benchmark()
    assert order == list(runs) * benchmark.ROUNDS
    report = json.loads((tmp_path / "results" / "benchmark.json").read_text())
    assert report["full"]["speed_up"] == 1.5 and report["lora"]["speed_up"] == 4.0
    assert report["full"]["first_loss_difference"] == 0.0
    assert report["full"]["first_losses_mean_difference"] == pytest.approx(1 - 2.0 / 2.075)
    text = capsys.readouterr().out
    assert "speed-up 1.50; first losses 0.0% apart, means 3.6%" in text
    assert "2.00 s/step" in text and "share 15% of" in text
