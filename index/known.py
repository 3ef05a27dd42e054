"""What is known of the files of a library while a run goes over them."""

from __future__ import annotations

from collections import UserDict
from collections.abc import Mapping


class Sources(UserDict[str, tuple[str, str]]):
    """Id and content hash of the document of each path, also of those on their way; found by their hash, too."""

    def __init__(self, known: Mapping[str, tuple[str, str]]) -> None:
        self._before: dict[str, tuple[str, str] | None] = {}
        self._paths: dict[str, dict[str, None]] = {}
        super().__init__(known)
        self._before.clear()

    def __setitem__(self, uri: str, source: tuple[str, str]) -> None:
        self._before.setdefault(uri, self.data.get(uri))
        if uri in self.data:
            del self[uri]
        self._paths.setdefault(source[1], {})[uri] = None
        super().__setitem__(uri, source)

    def __delitem__(self, uri: str) -> None:
        del self._paths[self.data[uri][1]][uri]
        super().__delitem__(uri)

    def of(self, content_hash: str, other_than: str | None = None) -> str | None:
        """The first path with this content."""
        return next((uri for uri in self._paths.get(content_hash, ()) if uri != other_than), None)

    def back(self, uri: str) -> None:
        """What was known of a path before this run, since its file could not be used."""
        before = self._before.get(uri)
        if before is not None:
            self[uri] = before
        elif uri in self._before and uri in self:
            del self[uri]
