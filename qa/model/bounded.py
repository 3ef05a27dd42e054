"""An end to what is read from a server: one that sends a line without end would else fill the memory."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from httpx2 import AsyncByteStream, ReadError


def bound(stream: Any, max_bytes: int) -> AsyncByteStream:
    """The same stream, which raises a ReadError behind its first `max_bytes`."""
    return _Bounded(stream, max_bytes)


class _Bounded(AsyncByteStream):
    def __init__(self, stream: AsyncByteStream, max_bytes: int) -> None:
        self._stream, self._left = stream, max_bytes

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for piece in self._stream:
            self._left -= len(piece)
            if self._left < 0:
                raise ReadError("the reply has no end")
            yield piece

    async def aclose(self) -> None:
        await self._stream.aclose()
