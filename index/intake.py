"""Files into the record, one at a time: what is new, changed, unchanged, moved, a copy, or cannot be used."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from pathlib import Path

from index.context import embedding_text
from index.embed import Embedder
from index.errors import LoadError
from index.files import file_hash, is_gone
from index.gone import too_many_gone
from index.record import DocumentVectors, Embedding, Record
from index.records import Document, Facts, Failure, Passage, Prepared, SyncReport

logger = logging.getLogger(__name__)

Prepare = Callable[[Path, Mapping[str, str] | None], Prepared]
"""Reads a file with what the user has given about it; raises LoadError."""
GIVEN_ORIGIN = "given by you"
"""The origin that `index.load` writes for a value of the user's; such a value outlives a change of the file."""


def prepare_with(passage_words: int) -> Prepare:
    """The real `Prepare`: load, find the dates, cut."""

    def prepare(path: Path, given: Mapping[str, str] | None) -> Prepared:
        from index.load import load_document

        return prepare_document(load_document(path, given), passage_words)

    return prepare


def prepare_document(document: Document, passage_words: int) -> Prepared:
    """A document with its dates found and its text cut."""
    from index.chunk import split_document
    from index.dates import find_mentions

    mentions = find_mentions(document.text, document.published)
    return Prepared(document, split_document(document, passage_words), mentions)


def load_again(document: Document) -> Document | None:
    """The document read from its file once more, with all that is known about it; None where that has changed."""
    from index.load import load_document

    try:
        read = load_document(Path(document.uri), _given(document))
    except LoadError:
        return None
    return replace(document, text=read.text) if read.content_hash == document.content_hash else None


def read_by_facts(facts: Facts) -> Document | None:
    """The document read from its file, with what is known of it; None where the file is not there as it was."""
    from index.load import load_document

    try:
        read = load_document(Path(facts.uri))
    except LoadError:
        return None
    known = {name: getattr(facts, name) for name in ("title", "outlet", "published", "collection")}
    kept = {name: "the library" for name, value in known.items() if value != getattr(read, name)}
    return replace(read, **known, origins={**read.origins, **kept}) if read.doc_id == facts.doc_id else None


def embed_document(embedder: Embedder, document: Document, passages: Collection[Passage]) -> DocumentVectors:
    """Vectors of a document's passages, in their context, and of their sentences in the passage."""
    texts = [embedding_text(document, passage) for passage in passages]
    # The passage ends its text; what stands before it moves its sentences.
    moved = [len(text) - passage.end for text, passage in zip(texts, passages, strict=True)]
    spans = [[(a + by, b + by) for a, b in passage.sentences] for by, passage in zip(moved, passages, strict=True)]
    return DocumentVectors(document.doc_id, *embedder.encode_spans(texts, spans))


def keep_with(embedder: Embedder, passage_words: int, *, restored: bool = False) -> Callable[[Record, Document], None]:
    """What puts a document whose text is at hand into a record, with all that is made from it; see `Record.put`."""

    def keep(record: Record, document: Document) -> None:
        prepared = prepare_document(document, passage_words)
        vectors = embed_document(embedder, document, prepared.passages)
        embedding = Embedding(embedder.name, embedder.dimension)
        record.put(prepared, vectors.passages, vectors.sentences, embedding, restored=restored)

    return keep


class Intake:
    """One run over files: takes each into the record and remembers what became of it."""

    def __init__(self, record: Record, embedder: Embedder, prepare: Prepare, suffixes: Collection[str]) -> None:
        self._record, self._embedder, self._prepare, self._suffixes = record, embedder, prepare, suffixes
        self._sources = record.sources()
        self._restored = record.restored()
        self._outcomes: dict[str, str] = {}
        self._failed: dict[str, Failure] = {}
        self._copies: dict[str, str] = {}
        """Content hash by the path of each duplicate."""
        self._kept: tuple[str, ...] = ()
        self._embedded = 0

    def take(self, path: Path, given: Mapping[str, str] | None = None) -> None:
        """Bring the record up to date with one file; a file that cannot be used leaves its document as it was."""
        try:
            outcome = self._take(path, given or {})
        except OSError as error:
            self.fail(
                Failure(str(path), f"{str(path)!r} cannot be read: {error.strerror}. Check that you may read it.")
            )
        except LoadError as error:
            self.fail(Failure(str(path), str(error)))
        except UnicodeEncodeError as error:
            self.fail(Failure(str(path), f"{str(path)!r} holds characters that are no Unicode text ({error.reason})."))
        else:
            self._outcomes[str(path)] = outcome

    def fail(self, failure: Failure) -> None:
        """Note what could not be used."""
        self._outcomes.pop(failure.uri, None)
        self._failed[failure.uri] = failure

    def remove_gone(self, roots: Collection[Path], confirmed: int = 0) -> None:
        """Remove the documents under `roots` whose files were deleted, but not so many at once that a disk may be off.

        Args:
            roots: Folders that are followed.
            confirmed: How many may be removed where that is too many to do unasked.
        """
        known = {uri: doc_id for uri, (doc_id, _) in self._sources.items() if doc_id not in self._restored}
        gone = {
            uri: doc_id
            for uri, doc_id in known.items()
            if any(Path(uri).is_relative_to(root) for root in roots) and is_gone(Path(uri))
        }
        kept, failures = too_many_gone(roots, set(gone), set(known), confirmed)
        self._kept = tuple(sorted(kept))
        for failure in failures:
            self.fail(failure)
        gone = {uri: doc_id for uri, doc_id in gone.items() if uri not in kept}
        if gone:
            self._record.remove(gone.values())
        for uri in gone:
            del self._sources[uri]
            self._outcomes[uri] = "removed"

    def take_orphans(self, given: Mapping[str, str] | None = None) -> None:
        """Take the duplicates whose original has changed or gone during the run: theirs is now the only copy."""
        for uri, content_hash in list(self._copies.items()):
            if all(content_hash != known for _, known in self._sources.values()):
                self.take(Path(uri), given)

    def close(self) -> None:
        """Let go of what reading needed."""
        from index.load import close_readers

        close_readers()

    def report(self, seconds: float) -> SyncReport:
        """What became of every file met."""

        def of(outcome: str) -> tuple[str, ...]:
            return tuple(uri for uri, became in self._outcomes.items() if became == outcome)

        return SyncReport(
            added=of("added"),
            changed=of("changed"),
            unchanged=of("unchanged"),
            removed=of("removed"),
            duplicates=of("duplicate"),
            failed=tuple(self._failed.values()),
            kept=self._kept,
            passages_embedded=self._embedded,
            seconds=seconds,
        )

    def _take(self, path: Path, given: Mapping[str, str]) -> str:
        uri = str(path)
        known, content_hash = self._sources.get(uri), None
        old = self._record.document(known[0]) if known else None
        if known and known[0] in self._restored:
            self._record.mark_found(known[0])
            self._restored.remove(known[0])
        if path.suffix.lower() in self._suffixes:
            content_hash = file_hash(path)
            if old and content_hash == old.content_hash:
                if _holds(old, given):
                    return "unchanged"
                if _holds(old, {name: value for name, value in given.items() if name != "collection"}):
                    # No part of what is embedded, so the vectors stay.
                    self._record.collect(old.doc_id, given["collection"], {**old.origins, "collection": GIVEN_ORIGIN})
                    return "changed"
            if elsewhere := self._elsewhere(uri, content_hash):
                if is_gone(Path(elsewhere)):
                    return self._move(path, elsewhere, given)
                if known:
                    self._record.remove([known[0]])
                    del self._sources[uri]
                self._copies[uri] = content_hash
                return "duplicate"
        before = old or (self._record.removed_with(content_hash) if content_hash else None)
        self._put(self._read(path, {**_given(before), **given}), old)
        return "changed" if old else "added"

    def _elsewhere(self, uri: str, content_hash: str) -> str | None:
        return next((other for other, (_, h) in self._sources.items() if h == content_hash and other != uri), None)

    def _move(self, path: Path, from_uri: str, given: Mapping[str, str]) -> str:
        """Keep the document of a file that lies elsewhere now; its vectors stay when nothing else changed."""
        old = self._record.document(self._sources[from_uri][0])
        replaced = self._sources.get(str(path))
        if replaced:
            self._record.remove([replaced[0]])
        prepared = self._read(path, {**_given(old), **given})
        new = prepared.document
        same = old is not None and replace(new, uri=old.uri) == old
        if same and list(prepared.passages) == self._record.passages_of(new.doc_id):
            self._record.move(new.doc_id, new.uri)
            self._sources[new.uri] = (new.doc_id, new.content_hash)
        else:
            self._put(prepared, old)
        self._sources.pop(from_uri, None)
        self._outcomes[from_uri] = "removed"
        return "changed" if replaced else "added"

    def _read(self, path: Path, given: Mapping[str, str]) -> Prepared:
        try:
            return self._prepare(path, given or None)
        except (LoadError, OSError):
            raise
        except Exception as error:
            # A fault of ours or of a parser must not keep the user's other files out.
            logger.exception("a file could not be prepared")
            raise LoadError(
                f"{str(path)!r} could not be read because of a fault in Dateline ({type(error).__name__}: {error}). "
                "Please report it; the other files are not affected."
            ) from error

    def _put(self, prepared: Prepared, old: Document | None) -> None:
        document = prepared.document
        vectors = embed_document(self._embedder, document, prepared.passages)
        embedding = Embedding(self._embedder.name, self._embedder.dimension)
        replaces = old.doc_id if old else None
        self._record.put(prepared, vectors.passages, vectors.sentences, embedding, replaces)
        self._embedded += len(prepared.passages)
        self._sources[document.uri] = (document.doc_id, document.content_hash)


def _given(document: Document | None) -> dict[str, str]:
    """What the user gave about the document, in the form it was given."""
    if document is None:
        return {}
    names = [name for name, origin in document.origins.items() if origin == GIVEN_ORIGIN]
    # The encoding of its text is no field of a document: it stands among the origins as it was given.
    encoding = {name: document.origins[name] for name in ("encoding",) if name in document.origins}
    return {name: str(getattr(document, name)) for name in names} | encoding


def _holds(document: Document, given: Mapping[str, str]) -> bool:
    """Whether the document already has what is given now."""
    return given.items() <= _given(document).items()
