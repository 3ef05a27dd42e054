"""The library and the language model, opened once for all who use this process, apart from each other."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, wait
from dataclasses import dataclass
from typing import Generic, TypeVar

import streamlit as st

from index.open import open_configured
from index.pipeline import Library, OnProgress
from index.report import SyncReport
from index.settings import load_settings
from index.weights.carriers import Progress
from qa.chain import AnswerChain
from qa.model.open import open_model
from qa.settings import Settings
from ui.following import followed
from ui.shared import escape_markdown

T = TypeVar("T")
POLL_S, MEGABYTE = 0.25, 1_000_000


class Opening(Generic[T]):
    """Something slow, opened once and in the background, so that a page that is left or run again does not break it."""

    def __init__(self, open_it: Callable[[Progress], T]) -> None:
        self._open_it = open_it
        self._lock = threading.Lock()
        self._future: Future[T] | None = None
        self._step: tuple[int, int, str] = (0, 0, "")

    def get(self, on_wait: Progress | None = None) -> T:
        """What was opened; begun by the first who asks, waited for by all.

        Args:
            on_wait: Called again and again meanwhile with bytes done, bytes in all, and what is being fetched.

        Raises:
            Exception: What opening raised; the next call tries again.
        """
        with self._lock:
            if self._future is None:
                self._future = Future()
                threading.Thread(target=self._run, args=(self._future,), daemon=True).start()
            future = self._future
        while not future.done():
            if on_wait:
                on_wait(*self._step)
            wait([future], timeout=POLL_S)
        return future.result()

    def _run(self, future: Future[T]) -> None:
        try:
            opened = self._open_it(self._on_progress)
        except BaseException as error:
            with self._lock:
                self._future = None
            future.set_exception(error)
        else:
            future.set_result(opened)

    def _on_progress(self, done: int, total: int, what: str) -> None:
        self._step = (done, total, what)


@dataclass(frozen=True, slots=True)
class Parts:
    """What the pages work with."""

    settings: Settings
    library: Opening[Library]
    chain: Opening[AnswerChain]


@st.cache_resource(show_spinner=False)
def parts() -> Parts:
    """The parts that the settings name, none of them opened yet."""
    settings = load_settings(Settings)
    library = Opening(lambda on_progress: followed(open_configured(settings, on_progress)))

    def open_answers(on_progress: Progress) -> AnswerChain:
        chain = AnswerChain(library.get(), open_model(settings, on_progress), settings)
        chain.warm()
        return chain

    return Parts(settings, library, Opening(open_answers))


def open_library_once() -> Library:
    """The library, with a note on the page while it is being opened. Raises UserFacingError."""
    return _awaited(parts().library, "Opening the library…")


def open_chain() -> AnswerChain:
    """The chain that answers, with a note on the page while the model starts. Raises UserFacingError."""
    words = "Starting the language model on this machine; it first reads its instructions, some seconds long…"
    return _awaited(parts().chain, words)


def rebuild_settled_library(on_progress: OnProgress) -> SyncReport:
    """Make the vectors anew for the embedder that is set now. Raises UserFacingError."""
    with open_configured(parts().settings, for_rebuild=True) as library:
        return library.rebuild(on_progress)


def _awaited(opening: Opening[T], words: str) -> T:
    slot = st.empty()

    def show(done: int, total: int, what: str) -> None:
        if total:
            text = f"Fetching {what}: {done // MEGABYTE:,} of {total // MEGABYTE:,} MB"
            slot.progress(min(done / total, 1.0), text=escape_markdown(text))

    with st.spinner(words):
        opened = opening.get(show)
    slot.empty()
    return opened
