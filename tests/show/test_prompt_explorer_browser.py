"""The explorer in a real browser: hovered, moved, driven by keys, light and dark, without scripts.

Needs a Chromium: the system's, or else that of ``playwright install chromium``.
"""

import json
import shutil

import pytest

from course_utils.recorded.explorer import recorded_explorer
from course_utils.show.prompt_explorer import prompt_explorer
from tests.show.explorer_report import STEPS, WORDS, made_up_report

pytestmark = pytest.mark.slow  # together many seconds

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
REPORT = made_up_report()
LABELS, RANDOM = REPORT["prompts"][:3], REPORT["prompts"][3:]
DARK, LIGHT = "rgb(23, 25, 28)", "rgb(246, 246, 244)"


@pytest.fixture(scope="module")
def browser():
    with playwright.sync_playwright() as started:
        path = shutil.which("chromium") or shutil.which("google-chrome")
        try:
            found = started.chromium.launch(executable_path=path, args=["--no-sandbox"])
        except playwright.Error as error:
            pytest.skip(f"no Chromium to start: {error.message.splitlines()[0]}")
        yield found
        found.close()


@pytest.fixture
def open_page(browser, tmp_path):
    """Function: a page opened from a file; afterwards it must have been quiet, and stayed home."""
    contexts, trouble = [], []

    def opened(content=None, **options):
        file = tmp_path / "page.html"
        file.write_text(content or prompt_explorer(REPORT).page, encoding="utf-8")
        context = browser.new_context(**{"viewport": {"width": 760, "height": 900}} | options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("pageerror", lambda error: trouble.append(str(error)))
        page.on("console", lambda message: trouble.append(message.text))
        page.on("request", lambda request: trouble.extend(
            [request.url] if request.url not in (file.as_uri(), "about:srcdoc") else []
        ))  # fmt: skip
        page.goto(file.as_uri())
        return page

    yield opened
    for context in contexts:
        context.close()
    assert trouble == []


def tiles(page, panel):
    return page.locator("section").nth(panel).locator(".tile")


def shown_words(page, panel):
    """The titles of the five words, which are JSON, and their cosines."""
    rows = page.locator("section").nth(panel).locator("li")
    words = rows.locator(".word").evaluate_all("all => all.map(e => JSON.parse(e.title))")
    return words, rows.locator(".number").all_inner_texts()


def expect_token(page, prompts, moment, token):
    """Every panel shows the five nearest words and the length of this token."""
    for panel, prompt in enumerate(prompts):
        words, cosines = shown_words(page, panel)
        assert words == [WORDS[i] for i in prompt["words"][moment][token]]
        assert cosines == [f"{c / 100:.2f}" for c in prompt["cosines"][moment][token]]
        detail = page.locator(".detail").nth(panel)
        length = prompt["lengths"][moment][token] / 100
        assert detail.locator(".length").inner_text().strip() == f"length {length:.2f}"
        assert detail.locator("h3").inner_text() == f"Token {token}: nearest words"


def expect_moment(page, prompts, moment):
    """Step, accuracy, loss and every tile are those of this moment."""
    assert page.locator("#step").inner_text() == f"step {STEPS[moment]} of {STEPS[-1]}"
    for panel, prompt in enumerate(prompts):
        numbers = page.locator("section").nth(panel).locator(".stat b").all_inner_texts()
        assert numbers == [f"{prompt[k][moment]:.3f}" for k in ("accuracies", "losses")]
        titles = tiles(page, panel).locator(".word").evaluate_all("a => a.map(e => e.title)")
        nearest = [five[0] for five in prompt["words"][moment]]
        assert [WORDS.index(json.loads(title)) for title in titles] == nearest
        before = [five[0] for five in prompt["words"][0]]
        moved = [tiles(page, panel).nth(i).locator(".moved").count() for i in range(len(nearest))]
        assert moved == [int(now != then) for now, then in zip(nearest, before)]


def test_it_opens_at_the_start(open_page):
    page = open_page()
    expect_moment(page, LABELS, 0)
    expect_token(page, LABELS, 0, 0)
    headings = page.locator("h2").all_inner_texts()
    assert headings == [
        "True labels seed 0", "Shuffled labels seed 0", "Another seed true labels, seed 1",
    ]  # fmt: skip


def test_what_ships_runs_to_its_end(open_page):
    report = recorded_explorer()
    page = open_page(prompt_explorer(report).page)
    page.get_by_label("Training").press("End")
    shown = [p for p in report["prompts"] if p["start"] == report["prompts"][0]["start"]]
    for panel, prompt in enumerate(shown):
        numbers = page.locator("section").nth(panel).locator(".stat b").all_inner_texts()
        assert numbers == [f"{prompt[k][-1]:.3f}" for k in ("accuracies", "losses")]
        titles = tiles(page, panel).locator(".word").evaluate_all("a => a.map(e => e.title)")
        nearest = [report["vocabulary"][five[0]] for five in prompt["words"][-1]]
        assert [json.loads(title) for title in titles] == nearest


def test_hovering_a_token_shows_its_neighbours_in_all_panels(open_page):
    page = open_page()
    tiles(page, 1).nth(2).hover()
    expect_token(page, LABELS, 0, 2)
    page.locator("h1").hover()
    expect_token(page, LABELS, 0, 0)  # back to the chosen one
    tiles(page, 0).nth(3).click()
    page.locator("h1").hover()
    expect_token(page, LABELS, 0, 3)


def test_the_slider_moves_everything_by_key_and_by_mouse(open_page):
    page = open_page()
    slider = page.get_by_label("Training")
    slider.focus()
    point = page.locator(".point").first
    before = point.get_attribute("transform")
    slider.press("ArrowRight")
    expect_moment(page, LABELS, 1)
    expect_token(page, LABELS, 1, 0)
    assert point.get_attribute("transform") != before
    assert f"step {STEPS[1]}: accuracy" in slider.get_attribute("aria-valuetext")
    slider.press("End")
    expect_moment(page, LABELS, 2)
    box = slider.bounding_box()
    page.mouse.click(box["x"] + 2, box["y"] + box["height"] / 2)
    expect_moment(page, LABELS, 0)


def test_tiles_by_key(open_page):
    page = open_page()
    page.get_by_label("Training").focus()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.dataset.token") == "0"
    for key, token in [("ArrowRight", 1), ("ArrowDown", 3), ("ArrowDown", 3), ("ArrowLeft", 2),
                       ("Home", 0), ("End", 3)]:  # fmt: skip
        page.keyboard.press(key)
        expect_token(page, LABELS, 0, token)
        assert page.evaluate("document.activeElement.dataset.token") == str(token)
        assert tiles(page, 2).nth(token).get_attribute("aria-selected") == "true"
    outline = "getComputedStyle(document.activeElement).outlineStyle"
    assert page.evaluate(outline) == "solid"
    said = page.locator("#status").inner_text()
    assert said.startswith("Token 3, True labels, length ") and said.count(".") == 6
    page.keyboard.press("Tab")  # one stop a panel
    section = "[...document.querySelectorAll('section')].indexOf"
    assert page.evaluate(f"{section}(document.activeElement.closest('section'))") == 1


def test_another_start_by_key(open_page):
    page = open_page()
    page.get_by_label("Training").press("ArrowRight")
    page.get_by_role("radio", name="label words").focus()
    page.keyboard.press("ArrowRight")
    assert page.get_by_role("radio", name="noise").is_checked()
    expect_moment(page, RANDOM, 1)


def test_every_tile_and_panel_has_a_name(open_page):
    page = open_page()
    page.get_by_label("Training").press("End")
    for panel, prompt in enumerate(LABELS):
        names = tiles(page, panel).evaluate_all("all => all.map(e => e.ariaLabel)")
        for token, name in enumerate(names):
            cosine = prompt["cosines"][2][token][0] / 100
            assert name.startswith(f"token {token}: ") and f"cosine {cosine:.2f}" in name
    assert page.get_by_role("listbox").count() == 3


@pytest.mark.parametrize("width", [1000, 600, 400])
def test_nothing_is_wider_than_the_screen(open_page, width):
    page = open_page(viewport={"width": width, "height": 900})
    assert page.evaluate("document.documentElement.scrollWidth") == width
    tops = page.locator("section").evaluate_all("a => a.map(e => e.getBoundingClientRect().top)")
    assert (len(set(tops)) == 1) is (width >= 600)  # beside each other


@pytest.mark.parametrize(("scheme", "ground"), [("light", LIGHT), ("dark", DARK)])
def test_a_plain_file_follows_the_system(open_page, scheme, ground):
    page = open_page(color_scheme=scheme)
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == ground


def test_in_a_notebook_it_follows_its_theme_and_needs_no_scroll_bar(open_page):
    output = prompt_explorer(REPORT)._repr_mimebundle_()["text/html"]
    page = open_page(f'<!doctype html><body data-jp-theme-light="false">{output}</body>')
    frame = page.frame_locator("iframe")
    frame.locator("section").nth(2).wait_for()
    ground = "getComputedStyle(frames[0].document.body).backgroundColor"
    assert page.evaluate(ground) == DARK
    page.evaluate("document.body.dataset.jpThemeLight = 'true'")
    page.wait_for_function(f"{ground} === '{LIGHT}'")
    page.wait_for_function(
        "frames[0].document.documentElement.scrollHeight === frames[0].innerHeight"
    )
    frame.locator("section").nth(0).locator(".tile").nth(1).hover()
    assert frame.locator("h3").first.inner_text() == "Token 1: nearest words"
    assert page.get_by_text("The explorer in numbers").is_visible()


def test_in_a_sandbox_it_still_works(open_page):
    output = prompt_explorer(REPORT)._repr_mimebundle_()["text/html"]
    page = open_page(output.replace("<iframe", '<iframe sandbox="allow-scripts"'))
    frame = page.frame_locator("iframe")
    frame.locator("section").nth(1).locator(".tile").nth(2).hover()
    assert frame.locator("h3").first.inner_text() == "Token 2: nearest words"


def test_who_wants_no_motion_gets_none(open_page):
    bar = "getComputedStyle(document.querySelector('.bar i')).transitionDuration"
    assert open_page(reduced_motion="reduce").evaluate(bar) == "0s"
    assert open_page(reduced_motion="no-preference").evaluate(bar) != "0s"


def test_without_scripts_there_is_the_table(open_page):
    page = open_page(java_script_enabled=False)
    assert page.locator("noscript table").is_visible() and not page.locator("#panels li").count()
    assert page.locator("noscript tbody tr").count() == 6
