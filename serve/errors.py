"""What a program is told when it gets no answer: a status, a code that it can compare, and words for its user."""

from __future__ import annotations

from dataclasses import dataclass

from index.errors import LibraryBusyError, LibraryError, LoadError, UserFacingError
from qa.errors import ModelError, QuestionError

BUSY_S = 5
"""Seconds after which to try again where another process writes to the library."""


class Refused(UserFacingError):
    """A request that is not answered as it is."""

    def __init__(self, status: int, code: str, message: str, retry_after_s: int | None = None) -> None:
        super().__init__(message)
        self.status, self.code, self.retry_after_s = status, code, retry_after_s


@dataclass(frozen=True, slots=True)
class Told:
    """One error as it is sent."""

    status: int
    code: str
    message: str
    retry_after_s: int | None = None

    @property
    def headers(self) -> dict[str, str]:
        """Those that belong to it."""
        headers = {} if self.retry_after_s is None else {"Retry-After": str(self.retry_after_s)}
        return headers | ({"WWW-Authenticate": "Bearer"} if self.status == 401 else {})

    @property
    def body(self) -> dict[str, object]:
        """It in the form that clients of the OpenAI protocol read, which all of this server has."""
        kind = "server_error" if self.status >= 500 else "invalid_request_error"
        return {"error": {"message": self.message, "type": kind, "param": None, "code": self.code}}


_STATUS: tuple[tuple[type[UserFacingError], int, str, int | None], ...] = (
    (QuestionError, 422, "question", None),
    (LoadError, 422, "unreadable_document", None),
    (ModelError, 503, "model_unavailable", BUSY_S),
    (LibraryBusyError, 503, "library_busy", BUSY_S),
    (LibraryError, 503, "library_unavailable", None),
)
"""The first that fits."""


def told(error: UserFacingError) -> Told:
    """What is sent of an error that the user can mend; one of no kind named here is the request's own fault."""
    if isinstance(error, Refused):
        return Told(error.status, error.code, str(error), error.retry_after_s)
    for kind, status, code, retry_after_s in _STATUS:
        if isinstance(error, kind):
            return Told(status, code, str(error), retry_after_s)
    return Told(422, "request", str(error))


CRASH = Told(
    500, "internal", "Something went wrong in Dateline; its log says what. The next request is answered again."
)
