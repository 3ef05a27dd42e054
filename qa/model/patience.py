"""A model that works slowly told from one that is dead, while nothing comes from it; and why it is slow."""

from __future__ import annotations

import os
import time
from collections.abc import Callable

import psutil

from qa.errors import ModelError

Progress = Callable[[], object]
"""How far a server is, in any form that changes while it works; None where it does not say."""
OnSlow = Callable[[str], object]
"""Told once, in words for the user, that the model is slow and why."""
SLOW_S = 10.0
"""Silence after which it is told; the first word mostly comes within 2 s, and 9 of 10 answers within 8."""
PROBE_S = 5.0
"""Seconds between two looks at how far the server is."""
BUSY = 0.5
"""Processors used by others from which they are told to be the reason."""


class Patience:
    """Watches one reply: is asked again and again while nothing comes, and raises when nothing happens any more."""

    def __init__(
        self,
        name: str,
        progress: Progress | None,
        timeout_s: float,
        on_slow: OnSlow | None = None,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._name, self._progress, self._timeout_s, self._on_slow, self._now = name, progress, timeout_s, on_slow, now
        self._others = OtherPrograms()
        self._silent_since = self._moved_at = self._probed_at = now()
        self._seen: object = None

    def heard(self) -> None:
        """Something came, or it is not this one's turn yet."""
        self._silent_since = self._moved_at = self._probed_at = self._now()

    def wait(self) -> None:
        """Called while nothing comes. Raises a ModelError where the server has not moved for as long as is set."""
        now = self._now()
        if now - self._silent_since >= SLOW_S and self._on_slow:
            self._on_slow(self._others.in_words(now - self._silent_since))
            self._on_slow = None
        if self._progress is None or now - self._probed_at < PROBE_S:
            return
        self._probed_at, seen = now, self._progress()
        if seen is not None and seen != self._seen:
            self._seen, self._moved_at = seen, now
        if now - self._moved_at >= self._timeout_s:
            raise ModelError(
                f"The model {self._name} has not moved for {self._timeout_s:g} s, so it counts as dead. Start Dateline "
                "again, close other programs, or set DATELINE_MODEL=none to get the best passages without a model."
            )


class OtherPrograms:
    """How much of the machine other programs took since this was made."""

    def __init__(self) -> None:
        self._process = psutil.Process()
        self._began = self._times()

    def processors(self) -> float:
        """Processors that they used, on average."""
        (all_before, own_before, at_before), (all_now, own_now, at_now) = self._began, self._times()
        return max(0.0, (all_now - all_before) - (own_now - own_before)) / max(at_now - at_before, 0.01)

    def in_words(self, silent_s: float) -> str:
        """What is told of a model that has been silent for so long."""
        used, there = self.processors(), processors()
        why = (
            f"other programs use {used:.1f} of this machine’s {there} processors"
            if used >= BUSY
            else "reading takes its time on this machine"
        )
        return f"The model is working, but slow: nothing came for {silent_s:.0f} s, since {why}."

    def _times(self) -> tuple[float, float, float]:
        """Seconds of work of all programs, those of this one, and the clock."""
        whole, process = psutil.cpu_times(), self._process.cpu_times()
        idle = whole.idle + getattr(whole, "iowait", 0.0) + getattr(whole, "guest", 0.0)
        return sum(whole) - idle - getattr(whole, "guest_nice", 0.0), process.user + process.system, time.monotonic()


def processors() -> int:
    """Processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 2


def free_processors(look_s: float = 0.3) -> int:
    """Processors that others leave, at least one: those used by others now, and for a minute where that is known."""
    others = OtherPrograms()
    time.sleep(look_s)
    used = min(others.processors(), os.getloadavg()[0]) if hasattr(os, "getloadavg") else others.processors()
    return max(1, processors() - round(used))
