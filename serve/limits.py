"""How much may be asked for at once, and how often."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from serve.errors import Refused

MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True)
class Limits:
    """What one server takes."""

    waiting: int = 8
    """Questions that wait behind those being answered, at most."""
    per_minute: int = 60
    """Requests a minute of one key, where the key says nothing else."""
    body_bytes: int = MEGABYTE
    """Of a request that is no upload."""
    upload_bytes: int = 25 * MEGABYTE


class Rates:
    """Counts the requests of each key, by a bucket that fills evenly and holds a minute's worth.

    Source: the token bucket, Turner, "New directions in communications" (1986).
    """

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now, self._lock = now, threading.Lock()
        self._left: dict[str, tuple[float, float]] = {}
        """Of each name: requests left, and when that was so."""

    def take(self, name: str, per_minute: int) -> None:
        """Count one request. Raises a Refused with 429 when there is none left, saying when there is one again."""
        with self._lock:
            now = self._now()
            left, at = self._left.get(name, (float(per_minute), now))
            left = min(float(per_minute), left + (now - at) * per_minute / 60)
            self._left[name] = (left - 1 if left >= 1 else left, now)
        if left < 1:
            wait_s = math.ceil((1 - left) * 60 / per_minute)
            raise Refused(
                429,
                "rate_limit",
                f"The key {name!r} may make {per_minute} requests a minute. Try again in {wait_s} s.",
                wait_s,
            )
