"""Pictures of every page over the sample reports, and how quick the page is, in a real browser.

    python -m evals.screens FOLDER [--model NAME] [--times N] [--library DIR]

makes FOLDER/PAGE-SCHEME-WIDTH.png for every page, light and dark, wide and narrow, and prints the median milliseconds
from Enter to the evidence, the first words and the answer, of the changes from page to page, and from the address of
the Library page to its first paint and its table: in a browser that was never there, and in one that was. With
`--library` only the last, of a library that is there. It needs Chromium and the extra `test`.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from statistics import median
from typing import Any

from evals.browser import LACKS, ROOT, ask, opened_browser, served, settle
from index.embed import open_embedder
from index.errors import UserFacingError
from index.pipeline import open_library
from qa.settings import Settings

PAGES = ("ask", "answer", "timeline", "library", "evals")
WIDTHS = {"wide": (1400, 950), "narrow": (420, 900)}
QUESTIONS = (
    "How did countries vote on the arms resolution, and who voted against it?",
    "When will Putin meet the Myanmar leader in Moscow?",
    "What did the general attend in Jakarta in April?",
)


def take(browser: Any, url: str, folder: Path) -> Iterator[Path]:
    """Each picture as it is made."""
    for scheme in ("light", "dark"):
        for width, (x, y) in WIDTHS.items():
            context = browser.new_context(color_scheme=scheme, viewport={"width": x, "height": y})
            page = context.new_page()
            for name in PAGES:
                page.goto(url if name in {"ask", "answer"} else f"{url}/{name}")
                page.wait_for_selector("h1", timeout=60_000)
                settle(page)
                if name == "answer":
                    ask(page, QUESTIONS[1])
                page.wait_for_timeout(1200)  # what moves has come to rest
                path = folder / f"{name}-{scheme}-{width}.png"
                page.screenshot(path=path)
                yield path
            context.close()


def time_answers(browser: Any, url: str, times: int) -> Iterator[tuple[str, float]]:
    """What each step took, in milliseconds from Enter."""
    for turn in range(times):
        page = browser.new_page()
        page.goto(url)
        page.get_by_placeholder("Ask a question").wait_for(timeout=120_000)
        settle(page)
        page.get_by_placeholder("Ask a question").fill(QUESTIONS[turn % len(QUESTIONS)])
        began = time.perf_counter()
        page.keyboard.press("Enter")
        # Without a model the answer takes the evidence's place before it can be seen.
        for step, shows in (("evidence", ".dl-evidence, .dl-answer"), ("words", ".dl-draft, .dl-answer")):
            page.wait_for_selector(shows, timeout=120_000)
            yield step, 1000 * (time.perf_counter() - began)
        page.wait_for_selector(".dl-answer", timeout=120_000)
        yield "answer", 1000 * (time.perf_counter() - began)
        page.close()


def time_changes(browser: Any, url: str, times: int) -> Iterator[tuple[str, float]]:
    """What each change from page to page took, in milliseconds from the click."""
    page = browser.new_page()
    page.goto(url)
    settle(page)
    for name in ("Timeline", "Library", "Evals", "Ask") * times:
        title = "Ask your documents" if name == "Ask" else name
        began = time.perf_counter()
        page.get_by_role("link", name=name, exact=True).click()
        page.get_by_role("heading", name=title, level=1).wait_for(timeout=60_000)
        settle(page)
        yield f"to {name}", 1000 * (time.perf_counter() - began)
    page.close()


def time_opening(browser: Any, url: str, times: int) -> Iterator[tuple[str, float]]:
    """What the Library page took to its first paint and to its table, in milliseconds from its address."""
    for _ in range(times):
        context = browser.new_context()
        for visit in ("first visit", "again"):
            page = context.new_page()
            began = time.perf_counter()
            page.goto(f"{url}/library", wait_until="commit")
            page.wait_for_selector("[data-testid=stDataFrame] canvas", timeout=120_000)
            yield f"{visit}, table", 1000 * (time.perf_counter() - began)
            painted = "performance.getEntriesByName('first-contentful-paint')[0].startTime"
            yield f"{visit}, first paint", float(page.evaluate(painted))
            page.close()
        context.close()


def _told(steps: Iterator[tuple[str, float]]) -> None:
    taken: dict[str, list[float]] = {}
    for step, milliseconds in steps:
        taken.setdefault(step, []).append(milliseconds)
    for step, each in taken.items():
        print(f"{step:24} median {median(each):7.0f} ms, most {max(each):7.0f} ms (n = {len(each)})")


def main() -> None:
    """Take them, and tell."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--model", default="none")
    parser.add_argument("--times", type=int, default=6)
    parser.add_argument("--library", type=Path)
    given = parser.parse_args()
    if LACKS:
        raise UserFacingError(f"The page cannot be looked at: {LACKS}. Install Chromium, and '.[test]' with pip.")
    if given.library:
        with served(given.library) as url, opened_browser() as browser:
            _told(time_opening(browser, url, given.times))
        return
    given.folder.mkdir(parents=True, exist_ok=True)
    settings = Settings()
    with tempfile.TemporaryDirectory() as place:
        embedder = open_embedder(settings.embedder, settings.cache, settings.weights)
        with closing(open_library(Path(place), embedder)) as library:
            library.add([ROOT / "seeds"])
        with served(Path(place), DATELINE_MODEL=given.model) as url, opened_browser() as browser:
            for path in take(browser, url, given.folder):
                print(path)
            _told(time_answers(browser, url, given.times))
            _told(time_changes(browser, url, given.times))
            _told(time_opening(browser, url, given.times))


if __name__ == "__main__":
    main()
