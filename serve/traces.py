"""Traces for OpenTelemetry, off unless its variables name a receiver.

They hold times, counts and kinds, and never a word of a question or a document, nor a key or its name.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from importlib.metadata import version

from opentelemetry.sdk.resources import OTELResourceDetector, Resource
from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import SpanKind, StatusCode, Tracer, set_span_in_context
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from index.errors import UserFacingError
from serve.course import Course

RECEIVERS = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
"""The variables that turn traces on."""
PROTOCOLS = ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL")
SPOKEN = "http/protobuf"
STOP_MS = 2000
"""How long the last spans may take to be sent when the server is stopped."""
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH"})


class Traces:
    """Makes the spans of one server: one for a request, in it one for its question, and in that one for each step."""

    def __init__(self, processor: SpanProcessor) -> None:
        named = Resource.create().merge(Resource({"service.name": "dateline", "service.version": version("dateline")}))
        # Last, so that OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES have their way.
        self._provider = TracerProvider(resource=named.merge(OTELResourceDetector().detect()))
        self._provider.add_span_processor(processor)
        self._tracer = self._provider.get_tracer("dateline", version("dateline"))

    def around(self, app: ASGIApp) -> ASGIApp:
        """`app`, with a span for each of its requests."""
        return _Traced(app, self._tracer)

    def question(self, course: Course, way: str, outcome: str) -> None:
        """Tell of a question that has ended, as a part of the request that it came with."""
        counts = {f"dateline.tokens.{name}": count for name, count in course.tokens.items()}
        told: dict[str, str | int] = {
            "dateline.way": way,
            "dateline.outcome": outcome,
            "dateline.evidence": course.sentences,
            **counts,
        }
        span = self._tracer.start_span("question", start_time=course.began, attributes=told)
        inside = set_span_in_context(span)
        for name, begin, end in course.steps():
            self._tracer.start_span(name, inside, start_time=begin).end(end)
        span.end()

    def close(self) -> None:
        """Send what is left, for two seconds at most."""
        self._provider.force_flush(STOP_MS)
        self._provider.shutdown()


class _Traced:
    """An ASGI app; a request that brings a `traceparent` is part of that trace."""

    def __init__(self, app: ASGIApp, tracer: Tracer) -> None:
        self._app, self._tracer = app, tracer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        method = scope["method"] if scope["method"] in METHODS else "_OTHER"
        parent = TraceContextTextMapPropagator().extract(Headers(scope=scope))
        # Not the exceptions: their words may be those of a question.
        with self._tracer.start_as_current_span(
            method,
            parent,
            SpanKind.SERVER,
            {"http.request.method": method},
            record_exception=False,
            set_status_on_exception=False,
        ) as span:

            async def sent(message: Message) -> None:
                if message["type"] == "http.response.start":
                    span.set_attribute("http.response.status_code", message["status"])
                    if message["status"] >= 500:
                        span.set_status(StatusCode.ERROR)
                await send(message)

            try:
                await self._app(scope, receive, sent)
            finally:
                # The route, never the path or the query, which hold what is asked for.
                if route := getattr(scope.get("route"), "path", None):
                    span.update_name(f"{method} {route}")
                    span.set_attribute("http.route", route)


def open_traces(variables: Mapping[str, str] = os.environ) -> Traces | None:
    """Traces to the receiver that OpenTelemetry's variables name; None when they name none, or switch it off.

    The exporter reads the other variables for itself: headers, certificate, timeout, sampler.

    Raises:
        UserFacingError: If its package is not installed, or another protocol is set than is spoken.
    """
    off = variables.get("OTEL_SDK_DISABLED", "").strip().lower() == "true"
    receiver = next(filter(None, map(variables.get, RECEIVERS)), None)
    if off or receiver is None or variables.get("OTEL_TRACES_EXPORTER") == "none":
        return None
    protocol = next(filter(None, map(variables.get, PROTOCOLS)), SPOKEN)
    if protocol != SPOKEN:
        raise UserFacingError(
            f"Traces are to be sent by {protocol!r}, and Dateline sends them by {SPOKEN} only. Name such a receiver "
            f"(port 4318 of most) and set OTEL_EXPORTER_OTLP_PROTOCOL={SPOKEN}, or unset {RECEIVERS[1]}."
        )
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    except ImportError as error:
        raise UserFacingError(
            f"Traces are to be sent to {receiver!r}, and the package for it is not installed. Install it: "
            'python -m pip install "dateline[serve]", or unset OTEL_EXPORTER_OTLP_ENDPOINT.'
        ) from error
    return Traces(BatchSpanProcessor(OTLPSpanExporter()))
