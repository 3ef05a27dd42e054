"""Values as text for a terminal and as JSON for programs."""

from __future__ import annotations

import dataclasses
import json
import re
import sys
from collections.abc import Mapping, Sequence
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

if TYPE_CHECKING:
    from qa.records import Answer, Citation

# A document may hold escape sequences that would move the cursor or rename the window, and marks that turn text round.
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def plain(text: str) -> str:
    """`text` with what a terminal would obey replaced by U+FFFD; line ends become line feeds."""
    return _CONTROL.sub("\N{REPLACEMENT CHARACTER}", text.replace("\r\n", "\n"))


def one_line(text: str) -> str:
    """`text` on one line, safe for a terminal."""
    return plain(" ".join(text.split()))


def console(stream: TextIO | None = None) -> Console:
    """A console that takes text as it is: no markup, no colours by guess, no wrapping of what is piped."""
    made = Console(file=stream or sys.stdout, markup=False, emoji=False, highlight=False, soft_wrap=True)
    if made.is_terminal:
        made.soft_wrap = False
    return made


def to_plain_data(value: Any) -> Any:
    """`value` in the types of JSON: dataclasses as objects, dates in ISO 8601."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {each.name: to_plain_data(getattr(value, each.name)) for each in dataclasses.fields(value)}
    if isinstance(value, date | Path):
        return str(value)
    if isinstance(value, Mapping):
        return {str(key): to_plain_data(each) for key, each in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [to_plain_data(each) for each in value]
    return value


def print_json(value: Any) -> None:
    """`value` on standard output as JSON, and nothing else."""
    print(json.dumps(to_plain_data(value), ensure_ascii=False, indent=2))


def count(number: int, noun: str, plural: str | None = None) -> str:
    """`1 document`, `3 documents`."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def size(number: float) -> str:
    """Bytes in words: `91 MB`, `1.1 GB`."""
    return f"{number / 1e9:.1f} GB" if number >= 1e9 else f"{number / 1e6:.0f} MB"


def ago(published: date, today: date) -> str:
    """How long ago, in whole years, months or days: `5 years ago`, `today`, `in the future`."""
    days = (today - published).days
    if days < 0:
        return "in the future"
    if days < 2:
        return ("today", "yesterday")[days]
    months = (today.year - published.year) * 12 + today.month - published.month - (today.day < published.day)
    if months >= 12:
        return f"{count(months // 12, 'year')} ago"
    return f"{count(months, 'month')} ago" if months else f"{days} days ago"


def source_line(citation: Citation, today: date) -> str:
    """Outlet, date with its age, and title: `AFP, 21 June 2021 (5 years ago)  Junta Leader Arrives`."""
    from index.dates.times import shown_date

    published = citation.published
    when = f"{shown_date(published.isoformat())} ({ago(published, today)})" if published else "no date"
    return one_line(f"{citation.outlet or 'no outlet'}, {when}") + "  " + one_line(citation.title)


def place(citation: Citation) -> str:
    """The file, the page where there are pages, and the characters of a citation."""
    page = f", page {citation.page}" if citation.page else ""
    return f"{plain(citation.uri)}{page}, characters {citation.start} to {citation.end}"


def print_indented(out: Console, text: str, by: int, style: str | None = None) -> None:
    """`text` indented; on a terminal each of its lines is, and what is piped is not wrapped."""
    if out.is_terminal:
        out.print(Padding(Text(text), (0, 0, 0, by), expand=False), style=style)
    else:
        out.print(" " * by + text)


def print_citation(out: Console, citation: Citation, today: date, mark: str) -> None:
    """A source with its quote, the dates that this means, and its place, indented under its mark."""
    from qa.records import times_in_words

    out.print(f"{mark} {source_line(citation, today)}", style="bold")
    print_indented(out, f"“{one_line(citation.quote)}”", 4)
    if times := times_in_words(citation.times):
        print_indented(out, one_line(times), 4, "dim")
    print_indented(out, place(citation), 4, "dim")


def print_answer(out: Console, answer: Answer, today: date) -> None:
    """The checked answer, its numbered quotes, and apart from them what was not supported."""
    from qa.records import judgement_in_words, marked

    supported = [claim for claim in answer.claims if claim.verdict == "supported"]
    if not supported:
        out.print(plain(answer.text), style="bold")
    elif answer.judgement:
        out.print(judgement_in_words(answer.judgement))
    mixed = len({claim.verbatim for claim in supported}) > 1
    for verbatim, claims in groupby(supported, key=lambda claim: claim.verbatim):
        # The documents' own sentences stand apart from the model's.
        print_indented(out, plain(" ".join(map(marked, claims))), 2 if mixed and verbatim else 0)
    _print_disagreements(out, answer)
    cited = {each.number: each for claim in supported for each in claim.citations}
    told = [position for disagreement in answer.disagreements for position in disagreement.positions]
    cited |= {each.number: each for position in told for each in position.citations}
    for number in sorted(cited):
        out.print()
        print_citation(out, cited[number], today, f"[{number}]")
    _print_scope(out, answer)
    if answer.status == "not_found":
        _print_searched(out, answer, today)
    unsupported = [claim for claim in answer.claims if claim.verdict != "supported"]
    if unsupported:
        out.print("\nNot supported by the documents, so not part of the answer:", style="yellow")
        for claim in unsupported:
            otherwise = "Contradicted: " if claim.verdict == "contradicted" else ""
            print_indented(out, f"- {otherwise}{plain(marked(claim))}", 2)
            for reason in claim.reasons:
                print_indented(out, plain(reason), 4, "dim")
    if answer.problems:
        out.print("\nNotes:")
        for problem in answer.problems:
            print_indented(out, f"- {plain(problem)}", 2)


def _print_disagreements(out: Console, answer: Answer) -> None:
    """Who says what, where sources differ."""
    for disagreement in answer.disagreements:
        from qa.compare.disagreement import disagreement_in_words, since_in_words

        out.print(f"\n{disagreement_in_words(disagreement)}", style="bold yellow")
        for at, position in enumerate(disagreement.positions):
            who = ", ".join(f"{_outlet_and_date(citation)} [{citation.number}]" for citation in position.citations)
            sources = f" ({count(position.sources, 'independent source')})" if position.sources > 1 else ""
            print_indented(
                out, f"- {since_in_words(disagreement, at)}{plain(position.value)}: {one_line(who)}{sources}", 2
            )


def _outlet_and_date(citation: Citation) -> str:
    from index.dates.times import shown_date

    when = shown_date(citation.published.isoformat()) if citation.published else "no date"
    return f"{citation.outlet or citation.title}, {when}"


def _print_scope(out: Console, answer: Answer) -> None:
    """Which documents were searched, where a filter left some."""
    from qa.question.filters import scope_in_words

    searched = answer.searched
    if searched.out_of is not None:
        line = one_line(scope_in_words(searched.documents, searched.out_of, searched.filter))
        out.print(f"\n{line}", style="dim")


def _print_searched(out: Console, answer: Answer, today: date) -> None:
    from qa.find.answerability import likelihood_in_words

    searched = answer.searched
    out.print(
        f"Searched {count(searched.passages, 'passage')} of {count(searched.documents, 'document')} "
        f"for: {one_line(searched.query)}"
    )
    for lack in answer.missing:
        out.print(one_line(lack))
    if answer.nearest:
        words = "" if answer.likelihood is None else f", {likelihood_in_words(answer.likelihood)}"
        out.print(f"\nThe nearest passages{words}:")
        for citation in answer.nearest:
            print_citation(out, citation, today, "  -")
