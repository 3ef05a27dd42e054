"""The page in a real browser, over the sample reports with the real embeddings."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from evals.browser import LACKS, ROOT, ask, opened_browser, served, settle
from index.embed import Embedder, open_embedder
from index.pipeline import open_library
from qa.settings import Settings

pytestmark = [
    pytest.mark.model,
    pytest.mark.skipif(bool(LACKS), reason=f"no real browser: {LACKS}"),
    pytest.mark.timeout(300),
]
VOTE = "How did countries vote on the arms resolution, and who voted against it?"
CUT_OFF = """() => {
    const wide = document.documentElement.scrollWidth > innerWidth ? ['the page scrolls sideways'] : [];
    const main = document.querySelector('.stMain');
    if (main.scrollWidth > main.clientWidth) wide.push('its content scrolls sideways');
    const scrolls = one => one && one !== main && (/auto|scroll|hidden|clip/.test(getComputedStyle(one).overflowX)
        || scrolls(one.parentElement));
    for (const one of main.querySelectorAll('h1, p, button, input, textarea, li, mark')) {
        const { left, right, width } = one.getBoundingClientRect();
        if (width && !one.closest('[popover]') && !scrolls(one.parentElement) && (left < -1 || right > innerWidth + 1))
            wide.push(`${one.tagName} ${one.textContent.slice(0, 40)}: ${Math.round(left)} to ${Math.round(right)}`);
    }
    // What one looks at must have room above the box to ask in.
    const box = document.querySelector('[data-testid="stBottom"]')?.getBoundingClientRect();
    if (box?.height > innerHeight / 2) wide.push(`the box to ask in takes ${box.height} of ${innerHeight} pixels`);
    return wide;
}"""
"""What at this size is wider than the page, or hides what stands behind it."""
HOSTILE = """<script>window.pwned = 1</script> Trial of <img src=x onerror="window.pwned = 1">
The Post, 4 May 2021

The mayor of <b onmouseover="window.pwned = 1">Harrow</b> opened the bridge on Monday. [x](javascript:window.pwned=1)
"""


def real_embedder() -> Embedder:
    settings = Settings()
    return open_embedder(settings.embedder, settings.cache, settings.weights)


def fill(folder: Path, *sources: Path) -> Path:
    with open_library(folder, real_embedder()) as library:
        library.add(list(sources))
    return folder


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with opened_browser() as opened:
        yield opened


@pytest.fixture(scope="module")
def seeds(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return fill(tmp_path_factory.mktemp("browser") / "library", ROOT / "seeds")


@pytest.fixture(scope="module")
def address(seeds: Path) -> Iterator[str]:
    with served(seeds) as url:
        yield url


@pytest.fixture
def page(browser: Any, address: str) -> Iterator[Any]:
    context = browser.new_context(viewport={"width": 1400, "height": 950}, accept_downloads=True)
    opened = context.new_page()
    opened.goto(address)
    opened.get_by_placeholder("Ask a question").wait_for(timeout=60_000)
    settle(opened)
    yield opened
    context.close()


def shows(count: int, what: Any) -> None:
    """Wait until so many are shown: a page that stands still may not have begun with the click before."""
    from playwright.sync_api import expect

    expect(what).to_have_count(count, timeout=60_000)


def drop(page: Any, files: dict[str, bytes]) -> None:
    """Let go of files over the place to drop them."""
    held = page.evaluate_handle(
        """files => {
            const held = new DataTransfer();
            for (const [name, bytes] of Object.entries(files)) held.items.add(new File([new Uint8Array(bytes)], name));
            return held;
        }""",
        {name: list(data) for name, data in files.items()},
    )
    place = page.get_by_test_id("stFileUploaderDropzone").first
    for event in ("dragenter", "dragover", "drop"):
        place.dispatch_event(event, {"dataTransfer": held}, timeout=60_000)


def await_in_view(page: Any, selector: str) -> None:
    page.wait_for_function(
        """selector => {
            const one = document.querySelector(selector).getBoundingClientRect();
            const box = document.querySelector(selector).closest('.dl-read').getBoundingClientRect();
            return one.top >= box.top && one.bottom <= box.bottom && one.top < innerHeight;
        }""",
        arg=selector,
        timeout=30_000,
    )


def test_an_answer_stands_beside_its_source_with_the_quote_marked_and_in_view(page):
    ask(page, VOTE)
    first = page.locator(".dl-answer a.dl-marker").first
    target = first.get_attribute("href")
    first.click()
    await_in_view(page, target)
    quoted = page.locator(target).inner_text()
    assert quoted in (ROOT / "seeds" / "000_bd20916481e473ef.txt").read_text()
    assert page.url.endswith(target)


def test_keys_lead_from_source_to_source_but_not_while_one_types(page):
    ask(page, VOTE)
    page.locator("h2.dl-question").first.click()
    markers = page.locator(".dl-answer a.dl-marker")
    for key, at in (("n", 0), ("n", 1), ("p", 0)):
        page.keyboard.press(key)
        target = markers.nth(at).get_attribute("href")
        page.wait_for_url(f"**{target}", timeout=30_000)
    before = page.url
    page.get_by_placeholder("Ask a question").press_sequentially("nn")
    assert page.url == before


def test_a_conversation_is_found_again_by_its_address_its_words_and_after_a_reload(page, browser, address):
    ask(page, VOTE)
    first = page.url.partition("#")[0]
    ask(page, "Who attended crisis talks in Jakarta?")
    page.reload()
    page.locator(".dl-answer").nth(1).wait_for(timeout=60_000)
    other = browser.new_context().new_page()
    other.goto(first)
    other.locator(".dl-answer").nth(1).wait_for(timeout=60_000)
    other.goto(address)
    other.get_by_placeholder("Ask a question").wait_for(timeout=60_000)
    settle(other)
    other.get_by_role("button", name="History").click()
    other.get_by_label("Search in questions and answers").fill("Jakarta")
    other.keyboard.press("Enter")
    other.get_by_role("button", name=re.compile("Who attended crisis talks")).first.click()
    other.locator(".dl-answer").first.wait_for(timeout=60_000)
    assert "asked=" in other.url
    other.context.close()


def test_a_look_at_another_page_keeps_the_conversation(page):
    ask(page, VOTE)
    page.get_by_role("link", name="Library", exact=True).click()
    page.get_by_role("heading", name="Library", level=1).wait_for(timeout=30_000)
    page.get_by_role("link", name="Ask", exact=True).click()
    page.locator(".dl-answer").wait_for(timeout=30_000)
    ask(page, "And which countries abstained from it?")
    shows(2, page.locator(".dl-answer"))


def test_the_back_key_leads_to_the_conversation_before(page):
    ask(page, VOTE)
    page.get_by_role("button", name="New conversation").click()
    shows(0, page.locator(".dl-answer"))
    ask(page, "Who attended crisis talks in Jakarta?")
    page.go_back()
    page.get_by_text("Every sentence of an answer is compared").wait_for(timeout=30_000)
    page.go_back()
    page.get_by_role("heading", name=VOTE).wait_for(timeout=30_000)


@pytest.mark.parametrize("ending", [".md", ".html", ".docx", ".csl.json", ".json"])
def test_an_answer_leaves_as_a_file_that_opens_and_holds_the_quote(page, ending):
    ask(page, VOTE)
    page.get_by_role("button", name="Save").first.click()
    with page.expect_download() as waited:
        page.get_by_role("button", name=re.compile(re.escape(f"({ending})"))).click()
    data = Path(waited.value.path()).read_bytes()
    if ending == ".docx":
        from docx import Document

        opened = Document(BytesIO(data))
        text = "\n".join(one.text for one in opened.element.body.iter() if one.text)
    else:
        text = data.decode()
    assert "Only one country, Belarus, voted against it." in text or ending == ".csl.json"
    assert "Myanmar Junta Leader Arrives in Moscow for Security Conference" in text
    if ending.endswith("json"):
        json.loads(text)


def test_a_wrong_answer_becomes_a_case_with_one_click_more(page, seeds):
    ask(page, "Who abstained?")
    page.get_by_role("button", name="Wrong?").first.click()
    page.get_by_label("What is right?", exact=True).fill("China")
    page.get_by_role("button", name="Keep as a case").click()
    page.get_by_role("button", name="Marked as wrong").wait_for(timeout=30_000)
    case = json.loads((seeds / "marked.jsonl").read_text().splitlines()[-1])
    assert (case["question"], case["facts"], case["answerable"]) == ("Who abstained?", [["China"]], True)


def test_what_the_documents_do_not_say_leads_on_to_what_they_do(page):
    ask(page, "What did the reactor cost?")
    assert "The documents do not say." in page.locator(".dl-answer").inner_text()
    page.get_by_role("button", name=re.compile("Summarise")).first.click()
    page.locator(".dl-answer").nth(1).wait_for(timeout=60_000)
    assert "The documents do not say" not in page.locator(".dl-answer").nth(1).inner_text()


def test_two_people_ask_at_once_and_each_has_their_own_answer(address):
    def one(question: str, word: str) -> bool:
        with opened_browser() as browser:
            page = browser.new_page()
            page.goto(address)
            page.get_by_placeholder("Ask a question").wait_for(timeout=60_000)
            settle(page)
            ask(page, question)
            return word in page.locator(".dl-answer").inner_text() and page.locator(".dl-answer").count() == 1

    with ThreadPoolExecutor(2) as both:
        asked = both.map(one, ["Who voted against it?", "Where was ASEAN's meeting in April?"], ["Belarus", "Jakarta"])
        assert list(asked) == [True, True]


def test_no_script_of_a_document_runs(browser, tmp_path):
    (tmp_path / "news").mkdir()
    (tmp_path / "news" / "trial.txt").write_text(HOSTILE)
    with served(fill(tmp_path / "library", tmp_path / "news")) as url:
        page = browser.new_page()
        dialogs: list[str] = []
        page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
        page.goto(url)
        page.get_by_placeholder("Ask a question").wait_for(timeout=60_000)
        settle(page)
        ask(page, "Who opened the bridge <img src=x onerror='window.pwned=1'>?")
        page.locator(".dl-reader").hover()
        assert '<b onmouseover="window.pwned = 1">Harrow</b>' in page.locator(".dl-reader").inner_text()
        for where in ("library", "timeline", "evals"):
            page.goto(f"{url}/{where}")
            settle(page)
            assert page.evaluate("window.pwned") is None
        assert dialogs == []
        page.close()


def test_an_empty_library_says_what_to_do(browser, tmp_path):
    with served(tmp_path / "library") as url:
        page = browser.new_page()
        page.goto(url)
        page.get_by_text("The library holds no documents yet").wait_for(timeout=60_000)
        page.get_by_role("link", name="Open the Library page").click()
        page.get_by_role("tab", name="Add documents").wait_for(timeout=60_000)
        assert page.url.endswith("/library")
        shows(1, page.get_by_text("The library holds no documents yet"))
        page.close()


def test_a_model_server_that_is_gone_leaves_the_passages_to_be_had(browser, seeds, tmp_path):
    with served(seeds, DATELINE_MODEL="http://127.0.0.1:9/v1", DATELINE_TIMEOUT_S="5") as url:
        page = browser.new_page()
        page.goto(url)
        page.get_by_placeholder("Ask a question").wait_for(timeout=60_000)
        settle(page)
        page.get_by_placeholder("Ask a question").fill(VOTE)
        page.keyboard.press("Enter")
        page.get_by_role("button", name="Show the best passages now").click(timeout=60_000)
        page.locator(".dl-answer").wait_for(timeout=60_000)
        assert "Belarus" in page.locator(".dl-answer").inner_text()
        page.close()


def test_a_password_keeps_the_page_shut_until_it_is_given(browser, seeds):
    with served(seeds, DATELINE_PASSWORD="open sesame") as url:
        page = browser.new_page()
        page.goto(url)
        for typed, shown in (("wrong", "That is not the password"), ("open sesame", "Ask your documents")):
            page.get_by_label("Password", exact=True).fill(typed)
            assert page.get_by_role("heading", name="Ask your documents").count() == 0
            page.get_by_role("button", name="Open").click()
            page.get_by_text(shown).first.wait_for(timeout=60_000)
        shows(0, page.get_by_label("Password", exact=True))
        page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("where", ["", "timeline", "library", "evals"])
def test_no_page_has_a_serious_fault_for_those_who_use_a_screen_reader_or_keys(browser, address, where, scheme):
    from axe_playwright_python.sync_playwright import Axe

    context = browser.new_context(color_scheme=scheme, viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto(f"{address}/{where}")
    page.wait_for_selector("h1", timeout=60_000)
    settle(page)
    if not where:
        ask(page, VOTE)
    page.wait_for_timeout(500)
    found = Axe().run(page).response["violations"]
    serious = [
        (one["id"], [node["html"][:160] for node in one["nodes"]])
        for one in found
        if one["impact"] in {"serious", "critical"}
    ]
    context.close()
    assert serious == []


@pytest.mark.parametrize("where", ["", "timeline", "library", "evals"])
def test_at_twice_the_size_nothing_is_cut_off_and_a_question_can_be_asked(browser, address, where):
    context = browser.new_context(viewport={"width": 640, "height": 400}, device_scale_factor=2)
    page = context.new_page()
    page.goto(f"{address}/{where}")
    page.wait_for_selector("h1", timeout=60_000)
    settle(page)
    if not where:
        ask(page, VOTE)
        first = page.locator(".dl-answer a.dl-marker").first
        target = first.get_attribute("href")
        first.click()
        page.wait_for_url(f"**{target}", timeout=30_000)
    page.wait_for_timeout(500)
    told = page.evaluate(CUT_OFF)
    context.close()
    assert told == []


def test_the_default_model_writes_while_the_evidence_stands_there_and_a_follow_up_is_understood(browser, seeds):
    with served(seeds, DATELINE_MODEL="qwen2.5-1.5b") as url:
        page = browser.new_page(viewport={"width": 1400, "height": 950})
        page.goto(url)
        page.get_by_placeholder("Ask a question").wait_for(timeout=120_000)
        settle(page)
        page.get_by_placeholder("Ask a question").fill("Which country voted against the resolution?")
        page.keyboard.press("Enter")
        page.locator(".dl-evidence").wait_for(timeout=60_000)
        page.locator(".dl-answer").wait_for(timeout=120_000)
        settle(page)
        assert "Belarus" in page.locator(".dl-answer").inner_text()
        ask(page, "And which countries abstained from it?")
        shows(2, page.locator(".dl-answer"))
        page.locator(".dl-answer").nth(1).get_by_text("Why this answer").click()
        assert "model qwen2.5-1.5b" in page.locator(".dl-answer").nth(1).inner_text()
        page.close()


def test_a_model_chosen_on_the_page_answers_and_none_after_it(page):
    told = {"qwen2.5-1.5b": "model qwen2.5-1.5b", "No model": "no language model"}
    for number, chosen in enumerate(told):
        page.get_by_role("button", name="Answer…").click()
        page.get_by_role("combobox", name="What answers").click()
        page.get_by_role("option", name=re.compile(chosen)).click()
        page.keyboard.press("Escape")
        ask(page, "Which country voted against the resolution?")
        why = page.locator(".dl-answer").nth(number).locator(".dl-why")
        why.locator("summary").first.click()
        why.get_by_text(told[chosen]).wait_for(timeout=30_000)


def test_with_the_keyboard_the_printed_page_and_the_dates_of_an_answer_are_opened_beside_and_under_it(
    browser, tmp_path
):
    from axe_playwright_python.sync_playwright import Axe
    from pdfs import pdf_of

    flood = "The tunnel at Orme was closed on 3 March 2022 after a flood."
    (tmp_path / "news").mkdir()
    (tmp_path / "news" / "tunnel.pdf").write_bytes(pdf_of([["The Orme Post, 5 March 2022", "", "Tunnel"], [flood]]))
    with served(fill(tmp_path / "library", tmp_path / "news")) as url:
        page = browser.new_page(viewport={"width": 1400, "height": 950}, color_scheme="dark")
        page.goto(url)
        page.get_by_placeholder("Ask a question").wait_for(timeout=60_000)
        settle(page)
        ask(page, "When was the tunnel at Orme closed?")
        shows(0, page.locator("[class*=st-key-drawn] img"))
        page.get_by_role("radio", name="[1] page 2").focus()
        page.keyboard.press("Space")
        page.get_by_role("img", name=re.compile("^Page 2 of")).wait_for(timeout=60_000)
        page.get_by_role("status").get_by_text("Page 2 of 2, the words marked").wait_for(timeout=30_000)
        page.wait_for_function(
            """() => {
                const top = document.querySelector('[class*="st-key-drawn"]').getBoundingClientRect().top;
                return top >= 0 && top < innerHeight / 2;
            }""",
            timeout=30_000,
        )
        page.locator("summary", has_text="Timeline of this answer").focus()
        page.keyboard.press("Enter")
        page.locator('[data-testid="stVegaLiteChart"] svg, [data-testid="stVegaLiteChart"] canvas').first.wait_for(
            timeout=60_000
        )
        settle(page)
        shows(2, page.locator(".dl-timeline .dl-when"))
        page.locator(".dl-timeline a.dl-marker").first.click()
        page.wait_for_url("**#dl-1-quote-1", timeout=30_000)
        found = Axe().run(page).response["violations"]
        assert [one["id"] for one in found if one["impact"] in {"serious", "critical"}] == []
        page.close()


def test_a_folder_is_taken_in_with_the_folders_in_it(browser, tmp_path):
    for month in ("may", "june"):
        (tmp_path / "news" / month).mkdir(parents=True)
        (tmp_path / "news" / month / "a.txt").write_text(f"Bridge\nThe Post, 4 May 2021\n\nIt opened in {month}.\n")
    (tmp_path / "news" / "tool.exe").write_bytes(b"MZ")
    with served(tmp_path / "library") as url:
        page = browser.new_page(viewport={"width": 1400, "height": 1000})
        page.goto(f"{url}/library")
        page.get_by_role("tab", name="Add documents").click(timeout=60_000)
        page.get_by_text("A folder", exact=True).click()
        page.locator('input[type="file"][webkitdirectory]').set_input_files(str(tmp_path / "news"), timeout=60_000)
        page.get_by_text("tool.exe").first.wait_for(timeout=60_000)
        settle(page)
        page.get_by_role("button", name="Add to the library").first.click()
        page.get_by_text("2 added, 1 failed").first.wait_for(timeout=120_000)
        page.close()
    assert sorted(path.parent.name for path in (tmp_path / "library" / "uploads").rglob("a.txt")) == ["june", "may"]


def test_each_kind_of_file_is_taken_in_and_what_is_removed_comes_back(browser, tmp_path):
    from docx import Document
    from pdfs import pdf_of

    files = {
        "report.txt": b"Bridge opens\nThe Post, 4 May 2021\n\nThe bridge at Harrow was opened on Monday.\n",
        "page.html": b"<html><title>Dam holds</title><body><article><p>The dam at Orme held on Friday, the inspector "
        b"said, and nobody was hurt in the valley below it.</p></article></body></html>",
        "paper.pdf": pdf_of([["The tunnel at Orme was closed on 3 March 2022."]]),
    }
    written = BytesIO()
    paper = Document()
    paper.add_paragraph("The tower at Orme was sold on 3 March 2023.")
    paper.save(written)
    files["note.docx"] = written.getvalue()
    with served(tmp_path / "library") as url:
        page = browser.new_page(viewport={"width": 1400, "height": 1000})
        page.goto(f"{url}/library")
        page.get_by_role("tab", name="Add documents").click(timeout=60_000)
        drop(page, files)
        page.get_by_text("note.docx").first.wait_for(timeout=60_000)
        settle(page)
        page.get_by_role("button", name="Add to the library").first.click()
        page.get_by_text("4 added").first.wait_for(timeout=120_000)
        settle(page)
        with open_library(tmp_path / "library", real_embedder()) as library:
            (state,) = [one for one in library.documents() if one.document.uri.endswith("paper.pdf")]
        at = state.document.text.index("closed")
        page.goto(f"{url}/library?document={state.document.doc_id}&at={at}-{at + 6}")
        page.locator("mark").get_by_text("closed").wait_for(timeout=60_000)
        page.get_by_role("button", name=re.compile("Remove this document")).click()
        page.get_by_role("button", name=re.compile("Yes, remove")).click()
        page.get_by_role("button", name="Undo").click(timeout=60_000)
        settle(page)
        with open_library(tmp_path / "library", real_embedder()) as library:
            assert len(library.documents()) == 4
        page.close()
