"""The chain that answers, as a LangChain `Runnable`. What happens to one question stands in `qa.run`."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import closing
from typing import Any

from langchain_core.callbacks import CallbackManagerForChainRun
from langchain_core.runnables import Runnable, RunnableConfig
from langchain_core.runnables.config import get_config_list, patch_config

from index.pipeline import Library
from qa.english.names import is_word
from qa.english.quantities import find_quantities
from qa.find.expand import WordSimilarity
from qa.find.retrieve import retrieve
from qa.model.open import Model
from qa.model.patience import OnSlow
from qa.model.prompt import build_front
from qa.model.reply import Listener
from qa.model.streaming import OnWait
from qa.records import Answer, Event, Question
from qa.run import Run
from qa.settings import Settings


class AnswerChain(Runnable[Question | str, Event]):
    """Answers questions from a library: a LangChain `Runnable`.

    `invoke` gives the `Answer`; `stream` gives an `EvidenceFound`, then a `Piece`
    for each piece of text the model writes, then the `Answer`; `batch` answers one
    after the other, since two cores do not read faster for being asked twice.
    Callbacks, tags and metadata of a `config` reach the run and the model's calls in it.
    """

    def __init__(self, library: Library, model: Model, settings: Settings) -> None:
        self.library, self.model, self.settings = library, model, settings
        self.similarity = WordSimilarity(library.embedder)

    def warm(self, on_slow: OnSlow | None = None) -> None:
        """Have what every question needs loaded and read before the first one; `on_slow` as in `stream`."""
        retrieve(self.library, "warm", self.library.embedder.encode(["warm"])[0], 1)
        find_quantities("1 km")  # reads the names of all currencies and units
        is_word("warm")  # reads the dictionary
        self.model.warm(build_front(trained=self.model.trained), on_slow)

    def invoke(self, input: Question | str, config: RunnableConfig | None = None, **kwargs: Any) -> Answer:
        """The checked answer to `input`. Takes what `stream` takes.

        Raises:
            QuestionError: If the question is empty or too long.
            LibraryError: If the library holds no documents or cannot be read.
            ModelError: If the model cannot be reached or stops in the middle.
            TypeError: If an argument is none that `stream` takes.
        """
        listener = _listener(**kwargs)

        def answer(asked: Question | str, run_manager: CallbackManagerForChainRun, config: RunnableConfig) -> Event:
            *_, last = self._events(asked, listener, patch_config(config, callbacks=run_manager.get_child()))
            return last

        answered = self._call_with_config(answer, input, config)
        assert isinstance(answered, Answer)  # the last event always is
        return answered

    def stream(self, input: Question | str, config: RunnableConfig | None = None, **kwargs: Any) -> Iterator[Event]:
        """The events of one answer as they happen; closing the iterator stops the model. Raises as `invoke` does.

        Keyword arguments, others are refused:
            on_wait: Called while the model is silent, with how many other replies it makes first; an error that it
                raises ends the answer and stops the model.
            on_slow: Told, in words for the user, when the model is slow, and why.
        """
        listener = _listener(**kwargs)

        def events(
            asked: Iterator[Question | str], run_manager: CallbackManagerForChainRun, config: RunnableConfig
        ) -> Iterator[Event]:
            for each in asked:
                with closing(self._events(each, listener, config)) as running:
                    yield from running

        yield from self._transform_stream_with_config(iter([input]), events, config)

    def batch(
        self,
        inputs: list[Question | str],
        config: RunnableConfig | list[RunnableConfig] | None = None,
        *,
        return_exceptions: bool = False,
        **kwargs: Any,
    ) -> list[Event]:
        """The answers in the order of the questions; with `return_exceptions`, the error where one failed."""
        answers: list[Any] = []
        for each, of_each in zip(inputs, get_config_list(config, len(inputs)), strict=True):
            try:
                answers.append(self.invoke(each, of_each, **kwargs))
            except Exception as error:
                if not return_exceptions:
                    raise
                answers.append(error)
        return answers

    def _events(self, asked: Question | str, listener: Listener, config: RunnableConfig) -> Generator[Event]:
        question = Question(asked) if isinstance(asked, str) else asked
        listener = Listener(listener.on_wait, listener.on_slow, config)
        return Run(self.library, self.model, self.settings, self.similarity, question, listener).events()


def _listener(*, on_wait: OnWait | None = None, on_slow: OnSlow | None = None) -> Listener:
    """Refuses, with a TypeError, any other argument: one that is taken and not heeded would be a promise broken."""
    return Listener(on_wait, on_slow)
