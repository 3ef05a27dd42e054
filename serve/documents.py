"""Routes for search, documents and the timeline; none of them asks a model."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, File, Form, Path, Query, UploadFile
from pydantic import Field

from serve import looking
from serve.given import AddedOut, DocumentsOut, FoundOut, TimelineOut, WholeDocumentOut
from serve.limits import Limits
from serve.rest import ERRORS
from serve.server import Reader, TheServer, Writer
from serve.taken import Chosen

Limit = Annotated[int, Field(ge=1, le=1000, description="So many at most.")]
Offset = Annotated[int, Field(ge=0, le=10_000_000, description="Left out before the first.")]


class SearchIn(Chosen):
    """What to search for."""

    q: Annotated[str, Field(min_length=1, description="Words or a question.")]
    k: Annotated[int, Field(ge=1, le=80, description="Passages at most.")] = 8


class ListIn(Chosen):
    """Which documents to list."""

    limit: Limit = 100
    offset: Offset = 0


class TimelineIn(ListIn):
    """Which events to give."""

    about: Annotated[str | None, Field(description="Only events about this.")] = None


def documents_router(limits: Limits) -> APIRouter:
    """The routes, for uploads of the size that `limits` allow."""
    router = APIRouter(tags=["documents"], responses=ERRORS)
    router.add_api_route("/v1/search", _search, methods=["GET"])
    router.add_api_route("/v1/timeline", _timeline, methods=["GET"])
    router.add_api_route("/v1/documents", _documents, methods=["GET"])
    router.add_api_route("/v1/documents/{doc_id}", _document, methods=["GET"])
    router.add_api_route("/v1/documents", _add, methods=["POST"], max_body_size=limits.upload_bytes)
    return router


def _search(query: Annotated[SearchIn, Query()], server: TheServer, key: Reader) -> FoundOut:
    """The passages found for some words, best first."""
    return looking.search(server.engine, key, query.q, query.k, query.filter)


def _documents(query: Annotated[ListIn, Query()], server: TheServer, key: Reader) -> DocumentsOut:
    """What is known about the documents, without their texts."""
    return looking.documents(server.engine, key, query.filter, query.limit, query.offset)


def _document(
    doc_id: Annotated[str, Path(max_length=500, description="Its id, or the first digits of it.")],
    server: TheServer,
    key: Reader,
) -> WholeDocumentOut:
    """A document with its text."""
    return WholeDocumentOut.whole(looking.document(server.engine, key, doc_id))


def _timeline(query: Annotated[TimelineIn, Query()], server: TheServer, key: Reader) -> TimelineOut:
    """The dated events of the documents in order, each with its quote."""
    return looking.events(server.engine, key, query.about, query.filter, query.limit, query.offset)


def _add(
    server: TheServer,
    key: Writer,
    file: Annotated[UploadFile, File(description="A document of a kind that Dateline reads.")],
    collection: Annotated[str | None, Form(description="To keep it under.")] = None,
) -> AddedOut:
    """Add a document, or the new version of one of the same name."""
    return looking.add(server.engine, key, file.filename or "", file.file.read(), collection)
