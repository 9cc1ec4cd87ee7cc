"""The explorer's page: one file, nothing from elsewhere, whatever the words are."""

import html
import json
import re

import pytest

from course_utils import settings
from course_utils.recorded.explorer import recorded_explorer
from course_utils.show.prompt_explorer import STARTS, prompt_explorer, summary_table
from tests.show.explorer_report import made_up_report

NAMESPACE = "http://www.w3.org/2000/svg"  # a name, which no browser fetches
BIGGEST = 300_000  # bytes of the page; nbviewer and GitHub take far more
FROM_ELSEWHERE = re.compile(r"https?:|@import|url\(|\bsrc=|\bhref=|fetch\(|XMLHttpRequest|import\(")


@pytest.fixture(scope="module")
def explorer():
    return prompt_explorer(made_up_report())


def test_nothing_comes_from_elsewhere(explorer):
    assert FROM_ELSEWHERE.findall(explorer.page.replace(NAMESPACE, "")) == []
    assert "{{" not in explorer.page.replace('"{{style}}"', "")  # a word of the report


def test_the_data_survive_any_word(explorer):
    (data,) = re.findall(r'<script type="application/json" id="data">(.*?)</script>', explorer.page)
    report, found = made_up_report(), json.loads(data)
    for key in ("vocabulary", "chance", "prompts"):
        assert found[key] == report[key]
    assert found["source"].startswith("Recorded: movies, 4 tokens, learning rate 0.01;")
    assert "validation on 200 reviews. NVIDIA H100 80GB HBM3, 2026-11-26." in found["source"]


def test_the_frame_holds_the_very_page(explorer):
    shown = explorer._repr_mimebundle_()["text/html"]
    (page,) = re.findall(r'srcdoc="([^"]*)"', shown)
    assert html.unescape(page) == explorer.page
    assert '<iframe title="Explorer' in shown


def test_the_numbers_stand_where_no_script_runs(explorer):
    rows = summary_table(made_up_report()).frame
    assert list(rows["began as"]) == ["label words"] * 3 + ["noise"] * 3
    assert list(rows["labels"]) == ["true", "shuffled", "true"] * 2
    prompt = made_up_report()["prompts"][1]
    low, high = prompt["accuracies"][0], prompt["accuracies"][-1]
    assert rows["accuracy"][1] == f"{low:.3f} \u2192 {high:.3f}"
    bundle, table = explorer._repr_mimebundle_(), explorer.numbers._repr_html_()
    assert (
        f"</iframe><details><summary>The explorer in numbers</summary>{table}"
        in (bundle["text/html"])
    )
    assert table in re.findall("<noscript>(.*?)</noscript>", explorer.page, re.DOTALL)[0]
    assert rows["accuracy"][1] in bundle["text/plain"]
    assert max(map(len, bundle["text/plain"].splitlines())) <= 90


def test_the_same_report_gives_the_same_output(explorer):
    again = prompt_explorer(made_up_report())
    assert again._repr_mimebundle_() == explorer._repr_mimebundle_()


def test_what_ships_is_small():
    report = recorded_explorer()
    shown = prompt_explorer(report)._repr_mimebundle_()["text/html"]
    assert len(shown.encode()) < BIGGEST
    assert {prompt["start"] for prompt in report["prompts"]} == set(STARTS)


def test_python_and_the_page_name_the_starts_alike():
    script = (settings.PACKAGE / "show" / "prompt_explorer.js").read_text(encoding="utf-8")
    (names,) = re.findall(r"const NAMES = {(.*?)};", script, re.DOTALL)
    assert dict(re.findall(r'(\w+): "([^"]+)"', names)) == STARTS


def test_each_kind_of_device_is_named_once():
    devices = ["CPU, 1 threads", "CPU, 2 threads", "NVIDIA H200, 140 GiB"]
    page = prompt_explorer(made_up_report() | {"devices": devices}).page
    assert "200 reviews. CPU and NVIDIA H200, 2026-11-26." in page
