"""An answer, or the whole conversation, as a file or on the clipboard."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import streamlit as st

from index.pipeline import Library
from qa.export.formats import FORMATS, Format, write_as
from qa.export.records import Exported, export_of
from qa.export.text import as_text
from qa.settings import Settings
from ui.exchange import Exchange

MEDIA = {
    ".md": "text/markdown",
    ".html": "text/html",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".csl.json": "application/vnd.citationstyles.csl+json",
    ".json": "application/json",
}
ALL = "The whole conversation"


def show_copy(exchange: Exchange) -> None:
    """The answer with its numbered sources, to be copied."""
    if exchange.answer:
        with st.popover("Copy", icon=":material/content_copy:", type="tertiary", key=f"copy-{exchange.id}"):
            st.code(as_text(exchange.answer), language=None, wrap_lines=True)


def show_save(exchange: Exchange, exchanges: Sequence[Exchange], library: Library, settings: Settings) -> None:
    """The kinds of files; each is made only when it is asked for."""
    with st.popover("Save", icon=":material/download:", type="tertiary", key=f"save-{exchange.id}"):
        several = sum(other.answer is not None for other in exchanges) > 1
        whole = several and st.checkbox(ALL, key=f"save-all-{exchange.id}")
        chosen = list(exchanges) if whole else [exchange]
        for ending, words in FORMATS.items():
            st.download_button(
                f"{words[0].upper()}{words[1:]} ({ending})",
                _maker(ending, chosen, library, settings),
                f"dateline-{exchange.asked_at:%Y-%m-%d}-{exchange.id}{ending}",
                MEDIA[ending],
                key=f"save-{exchange.id}{ending}",
                on_click="ignore",
                type="tertiary",
            )


def _maker(ending: Format, chosen: Sequence[Exchange], library: Library, settings: Settings) -> Callable[[], bytes]:
    return lambda: write_as(ending, [made for one in chosen if (made := exported(one, library, settings))])


def exported(exchange: Exchange, library: Library, settings: Settings) -> Exported | None:
    """All that leaves with the answer; None without one."""
    if exchange.answer is None:
        return None
    made = export_of(
        library,
        settings,
        exchange.asked,
        exchange.answer,
        exchange.evidence,
        asked_at=exchange.asked_at,
        prompts=exchange.prompts,
    )
    return replace(made, settings=exchange.made_with)
