"""Time expressions of the news pages: does each stand for the date that a reader gave it?"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

from evals.digest import digest_of
from evals.records import Ask, Item, Result
from evals.suites.files import SYSTEM
from evals.suites.news_html import read_news_html
from evals.suites.rows import Row, Text, read_rows, wrong_field
from index.dates import find_mentions
from index.dates.times import granularity_of
from index.pipeline import OnProgress
from index.records import TimeMention
from qa.settings import Settings

NAME = "times"
NO_TIME = "no time"
COMPARABLE = (
    "The labels are this project's own: each time expression of the pages named, read in its page, with the date of "
    "publication given, and some words that look like one and are none. Lengths (for two years), rounds (every year) "
    "and vague ones (recently) are not labelled. The half tune was labelled before the rules were last changed and "
    "seen while they were; the half report was labelled after that, before the rules had read it. TimeML's sets ask "
    "for more, intervals and sets among it, and their values cannot be compared with these."
)
_CONTEXT = 60


class _Label(Row):
    page: Text
    published: str
    words: Text
    nth: int
    resolved: list[str]
    half: Literal["tune", "report"]


@dataclass(frozen=True, slots=True)
class Expression:
    """One labelled expression: where it stands in its page's text, and what it may stand for; nothing when no time."""

    text: str
    published: date
    start: int
    end: int
    resolved: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TimesSuite:
    """One case an expression; its kind is how fine it is."""

    items: tuple[Item, ...]
    expressions: Mapping[str, Expression]
    sha256: str
    name: str = NAME
    systems: tuple[str, ...] = (SYSTEM,)
    comparable: str = COMPARABLE

    @contextmanager
    def open(
        self, systems: Sequence[str], settings: Settings, items: Sequence[Item], on_progress: OnProgress | None = None
    ) -> Iterator[Mapping[str, Ask]]:
        """Each page is read once, whole: "two days later" is counted from what stands before it."""
        read: dict[tuple[str, date], tuple[TimeMention, ...]] = {}

        def ask(item: Item) -> Result:
            of = self.expressions[item.id]
            if (of.text, of.published) not in read:
                read[of.text, of.published] = find_mentions(of.text, of.published)
            return _compare(item, of, read[of.text, of.published])

        yield dict.fromkeys(systems, ask)


def _compare(item: Item, of: Expression, mentions: Sequence[TimeMention]) -> Result:
    met = [mention for mention in mentions if mention.start < of.end and of.start < mention.end]
    right = any(mention.resolved in of.resolved for mention in met) if of.resolved else not met
    found = [{"words": m.text, "resolved": m.resolved, "counted from": m.anchored_to} for m in met]
    told = ", ".join(f"{m.text!r} for {m.resolved}" for m in met) or "no time"
    reasons = () if right else (f"read as {told}, and stands for {' or '.join(of.resolved) or NO_TIME}",)
    shown = {"expected": list(of.resolved), "published": of.published.isoformat(), "found": found}
    return Result(SYSTEM, item, {"right": right}, reasons, shown)


def read_times(folder: Path, labels: Path) -> TimesSuite:
    """The expressions labelled in the file `labels`, in the pages of `folder`/news_html.

    Raises:
        UserFacingError: If the pages are not there, or a label does not fit them.
    """
    truths = read_news_html(folder).truths
    items, expressions, counts = [], {}, defaultdict[str, int](int)
    for where, label in read_rows(labels, _Label):
        if label.page not in truths:
            raise wrong_field(where, "page", f"there is no page {label.page!r}")
        text = truths[label.page].body
        places = [match.start() for match in re.finditer(re.escape(label.words), text)]
        if not 0 < label.nth <= len(places):
            raise wrong_field(where, "nth", f"{label.words!r} stands {len(places)} times in {label.page!r}")
        start = places[label.nth - 1]
        end = start + len(label.words)
        counts[label.page] += 1
        name = f"{label.page}-{counts[label.page]}"
        expressions[name] = Expression(text, date.fromisoformat(label.published), start, end, tuple(label.resolved))
        kind = granularity_of(label.resolved[0]) if label.resolved else NO_TIME
        around = " ".join(text[max(0, start - _CONTEXT) : end + _CONTEXT].split())
        items.append(Item(name, kind, f"{label.words} (… {around} …)", label.half))
    digest = digest_of(*(repr(one) for one in expressions.values()))
    return TimesSuite(tuple(items), expressions, digest)
