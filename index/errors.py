"""What can go wrong that the user can mend. Each message says what happened, why, and what to do."""


class UserFacingError(Exception):
    """Shown as `str(error)` without a traceback by the app and the command line."""


class LoadError(UserFacingError):
    """A file could not be read as a document."""


class WeightsError(UserFacingError):
    """Model weights are missing, incomplete or not the pinned ones."""


class LibraryError(UserFacingError):
    """The library cannot be opened, read or written."""


class LibraryDamagedError(LibraryError):
    """The library's record is not as it was written."""


class LibraryBusyError(LibraryError):
    """Another process is writing to the library."""


class EmbedderMismatchError(LibraryError):
    """The library's vectors were made by another embedding model."""
