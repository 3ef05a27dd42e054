"""What can go wrong between a question and its answer."""

from index.errors import UserFacingError


class QuestionError(UserFacingError):
    """The question cannot be asked as it is."""


class ModelError(UserFacingError):
    """The language model cannot be started, reached, or stopped in the middle of an answer."""


class HistoryError(UserFacingError):
    """What was asked before cannot be read or kept."""
