"""What of the documents is searched, listed, shown and added for a key; without HTTP, and without a model."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from index.backup import UPLOADS
from index.errors import LoadError
from index.filters import folded
from index.pipeline import Library
from index.records import EVERYTHING, Document, Facts, Filter
from index.report import FileRow
from index.uploads import safe_name, save_uploads
from qa.compare.timeline import timeline
from qa.find.retrieve import retrieve
from qa.question.read import check_question
from serve.engine import Engine
from serve.errors import Refused
from serve.given import AddedOut, DocumentOut, DocumentsOut, EventOut, FoundOut, PassageOut, TimelineOut
from serve.keys import Key
from serve.scope import matching, the_document, visible


def search(engine: Engine, key: Key, words: str, k: int, chosen: Filter) -> FoundOut:
    """The best `k` passages for `words`, best first. Raises UserFacingError."""
    text = check_question(words)
    with engine.mending():
        library = engine.library()
        found, _ = matching(library, key, chosen)
        hits = retrieve(library, text, library.embedder.encode([text])[0], k, found.doc_ids)
    return FoundOut(
        query=text,
        documents=found.documents,
        problems=list(found.problems),
        passages=[PassageOut.of(hit) for hit in hits],
    )


def documents(engine: Engine, key: Key, chosen: Filter, limit: int, offset: int) -> DocumentsOut:
    """Those that `chosen` leaves, from the one behind the first `offset`, `limit` at most; none is no error."""
    with engine.mending():
        library = engine.library()
        facts = visible(library, key)
        if facts and chosen != EVERYTHING:
            found, _ = matching(library, key, chosen)
            left = set(found.doc_ids or ())
            facts = [one for one in facts if found.doc_ids is None or one.doc_id in left]
    shown = facts[offset : offset + limit]
    return DocumentsOut(total=len(facts), documents=[DocumentOut.of(one) for one in shown])


def document(engine: Engine, key: Key, target: str) -> Document:
    """The document with this id, or these first digits of it. Raises a Refused: 403 or 404."""
    with engine.mending():
        library = engine.library()
        facts = visible(library, key)
        found = library.document(the_document(key, facts, target).doc_id)
    if found is None:
        raise Refused(404, "unknown_document", f"The document {target!r} was removed meanwhile.")
    return found


def events(engine: Engine, key: Key, about: str | None, chosen: Filter, limit: int, offset: int) -> TimelineOut:
    """The dated events of the documents, or those about something, in order. Raises UserFacingError."""
    question = check_question(about) if about is not None else None
    with engine.mending():
        library = engine.library()
        found, _ = matching(library, key, chosen)
        all_events = timeline(library, found.doc_ids, question)
    shown = all_events[offset : offset + limit]
    return TimelineOut(total=len(all_events), events=[EventOut.of(one) for one in shown])


def add(engine: Engine, key: Key, name: str, data: bytes, collection: str | None) -> AddedOut:
    """Keep an uploaded file and take its documents in, one upload at a time.

    Raises:
        LoadError: If its name or contents are none that can be read.
        Refused: 403 for a collection that is not the key's, 409 for what would change documents that are not.
        LibraryError: If it cannot be written.
    """
    given = {"collection": chosen} if (chosen := _collection(key, collection)) else None
    with engine.adding, engine.mending():
        library = engine.library()
        path = library.folder / UPLOADS / safe_name(name)
        _require_free(library, key, str(path), data)
        saved = save_uploads(library.folder, [(name, data)])
        if saved.failed:
            raise LoadError(saved.failed[0].reason)
        rows = library.add([path], given=given).rows
        of_file = [one for one in library.facts() if _is_of(one.uri, str(path))]
    return _added(name, str(path), rows, of_file)


def _collection(key: Key, named: str | None) -> str | None:
    if not key.collections:
        return named
    if named is None and len(key.collections) == 1:
        return key.collections[0]
    if folded(named) not in set(map(folded, key.collections)):
        names = ", ".join(map(repr, key.collections))
        raise Refused(403, "collection", f"The key {key.name!r} adds only to {names}. Name one of these collections.")
    return named


def _require_free(library: Library, key: Key, path: str, data: bytes) -> None:
    """Else a key could change, or take over, documents that it may not see."""
    seen, doc_id = {one.doc_id for one in visible(library, key)}, hashlib.sha256(data).hexdigest()[:16]
    others = [one for one in library.facts() if one.doc_id not in seen]
    if any(_is_of(one.uri, path) or one.doc_id == doc_id for one in others):
        raise Refused(
            409,
            "taken",
            "A document of this name, or with these contents, is kept where this key does not see it. Rename the file, "
            "or ask for a key that sees it.",
        )


def _is_of(uri: str, path: str) -> bool:
    """Whether it is this file, or lies in it."""
    return uri == path or uri.startswith(f"{path}/")


def _added(name: str, path: str, rows: Sequence[FileRow], of_file: Sequence[Facts]) -> AddedOut:
    failed = {row.path: row.reason or "It could not be read." for row in rows if row.outcome == "failed"}
    for where, reason in failed.items():
        if _is_of(where, path):
            raise LoadError(reason)
    # What failed elsewhere is the search engine: the document is kept, and found without it.
    problems = list(failed.values())
    outcomes = {row.outcome for row in rows}
    if "duplicate" in outcomes and not of_file:
        return AddedOut(name=name, outcome="duplicate", documents=[], problems=problems)
    outcome = (
        "added" if outcomes & {"added", "moved"} else "updated" if outcomes & {"updated", "removed"} else "unchanged"
    )
    told = {"name": name, "outcome": outcome, "documents": list(of_file), "problems": problems}
    return AddedOut.model_validate(told)
