"""The library and the model that one server has open, opened again after either of them has failed."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from index.errors import LibraryBusyError, LibraryError
from index.pipeline import Library
from qa.chain import AnswerChain
from qa.errors import ModelError
from qa.model.open import Model
from qa.settings import Settings
from serve.errors import Refused
from serve.line import Line

logger = logging.getLogger(__name__)

HEAL_S = 15.0
"""Between two looks whether the search engine lags behind the record, as after it was away."""
LEAVE_S = 5.0
"""How long closing waits for one that is being made to follow; what is left is done when the library opens next."""
AT_ONCE = 8
"""Questions answered side by side where the model does not make one reply at a time."""
OpenLibrary = Callable[[Settings], Library]
OpenModel = Callable[[Settings], Model]


class Engine:
    """What answers. Its parts may be used by several threads; `line` belongs to the event loop."""

    def __init__(
        self,
        settings: Settings,
        open_library: OpenLibrary,
        open_model: OpenModel,
        *,
        waiting: int = 8,
        heal_s: float = HEAL_S,
    ) -> None:
        """Open both. Raises UserFacingError as they do; what was opened is closed again.

        Args:
            waiting: Questions that may wait behind those being answered.
            heal_s: Seconds between two looks whether something of the library is to be mended.
        """
        self.settings, self._open_library, self._open_model = settings, open_library, open_model
        self._lock, self.adding = threading.RLock(), threading.Lock()
        self._closed = False
        self._library: Library | None = open_library(settings)
        try:
            model = open_model(settings)
        except BaseException:
            self._library.close()
            raise
        self._model: Model | None = model
        self._chain: AnswerChain | None = AnswerChain(self._library, model, settings)
        slots = 1 if model.turns is not None else AT_ONCE
        self.line, self.pool = Line(slots, waiting), ThreadPoolExecutor(slots, "answer")
        self._ended = threading.Event()
        self._healing = threading.Thread(target=self._heal_on, args=(heal_s,), name="heal", daemon=True)
        self._healing.start()

    def library(self) -> Library:
        """The library, opened again if it was lost. Raises UserFacingError."""
        with self._lock:
            self._require_open()
            if self._library is None:
                self._library = self._open_library(self.settings)
            return self._library

    def chain(self) -> AnswerChain:
        """The chain that answers, with its model started again if that was lost. Raises UserFacingError."""
        with self._lock:
            library = self.library()
            if self._model is None:
                self._model, self._chain = self._open_model(self.settings), None
            if self._chain is None or self._chain.library is not library:
                self._chain = AnswerChain(library, self._model, self.settings)
            return self._chain

    @contextmanager
    def mending(self) -> Iterator[None]:
        """Around every use: what turns out to be dead is given up, so that the next use opens it anew."""
        try:
            yield
        except ModelError:
            self._give_up_model()
            raise
        except LibraryBusyError:
            raise
        except LibraryError:
            self._give_up_dead_library()
            raise

    def close(self) -> None:
        """Stop the model and let go of the library. A second call does nothing."""
        self._ended.set()
        self._healing.join(LEAVE_S)
        with self._lock:
            self._closed = True
            self._chain = None
            if self._model is not None:
                self._model.close()
                self._model = None
            if self._library is not None:
                self._library.close()
                self._library = None
        self.pool.shutdown(wait=False, cancel_futures=True)

    def _heal_on(self, heal_s: float) -> None:
        """In a thread: what others left unfinished is finished, without anybody writing."""
        while not self._ended.wait(heal_s):
            with self._lock:
                library = self._library
            try:
                if library is not None and not self.adding.locked():  # who adds makes it follow anyway
                    library.heal()
            except LibraryError as error:
                logger.warning("the library could not be looked over: %s", error)

    def _require_open(self) -> None:
        if self._closed:
            raise Refused(503, "closed", "Dateline is being stopped. Start it again: dateline serve")

    def _give_up_model(self) -> None:
        with self._lock:
            if self._model is not None and self._model.turns is not None:
                logger.warning("the model has failed, and is started again for the next question")
                self._model.close()
                self._model = self._chain = None

    def _give_up_dead_library(self) -> None:
        with self._lock:
            if self._library is None:
                return
            try:
                self._library.count_documents()
            except LibraryError:
                logger.warning("the library cannot be read, and is opened again for the next request")
                self._library.close()
                self._library = self._chain = None
