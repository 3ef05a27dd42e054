"""What every page needs: escaping, dates in words, errors, the style sheet."""

from __future__ import annotations

import html
import re
from datetime import date
from pathlib import Path

import streamlit as st

from index.dates.times import shown_date
from index.errors import UserFacingError

STYLE, SCRIPT = Path(__file__).parent / "style.css", Path(__file__).parent / "desk.js"
DAYS_UNTIL_WEEKS = 14
MONTHS_UNTIL_NAMED = 2
MONTHS_UNTIL_YEARS = 24
MONTHS_UNTIL_ROUND_YEARS = 60


def escape(text: str) -> str:
    """`text` for `st.html`, where it stands as it is: no tag, no entity, no attribute's end takes effect."""
    # Markdown is not read there. Controls are shown by a sign: raw ones vanish or end the message.
    return html.escape(re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", "\N{REPLACEMENT CHARACTER}", text), quote=True)


def escape_markdown(text: str) -> str:
    """`text` for labels, `st.error` and the like, on one line, where none of Streamlit's Markdown takes effect."""
    line = re.sub(r"\s+", " ", re.sub(r"[\x00-\x1f\x7f]", " ", text)).strip()
    # Streamlit puts icons, emoji, arrows and addresses into finished text, where escapes are gone already; an
    # invisible joiner keeps their signs apart.
    line = re.sub(r"(?<=[:@<>=-])(?=\S)|(?<=\bwww)(?=\.)", "\N{WORD JOINER}", line)
    return re.sub(r"([!-/:-@\[-`{-~])", r"\\\1", line)


def error_markdown(text: str) -> str:
    """An error for `st.error`, as `escape_markdown`, with commands of Dateline as code that can be copied."""
    pieces = re.split(r"(`dateline [A-Za-z -]+`)", text)
    return "".join(piece if at % 2 else _escaped_between(piece) for at, piece in enumerate(pieces))


def _escaped_between(piece: str) -> str:
    """A piece of a line, with the spaces at its ends."""
    before, after = (" " if space else "" for space in (piece[:1].isspace(), piece[-1:].isspace()))
    return f"{before}{escape_markdown(piece)}{after}"


def date_in_words(published: date | None) -> str:
    """`21 June 2021`, or that there is no date."""
    return shown_date(published.isoformat()) if published else "no date found"


def age_in_words(published: date, today: date) -> str:
    """How long before `today`: `today`, `1 day before today`, `5 weeks …`, `15 months …`, `2 years and 3 months …`.

    From five years on only the full years are named. Weeks, months and years are completed ones.
    """
    if published == today:
        return "today"
    first, last = sorted((published, today))
    days = (last - first).days
    months = (last.year - first.year) * 12 + last.month - first.month - (last.day < first.day)
    if days < DAYS_UNTIL_WEEKS:
        words = counted(days, "day")
    elif months < MONTHS_UNTIL_NAMED:
        words = counted(days // 7, "week")
    elif months < MONTHS_UNTIL_YEARS:
        words = counted(months, "month")
    else:
        words = counted(months // 12, "year")
        if months < MONTHS_UNTIL_ROUND_YEARS and months % 12:
            words += f" and {counted(months % 12, 'month')}"
    return f"{words} {'before' if published < today else 'after'} today"


def counted(number: int, word: str) -> str:
    """`1 document`, `2,345 documents`."""
    return f"{number:,} {word}" if number == 1 else f"{number:,} {word}s"


def show_style() -> None:
    """Put the style sheet into the page."""
    st.html(STYLE)


def show_script(shown: str) -> None:
    """Have the page's own script run: its keys, and what is new in view.

    Args:
        shown: What tells this page from others; the script runs again when that is another.
    """
    code = SCRIPT.read_text(encoding="utf-8")
    st.html(f"<script>{code}\n// {shown}</script>", unsafe_allow_javascript=True)


def show_error(error: UserFacingError | str) -> None:
    """Tell what the user can mend, without a traceback."""
    st.error(error_markdown(str(error)))
