"""Answers out: questions in, dated and cited answers back. The front door for those who use it from Python.

Each name is fetched where it stands when it is first asked for, so that `import qa` loads nothing. Inside the project
names are imported from where they stand. The way of an answer is `qa.run`; the rooms are told in `qa/README.md`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from index.errors import UserFacingError
    from index.records import Filter
    from qa.chain import AnswerChain
    from qa.errors import ModelError, QuestionError
    from qa.find.retrieve import PassageRetriever
    from qa.records import Answer, Citation, Claim, Disagreement, EvidenceFound, Piece, Question, Turn
    from qa.session import Session, open_session
    from qa.settings import Settings

__all__ = [
    "Answer",
    "AnswerChain",
    "Citation",
    "Claim",
    "Disagreement",
    "EvidenceFound",
    "Filter",
    "ModelError",
    "PassageRetriever",
    "Piece",
    "Question",
    "QuestionError",
    "Session",
    "Settings",
    "Turn",
    "UserFacingError",
    "open_session",
]
_STANDS_IN = {
    "AnswerChain": "qa.chain",
    "Filter": "index.records",
    "ModelError": "qa.errors",
    "PassageRetriever": "qa.find.retrieve",
    "QuestionError": "qa.errors",
    "Session": "qa.session",
    "Settings": "qa.settings",
    "UserFacingError": "index.errors",
    "open_session": "qa.session",
}
"""The module of each name; the others are values, of `qa.records`."""


def __getattr__(name: str) -> Any:
    """The public name, from its module. Source: PEP 562."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(_STANDS_IN.get(name, "qa.records")), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """What there is, loaded or not."""
    return sorted({*globals(), *__all__})
