"""The library and the language model, opened once for all who use this process, apart from each other."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Future, wait
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
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
OPENER = "opening"
"""Name of the thread in which something is opened."""


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
                threading.Thread(target=self._run, args=(self._future,), name=OPENER, daemon=True).start()
            future = self._future
        while not future.done():
            if on_wait:
                on_wait(*self._step)
            wait([future], timeout=POLL_S)
        return future.result()

    def close(self, close_it: Callable[[T], object]) -> None:
        """Have what was opened closed; what is still being opened, once it is there. The next who asks opens anew."""
        with self._lock:
            future, self._future = self._future, None
        if future is not None:
            future.add_done_callback(lambda done: done.exception() or close_it(done.result()))

    def _run(self, future: Future[T]) -> None:
        try:
            opened = self._open_it(self._on_progress)
        except BaseException as error:
            with self._lock:
                if self._future is future:
                    self._future = None
            future.set_exception(error)
        else:
            future.set_result(opened)

    def _on_progress(self, done: int, total: int, what: str) -> None:
        self._step = (done, total, what)


class Chains:
    """The chain of each model that is asked, opened once and shared.

    Each holds its model's memory: when another is wanted, one that nobody asks is closed, and one that is still
    answering as soon as it is done.
    """

    def __init__(self, open_it: Callable[[str, Progress], AnswerChain]) -> None:
        self._open_it = open_it
        self._lock = threading.Lock()
        self._openings: dict[str, Opening[AnswerChain]] = {}
        self._asking: Counter[str] = Counter()
        self._wanted = ""

    @contextmanager
    def lend(self, model: str, on_wait: Progress | None = None) -> Iterator[AnswerChain]:
        """The chain with this model, open for as long as it is lent; `on_wait` and errors as in `Opening.get`."""
        with self._lock:
            self._wanted = model
            self._asking[model] += 1
            self._close_unasked()
            opening = self._openings.setdefault(model, Opening(partial(self._open_it, model)))
        try:
            yield opening.get(on_wait)
        finally:
            with self._lock:
                self._asking[model] -= 1
                self._close_unasked()

    def _close_unasked(self) -> None:
        for model in [one for one in self._openings if one != self._wanted and not self._asking[one]]:
            self._openings.pop(model).close(lambda chain: chain.model.close())


@dataclass(frozen=True, slots=True)
class Parts:
    """What the pages work with."""

    settings: Settings
    library: Opening[Library]
    chains: Chains


@st.cache_resource(show_spinner=False)
def parts() -> Parts:
    """The parts that the settings name, none of them opened yet."""
    settings = load_settings(Settings)
    library = Opening(lambda on_progress: followed(open_configured(settings, on_progress)))

    def open_answers(name: str, on_progress: Progress) -> AnswerChain:
        made = settings.model_copy(update={"model": name})
        chain = AnswerChain(library.get(), open_model(made, on_progress), made)
        chain.warm()
        return chain

    return Parts(settings, library, Chains(open_answers))


def open_library_once() -> Library:
    """The library, with a note on the page while it is being opened. Raises UserFacingError."""
    return _awaited(parts().library.get, "Opening the library…")


@contextmanager
def open_chain(model: str) -> Iterator[AnswerChain]:
    """Lends the chain with this model, with a note on the page while that starts. Raises UserFacingError."""
    words = "Starting the language model on this machine; it first reads its instructions, some seconds long…"
    with ExitStack() as lent:
        yield _awaited(lambda show: lent.enter_context(parts().chains.lend(model, show)), words)


def rebuild_settled_library(on_progress: OnProgress) -> SyncReport:
    """Make the vectors anew for the embedder that is set now. Raises UserFacingError."""
    with open_configured(parts().settings, for_rebuild=True) as library:
        return library.rebuild(on_progress)


def _awaited(get: Callable[[Progress], T], words: str) -> T:
    slot = st.empty()

    def show(done: int, total: int, what: str) -> None:
        if total:
            text = f"Fetching {what}: {done // MEGABYTE:,} of {total // MEGABYTE:,} MB"
            slot.progress(min(done / total, 1.0), text=escape_markdown(text))

    with st.spinner(words):
        opened = get(show)
    slot.empty()
    return opened
