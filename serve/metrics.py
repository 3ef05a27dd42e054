"""Counts for Prometheus, off unless asked for. They hold no words of questions and no names of keys."""

from __future__ import annotations

from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

CONTENT_TYPE = CONTENT_TYPE_PLAIN_0_0_4


class Metrics:
    """The counts of one server."""

    def __init__(self, waiting: Callable[[], int]) -> None:
        self._registry = CollectorRegistry()
        self._questions = Counter(
            "dateline_questions", "Questions, by way and outcome.", ["way", "outcome"], registry=self._registry
        )
        self._seconds = Histogram(
            "dateline_answer_seconds",
            "From a question to its answer, waiting included.",
            buckets=(0.1, 0.5, 1, 2, 4, 8, 16, 32, 64, 128),
            registry=self._registry,
        )
        gauge = Gauge("dateline_waiting", "Questions that wait.", registry=self._registry)
        gauge.set_function(waiting)

    def note(self, way: str, outcome: str, seconds: float) -> None:
        """Count one question."""
        self._questions.labels(way, outcome).inc()
        if outcome in {"answered", "not_found"}:
            self._seconds.observe(seconds)

    def shown(self) -> bytes:
        """All of them, in the text format of Prometheus."""
        return generate_latest(self._registry)
